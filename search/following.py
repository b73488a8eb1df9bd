"""Following the rows into PostgreSQL: what changed since the last commit, in one transaction.

How far it came is noted in the same transaction, so that a run that was killed is as if it had
not begun. Two runs wait for each other on the build folder's lock.
"""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from domain.search_rows import RowStore
from search.documents import analyse_row
from search.indexing import IndexReport, State, locked_rows, make_report
from search.row_reading import RowReading
from search.texts import Texts

if TYPE_CHECKING:
    from search.postgresql import PostgresBackend


def follow_rows(build: Path, backend: "PostgresBackend", full: bool = False) -> IndexReport:
    """The database says what the rows of the build say; PortalError when there are none."""
    started = time.monotonic()
    backend.prepare()
    with locked_rows(build) as (rows, texts):
        reached = None if full else _reached(backend, rows)
        missing = texts.read_new(rows, reached or 0)
        reading = RowReading(reached or 0)
        if reached is None:
            found = (row for _, row in reading.rows(rows) if row is not None)
            documents = (analyse_row(texts.add_to(row)) for row in found)
            backend.rebuild(documents, lambda: _state(rows, reading))
        else:
            _collect(backend, reading, rows, texts)
            backend.commit(lambda: _state(rows, reading))
    report = make_report(reading, "postgresql", started, is_full=reached is None)
    return replace(report, missing=tuple(missing))


def _state(rows: RowStore, reading: RowReading) -> dict[str, object]:
    return asdict(State(rows.store_id, reading.seq))


def _reached(backend: "PostgresBackend", rows: RowStore) -> int | None:
    """Sequence number that the database has followed, None when it cannot be carried on."""
    followed = backend.followed()
    seq = int(followed.get("seq", 0))
    is_usable = followed == asdict(State(rows.store_id, seq)) and seq <= rows.last_seq()
    return seq if is_usable else None


def _collect(backend: "PostgresBackend", reading: RowReading, rows: RowStore, texts: Texts) -> None:
    for key, row in reading.rows(rows):
        if row is None:
            backend.delete([key])
        else:
            backend.index([analyse_row(texts.add_to(row), with_sound=False)])
