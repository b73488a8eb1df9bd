"""Ours: the whole answer as the JSON API gives it, snippets and suggestion included."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.searching.engines import PAGE
from bench.searching.questions import Question
from domain.search_rows import RowStore, SearchRow
from search import apply_rows
from search.answers import answer_json
from search.engine import SearchEngine
from search.parameters import Parameters


class Ours:
    """The search service without HTTP. The folder is a build folder with its store of rows."""

    title = "this project"
    step = 0
    is_kept = False

    def __init__(self) -> None:
        self._engine: SearchEngine | None = None

    def index(self, _: Iterable[SearchRow], folder: Path) -> None:
        """Reads the store of the folder itself, as after a build."""
        apply_rows(folder, full=True)

    def open(self, folder: Path) -> None:
        self._engine = SearchEngine(folder)
        self.ask(Question("word", "first question"))

    def ask(self, question: Question) -> int:
        assert self._engine is not None
        parameters = Parameters(
            text=question.text, filters=question.filters, page=question.page, size=PAGE
        )
        return int(answer_json(self._engine.answer(parameters, "zh"))["total"])

    def replace(self, row: SearchRow, folder: Path) -> None:
        with RowStore(folder / "search" / "rows.sqlite") as store:
            store.put(row.key, row.to_json())
        apply_rows(folder)
