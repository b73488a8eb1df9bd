"""The store in one SQLite file, through apsw, which brings its own SQLite."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from relay.journal import choose_journal
from relay.schema import FORMAT, INDEXES, TABLES
from relay.store import (
    Connection,
    Kept,
    Store,
    StoreBrokenError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    _Call,
    run_apart,
)

_APPLICATION_ID = 0x4C58_5231
_PAGE_BYTES = 4096
_WHERE_ROWS_LIE_BY_KEY = (
    "letter",
    "attachment",
    "outbox",
    "answer",
    "publication",
    "alarm",
    "mark",
)
_TRIGGERS = """
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""
_BUSY = (apsw.BusyError, apsw.LockedError)
_BROKEN = (
    apsw.IOError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
)
_log = logging.getLogger("relay.store")


class SqliteConnection:
    """One connection to the file, as the contract of the store has it."""

    def __init__(self, file: Path, busy_seconds: float, vfs: str | None) -> None:
        self.apsw = apsw.Connection(str(file), vfs=vfs)
        self.apsw.set_busy_timeout(int(busy_seconds * 1000))

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.apsw.execute(statement, tuple(values)).fetchall()


class SqliteStore(Store):
    """One file. A connection writes; where the journal is WAL, another reads meanwhile."""

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
        super().__init__(reserve_bytes)
        self.file = file
        self._is_capped = store_bytes > 0
        self._version = sqlite_version or apsw.sqlite_lib_version()
        self.journal = choose_journal(self._version)
        with self._store_errors():
            self._writer = SqliteConnection(file, busy_seconds, vfs)
            self._set_up(store_bytes)
            self._reader, self._reader_lock = self._writer, self._lock
            if self.journal.mode == "WAL":
                self._reader = SqliteConnection(file, busy_seconds, vfs)
                self._reader.apsw.pragma("query_only", "ON")
                self._reader_lock = threading.RLock()
        _log.info("%s", self.describe())

    def close(self) -> None:
        with self._lock, self._reader_lock:
            self._reader.apsw.close()
            self._writer.apsw.close()

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._reader_lock, self._store_errors():
            return self._reader.execute(statement, values)

    def snapshot(self, read: Callable[[Connection], Kept]) -> Kept:
        with self._reader_lock, self._store_errors():
            self._reader.execute("BEGIN")
            try:
                return read(self._reader)
            finally:
                self._reader.execute("ROLLBACK")

    def bytes_left(self) -> int:
        """The disk's free space, or less where the store is capped."""
        disk = os.statvfs(self.file.parent)
        free = disk.f_bavail * disk.f_frsize
        if not self._is_capped:
            return free
        with self._lock, self._store_errors():
            pragma = self._writer.apsw.pragma
            pages = pragma("max_page_count") - pragma("page_count") + pragma("freelist_count")
            return min(int(pages) * _PAGE_BYTES, free)

    def check_whole(self) -> bool:
        return self.query("PRAGMA quick_check") == [("ok",)]

    def describe(self) -> str:
        return (
            f"SQLite {self._version}, journal {self.journal.mode}, "
            f"synchronous {self.journal.synchronous}"
        )

    def clean(self) -> None:
        # secure_delete has overwritten what was erased in the file; the journal still has it.
        with self._lock, self._store_errors():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _run(self, calls: Sequence[_Call]) -> None:
        connection = self._writer
        with self._store_errors():
            connection.execute("BEGIN IMMEDIATE")
            try:
                run_apart(connection, calls, (StoreError, *_BUSY, apsw.FullError, *_BROKEN))
                connection.execute("COMMIT")
            finally:
                if not connection.apsw.get_autocommit():
                    connection.execute("ROLLBACK")

    def _set_up(self, store_bytes: int) -> None:
        pragma = self._writer.apsw.pragma
        pragma("page_size", _PAGE_BYTES)
        if str(pragma("journal_mode", self.journal.mode)).upper() != self.journal.mode:
            raise StoreError(f"the file system cannot keep a journal of mode {self.journal.mode}")
        for name, value in [
            ("synchronous", self.journal.synchronous),
            ("secure_delete", "ON"),
            ("temp_store", "MEMORY"),
            ("foreign_keys", "ON"),
            ("trusted_schema", "OFF"),
        ]:
            pragma(name, value)
        if store_bytes:
            pragma("max_page_count", max(1, store_bytes // _PAGE_BYTES))
        if pragma("user_version") == 0:
            self._make_schema()
        if pragma("user_version") != FORMAT:
            raise StoreError(
                f"{self.file} is of format {pragma('user_version')}, and this program keeps "
                f"format {FORMAT}. Nothing was touched: move the file away to begin a new one"
            )

    def _make_schema(self) -> None:
        connection, pragma = self._writer, self._writer.apsw.pragma
        connection.execute("BEGIN IMMEDIATE")
        if pragma("user_version") == 0:
            for table, columns in TABLES.items():
                end = "STRICT, WITHOUT ROWID" if table in _WHERE_ROWS_LIE_BY_KEY else "STRICT"
                columns = columns.replace("BYTES", "BLOB")
                connection.execute(f"CREATE TABLE {table} ({columns}) {end}")
            for statement in (*INDEXES, _TRIGGERS):
                connection.execute(statement)
            pragma("application_id", _APPLICATION_ID)
            pragma("user_version", FORMAT)
        connection.execute("COMMIT")

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        # The messages of SQLite are kept out: only what kind of failure it was goes on.
        if self.is_broken:
            raise StoreBrokenError("the disk failed before")
        try:
            yield
        except _BUSY:
            raise StoreBusyError("held by another process") from None
        except apsw.FullError:
            raise StoreFullError("the disk or the store is full") from None
        except _BROKEN as error:
            self.is_broken = True
            _log.critical("the disk failed: %s; no more letters are taken", type(error).__name__)
            raise StoreBrokenError("the disk failed") from None
