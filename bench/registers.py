"""Registers of posts and compared policies: what one notice or one closed policy makes anew, by size.

Each policy has its place in comparisons through its search row, so the build of a change goes on
to the index. The counts must not depend on how many notices and policies there are.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import ROOT, BenchError
from bench.lists import shipped_lists
from bench.machine import describe_machine
from bench.measuring import measure

AS_OF = "2026-11-01 00:00"
BEGIN, END = "<!-- registers:begin -->", "<!-- registers:end -->"
COUNTS = ("outputs_written", "views_computed")


def measure_registers(sizes: Sequence[int]) -> str:
    """A Markdown table: for each size (notices, and as many policies) a notice added, a policy closed."""
    head = [
        "| notices and policies | change | seconds | outputs written | views computed |",
        "| ---: | --- | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        machine = describe_machine(Path(folder))
        lines = [line for size in sizes for line in _measure_size(Path(folder) / str(size), size)]
    about = (
        f"{machine['cores']} cores of {machine['processor']}, load before {machine['load before']}"
    )
    return "\n".join([f"Taken on {about}; each line is one build.", "", *head, *lines])


def _measure_size(folder: Path, size: int) -> list[str]:
    content, departments = folder / "content", shipped_lists().departments
    for number in range(size):
        _write_notice(content, number, departments[number % len(departments)])
        _write_policy(content, number, "2031-12-31")
    _commit(content)
    lines = [_line(size, "first build", folder)]
    _write_notice(content, size, departments[0])
    _commit(content)
    lines.append(_line(size, "a notice added", folder))
    _write_policy(content, 0, "2026-03-31")
    _commit(content)
    lines.append(_line(size, "a policy closed", folder))
    return lines


def _line(size: int, change: str, folder: Path) -> str:
    command = [
        sys.executable,
        "publish.py",
        "build",
        "--content",
        str(folder / "content"),
        "--json",
    ]
    command += ["--build", str(folder / "build"), "--as-of", AS_OF, "--index"]
    measured = measure(command, ROOT, {})
    report = json.loads(measured.output.splitlines()[-1])
    if report["problems"]:
        raise BenchError(f"{change}: the content of the bench has problems")
    counts = " | ".join(f"{report[name]:,}" for name in COUNTS)
    return f"| {size:,} | {change} | {measured.seconds:.2f} | {counts} |"


def _write_notice(content: Path, number: int, department: str) -> None:
    """A notice that appoints one deputy: a post that several may hold, so nothing contradicts."""
    decided = f"2026-{number % 9 + 1:02d}-{number % 28 + 1:02d}"
    _write(
        content / "appointment-decisions" / "2026" / f"notice-{number}.md",
        f"title: 任职通知（{number}）\ndate: {decided} 09:00\nmade: {decided}\n"
        f"number: 阿府人〔2026〕{number + 1}号\nindex: 513200000/2026-{number:05d}\n"
        'issuers: [州人民政府]\nsubject: "15"\nsummary: 任职。\n'
        f"departments: [{department}]\ndecisions:\n"
        f"  - {{person: 某甲{number}, post: deputy-director, organisation: {department},"
        f" action: appoint, decided: {decided}}}\n",
    )


def _write_policy(content: Path, number: int, valid_until: str) -> None:
    _write(
        content / "industry-policies" / "2026" / f"policy-{number}.md",
        f"title: 扶持办法（{number}）\ndate: 2026-{number % 9 + 1:02d}-05 09:00\nmade: 2026-01-05\n"
        f"valid_from: 2026-01-05\nvalid_until: {valid_until}\nindustries: [farming-herding]\n"
        "incentives: [grant]\nlevel: prefecture\nbenefit: 补助。\napply: 在窗口申请。\n"
        "contact: {office: 州经济和信息化局, phone: 0837-5550362}\nissuers: [州经济和信息化局]\n"
        "summary: 扶持。\n",
    )


def _write(path: Path, head: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\nid: {path.stem}\n{head}sample: true\n---\n\n正文。\n", "utf-8")


def _commit(content: Path) -> None:
    if not (content / ".git").is_dir():
        _git(content, "init", "--quiet")
    _git(content, "add", "--all")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@bench.example")
    _git(content, *who, "commit", "--quiet", "--message", "bench")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
