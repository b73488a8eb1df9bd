"""What the machine is that figures were taken on, so that nobody compares two machines."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import ROOT
from bench.peers.eleventy_site import SITE, find_node

PACKAGES = (
    "pelican",
    "hugo",
    "markdown",
    "jinja2",
    "nh3",
    "pyyaml",
    "apsw",
    "numpy",
    "whoosh",
    "tantivy",
)


def describe_machine(work: Path) -> dict[str, str]:
    """Processor, memory, kernel, the file system of `work`, load; in words."""
    memory = _field(Path("/proc/meminfo"), "MemTotal")
    gigabytes = int(memory.split()[0]) / 1024**2 if memory else 0
    return {
        "processor": _field(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{gigabytes:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "file system": _file_system(work),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def describe_versions() -> dict[str, str]:
    """Python, the packages that matter, Eleventy with its Node, the project's commit."""
    found = {"python": platform.python_version(), "project": describe_project()}
    package = json.loads((SITE / "package.json").read_text("utf-8"))
    found["eleventy"] = package["dependencies"]["@11ty/eleventy"]
    found["node"] = _output(find_node(), "--version").removeprefix("v")
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _field(path: Path, name: str) -> str:
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    match = re.search(rf"^{name}\s*:\s*(.+)$", text, re.MULTILINE)
    return match.group(1).strip() if match else ""


def _file_system(folder: Path) -> str:
    """The type of the file system that holds a folder, by the longest mount point above it."""
    place = str(folder.resolve())
    mounts = Path("/proc/mounts")
    lines = mounts.read_text("utf-8").splitlines() if mounts.is_file() else []
    rows = [line.split(" ")[1:3] for line in lines]
    above = [
        (point, kind) for point, kind in rows if f"{place}/".startswith(f"{point.rstrip('/')}/")
    ]
    return max(above, key=lambda row: len(row[0]))[1] if above else "unknown"


def describe_project() -> str:
    """The commit measured; with "changed" where the working tree differs from it."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "no commit"
    return f"{commit}, changed" if _git("status", "--porcelain") else commit


def _git(*arguments: str) -> str:
    return _output("git", *arguments)


def _output(*command: str | Path) -> str:
    """What a command says, "" where it fails."""
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else ""
