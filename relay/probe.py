"""Our own letter of each day, as the store sees it: kept apart from citizens' letters, soon erased.

`probe_walk.py` writes it on a form of the site. It is told from a citizen's by the sealed token
of its check page alone, and takes their way: transaction, outbox, mail server. Its mail goes to
ourselves; where it comes back into the maildir, the letter has been all the way round.
"""

from dataclasses import replace

from relay.erasure import erase_letter
from relay.letters import NewLetter
from relay.outbox import HOUR
from relay.routing import PROBE
from relay.store import Connection, Store, write_mark

LOST_AFTER = 25 * HOUR
"""One is written each day, and has an hour to come round."""
_CLOCKS_DIFFER = 1 * HOUR

_ROUND = (
    "UPDATE outbox SET state = 'delivered', lease = ''"
    " WHERE id = ? AND route = ? AND state IN ('sent', 'leased') RETURNING letter"
)


def as_probe(letter: NewLetter) -> NewLetter:
    """The letter as our own: of no form and no department, without a last day or a receipt by mail."""
    return replace(letter, form_id=PROBE, routes=(PROBE,), due_day="", addressee=b"")


def note_round(store: Store, mail_id: str, now: int) -> bool:
    """Our own letter, whose mail this is, has come round and is erased; False for any other mail."""

    def note(connection: Connection) -> bool:
        come_back = connection.execute(_ROUND, (mail_id, PROBE))
        if come_back:
            write_mark(connection, PROBE, str(now))
            erase_letter(connection, come_back[0][0], now, "probe")
        return bool(come_back)

    if not store.query("SELECT 1 FROM outbox WHERE id = ? AND route = ?", (mail_id, PROBE)):
        return False
    store.write(note)
    return True


def find_last_round(store: Store) -> int | None:
    """When our own letter last came round; None where none ever did."""
    rows = store.query("SELECT value FROM mark WHERE name = ?", (PROBE,))
    return int(rows[0][0]) if rows else None


def is_probe_lost(store: Store, now: int) -> bool:
    """Whether none came round for longer than a day; before the first, since the log began."""
    last = find_last_round(store)
    if last is None:
        begun = store.query("SELECT at FROM event WHERE seq = 1")
        last = begun[0][0] if begun else now
    # A moment far in the future was noted by a clock that ran ahead.
    return not -_CLOCKS_DIFFER <= now - last <= LOST_AFTER


def erase_stale_probes(store: Store, now: int) -> None:
    """Those that did not come round are erased, and their mail goes nowhere any more."""
    stale = store.query(
        "SELECT id FROM letter WHERE form = ? AND state <> 'erased'"
        " AND NOT received_at BETWEEN ? AND ?",
        (PROBE, now - LOST_AFTER, now + _CLOCKS_DIFFER),
    )

    def erase(connection: Connection) -> None:
        for (letter_id,) in stale:
            connection.execute("DELETE FROM outbox WHERE letter = ?", (letter_id,))
            erase_letter(connection, letter_id, now, "probe")

    if stale:
        store.write(erase)
