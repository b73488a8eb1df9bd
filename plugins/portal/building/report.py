"""What a build did, for people and for `--json`."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field

from domain.problems import Problem


@dataclass(slots=True)
class BuildReport:
    """What a build did; `problems` are the warnings of the sources that were read.

    `distrust` says why what the last build noted was not gone by, "" where it was.
    """

    documents: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    outputs_written: int = 0
    outputs_removed: int = 0
    views_computed: int = 0
    seconds: float = 0.0
    peak_memory_mb: int = 0
    distrust: str = ""
    problems: list[Problem] = field(default_factory=list)


def peak_memory_mb() -> int:
    """The largest resident size of this process and of its largest worker, added, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round((own + workers) / 1024)
