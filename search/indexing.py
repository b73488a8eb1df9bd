"""Indexing: the rows that changed since last time reach the index; called by publishing.

    build/search/rows.sqlite        what the build or the release says is there
    build/search/texts.sqlite       what the attachments say that rows name
    build/search/index/current      name of the generation that is searched
    build/search/index/000001/      an index, with state.json: how far it has followed the rows

A small change is one commit in the current generation. A first run, another store of rows,
another version of analysis or schema, or a change of most rows makes a new generation beside the
old; readers go over when `current` is replaced. Killed at any point, the next run repairs.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from domain.disk import full_disk_told, sync
from domain.locking import only_here
from domain.problems import PortalError
from domain.search_rows import RowStore
from search.analysis import ANALYSIS_VERSION
from search.backend import SearchUnavailableError, WhooshBackend
from search.documents import analyse_row
from search.row_reading import RowReading, rows_path
from search.texts import Texts, opened_texts, texts_version

SCHEMA_VERSION: Final = "7"
# More changes than this are not held in memory for one commit: a new generation takes them.
_LARGEST_CHANGE: Final = 2_000
_LOCK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run did. `skipped` are (key, reason) of rows that are not search rows, `missing`
    the addresses of attachments that are not there as the rows say."""

    generation: str
    seq: int
    is_full: bool
    indexed: int
    deleted: int
    skipped: tuple[tuple[str, str], ...]
    seconds: float
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for people, and the warnings."""
        done = "built anew" if self.is_full else "brought up to date"
        line = (
            f"index: {done}: {self.indexed:,} documents indexed, {self.deleted:,} deleted; "
            f"{self.seconds:.2f} s"
        )
        return "\n".join([line, *self.warnings()])

    def warnings(self) -> list[str]:
        """A line for each row left out and each attachment without its text."""
        left_out = [f"index: the row {key} was left out: {reason}" for key, reason in self.skipped]
        return left_out + [
            f"index: {url} is not in the site folder as the build left it: "
            "its text is not searched. Run: publish.py build --full, then publish.py index --full"
            for url in self.missing
        ]


@dataclass(frozen=True, slots=True)
class State:
    """How far an index has followed which store, made by which versions."""

    store: str
    seq: int
    analysis: str = ANALYSIS_VERSION
    schema: str = SCHEMA_VERSION
    texts: str = field(default_factory=texts_version)


def current_generation(build: Path) -> Path:
    """The index folder that is searched now; SearchUnavailableError when there is none yet."""
    folder = build / "search" / "index"
    try:
        name = (folder / "current").read_text(encoding="ascii").strip()
    except OSError as cause:
        raise SearchUnavailableError("there is no search index yet") from cause
    return folder / name


def apply_rows(build: Path, full: bool = False) -> IndexReport:
    """The index says what the rows say; `full` builds it anew in any case.

    PortalError when there are no rows, or another process is at it.
    """
    started = time.monotonic()
    with full_disk_told("index", build), locked_rows(build) as (rows, texts):
        state = None if full else _usable_state(build, rows)
        missing = texts.read_new(rows, state.seq if state else 0)
        if state is None:
            report = _rebuild(build, rows, started)
        else:
            report = _update(build, rows, texts, state, started)
        return replace(report, missing=tuple(missing))


@contextmanager
def locked_rows(build: Path) -> Iterator[tuple[RowStore, Texts]]:
    """The rows of the build and what attachments say, while no other process follows them."""
    source_path = rows_path(build)
    if not source_path.is_file():
        raise PortalError(
            f"index: there are no search rows at {source_path}. Build the site first."
        )
    folder = build / "search" / "index"
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder), _opened(source_path) as rows, opened_texts(build) as texts:
        yield rows, texts


def _usable_state(build: Path, rows: RowStore) -> State | None:
    """How far the current generation is, None when it cannot be carried on."""
    try:
        state = _read_state(current_generation(build))
    except SearchUnavailableError:
        return None
    if state is None or state != State(rows.store_id, state.seq):
        return None
    is_older = rows.last_seq() < state.seq
    changed = sum(1 for _ in rows.since(state.seq))
    return None if is_older or changed > _LARGEST_CHANGE else state


def _update(build: Path, rows: RowStore, texts: Texts, state: State, started: float) -> IndexReport:
    generation = current_generation(build)
    reading = RowReading(state.seq)
    backend = WhooshBackend(lambda: generation)
    for key, row in reading.rows(rows):
        if row is None:
            backend.delete([key])
        else:
            backend.index([analyse_row(texts.add_to(row), with_sound=False)])
    if reading.seq > state.seq:
        with _busy_is_told():
            backend.commit()
        _write_state(generation, State(state.store, reading.seq))
    return make_report(reading, generation.name, started, is_full=False)


def _rebuild(build: Path, rows: RowStore, started: float) -> IndexReport:
    from search.rebuilding import rebuild_index

    folder = build / "search" / "index"
    generation = _new_generation(folder)
    reading = rebuild_index(generation, build)
    _write_state(generation, State(rows.store_id, reading.seq))
    previous = _read_pointer(folder)
    replace_file(folder / "current", generation.name + "\n")
    # Readers may still be opening the one before; older ones and torsos go.
    for path in folder.iterdir():
        if path.is_dir() and path.name not in (generation.name, previous):
            shutil.rmtree(path, ignore_errors=True)
    return make_report(reading, generation.name, started, is_full=True)


def make_report(
    reading: RowReading, generation: str, started: float, *, is_full: bool
) -> IndexReport:
    """What was done so far."""
    return IndexReport(
        generation,
        reading.seq,
        is_full,
        reading.indexed,
        reading.deleted,
        tuple(reading.skipped),
        time.monotonic() - started,
    )


@contextmanager
def _busy_is_told() -> Iterator[None]:
    from search.guard import IndexBusyError

    try:
        yield
    except IndexBusyError as cause:
        raise PortalError("index: another process is writing to the index.") from cause


def _new_generation(folder: Path) -> Path:
    numbers = [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
    generation = folder / f"{max(numbers, default=0) + 1:06d}"
    generation.mkdir()
    return generation


def _read_pointer(folder: Path) -> str:
    try:
        return (folder / "current").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _read_state(generation: Path) -> State | None:
    try:
        return State(**json.loads((generation / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_state(generation: Path, state: State) -> None:
    replace_file(generation / "state.json", json.dumps(asdict(state)) + "\n")


def replace_file(path: Path, text: str) -> None:
    """The file has this content, or the one before, whatever happens meanwhile."""
    written = path.with_name(path.name + ".new")
    written.write_text(text, encoding="utf-8")
    sync(written)
    os.replace(written, path)
    sync(path.parent)


@contextmanager
def _opened(source_path: Path) -> Iterator[RowStore]:
    try:
        rows = RowStore(source_path, is_read_only=True)
    except ValueError as cause:
        raise PortalError(f"index: {source_path}: {cause}") from cause
    try:
        yield rows
    finally:
        rows.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only this process works on the index."""

    def gives_up(_holder: str, waited_seconds: float) -> bool:
        return waited_seconds > _LOCK_SECONDS

    def refusal(holder: str) -> str:
        return (
            f"index: refused: another process, {holder}, is at work on the index in {folder}\n"
            "  Nothing was changed. Wait until it is done, or stop it, and run it again."
        )

    with only_here(folder / "lock", gives_up, refusal):
        yield
