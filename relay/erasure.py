"""Erasing: what a person wrote goes, the reference, the dates and the hash stay.

Nothing is erased that is not yet delivered, or that somebody is still to answer.
"""

from domain.problems import PortalError
from relay.configuration import Configuration
from relay.letters import find_letter
from relay.outbox import HOUR
from relay.published import PublishedSite
from relay.references import parse_reference
from relay.routing import PROBE
from relay.steps import ENDED
from relay.store import Connection, Store, append_event

_ENDED = ", ".join(f"'{state}'" for state in ENDED)
_UNDELIVERED = (
    "EXISTS (SELECT 1 FROM outbox WHERE outbox.letter = letter.id"
    " AND state IN ('ready', 'leased', 'stopped'))"
)


def erase_due(
    store: Store, configuration: Configuration, site: PublishedSite, now: int
) -> list[str]:
    """Letters whose time is over are erased; gives their references."""
    before = now - configuration.limits.retention_days * 24 * HOUR
    counted = [
        form_id
        for form_id in site.form_ids()
        if (published := site.find_form(form_id)) and published.form.kind != "letter"
    ]
    # What is counted, not answered, has come to its end once it is with the department.
    marks = ", ".join("?" for _ in counted) or "''"
    rows = store.query(
        "SELECT id, reference FROM letter WHERE"
        f" (ended_at <> 0 AND ended_at < ? AND state IN ({_ENDED}) AND NOT {_UNDELIVERED})"
        f" OR (form IN ({marks}) AND state = 'forwarded' AND received_at < ?"
        f" AND NOT {_UNDELIVERED})",
        (before, *counted, before),
    )
    for letter_id, _ in rows:
        _erase_alone(store, letter_id, now, "retention")
    if rows:
        store.clean()
    return [reference for _, reference in rows]


def erase_by_reference(store: Store, typed: str, now: int) -> str:
    """The letter is erased at its writer's wish; gives its reference. Raises PortalError where that may not be."""
    reference = parse_reference(typed) or typed
    letter = find_letter(store, reference)
    if letter is None:
        raise PortalError(f"no letter has the reference {reference}")
    waiting = store.query(
        f"SELECT 1 FROM letter WHERE id = ? AND {_UNDELIVERED}", (letter.letter_id,)
    )
    if waiting or letter.state not in ENDED:
        raise PortalError(
            f"{reference} is still on its way ({letter.state}); nothing was erased. "
            "Its writer can withdraw it, or the department close it; then it can be erased"
        )
    _erase_alone(store, letter.letter_id, now, "wish")
    store.clean()
    return reference


def find_erased(store: Store) -> list[str]:
    """The references of all citizens' erased letters: what is published of them must go as well."""
    return [
        row[0]
        for row in store.query(
            "SELECT reference FROM letter WHERE state = 'erased' AND form <> ? ORDER BY reference",
            (PROBE,),
        )
    ]


def erase_letter(connection: Connection, letter_id: bytes, now: int, reason: str) -> None:
    """What was written is gone, within the caller's transaction; nothing where it was before."""
    changed = connection.execute(
        "UPDATE letter SET state = 'erased', payload = ?, answers_digest = ?, signals = '',"
        " digest_key = '',"
        " revision = revision + 1 WHERE id = ? AND state <> 'erased' RETURNING reference",
        (b"", b"", letter_id),
    )
    if not changed:
        return
    for table in ("attachment", "answer", "publication"):
        connection.execute(f"DELETE FROM {table} WHERE letter = ?", (letter_id,))
    connection.execute("UPDATE outbox SET addressee = NULL WHERE letter = ?", (letter_id,))
    append_event(connection, now, changed[0][0], "erased", reason=reason)


def _erase_alone(store: Store, letter_id: bytes, now: int, reason: str) -> None:
    store.write(lambda connection: erase_letter(connection, letter_id, now, reason))
