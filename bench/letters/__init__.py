"""How many letters the relay takes in: the store beside the disk's own rate, then over HTTP.

`make bench-letters` writes the table of docs/performance.md. Ratios are of one run.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.letters.service import measure_service
from bench.letters.store import measure_store
from bench.machine import describe_machine, describe_project

STORED = 100_000
SECONDS = 5.0


def measure_letters(
    work: Path | None, build: Path, stored: int = STORED, seconds: float = SECONDS
) -> dict[str, Any]:
    """All figures, the store's first; `work` lies on the disk that is measured."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        place = Path(folder)
        return {
            "taken": datetime.now(UTC).isoformat(),
            "machine": describe_machine(place),
            "project": describe_project(),
            "seconds": seconds,
            "store": measure_store(place, seconds),
            "service": measure_service(place, build, stored, seconds),
        }
