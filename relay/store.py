"""The relay's store: one SQLite file, its settings, its transactions and its failures.

`letters.py` and `outbox.py` say what is stored; this file sees to it that what is committed
stays, and turns every failure of the disk into one of three errors that callers understand.
"""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from relay.events import Event, make_event
from relay.journal import Journal, choose_journal

FORMAT = 2
_APPLICATION_ID = 0x4C58_5231
_PAGE_BYTES = 4096
_log = logging.getLogger("relay.store")

_SCHEMA = """
CREATE TABLE letter (
  id BLOB PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  idempotency BLOB NOT NULL UNIQUE,
  answers_digest BLOB NOT NULL,
  digest_key TEXT NOT NULL,
  code_key TEXT NOT NULL,
  form TEXT NOT NULL,
  form_digest TEXT NOT NULL,
  lang TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'held', 'forwarded')),
  signals TEXT NOT NULL,
  routes TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_held ON letter (received_at) WHERE state = 'held';

-- due_at is when a sender may claim the row: the next try while ready, the lease's end while leased.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  letter BLOB NOT NULL REFERENCES letter (id),
  route TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  envelope_sender TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'sent', 'dead')),
  made_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  lease TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0,
  last_result TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('ready', 'leased');
CREATE INDEX outbox_letter ON outbox (letter);

CREATE TABLE attachment (
  letter BLOB NOT NULL REFERENCES letter (id),
  place INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (letter, place)
) STRICT;

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX event_reference ON event (reference);
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE alarm (
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  PRIMARY KEY (kind, day)
) STRICT, WITHOUT ROWID;
"""

_EVENTS = "SELECT seq, at, reference, kind, detail, previous, hash FROM event"


class StoreError(Exception):
    """The store cannot do this now; nothing of it was kept."""


class StoreBusyError(StoreError):
    """Another process held the store for longer than we wait: try again soon."""


class StoreFullError(StoreError):
    """There is no room for another letter: operators must make some."""


class StoreBrokenError(StoreError):
    """The disk failed. Nothing more is accepted until operators have looked and restarted."""


class Store:
    """One connection to the file, for use by any thread, one at a time."""

    def __init__(
        self,
        file: Path,
        *,
        busy_seconds: float = 5.0,
        reserve_bytes: int = 0,
        store_bytes: int = 0,
        sqlite_version: str | None = None,
        vfs: str | None = None,
    ) -> None:
        self.file = file
        self.is_broken = False
        self._reserve_bytes = reserve_bytes
        self._lock = threading.RLock()
        self.journal = choose_journal(sqlite_version or apsw.sqlite_lib_version())
        with _store_errors(self):
            self._connection = apsw.Connection(str(file), vfs=vfs)
            self._connection.set_busy_timeout(int(busy_seconds * 1000))
            self._prepare(self.journal, store_bytes)
        _log.info(
            "SQLite %s, journal %s, synchronous %s",
            sqlite_version or apsw.sqlite_lib_version(),
            self.journal.mode,
            self.journal.synchronous,
        )

    def close(self) -> None:
        """The connection is closed; what was committed stays."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """One write transaction: all of it is durable afterwards, or none of it is there.

        Raises StoreBusyError, StoreFullError or StoreBrokenError with nothing kept.
        """
        with self._lock, _store_errors(self):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if not self._connection.get_autocommit():
                    self._connection.execute("ROLLBACK")
                raise

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a question that changes nothing."""
        with self._lock, _store_errors(self):
            return self._connection.execute(statement, tuple(values)).fetchall()

    def bytes_left(self) -> int:
        """How much the store may still grow: the disk's free space, or less where it is capped."""
        with self._lock, _store_errors(self):
            pages = self._connection.pragma("max_page_count") - self._connection.pragma(
                "page_count"
            )
            free_pages = self._connection.pragma("freelist_count")
            disk = os.statvfs(self.file.parent)
            return int(min((pages + free_pages) * _PAGE_BYTES, disk.f_bavail * disk.f_frsize))

    def check_room(self) -> None:
        """Raises StoreFullError where a letter would eat the reserve that delivery needs."""
        if self.bytes_left() < self._reserve_bytes:
            raise StoreFullError("less room left than the reserve")

    def is_ready(self) -> bool:
        """True while letters can be taken in: sound, writable, and twice the reserve free."""
        try:
            with self.transaction() as connection:
                connection.execute("UPDATE alarm SET raised_at = raised_at WHERE 0")
            return self.bytes_left() >= 2 * self._reserve_bytes
        except StoreError:
            return False

    def _prepare(self, journal: Journal, store_bytes: int) -> None:
        connection = self._connection
        connection.pragma("page_size", _PAGE_BYTES)
        if str(connection.pragma("journal_mode", journal.mode)).upper() != journal.mode:
            raise StoreError(f"the file system cannot keep a journal of mode {journal.mode}")
        connection.pragma("synchronous", journal.synchronous)
        for name, value in [
            ("secure_delete", "ON"),
            ("temp_store", "MEMORY"),
            ("foreign_keys", "ON"),
            ("trusted_schema", "OFF"),
        ]:
            connection.pragma(name, value)
        if store_bytes:
            connection.pragma("max_page_count", max(1, store_bytes // _PAGE_BYTES))
        if connection.pragma("user_version") == 0:
            self._make_schema()
        if connection.pragma("user_version") != FORMAT:
            raise StoreError(f"the store is not of format {FORMAT}")

    def _make_schema(self) -> None:
        with self.transaction() as connection:
            if connection.pragma("user_version") == 0:
                connection.execute(_SCHEMA)
                connection.pragma("application_id", _APPLICATION_ID)
                connection.pragma("user_version", FORMAT)


def append_event(
    connection: apsw.Connection, at: int, reference: str, kind: str, **detail: str
) -> None:
    """The event stands at the end of the chain, within the caller's transaction."""
    row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    event = make_event(row, at, reference, kind, detail)
    connection.execute(
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event.seq,
            event.at,
            event.reference,
            event.kind,
            event.detail,
            event.previous,
            event.hash,
        ),
    )


def read_events(store: Store, reference: str | None = None) -> list[Event]:
    """The events of one letter, or of all, in order."""
    condition, values = ("", ()) if reference is None else (" WHERE reference = ?", (reference,))
    rows = store.query(_EVENTS + condition + " ORDER BY seq", values)
    return [Event(*row) for row in rows]


def raise_alarm(store: Store, kind: str, day: str, at: int) -> bool:
    """The alarm of this kind is noted for the day; True when it is the day's first."""
    with store.transaction() as connection:
        connection.execute("INSERT OR IGNORE INTO alarm VALUES (?, ?, ?)", (kind, day, at))
        is_first = bool(connection.changes())
    if is_first:
        _log.error("alarm: %s", kind)
    return is_first


@contextmanager
def _store_errors(store: Store) -> Iterator[None]:
    # The messages of SQLite are kept out: only what kind of failure it was goes on.
    if store.is_broken:
        raise StoreBrokenError("the disk failed before")
    try:
        yield
    except (apsw.BusyError, apsw.LockedError):
        raise StoreBusyError("held by another process") from None
    except apsw.FullError:
        raise StoreFullError("the disk or the store is full") from None
    except (
        apsw.IOError,
        apsw.CorruptError,
        apsw.NotADBError,
        apsw.CantOpenError,
        apsw.ReadOnlyError,
    ) as error:
        store.is_broken = True
        _log.critical("the disk failed: %s; no more letters are taken", type(error).__name__)
        raise StoreBrokenError("the disk failed") from None
