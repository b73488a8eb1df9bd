"""What `publish.py check` prints: problems as text, JSON, or annotations of a merge request."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from domain.problems import PortalError, Problem, format_problem
from publishing.messages import count_of


def format_problems(problems: Sequence[Problem], form: str) -> str:
    """The problems as `text`, `json` or `github` (workflow commands), with a count in text."""
    if form == "json":
        return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1)
    if form == "github":
        return "\n".join(_annotation(problem) for problem in problems)
    lines = [format_problem(problem) for problem in problems]
    return "\n".join([*lines, f"check: {count_of(problems)}"])


def _annotation(problem: Problem) -> str:
    """One workflow command; newlines and signs with a meaning there are escaped."""
    text = "\n".join((problem.message, problem.why, problem.remedy))
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = problem.file.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    place = f"file={file},line={max(problem.line, 1)},title={problem.code}"
    return f"::{problem.severity} {place}::{escaped}"


def changed_files(content: Path) -> set[str]:
    """The files of the content that differ from the last commit, untracked ones included.

    PortalError outside a Git work tree: there is nothing to compare with.
    """
    found: set[str] = set()
    for arguments in (
        ("diff", "--name-only", "--relative", "-z", "HEAD", "--", "."),
        ("ls-files", "--others", "--exclude-standard", "-z"),
    ):
        result = subprocess.run(["git", *arguments], cwd=content, capture_output=True, check=False)
        if result.returncode:
            raise PortalError(
                f"check: {content} is not in a Git work tree with a commit\n"
                "  --changed compares with the last commit. Leave it out to check everything."
            )
        found |= {path.decode("utf-8", "replace") for path in result.stdout.split(b"\0") if path}
    return found
