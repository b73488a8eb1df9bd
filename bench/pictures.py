"""The bench of pictures: a site with a photograph in every document, and Pillow alone beside it.

Our figure is the whole build: reading, checking, sizes, pages, ledger. So the ratio is what a site
pays for its pictures, not what a function does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import ROOT
from bench.machine import describe_machine, describe_versions
from bench.measuring import Measured, measure
from bench.photographs import make_photograph, write_photographs

AS_OF = "2026-06-01 12:00"


@dataclass(frozen=True, slots=True)
class PicturesRequest:
    """What to measure; `work` None means a temporary folder, removed afterwards."""

    photographs: int
    jobs: int
    seed: int
    repeat: int
    work: Path | None


def run_pictures(request: PicturesRequest) -> dict[str, object]:
    """Every step and what it took, with the machine: by turns, ours and Pillow's."""
    steps: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=request.work) as folder:
        work = Path(folder)
        content = work / "content"
        _write_site(content, request)
        for turn in range(request.repeat):
            _note(steps, "Pillow alone", _measure_pillow(content, work / f"pillow-{turn}", request))
            build = work / f"build-{turn}"
            _note(steps, "first build", _measure_build(content, build, request))
            _note(steps, "nothing changed", _measure_build(content, build, request))
            _note(steps, "full build again", _measure_build(content, build, request, "--full"))
            photograph = make_photograph(f"{request.seed}/new/{turn}")
            (content / "news/2026/photo-0000.jpg").write_bytes(photograph)
            _note(steps, "one photograph replaced", _measure_build(content, build, request))
        machine = describe_machine(work)
    return {
        "photographs": request.photographs,
        "jobs": request.jobs,
        "machine": machine,
        "versions": describe_versions(),
        "steps": {
            name: [_figures(measured) for measured in found] for name, found in steps.items()
        },
    }


def _figures(measured: Measured) -> dict[str, float]:
    return {name: value for name, value in asdict(measured).items() if name != "output"}


def _note(steps: dict[str, list[Measured]], name: str, measured: Measured) -> None:
    steps.setdefault(name, []).append(measured)
    print(f"{name}: {measured.seconds:.1f} s", file=sys.stderr)


def _write_site(content: Path, request: PicturesRequest) -> None:
    paths = write_photographs(content / "news/2026", request.photographs, request.seed)
    for number, path in enumerate(paths):
        day = number % 28 + 1
        path.with_suffix(".md").write_text(
            f"---\nid: {path.stem}\ntitle: 照片{number}\ndate: 2026-03-{day:02d} 09:00\n"
            f"picture: {{file: {path.name}, alt: 照片}}\n---\n正文。\n",
            encoding="utf-8",
        )


def _measure_pillow(content: Path, target: Path, request: PicturesRequest) -> Measured:
    command = [sys.executable, "-m", "bench.peers.plain_pillow"]
    return measure([*command, str(content), str(target), str(request.jobs)], ROOT, {})


def _measure_build(content: Path, build: Path, request: PicturesRequest, *options: str) -> Measured:
    command = [sys.executable, "publish.py", "build", "--content", str(content), "--json"]
    command += ["--build", str(build), "--jobs", str(request.jobs), "--as-of", AS_OF, *options]
    return measure(command, ROOT, {})


def print_pictures(result: dict[str, object]) -> str:
    """The result as Markdown."""
    steps = json.loads(json.dumps(result["steps"]))
    alone = steps["Pillow alone"]
    lines = [
        f"{result['photographs']} photographs, {result['jobs']} processes; {result['machine']}",
        "",
        "| step | seconds, by turns | times Pillow alone | processor seconds | times Pillow alone |"
        " peak memory, MB | pressure |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, found in steps.items():
        peak = max(measured["peak_pss_mb"] for measured in found)
        pressure = _median([measured["pressure"] for measured in found])
        cells = [name]
        for key in ("seconds", "processor_seconds"):
            cells.append(" ".join(f"{measured[key]:.1f}" for measured in found))
            turns = zip(found, alone, strict=True)
            cells.append(" ".join(f"{ours[key] / other[key]:.2f}" for ours, other in turns))
        lines.append(f"| {' | '.join(cells)} | {peak:.0f} | {pressure:.0%} |")
    return "\n".join(lines)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
