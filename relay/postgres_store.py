"""The store in PostgreSQL, through psycopg, where several replicas of the relay run.

One lock in the database orders all writing, as a file's does: the chain of events has one
end, and whoever writes sees all that was written before. Every transaction leaves a token:
where the connection breaks between COMMIT and its answer, the token says what became of it.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from relay.schema import FORMAT, FORMAT_MARK, INDEXES, TABLES
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
_BUSY = (
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.DeadlockDetected,
    # A standby that is just becoming the first.
    errors.ReadOnlySqlTransaction,
)
_FULL = (errors.DiskFull, errors.OutOfMemory, errors.ConfigurationLimitExceeded)
_BROKEN = (errors.IoError, errors.DataCorrupted, errors.IndexCorrupted)
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,
)
_COMMITS = """CREATE TABLE IF NOT EXISTS last_commit
    (writer TEXT PRIMARY KEY, token TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT now())"""
_FORGET_COMMITS = "DELETE FROM last_commit WHERE at < now() - interval '1 day'"
_NOTE_COMMIT = (
    "INSERT INTO last_commit (writer, token) VALUES (?, ?) ON CONFLICT (writer)"
    " DO UPDATE SET token = excluded.token, at = now()"
    " WHERE last_commit.token <> excluded.token RETURNING writer"
)
_GUARDS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$""",
    """CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
_log = logging.getLogger("relay.store")


class PostgresConnection:
    """One connection to the database, as the contract of the store has it."""

    def __init__(self, url: str, busy_seconds: float, idle_seconds: float) -> None:
        self.psycopg = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=max(2, int(busy_seconds)),
            # A server that is gone without a word is noticed in half a minute, not in two hours.
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
        )
        settings = {
            # A receipt is a promise: whoever set the server up otherwise, a commit is on disk.
            "synchronous_commit": "on",
            "lock_timeout": str(int(busy_seconds * 1000)),
            "idle_in_transaction_session_timeout": str(int(idle_seconds * 1000)),
        }
        for name, value in settings.items():
            self.psycopg.execute("SELECT set_config(%s, %s, false)", (name, value))

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self.psycopg.execute(_in_its_words(statement), tuple(values))
        return cursor.fetchall() if cursor.description else []


class _Line:
    """One connection, made when it is needed and made anew once it is broken; for one thread.

    The server ends it where it says nothing for `idle_seconds` in mid-transaction (0: never).
    """

    def __init__(self, url: str, busy_seconds: float, idle_seconds: float) -> None:
        self._settings = (url, busy_seconds, idle_seconds)
        self._connection: PostgresConnection | None = None

    def get(self) -> PostgresConnection:
        if self._connection is None or self._connection.psycopg.closed:
            self._connection = PostgresConnection(*self._settings)
        return self._connection

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.psycopg.close()
        self._connection = None


class PostgresStore(Store):
    """A database of its own on a server. Two connections: one writes, one reads.

    Each is mended by whoever holds its lock and never by the other's: so nobody waits for a
    lock while holding one, save who reads within a transaction that writes.
    """

    def __init__(
        self,
        url: str,
        *,
        busy_seconds: float = 5.0,
        reserve_bytes: int = 0,
        store_bytes: int = 0,
    ) -> None:
        super().__init__(reserve_bytes)
        self._store_bytes = store_bytes
        self._reader_lock = threading.RLock()
        # A replica that is gone in mid-transaction must not keep the others from writing.
        self._writer = _Line(url, busy_seconds, idle_seconds=2 * busy_seconds)
        self._reader = _Line(url, busy_seconds, idle_seconds=0)
        self._writer_id = secrets.token_hex(8)
        with self._lock:
            self._twice(self._writer, self._set_up)
        _log.info("%s", self.describe())

    def close(self) -> None:
        with self._lock:
            self._writer.drop()
        with self._reader_lock:
            self._reader.drop()

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._reader_lock:
            return self._twice(self._reader, lambda reader: reader.execute(statement, values))

    def snapshot(self, read: Callable[[Connection], Kept]) -> Kept:
        def take(reader: PostgresConnection) -> Kept:
            reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try:
                return read(reader)
            finally:
                with suppress(*_AWAY):
                    reader.execute("ROLLBACK")

        with self._reader_lock:
            return self._twice(self._reader, take)

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
        def vacuum(writer: PostgresConnection) -> None:
            for table in ("letter", "attachment", "answer", "publication"):
                writer.execute(f"VACUUM {table}")

        with self._lock:
            self._twice(self._writer, vacuum)

    def _run(self, calls: Sequence[_Call]) -> None:
        token = secrets.token_hex(16)
        self._twice(self._writer, lambda writer: self._run_once(writer, calls, token))

    def _run_once(self, writer: PostgresConnection, calls: Sequence[_Call], token: str) -> None:
        writer.execute("BEGIN")
        try:
            writer.execute("SELECT pg_advisory_xact_lock(?)", (_WRITING,))
            # No row: the first try was committed, and only its answer was lost.
            if writer.execute(_NOTE_COMMIT, (self._writer_id, token)):
                run_apart(writer, calls, (StoreError, *_BUSY, *_FULL, *_BROKEN, *_AWAY))
            writer.execute("COMMIT")
        except BaseException:
            with suppress(*_AWAY):
                writer.execute("ROLLBACK")
            raise

    def _twice(self, line: _Line, act: Callable[[PostgresConnection], Given]) -> Given:
        """Once more over a new connection, where the server went away in between."""
        with self._store_errors():
            try:
                return act(line.get())
            except _AWAY as error:
                if isinstance(error, _BUSY + _FULL + _BROKEN):
                    raise
                _log.warning("the database went away: %s; once more", type(error).__name__)
                line.drop()
                return act(line.get())

    def _set_up(self, writer: PostgresConnection) -> None:
        writer.execute("BEGIN")
        writer.execute("SELECT pg_advisory_xact_lock(?)", (_WRITING,))
        if writer.execute("SELECT to_regclass('mark')") == [(None,)]:
            for table, columns in TABLES.items():
                writer.execute(
                    f"CREATE TABLE {table} ("
                    + columns.replace("BYTES", "BYTEA").replace("INTEGER", "BIGINT")
                    + ")"
                )
            for statement in (*INDEXES, *_GUARDS):
                writer.execute(statement)
            writer.execute("INSERT INTO mark VALUES (?, ?)", (FORMAT_MARK, str(FORMAT)))
        for statement in (_COMMITS, _FORGET_COMMITS):
            writer.execute(statement)
        found = writer.execute("SELECT value FROM mark WHERE name = ?", (FORMAT_MARK,))
        writer.execute("COMMIT")
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
