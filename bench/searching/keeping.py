"""Indexes that take long are kept from one run to the next, with the figures of making them.

    <folder>/<engine>-<documents>-<digest>/index, figures.json

The digest is of the rows and of all code that makes terms of them: with any change of it the index
is made anew, and the one before goes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import ROOT
from domain.search_rows import RowStore

_CODE = (
    *("domain/document_numbers.py", "search/analysis.py", "search/documents.py"),
    *("search/folding.py", "search/tibetan.py", "bench/searching/trees.py"),
)
"""What makes terms of a row. Beside it, the engine's own module."""


class KeptIndex:
    """The index of an engine over the rows of a build folder, if it was kept."""

    def __init__(self, folder: Path, name: str, size: int, build: Path, module: str) -> None:
        self._folder = folder
        self._prefix = f"{name}-{size}-"
        self._place = folder / f"{self._prefix}{_digest(build, module)}"

    def restore(self, index: Path, figures: Path) -> bool:
        """Index and figures are there, as when it was made; False where it was not kept."""
        if not (self._place / "figures.json").exists():
            return False
        shutil.copytree(self._place / "index", index, dirs_exist_ok=True)
        shutil.copyfile(self._place / "figures.json", figures)
        return True

    def store(self, index: Path, figures: Path) -> None:
        """These are kept, instead of those of other rows or code."""
        for path in self._folder.glob(f"{self._prefix}*"):
            shutil.rmtree(path)
        shutil.copytree(index, self._place / "index")
        # Last, so that half a copy never counts.
        shutil.copyfile(figures, self._place / "figures.json")


def _digest(build: Path, module: str) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in _parts(build, module):
        digest.update(part + b"\0")
    return digest.hexdigest()


def _parts(build: Path, module: str) -> Iterator[bytes]:
    for name in (*_CODE, f"bench/searching/{module}.py"):
        yield (ROOT / name).read_bytes()
    store = RowStore(build / "search" / "rows.sqlite", is_read_only=True)
    try:
        for _, key, body in store.since(0):
            yield f"{key}\0{body}".encode()
    finally:
        store.close()
