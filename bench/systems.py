"""What the bench runs: a system writes the corpus in its own form, then takes its steps.

A new peer is a class like `bench.peers.stock_pelican.StockPelican` and a line in `SYSTEMS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from bench.corpus import Corpus
from bench.measuring import Measured

FULL, AGAIN, EDIT, ADD, DELETE = "full", "again", "edit", "add", "delete"
RENAME, BACKDATE, REPEAL, TEN = "rename", "backdate", "repeal", "ten"
FOOTER, STYLE, COLUMN = "footer", "style", "column"
INDEX = "index"
STEPS = {
    FULL: "full build",
    AGAIN: "nothing changed",
    INDEX: "nothing changed, the index made of all",
    EDIT: "one text edited",
    TEN: "ten texts edited",
    ADD: "one document added",
    RENAME: "one document renamed",
    BACKDATE: "one document backdated by a year",
    REPEAL: "one document added that repeals another",
    DELETE: "one document deleted",
    STYLE: "style sheet edited",
    COLUMN: "a column renamed",
    FOOTER: "the footer of all pages edited",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One build: what it took, the HTML pages and all files there after it, what it says it did."""

    name: str
    measured: Measured
    pages: int
    files: int
    counts: Mapping[str, int] = field(default_factory=dict)


class System(Protocol):
    """Something that builds a site."""

    @property
    def title(self) -> str:
        """Its name in tables."""

    def prepare(self, corpus: Corpus, folder: Path) -> None:
        """The corpus is in `folder`, in this system's form; not measured."""

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        """A full build, then what else this system is asked; each from the state of the last."""


@runtime_checkable
class Resumable(System, Protocol):
    """A system with several steps; its `prepare` goes on where it was cut off."""

    def steps_after(self, corpus: Corpus, folder: Path, taken: int) -> Iterator[Step]:
        """The steps but for the first `taken`, after a run that ended somewhere behind them."""


def step_of(
    name: str, measured: Measured, site: Path, counts: Mapping[str, int] | None = None
) -> Step:
    """The step with the files of the site counted, none of which is looked at: a million would
    push out of memory what the next step is to find there."""
    pages = files = 0
    for _, _, names in os.walk(site):
        files += len(names)
        pages += sum(name.endswith(".html") for name in names)
    return Step(name, measured, pages, files, counts or {})


def count_documents(site: Path) -> int:
    """Pages of documents, which all systems put at <lang>/<column>/<year>/<slug>/."""
    return sum(1 for _ in site.glob("*/*/*/text-*/index.html"))


def last_folder(folder: Path, name: str) -> Path:
    """The last path that `new_folder` gave."""
    return folder / f"{name}-{len(list(folder.glob(f'{name}-*')))}"


def new_folder(folder: Path, name: str) -> Path:
    """A path in `folder` at which nothing is yet: each turn has one of its own.

    Nothing is deleted before the run ends. Among the files of the last minutes ext4 looks for a
    free inode one by one, so a build after the deletion of the last took up to twice its time.
    """
    return folder / f"{name}-{len(list(folder.glob(f'{name}-*'))) + 1}"
