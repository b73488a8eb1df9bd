"""The outbox: which mail is due, who has claimed it, what became of it.

A sender claims a row under a lease, delivers, and says what happened. If it is killed in
between, the lease ends and the row is claimed again. Nothing leaves the outbox unseen:
a row ends as sent or dead, and a dead one keeps its letter and raises an alarm.
"""

import random
import secrets
from dataclasses import dataclass
from typing import Any

from relay.letters import insert_outbox_row
from relay.store import Store, append_event

FALLBACK = "fallback"
MINUTE = 60_000
HOUR = 60 * MINUTE
_FIRST_RETRIES_MINUTES = (1, 5, 15, 30, 60)
_LAST_RETRY_AFTER = 120 * HOUR
_JITTER = 0.1
# No try is ever due later than this after the one before: a row due beyond it was written
# by a clock that ran ahead, and is claimed now rather than in that future.
_FURTHEST_DUE = 2 * HOUR
_NEXT_DUE = (
    "SELECT id FROM outbox WHERE state IN ('ready', 'leased')"
    " AND (due_at <= ? OR due_at > ?) ORDER BY due_at, id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the outbox that is ours until `lease` ends; times in milliseconds UTC."""

    row: int
    letter_id: bytes
    reference: str
    payload: bytes
    route: str
    message_id: str
    envelope_sender: str
    made_at: int
    received_at: int
    tries: int
    lease: str


def next_try(tries: int, made_at: int, now: int, chance: random.Random) -> int | None:
    """When the next try is due after `tries` that failed, or None after five days of them.

    1, 5, 15, 30, 60 minutes, then hourly with a tenth of jitter, so that a smarthost that
    comes back is not met by all rows at once.
    """
    if now - made_at >= _LAST_RETRY_AFTER:
        return None
    if tries <= len(_FIRST_RETRIES_MINUTES):
        return now + _FIRST_RETRIES_MINUTES[tries - 1] * MINUTE
    return now + int(HOUR * chance.uniform(1 - _JITTER, 1 + _JITTER))


def claim_next(store: Store, now: int, lease_milliseconds: int) -> Claim | None:
    """The mail that has been due longest, leased to the caller; None when nothing is due."""
    lease = secrets.token_hex(8)
    # Looking first keeps an idle sender from writing to the disk at every turn.
    bounds = (now, now + max(_FURTHEST_DUE, 2 * lease_milliseconds))
    if not store.query(_NEXT_DUE, bounds):
        return None
    with store.transaction() as connection:
        due = connection.execute(_NEXT_DUE, bounds).fetchone()
        if due is None:
            return None
        connection.execute(
            "UPDATE outbox SET state = 'leased', lease = ?, due_at = ?, tries = tries + 1"
            " WHERE id = ?",
            (lease, now + lease_milliseconds, due[0]),
        )
        row: Any = connection.execute(
            "SELECT outbox.id, letter.id, reference, payload, route, message_id, envelope_sender,"
            " made_at, received_at, tries, lease FROM outbox JOIN letter"
            " ON letter.id = outbox.letter WHERE outbox.id = ?",
            due,
        ).fetchall()[0]
        return Claim(*row)


def note_sent(store: Store, claim: Claim, now: int) -> None:
    """The mail server took the mail (250): the letter counts as forwarded.

    True even where the lease had ended meanwhile: what was delivered is delivered.
    """
    with store.transaction() as connection:
        connection.execute(
            "UPDATE outbox SET state = 'sent', lease = '', last_result = '250'"
            " WHERE id = ? AND state <> 'sent'",
            (claim.row,),
        )
        if not connection.changes():
            return
        connection.execute(
            "UPDATE letter SET state = 'forwarded' WHERE id = ? AND state = 'received'",
            (claim.letter_id,),
        )
        append_event(connection, now, claim.reference, "forwarded", route=claim.route)


def note_retry(store: Store, claim: Claim, due_at: int, result: str) -> None:
    """The mail is due again later; only the result's code is kept, not the server's words."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE outbox SET state = 'ready', lease = '', due_at = ?, last_result = ?"
            " WHERE id = ? AND lease = ?",
            (due_at, result, claim.row, claim.lease),
        )


def note_dead(
    store: Store, claim: Claim, now: int, result: str, mail_domain: str, *, use_fallback: bool
) -> None:
    """The mail is given up; with `use_fallback` another goes to the fallback recipient."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE outbox SET state = 'dead', lease = '', last_result = ?"
            " WHERE id = ? AND lease = ?",
            (result, claim.row, claim.lease),
        )
        if not connection.changes():
            return
        append_event(
            connection, now, claim.reference, "undelivered", route=claim.route, result=result
        )
        if use_fallback and claim.route != FALLBACK:
            insert_outbox_row(
                connection, claim.letter_id, FALLBACK, now, mail_domain, claim.envelope_sender
            )
            append_event(connection, now, claim.reference, "to-fallback")


def count_outbox(store: Store) -> dict[str, int]:
    """How many mails are in each state."""
    return dict(store.query("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state"))
