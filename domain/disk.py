"""What it takes to be sure that something is on the disk, and what to say where it is full."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.problems import PortalError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_FULL = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)


def sync(path: Path) -> None:
    """The file's or folder's content is on the disk, not only on its way."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def full_disk_told(doing: str, folder: Path) -> Iterator[None]:
    """PortalError where the disk of the folder is full, whoever noticed it."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not is_disk_full(error):
            raise
        raise PortalError(
            f"{doing}: stopped: the disk is full ({error}), or the quota used up: {folder}\n"
            "  What was done so far is kept, and gone on with. Free some space, and run it again."
        ) from error


def is_disk_full(error: BaseException) -> bool:
    """Whether it was raised because nothing more could be written."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL
