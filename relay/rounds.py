"""What is to be done once a day: reminders, the overdue list, erasure, a look for our own letter.

The sender calls it at each turn; a mark in the store says which day's round was made, so any
number of senders make it once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from relay.clocks import Clocks
from relay.configuration import Configuration
from relay.erasure import erase_due
from relay.moments import local_day
from relay.outbox import HOUR, queue_mail
from relay.probe import erase_stale_probes, is_probe_lost
from relay.published import PublishedSite
from relay.steps import OPEN, queue_letter
from relay.store import Connection, Store, raise_alarm, read_mark, write_mark

_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_MARK = "rounds"
_BEGINS_AT_HOUR = 7
_LONGEST_STANDSTILL = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class OverdueLetter:
    """A letter whose last day has passed, without a word of it."""

    reference: str
    form_id: str
    routes: str
    state: str
    due_day: str


class Rounds:
    """The daily round of one relay."""

    def __init__(self, store: Store, configuration: Configuration, site: PublishedSite) -> None:
        self._store = store
        self._configuration = configuration
        self._site = site
        self._clocks = Clocks(site, configuration.timezone)

    def make_if_due(self, now: int) -> bool:
        """The day's round is made, once, after seven in the morning; False where it is not due."""
        today = local_day(now - _BEGINS_AT_HOUR * HOUR, self._configuration.timezone)
        known = self._store.query("SELECT value FROM mark WHERE name = ?", (_MARK,))
        last = date.fromisoformat(known[0][0]) if known else None
        if last is not None and _is_made(last, today):
            return False
        if not self._store.write(lambda connection: self._begin(connection, today, now)):
            return False
        if last is not None and abs(today - last) > _LONGEST_STANDSTILL:
            # A clock that ran ahead must not erase what is to be kept for years.
            raise_alarm(self._store, "clock", today.isoformat(), now)
        else:
            erase_due(self._store, self._configuration, self._site, now)
        erase_stale_probes(self._store, now)
        if self._store.bytes_left() < 3 * self._configuration.limits.reserve_bytes:
            raise_alarm(self._store, "room", today.isoformat(), now)
        if self._clocks.missing_years(today):
            raise_alarm(self._store, "calendar", today.isoformat(), now)
        if find_overdue(self._store, today):
            raise_alarm(self._store, "overdue", today.isoformat(), now)
        return True

    def check_probe(self, now: int) -> None:
        """An alarm is raised, once a day, while our own daily letter does not come round."""
        if self._configuration.mail.maildir and is_probe_lost(self._store, now):
            day = local_day(now, self._configuration.timezone).isoformat()
            raise_alarm(self._store, "probe-lost", day, now)

    def _begin(self, connection: Connection, today: date, now: int) -> bool:
        known = read_mark(connection, _MARK)
        if known and _is_made(date.fromisoformat(known), today):
            return False
        write_mark(connection, _MARK, today.isoformat())
        if self._clocks.is_working_day(today):
            self._remind(connection, today, now)
            self._list_overdue(connection, today, now)
        return True

    def _remind(self, connection: Connection, today: date, now: int) -> None:
        ahead = self._clocks.working_day(today, max(1, self._configuration.limits.reminder_days))
        rows = connection.execute(
            f"SELECT id, routes FROM letter WHERE due_day <> '' AND due_day <= ?"
            f" AND reminded_day <> ? AND state IN ({_OPEN}) ORDER BY due_day",
            (ahead.isoformat(), today.isoformat()),
        )
        for letter_id, routes in rows:
            for route in routes.split():
                queue_letter(connection, letter_id, route, now, kind="reminder")
            connection.execute(
                "UPDATE letter SET reminded_day = ? WHERE id = ?", (today.isoformat(), letter_id)
            )

    def _list_overdue(self, connection: Connection, today: date, now: int) -> None:
        overdue = _overdue(connection.execute(*_overdue_question(today)))
        if overdue:
            lines = [
                " ".join((one.due_day, one.reference, one.routes, one.state)) for one in overdue
            ]
            queue_mail(connection, "overdue", None, "supervision", now, note="\n".join(lines))


def _is_made(last: date, today: date) -> bool:
    """Whether the round of `today` was made, by a clock that was right or nearly so.

    A day further ahead was noted by a clock that jumped: waiting for it would stop all rounds.
    """
    return today <= last <= today + timedelta(days=1)


def find_overdue(store: Store, today: date) -> list[OverdueLetter]:
    """The letters that should have been answered before `today`, the oldest first."""
    return _overdue(store.query(*_overdue_question(today)))


def _overdue_question(today: date) -> tuple[str, tuple[str]]:
    return (
        "SELECT reference, form, routes, state, due_day FROM letter"
        f" WHERE due_day <> '' AND due_day < ? AND state IN ({_OPEN}) ORDER BY due_day, reference",
        (today.isoformat(),),
    )


def _overdue(rows: list[tuple[str, str, str, str, str]]) -> list[OverdueLetter]:
    return [OverdueLetter(*row) for row in rows]
