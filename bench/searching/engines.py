"""What an engine is asked for in the bench. A new one is a class like these and a line in ENGINES."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from bench.searching.questions import Question
from domain.search_rows import SearchRow

PAGE = 10


class SearchEngine(Protocol):
    """An index in a folder. Each method may be called in a process of its own."""

    title: str
    step: int
    """So many documents in one process that indexes; 0 for all."""
    is_kept: bool
    """Indexing takes so long that the index is kept from one run to the next."""

    def index(self, rows: Iterable[SearchRow], folder: Path, /) -> None:
        """The rows are found besides what was there."""

    def open(self, folder: Path) -> None:
        """Questions can be asked; not measured."""

    def ask(self, question: Question) -> int:
        """The page of results, stored rows included, and the counts of all facets; the total."""

    def replace(self, row: SearchRow, folder: Path, /) -> None:
        """The row stands instead of the one with its key, and the next question sees it."""
