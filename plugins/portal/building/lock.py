"""The build lock: one build at a time in a build folder, and who holds it can be read."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from domain.problems import PortalError

ORPHAN_SECONDS = 10.0
"""How long to wait for the last workers of a build that was killed."""


@contextmanager
def build_lock(build: Path) -> Iterator[None]:
    """Only this process builds into the folder; PortalError when another one does.

    The lock goes with the process and its workers, however they end: nothing is left to be
    cleared by hand.
    """
    build.mkdir(parents=True, exist_ok=True)
    with (build / "lock").open("a+", encoding="utf-8") as file:
        _take(file, build)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _take(file: TextIO, build: Path) -> None:
    deadline = time.monotonic() + ORPHAN_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            file.seek(0)
            holder = file.read().strip()
            if _is_running(holder) or time.monotonic() > deadline:
                raise PortalError(
                    f"build: refused: process {holder or 'unknown'} is building into {build}\n"
                    "  Nothing was changed. Wait until it is done, or stop it, and build again."
                ) from cause
            time.sleep(0.02)
        else:
            return


def _is_running(holder: str) -> bool:
    try:
        os.kill(int(holder), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
