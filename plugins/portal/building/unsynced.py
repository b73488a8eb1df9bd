"""First builds without syncs: nothing of one is needed before its end.

While the mark `build/unsynced` lies there, databases are written without waiting for the disk.
A build that is killed goes on all the same, for the system keeps what was written; where the
machine itself stopped, files may be torn, and the next build begins anew. The mark holds the id
of the boot, which tells the two apart.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.disk import sync

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Unsynced:
    """The mark of one build folder, and the databases that it stands for."""

    def __init__(self, build: Path, databases: Iterable[str]) -> None:
        self._mark = build / "unsynced"
        self._files = [
            build / f"{database}{suffix}"
            for database in databases
            for suffix in ("", "-wal", "-shm")
        ]

    def discard_torn(self) -> None:
        """What a first build wrote is gone, where the machine stopped before its end."""
        if self._mark.exists() and self._mark.read_text() != _boot_id():
            for file in self._files:
                file.unlink(missing_ok=True)
            self._mark.unlink()

    def mark(self) -> None:
        """From here on, until `synced` ends, nothing is synced."""
        self._mark.write_text(_boot_id())
        sync(self._mark)
        sync(self._mark.parent)

    @property
    def is_marked(self) -> bool:
        """Whether a first build is under way, or was killed."""
        return self._mark.exists()

    @contextmanager
    def synced(self, connection: sqlite3.Connection) -> Iterator[None]:
        """A block after which all that was written is on disk."""
        if not self.is_marked:
            yield
            return
        connection.execute("PRAGMA synchronous = OFF")
        yield
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA synchronous = NORMAL")
        for file in self._files:
            if file.exists():
                sync(file)
        self._mark.unlink()


def _boot_id() -> str:
    """One that no other boot has; where the system gives none, one that nothing has."""
    return _BOOT_ID.read_text() if _BOOT_ID.exists() else secrets.token_hex(16)
