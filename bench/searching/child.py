"""One step of one engine in a process of its own: `python -m bench.searching.child ENGINE STEP …`.

Prints one line of JSON, so that the parent measures memory and time of a process that does
nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from bench.searching.engines import SearchEngine
from bench.searching.questions import Question, read_questions
from domain.search_rows import RowStore, SearchRow

ENGINES: Mapping[str, str] = {
    "ours": "ours:Ours",
    "whoosh": "stock_whoosh:StockWhoosh",
    "fts5": "fts5:Fts5",
    "tantivy": "tantivy:Tantivy",
}
"""Engine -> module and class, loaded only where it is asked for."""

UPDATES = 5


def make_engine(name: str) -> SearchEngine:
    """The engine of that name."""
    module, _, kind = ENGINES[name].partition(":")
    engine: SearchEngine = getattr(import_module(f"bench.searching.{module}"), kind)()
    return engine


def index(engine: SearchEngine, build: Path, folder: Path, first: str, end: str) -> Any:
    """The rows from `first` on and before `end` are indexed."""
    engine.index(islice(_rows(build), int(first), int(end)), folder)
    return {}


def ask(engine: SearchEngine, _: Path, folder: Path, log: str, every: str, part: str) -> Any:
    """Of the log each `every`-th question from `part` on: milliseconds and totals, in order."""
    questions = read_questions(Path(log))[int(part) :: int(every)]
    engine.open(folder)
    milliseconds, totals = [], []
    began = time.perf_counter()
    for question in questions:
        started = time.perf_counter()
        totals.append(engine.ask(question))
        milliseconds.append(round((time.perf_counter() - started) * 1_000, 3))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "milliseconds": milliseconds, "totals": totals}


def update(engine: SearchEngine, build: Path, folder: Path) -> Any:
    """Seconds from a changed row to the first question that finds it, a few times."""
    engine.open(folder)
    seconds = []
    rows = islice(_rows(build), 0, UPDATES * 20, 20)
    for number, row in enumerate(rows):
        word = f"changed{number}a{time.time_ns()}"
        changed = replace(row, body=f"{row.body}\n{word}")
        started = time.perf_counter()
        engine.replace(changed, folder)
        if engine.ask(Question("word", f'"{word}"')) != 1:
            raise SystemExit(f"the changed document is not found by {word}")
        seconds.append(round(time.perf_counter() - started, 3))
    return {"updates": seconds}


STEPS: Mapping[str, Callable[..., Any]] = {"index": index, "ask": ask, "update": update}


def _rows(build: Path) -> Iterator[SearchRow]:
    store = RowStore(build / "search" / "rows.sqlite", is_read_only=True)
    try:
        for _, _, body in store.since(0):
            if body is not None:
                yield SearchRow.from_json(body)
    finally:
        store.close()


def main(engine: str, step: str, build: str, folder: str, *further: str) -> None:
    """The step is done and its result printed."""
    print(json.dumps(STEPS[step](make_engine(engine), Path(build), Path(folder), *further)))


if __name__ == "__main__":
    main(*sys.argv[1:])
