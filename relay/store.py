"""The store's contract: work that is durable once it returns, or of which nothing is kept.

`sqlite_store.py` and `postgres_store.py` keep it, each in its own way; `letters.py`,
`outbox.py` and their like say what is stored, in SQL that both read. Every failure of disk or
database ends as one of three errors that callers understand.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from relay.events import Event, make_event
from relay.references import make_mail_id

Kept = TypeVar("Kept")
_MOST_TOGETHER = 100
_EVENTS = "SELECT seq, at, reference, kind, detail, previous, hash FROM event"
_log = logging.getLogger("relay.store")


class StoreError(Exception):
    """The store cannot do this now; nothing of it was kept."""


class StoreBusyError(StoreError):
    """Another process held the store for longer than we wait, or it is away: try again soon."""


class StoreFullError(StoreError):
    """There is no room for another letter: operators must make some."""


class StoreBrokenError(StoreError):
    """The disk failed. Nothing more is accepted until operators have looked and restarted."""


class Connection(Protocol):
    """What work is done with: statements with ? for values; gives all rows."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]: ...


class _Call:
    """One piece of work that waits for its commit, and what became of it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.is_done = False
        self.kept: Any = None
        self.error: BaseException | None = None
        self._turn = threading.Lock()
        self._turn.acquire()

    def end(self, error: BaseException | None = None) -> None:
        self.error = error
        self.is_done = True

    def await_turn(self) -> None:
        """Returns once the work is done, or is to be committed by whoever waits here."""
        self._turn.acquire()

    def wake(self) -> None:
        """Whoever waits, or will, goes on; once only."""
        self._turn.release()


class Store(ABC):
    """Letters, outbox and events; for use by any thread."""

    def __init__(self, reserve_bytes: int) -> None:
        self.is_broken = False
        self._reserve_bytes = reserve_bytes
        self._lock = threading.RLock()
        self._queue_lock = threading.Lock()
        self._waiting: list[_Call] = []
        self._is_led = False

    def write(self, work: Callable[[Connection], Kept]) -> Kept:
        """What `work` gave, once all that it wrote is durable; nothing is kept if it raises.

        Calls that wait together are committed together: one wait for the disk serves them
        all. `work` may be run a second time, so it must not change anything but the store.
        Raises what `work` raises, and StoreBusyError, StoreFullError or StoreBrokenError.
        """
        call = _Call(work)
        if not self._queue_up(call):
            call.await_turn()
        if not call.is_done:
            self._lead(call)
        if call.error is not None:
            raise call.error
        return call.kept  # type: ignore[no-any-return]  # what `work` gave

    def _queue_up(self, call: _Call) -> bool:
        """The call waits; True where its own thread is to commit, since no other does."""
        with self._queue_lock:
            self._waiting.append(call)
            is_led, self._is_led = self._is_led, True
        return not is_led

    def _lead(self, call: _Call) -> None:
        """All that wait, `call` first, are committed; then the next one that waits leads.

        Each thread is woken once: a lock that they all fought for would cost more than the disk.
        """
        calls: list[_Call] = []
        try:
            with self._lock:
                with self._queue_lock:
                    calls = self._waiting[:_MOST_TOGETHER]
                    del self._waiting[:_MOST_TOGETHER]
                self._commit(calls)
        finally:
            with self._queue_lock:
                if self._waiting[:1] == [call]:  # broken off before it was taken
                    del self._waiting[0]
                following = self._waiting[:1]
                self._is_led = bool(following)
            for each in (*following, *calls):
                if each is not call:
                    each.wake()

    @abstractmethod
    def query(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a question that changes nothing."""

    @abstractmethod
    def snapshot(self, read: Callable[[Connection], Kept]) -> Kept:
        """What `read` gave; all that it read is of one moment, and nothing waits for it."""

    @abstractmethod
    def bytes_left(self) -> int:
        """How much the store may still grow."""

    @abstractmethod
    def check_whole(self) -> bool:
        """True where the database finds nothing wrong with itself."""

    @abstractmethod
    def describe(self) -> str:
        """The database, its version and how it keeps what is committed, in one line."""

    @abstractmethod
    def clean(self) -> None:
        """What was erased is gone from the files as well, as far as the database can."""

    @abstractmethod
    def close(self) -> None:
        """The connections are closed; what was committed stays."""

    @abstractmethod
    def _run(self, calls: Sequence[_Call]) -> None:
        """The work of all calls is durable, or StoreError and nothing of it is kept."""

    def check_room(self) -> None:
        """Raises StoreFullError where a letter would eat the reserve that delivery needs."""
        if self.bytes_left() < self._reserve_bytes:
            raise StoreFullError("less room left than the reserve")

    def is_ready(self) -> bool:
        """True while letters can be taken in: sound, writable, and twice the reserve free."""
        try:
            self.write(
                lambda connection: connection.execute(
                    "UPDATE alarm SET raised_at = raised_at WHERE 1 = 0"
                )
            )
            return self.bytes_left() >= 2 * self._reserve_bytes
        except StoreError:
            return False

    def _commit(self, calls: Sequence[_Call]) -> None:
        try:
            self._run(calls)
        except StoreFullError as error:
            # One large letter must not take those along that it happened to wait with.
            if len(calls) == 1:
                calls[0].end(error)
            for call in calls if len(calls) > 1 else ():
                self._commit([call])
        except BaseException as error:  # whoever waits must be told, whatever it is
            for call in calls:
                call.end(error)
            if not isinstance(error, StoreError):
                raise
        else:
            for call in calls:
                call.is_done = True


