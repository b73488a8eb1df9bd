"""Locks: one process at a time is at something, and who that is can be read in the lock's file."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from domain.problems import PortalError

_POLL_SECONDS = 0.02


@contextmanager
def only_here(
    path: Path, gives_up: Callable[[str, float], bool], refusal: Callable[[str], str]
) -> Iterator[None]:
    """Only this process, and those that it forks meanwhile, have the lock of this file.

    While another has it, `gives_up` is asked (the holder's number, the seconds waited so far);
    then PortalError with the text of `refusal`, which is told the holder. The lock goes with the
    processes, however they end: nothing is left to be cleared by hand.
    """
    with path.open("a+", encoding="utf-8") as file:
        started = time.monotonic()
        while not _is_taken(file):
            file.seek(0)
            holder = file.read().strip()
            if gives_up(holder, time.monotonic() - started):
                raise PortalError(refusal(holder or "unknown"))
            time.sleep(_POLL_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _is_taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
