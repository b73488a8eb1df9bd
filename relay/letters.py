"""Letters in the store: taken in once, whole, and found again by reference.

A letter, its first event and its place in the outbox are one transaction: there is no
moment at which a receipt could exist without the letter, or the letter without its mail.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from relay.crash_points import pass_crash_point
from relay.outbox import queue_mail, queue_to_writer
from relay.references import draw_reference
from relay.routing import PROBE
from relay.store import Connection, Store, append_event

_LETTER = (
    "SELECT id, reference, form, lang, state, received_at, code_key, payload, routes, due_day,"
    " revision FROM letter"
)
_EARLIER = "SELECT id, reference, answers_digest, digest_key FROM letter"


@dataclass(frozen=True, slots=True)
class NewLetter:
    """What is to be stored. `payload` and `attachments` are sealed for `letter_id`.

    `signals` hold the letter back. `due_day` is the last day for an answer, "" without one.
    `addressee` names, as a MAC, the writer's own address where a receipt goes to it.
    """

    letter_id: bytes
    idempotency: bytes
    answers_digest: bytes
    digest_key: str
    code_key: str
    form_id: str
    form_digest: str
    lang: str
    prefix: str
    routes: tuple[str, ...]
    signals: tuple[str, ...]
    received_at: int
    day: date
    payload: bytes
    attachments: tuple[bytes, ...] = ()
    due_day: str = ""
    addressee: bytes = b""
    receipts_per_day: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A stored letter, its text still sealed."""

    letter_id: bytes
    reference: str
    form_id: str
    lang: str
    state: str
    received_at: int
    code_key: str
    payload: bytes
    routes: str
    due_day: str
    revision: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The letter is stored; `is_new` is False where this token had stored it before."""

    letter_id: bytes
    reference: str
    is_new: bool


class TokenReusedError(Exception):
    """The token already stored another text; `reference` names that letter."""

    def __init__(self, reference: str) -> None:
        super().__init__("the token was used for another text")
        self.reference = reference


def make_letter_id(now: int) -> bytes:
    """A new id of 16 bytes that sorts by time, so that letters are stored side by side."""
    return now.to_bytes(6, "big") + os.urandom(10)


def take_letter(store: Store, letter: NewLetter, digest_of: Callable[[str], bytes]) -> Taken:
    """The letter is durable when this returns; a repeated call gives the first one again.

    `digest_of` gives the digest of the same answers under any key, by its id. Raises
    TokenReusedError for the same token with other answers, and the errors of the store.
    """

    def take(connection: Connection) -> Taken:
        earlier = connection.execute(_EARLIER + " WHERE idempotency = ?", (letter.idempotency,))
        if earlier:
            return _judge_earlier(earlier[0], digest_of)
        store.check_room()
        reference = _free_reference(connection, letter)
        _insert(connection, letter, reference)
        pass_crash_point("before-commit")
        return Taken(letter.letter_id, reference, is_new=True)

    taken = store.write(take)
    pass_crash_point("after-commit")
    return taken


def find_taken(store: Store, idempotency: bytes, digest_of: Callable[[str], bytes]) -> Taken | None:
    """What the token of this idempotency key stored before; TokenReusedError if not the same."""
    rows = store.query(_EARLIER + " WHERE idempotency = ?", (idempotency,))
    return _judge_earlier(rows[0], digest_of) if rows else None


def find_letter(store: Store, reference: str) -> Letter | None:
    """The letter of that reference."""
    rows = store.query(_LETTER + " WHERE reference = ?", (reference,))
    return Letter(*rows[0]) if rows else None


def find_letter_by_id(store: Store, letter_id: bytes) -> Letter | None:
    """The letter of that id."""
    rows = store.query(_LETTER + " WHERE id = ?", (letter_id,))
    return Letter(*rows[0]) if rows else None


def find_letters_of(store: Store, form_id: str) -> list[Letter]:
    """All letters on a form, oldest first."""
    rows = store.query(_LETTER + " WHERE form = ? ORDER BY received_at, id", (form_id,))
    return [Letter(*row) for row in rows]


def find_attachments(store: Store, letter_id: bytes) -> list[bytes]:
    """The letter's files, sealed, in the order in which its payload names them."""
    rows = store.query(
        "SELECT sealed FROM attachment WHERE letter = ? ORDER BY place", (letter_id,)
    )
    return [row[0] for row in rows]


def count_letters(store: Store) -> dict[str, int]:
    """How many letters are in each state; our own daily ones are not counted."""
    return dict(
        store.query(
            "SELECT state, count(*) FROM letter WHERE form <> ? GROUP BY state ORDER BY state",
            (PROBE,),
        )
    )


def _judge_earlier(row: tuple[bytes, str, bytes, str], digest_of: Callable[[str], bytes]) -> Taken:
    letter_id, reference, digest, key_id = row
    if not secrets.compare_digest(digest, digest_of(key_id)):
        raise TokenReusedError(reference)
    return Taken(letter_id, reference, is_new=False)


def _free_reference(connection: Connection, letter: NewLetter) -> str:
    while True:
        reference = draw_reference(letter.prefix, letter.day)
        if not connection.execute("SELECT 1 FROM letter WHERE reference = ?", (reference,)):
            return reference


def _insert(connection: Connection, letter: NewLetter, reference: str) -> None:
    state = "held" if letter.signals else "received"
    connection.execute(
        "INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0)",
        (
            letter.letter_id,
            reference,
            letter.idempotency,
            letter.answers_digest,
            letter.digest_key,
            letter.code_key,
            letter.form_id,
            letter.form_digest,
            letter.lang,
            state,
            " ".join(letter.signals),
            " ".join(letter.routes),
            letter.received_at,
            letter.payload,
            letter.due_day,
        ),
    )
    for place, sealed in enumerate(letter.attachments):
        connection.execute(
            "INSERT INTO attachment VALUES (?, ?, ?)", (letter.letter_id, place, sealed)
        )
    append_event(
        connection,
        letter.received_at,
        reference,
        state,
        form=letter.form_id,
        sealed=sha256(b"".join((letter.payload, *letter.attachments))).hexdigest(),
    )
    if letter.signals:
        return
    for route in letter.routes:
        queue_mail(connection, "letter", letter.letter_id, route, letter.received_at)
    queue_to_writer(
        connection,
        "receipt",
        letter.letter_id,
        letter.received_at,
        letter.addressee,
        letter.receipts_per_day,
    )