def run_apart(
    connection: Connection, calls: Sequence[_Call], of_the_store: tuple[type[Exception], ...]
) -> None:
    """Each call's work is done; of one that failed nothing is left, and the others stay.

    Raises what is `of_the_store`, and so concerns them all; the rest waits in its call.
    """
    for call in calls:
        connection.execute("SAVEPOINT call")
        try:
            call.kept, call.error = call.work(connection), None
        except of_the_store:
            raise
        except Exception as error:  # noqa: BLE001  # handed to whoever waits for this call
            connection.execute("ROLLBACK TO SAVEPOINT call")
            call.error = error
        connection.execute("RELEASE SAVEPOINT call")


def append_event(
    connection: Connection, at: int, reference: str, kind: str, **detail: str
) -> Event:
    """The event stands at the end of the chain, within the caller's transaction."""
    rows = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
    event = make_event(rows[0] if rows else None, at, reference, kind, detail)
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
    return event


def read_events(store: Store, reference: str | None = None) -> list[Event]:
    """The events of one letter, or of all, in order."""
    condition, values = ("", ()) if reference is None else (" WHERE reference = ?", (reference,))
    rows = store.query(_EVENTS + condition + " ORDER BY seq", values)
    return [Event(*row) for row in rows]


def raise_alarm(store: Store, kind: str, day: str, at: int) -> bool:
    """The alarm is noted and mailed to the operators; True when it is the day's first of its kind."""
    # Looking first keeps those that ask at every turn from writing.
    if store.query("SELECT 1 FROM alarm WHERE kind = ? AND day = ?", (kind, day)):
        return False

    def note(connection: Connection) -> bool:
        is_first = bool(
            connection.execute(
                "INSERT INTO alarm VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING kind",
                (kind, day, at),
            )
        )
        if is_first:
            connection.execute(
                "INSERT INTO outbox (id, kind, route, state, made_at, due_at, note)"
                " VALUES (?, 'alarm', 'operators', 'ready', ?, ?, ?)",
                (make_mail_id(at), at, at, kind),
            )
        return is_first

    is_first = store.write(note)
    if is_first:
        _log.error("alarm: %s", kind)
    return is_first


def read_mark(connection: Connection, name: str) -> str:
    """The value of a mark, such as the day of the last overdue list; empty where there is none."""
    rows = connection.execute("SELECT value FROM mark WHERE name = ?", (name,))
    return str(rows[0][0]) if rows else ""


def write_mark(connection: Connection, name: str, value: str) -> None:
    """The mark has this value from now on."""
    connection.execute(
        "INSERT INTO mark VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
