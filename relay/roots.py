"""The chain of events on the site: for each day that is over, its last event and that one's hash.

Whoever keeps a copy of the published table can tell later whether any event before was changed:
`python -m relay events --published FILE` compares it with the chain.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from relay.events import Event
from relay.moments import local_day

_HEAD = ("day", "last_event", "hash")


@dataclass(frozen=True, slots=True)
class Root:
    """The end of the chain as it was at the end of a day."""

    day: date
    seq: int
    hash: str


def daily_roots(events: Iterable[Event], timezone: str, today: date) -> list[Root]:
    """One for each day before `today` on which something happened, in order."""
    last: dict[date, Root] = {}
    for event in events:
        day = local_day(event.at, timezone)
        if day < today:
            last[day] = Root(day, event.seq, event.hash.hex())
    return [last[day] for day in sorted(last)]


def format_roots(roots: Iterable[Root]) -> str:
    """The table as CSV."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows((root.day.isoformat(), root.seq, root.hash) for root in roots)
    return output.getvalue()


def find_wrong_root(events: Sequence[Event], published: str) -> str | None:
    """The first line of a published table that the chain does not bear out, or None.

    Raises ValueError for a text that is no such table.
    """
    head, *rows = list(csv.reader(io.StringIO(published.removeprefix("\ufeff")))) or [[]]
    if tuple(head) != _HEAD or not all(len(row) == len(_HEAD) for row in rows):
        raise ValueError("not a table of day, last_event and hash")
    hashes = {event.seq: event.hash.hex() for event in events}
    for day, seq, digest in rows:
        if hashes.get(int(seq)) != digest:
            return f"{day}: event {seq}"
    return None
