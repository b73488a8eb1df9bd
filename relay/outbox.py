"""The outbox: which mail is due, who has claimed it, what became of it.

A sender claims a row under a lease, delivers, and says what happened. If it is killed in
between, the lease ends and the row is claimed again. Nothing leaves the outbox unseen: a row
ends as sent, then perhaps delivered or bounced, or as dead; and what could not be delivered
keeps its letter and raises an alarm.
"""

import random
import secrets
from dataclasses import dataclass

from relay.references import make_mail_id
from relay.routing import PROBE
from relay.store import Connection, Store, append_event

FALLBACK = "fallback"
TO_WRITERS = ("receipt", "answered")
"""Kinds of mail that go to the person who wrote: nobody else gets them when they fail."""

WITHOUT_ALARM = (*TO_WRITERS, "alarm")
"""The address of a writer is nobody's to mend; and an alarm about an alarm, no help."""
MINUTE = 60_000
HOUR = 60 * MINUTE
_DAY = 24 * HOUR
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
_CLAIM = (
    "SELECT outbox.id, outbox.kind, letter.id, coalesce(reference, ''), coalesce(payload, ?),"
    " coalesce(form, ''), coalesce(lang, ''), route, made_at, coalesce(received_at, 0),"
    " coalesce(due_day, ''), outbox.revision, note, tries, lease"
    " FROM outbox LEFT JOIN letter ON letter.id = outbox.letter WHERE outbox.id = ?"
)

