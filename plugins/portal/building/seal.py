"""The seal: whether a build folder's databases are those that its last build left there.

`build/seal` holds their sizes and times of change, and the name that the last build gave the ledger.
A copy put back, a file cut off or written over by others differs in one or the other, and what such
a ledger says of the outputs may be wrong. While a build is at work the seal is loose: it has names
alone, so that one that is killed can be gone on with.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

SEAL_VERSION = 1

Sizes = dict[str, list[int]]
"""File -> [size, time of change in nanoseconds]; an empty or missing file is not in it."""


class Seal:
    """The seal of one build folder, and the databases that it is of."""

    def __init__(self, build: Path, databases: Sequence[str]) -> None:
        self._build = build
        self._path = build / "seal"
        self._databases = databases
        self._is_torn = False
        self.new_name = secrets.token_hex(8)
        self._names, self._sizes = self._read()

    @property
    def is_loose(self) -> bool:
        """Whether the last build did not come to its end."""
        return self._path.exists() and self._sizes is None

    def find_strange(self) -> list[str]:
        """The databases that are not as the last build left them, as far as can be seen."""
        if not self._path.exists():
            return [name for name in self._databases if (self._build / name).exists()]
        if self._sizes is None:
            return []
        return [name for name in self._databases if self._of(name) != _part(self._sizes, name)]

    def is_of(self, name: str) -> bool:
        """Whether a ledger of that name is the last one."""
        return name in self._names

    def loosen(self) -> None:
        """The databases may change; the ledger has its old name still, or `new_name` already."""
        self._write([*self._names, self.new_name], None)

    def note_new_name(self) -> None:
        """The ledger has its new name: from here on one of the old name is not the last."""
        self._names = [self.new_name]
        self._write(self._names, None)

    def tighten(self) -> None:
        """The databases are left as they are now; where the disk is full, the seal stays loose."""
        if self._is_torn:
            return
        sizes = {key: value for name in self._databases for key, value in self._of(name).items()}
        with contextlib.suppress(OSError):
            self._write(self._names, sizes)

    def tear(self) -> None:
        """Nothing in the folder's databases is to be trusted."""
        self._is_torn = True
        self._path.unlink(missing_ok=True)

    def _of(self, database: str) -> Sizes:
        found: Sizes = {}
        for name in (database, f"{database}-wal"):
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(self._build / name)
                if status.st_size:
                    found[name] = [status.st_size, status.st_mtime_ns]
        return found

    def _read(self) -> tuple[list[str], Sizes | None]:
        try:
            seal = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            self._path.unlink(missing_ok=True)  # one that cannot be read is none
            return [], None
        return (seal["names"], seal["sizes"]) if seal["version"] == SEAL_VERSION else ([], {})

    def _write(self, names: Sequence[str], sizes: Sizes | None) -> None:
        text = json.dumps({"version": SEAL_VERSION, "names": names, "sizes": sizes})
        written = self._path.with_name("seal.new")
        written.write_text(text, "utf-8")
        os.replace(written, self._path)


def _part(sizes: Sizes, database: str) -> Sizes:
    return {name: size for name, size in sizes.items() if name in (database, f"{database}-wal")}
