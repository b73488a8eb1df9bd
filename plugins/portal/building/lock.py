"""The build lock: one build at a time in a build folder, and who holds it can be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.locking import only_here

ORPHAN_SECONDS = 10.0
"""How long to wait for the last workers of a build that was killed."""


@contextmanager
def build_lock(build: Path) -> Iterator[None]:
    """Only this process builds into the folder; PortalError when another one does."""
    build.mkdir(parents=True, exist_ok=True)

    def gives_up(holder: str, waited_seconds: float) -> bool:
        return _is_running(holder) or waited_seconds > ORPHAN_SECONDS

    def refusal(holder: str) -> str:
        return (
            f"build: refused: process {holder} is building into {build}\n"
            "  Nothing was changed. Wait until it is done, or stop it, and build again."
        )

    with only_here(build / "lock", gives_up, refusal):
        yield


def _is_running(holder: str) -> bool:
    try:
        os.kill(int(holder), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