_SEND_AGAIN = (
    "UPDATE outbox SET state = 'ready', lease = '', tries = 0, made_at = ?, due_at = ?,"
    " revision = (SELECT revision FROM letter WHERE letter.id = outbox.letter)"
    " WHERE letter = ? AND state = 'dead' AND kind IN ('letter', 'reminder', 'link') RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that is ours until `lease` ends; times in milliseconds UTC.

    `letter_id` is None and what is the letter's is empty where the mail is about none.
    `revision` is the letter's when the mail was queued: its staff link is good for that one.
    """

    mail_id: str
    kind: str
    letter_id: bytes | None
    reference: str
    payload: bytes
    form_id: str
    lang: str
    route: str
    made_at: int
    received_at: int
    due_day: str
    revision: int
    note: str
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


def queue_mail(
    connection: Connection,
    kind: str,
    letter_id: bytes | None,
    route: str,
    now: int,
    *,
    revision: int = 0,
    note: str = "",
    addressee: bytes | None = None,
) -> str:
    """One mail to one recipient is due; gives its id, from which its Message-ID is made."""
    mail_id = make_mail_id(now)
    connection.execute(
        "INSERT INTO outbox"
        " (id, kind, letter, route, state, made_at, due_at, revision, addressee, note)"
        " VALUES (?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?)",
        (mail_id, kind, letter_id, route, now, now, revision, addressee, note),
    )
    return mail_id


def queue_to_writer(
    connection: Connection, kind: str, letter_id: bytes, now: int, addressee: bytes, per_day: int
) -> None:
    """A mail to the writer's own address is due, unless that address had `per_day` within a day.

    Whoever types a stranger's address into a form shall not be able to fill that mailbox.
    """
    if not addressee or not per_day:
        return
    had = connection.execute(
        "SELECT count(*) FROM outbox WHERE addressee = ? AND made_at > ?", (addressee, now - _DAY)
    )
    if had[0][0] < per_day:
        queue_mail(connection, kind, letter_id, "writer", now, addressee=addressee)


def claim_next(store: Store, now: int, lease_milliseconds: int) -> Claim | None:
    """The mail that has been due longest, leased to the caller; None when nothing is due."""
    lease = secrets.token_hex(8)
    # Looking first keeps an idle sender from writing to the disk at every turn.
    bounds = (now, now + max(_FURTHEST_DUE, 2 * lease_milliseconds))
    if not store.query(_NEXT_DUE, bounds):
        return None

    def claim(connection: Connection) -> Claim | None:
        due = connection.execute(_NEXT_DUE, bounds)
        if not due:
            return None
        connection.execute(
            "UPDATE outbox SET state = 'leased', lease = ?, due_at = ?, tries = tries + 1"
            " WHERE id = ?",
            (lease, now + lease_milliseconds, due[0][0]),
        )
        return Claim(*connection.execute(_CLAIM, (b"", due[0][0]))[0])

    return store.write(claim)


def find_late(store: Store, before: int) -> bool:
    """Whether a mail to staff that was made by then is still waiting."""
    waiting = store.query(
        "SELECT DISTINCT kind FROM outbox WHERE state IN ('ready', 'leased') AND made_at <= ?",
        (before,),
    )
    return any(kind not in WITHOUT_ALARM for (kind,) in waiting)


def note_sent(store: Store, claim: Claim, now: int) -> None:
    """The mail server took the mail (250): the letter counts as forwarded.

    True even where the lease had ended meanwhile: what was delivered is delivered.
    """

    def note(connection: Connection) -> None:
        changed = connection.execute(
            "UPDATE outbox SET state = 'sent', lease = '', last_result = '250'"
            " WHERE id = ? AND state IN ('ready', 'leased', 'dead', 'stopped') RETURNING id",
            (claim.mail_id,),
        )
        if not changed or claim.kind != "letter":
            return
        connection.execute(
            "UPDATE letter SET state = 'forwarded' WHERE id = ? AND state = 'received'",
            (claim.letter_id,),
        )
        append_event(connection, now, claim.reference, "forwarded", route=claim.route)

    store.write(note)


def note_retry(store: Store, claim: Claim, due_at: int, result: str) -> None:
    """The mail is due again later; only the result's code is kept, not the server's words."""
    store.write(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'ready', lease = '', due_at = ?, last_result = ?"
            " WHERE id = ? AND lease = ?",
            (due_at, result, claim.mail_id, claim.lease),
        )
    )


def note_dead(store: Store, claim: Claim, now: int, result: str, *, use_fallback: bool) -> None:
    """The mail is given up; with `use_fallback` another goes to the fallback recipient."""

    def note(connection: Connection) -> None:
        changed = connection.execute(
            "UPDATE outbox SET state = 'dead', lease = '', last_result = ?"
            " WHERE id = ? AND lease = ? RETURNING id",
            (result, claim.mail_id, claim.lease),
        )
        if changed:
            _go_on_without(
                connection, claim.mail_id, now, "undelivered", result, use_fallback=use_fallback
            )

    store.write(note)


def note_returned(store: Store, mail_id: str, now: int, status: str) -> bool:
    """A mail that was sent has come back (a bounce); False where that is known, or it never went."""

    def note(connection: Connection) -> bool:
        changed = connection.execute(
            "UPDATE outbox SET state = 'bounced', last_result = ?"
            " WHERE id = ? AND state IN ('sent', 'delivered') RETURNING id",
            (status, mail_id),
        )
        if changed:
            _go_on_without(connection, mail_id, now, "bounced", status, use_fallback=True)
        return bool(changed)

    return store.write(note)


def note_delivered(store: Store, mail_id: str) -> bool:
    """The recipient's own server has the mail, says its report; False where that is no news."""
    return bool(
        store.write(
            lambda connection: connection.execute(
                "UPDATE outbox SET state = 'delivered' WHERE id = ? AND state = 'sent' RETURNING id",
                (mail_id,),
            )
        )
    )


def stop_mails(connection: Connection) -> int:
    """Nothing that waits is sent until an operator says so; gives how many mails."""
    return len(
        connection.execute(
            "UPDATE outbox SET state = 'stopped', lease = ''"
            " WHERE state IN ('ready', 'leased') RETURNING id"
        )
    )


def resume_mails(store: Store, now: int) -> int:
    """What was stopped is due now; gives how many mails."""
    return len(
        store.write(
            lambda connection: connection.execute(
                "UPDATE outbox SET state = 'ready', due_at = ?"
                " WHERE state = 'stopped' RETURNING id",
                (now,),
            )
        )
    )


def send_again(connection: Connection, letter_id: bytes, now: int) -> int:
    """The letter's dead mails to staff are due as if they were new; gives how many."""
    return len(connection.execute(_SEND_AGAIN, (now, now, letter_id)))


def count_outbox(store: Store) -> dict[str, int]:
    """How many mails are in each state."""
    return dict(store.query("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state"))


def _go_on_without(
    connection: Connection, mail_id: str, now: int, event: str, result: str, *, use_fallback: bool
) -> None:
    """What failed is noted, and the fallback recipient gets the mail instead."""
    kind, letter_id, route, revision, note, reference = connection.execute(
        "SELECT kind, letter, route, outbox.revision, note, coalesce(reference, '')"
        " FROM outbox LEFT JOIN letter ON letter.id = outbox.letter WHERE outbox.id = ?",
        (mail_id,),
    )[0]
    if kind in TO_WRITERS:
        return
    if reference:
        append_event(connection, now, reference, event, route=route, result=result)
    if not use_fallback or route in (FALLBACK, PROBE):
        return
    queue_mail(connection, kind, letter_id, FALLBACK, now, revision=revision, note=note)
    if reference:
        append_event(connection, now, reference, "to-fallback")
