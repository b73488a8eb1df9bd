"""The store in PostgreSQL, through psycopg, where several replicas of the relay run.

One lock in the database orders all writing, as a file's does: the chain of events has one
end, and whoever writes sees all that was written before.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg import errors

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

Given = TypeVar("Given")
_WRITING = 0x4C58_5231
_UNLIMITED = 1 << 50
_BUSY = (errors.LockNotAvailable, errors.SerializationFailure, errors.DeadlockDetected)
_FULL = (errors.DiskFull, errors.OutOfMemory, errors.ConfigurationLimitExceeded)
_BROKEN = (errors.IoError, errors.DataCorrupted, errors.IndexCorrupted)
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
_GUARDS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$""",
    """CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
_log = logging.getLogger("relay.store")


class PostgresConnection:
    """One connection to the database, as the contract of the store has it."""

    def __init__(self, url: str, busy_seconds: float) -> None:
        self.psycopg = psycopg.connect(
            url, autocommit=True, connect_timeout=max(2, int(busy_seconds))
        )
        settings = {
            # A receipt is a promise: whoever set the server up otherwise, a commit is on disk.
            "synchronous_commit": "on",
            "lock_timeout": str(int(busy_seconds * 1000)),
        }
        for name, value in settings.items():
            self.psycopg.execute("SELECT set_config(%s, %s, false)", (name, value))

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self.psycopg.execute(_in_its_words(statement), tuple(values))
        return cursor.fetchall() if cursor.description else []


class PostgresStore(Store):
    """A database of its own on a server. Two connections: one writes, one reads."""

    def __init__(
        self,
        url: str,
        *,
        busy_seconds: float = 5.0,
        reserve_bytes: int = 0,
        store_bytes: int = 0,
    ) -> None:
        super().__init__(reserve_bytes)
        self._url = url
        self._busy_seconds = busy_seconds
        self._store_bytes = store_bytes
        self._reader_lock = threading.RLock()
        self._writer: PostgresConnection | None = None
        self._reader: PostgresConnection | None = None
        with self._lock:
            self._twice(self._set_up)
        _log.info("%s", self.describe())

    def close(self) -> None:
        with self._lock, self._reader_lock:
            for connection in (self._writer, self._reader):
                if connection is not None:
                    connection.psycopg.close()
            self._writer = self._reader = None

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        def ask() -> list[Any]:
            if self._reader is None:
                self._reader = self._connect()
            return self._reader.execute(statement, values)

        with self._reader_lock:
            return self._twice(ask)

    def snapshot(self, read: Callable[[Connection], Kept]) -> Kept:
        def take() -> Kept:
            if self._reader is None:
                self._reader = self._connect()
            self._reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try:
                return read(self._reader)
            finally:
                with suppress(*_AWAY):
                    self._reader.execute("ROLLBACK")

        with self._reader_lock:
            return self._twice(take)

    def bytes_left(self) -> int:
        """What `store_bytes` leaves; of the server's disk nothing is known here."""
        if not self._store_bytes:
            return _UNLIMITED
        used = self.query("SELECT pg_database_size(current_database())")[0][0]
        return max(0, self._store_bytes - int(used))

    def check_whole(self) -> bool:
        """Every table can be read to its end; page checksums are the server's to keep."""
        return all(self.query(f"SELECT count(*) FROM {table}") for table in TABLES)

    def describe(self) -> str:
        version = self.query("SHOW server_version")[0][0]
        return (
            f"PostgreSQL {version}, synchronous_commit on, fsync {self.query('SHOW fsync')[0][0]}"
        )

    def clean(self) -> None:
        def vacuum() -> None:
            for table in ("letter", "attachment", "answer", "publication"):
                self._get_writer().execute(f"VACUUM {table}")

        with self._lock:
            self._twice(vacuum)

    def _run(self, calls: Sequence[_Call]) -> None:
        self._twice(lambda: self._run_once(calls))

    def _run_once(self, calls: Sequence[_Call]) -> None:
        connection = self._get_writer()
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT pg_advisory_xact_lock(?)", (_WRITING,))
            run_apart(connection, calls, (StoreError, *_BUSY, *_FULL, *_BROKEN, *_AWAY))
            connection.execute("COMMIT")
        except BaseException:
            with suppress(*_AWAY):
                connection.execute("ROLLBACK")
            raise

    def _twice(self, act: Callable[[], Given]) -> Given:
        """Once more over new connections, where the server went away in between."""
        with self._store_errors():
            try:
                return act()
            except _AWAY as error:
                if isinstance(error, _BUSY + _FULL + _BROKEN):
                    raise
                _log.warning("the database went away: %s; once more", type(error).__name__)
                self.close()
                return act()

    def _get_writer(self) -> PostgresConnection:
        if self._writer is None:
            self._writer = self._connect()
        return self._writer

    def _connect(self) -> PostgresConnection:
        return PostgresConnection(self._url, self._busy_seconds)

    def _set_up(self) -> None:
        connection = self._get_writer()
        connection.execute("BEGIN")
        connection.execute("SELECT pg_advisory_xact_lock(?)", (_WRITING,))
        if connection.execute("SELECT to_regclass('mark')") == [(None,)]:
            for table, columns in TABLES.items():
                connection.execute(
                    f"CREATE TABLE {table} ("
                    + columns.replace("BYTES", "BYTEA").replace("INTEGER", "BIGINT")
                    + ")"
                )
            for statement in (*INDEXES, *_GUARDS):
                connection.execute(statement)
            connection.execute("INSERT INTO mark VALUES ('format', ?)", (str(FORMAT),))
        found = connection.execute("SELECT value FROM mark WHERE name = 'format'")
        connection.execute("COMMIT")
        if found != [(str(FORMAT),)]:
            raise StoreError(f"the database's tables are not of format {FORMAT}")

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        # The messages of the server are kept out: they quote values.
        if self.is_broken:
            raise StoreBrokenError("the disk failed before")
        try:
            yield
        except _FULL:
            raise StoreFullError("the database is full") from None
        except _BROKEN as error:
            self.is_broken = True
            _log.critical("the disk failed: %s; no more letters are taken", type(error).__name__)
            raise StoreBrokenError("the disk failed") from None
        except (*_BUSY, *_AWAY):
            raise StoreBusyError("the database is held or away") from None


@cache
def _in_its_words(statement: str) -> str:
    return statement.replace("?", "%s")
