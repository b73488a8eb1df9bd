"""What staff do with a letter by their link: read it, pass it on, answer it, publish the answer.

Every act is a step (`steps.py`) in one transaction with what it writes. Answers and what is
published of them are sealed like the letter itself.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relay.keys import Keyring, Purpose
from relay.outbox import HOUR, queue_to_writer
from relay.payload import Payload, payload_from_bytes
from relay.steps import AT_WORK, STEPS, WAITING, StaleLinkError, queue_letter, take_step, transfer
from relay.store import Connection, Store, append_event

_LINKS_A_DAY = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a letter; `state` is given, or parked until a person has looked at it."""

    answer_id: bytes
    made_at: int
    route: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Publication:
    """What staff chose to publish of a letter and its answer: rewritten, without persons."""

    title: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class PublishedReply:
    """A publication with what stands beside it on the site; times in milliseconds UTC."""

    reference: str
    form_id: str
    route: str
    received_at: int
    answered_at: int
    publication: Publication


def open_letter(store: Store, letter_id: bytes, now: int, *, revision: int, by: str) -> int:
    """Whoever pressed the mail's button has the letter before them; gives its new revision.

    The first to do so acknowledges it. Raises StaleLinkError and StepRefusedError.
    """

    def take(connection: Connection) -> int:
        rows = connection.execute("SELECT state FROM letter WHERE id = ?", (letter_id,))
        name = "acknowledge" if rows and rows[0][0] in WAITING else "open"
        take_step(connection, name, letter_id, now, revision=revision, by=by)
        return revision + 1

    return store.write(take)


def read_payload(store: Store, keyring: Keyring, letter_id: bytes) -> Payload:
    """The letter's text. Raises StaleLinkError where it is gone."""
    rows = store.query(
        "SELECT payload FROM letter WHERE id = ? AND state <> 'erased'", (letter_id,)
    )
    if not rows:
        raise StaleLinkError
    return payload_from_bytes(keyring.open(Purpose.PAYLOAD, rows[0][0], letter_id))


def read_answers(store: Store, keyring: Keyring, letter_id: bytes) -> list[Answer]:
    """All answers to the letter, oldest first."""
    rows = store.query(
        "SELECT id, made_at, route, state, sealed FROM answer WHERE letter = ? ORDER BY made_at, id",
        (letter_id,),
    )
    return [
        Answer(
            answer_id,
            made_at,
            route,
            state,
            keyring.open(Purpose.ANSWER, sealed, answer_id + letter_id).decode("utf-8"),
        )
        for answer_id, made_at, route, state, sealed in rows
    ]


def read_publication(store: Store, keyring: Keyring, letter_id: bytes) -> Publication | None:
    """What is to be published of the letter, or None."""
    rows = store.query("SELECT sealed FROM publication WHERE letter = ?", (letter_id,))
    if not rows:
        return None
    return Publication(**json.loads(keyring.open(Purpose.PUBLICATION, rows[0][0], letter_id)))


def read_published_replies(store: Store, keyring: Keyring) -> list[PublishedReply]:
    """Every publication, in order of reference: what `export` writes for the site."""
    rows = store.query(
        "SELECT letter.id, reference, form, publication.route, received_at,"
        " coalesce((SELECT min(made_at) FROM answer"
        " WHERE answer.letter = letter.id AND answer.state = 'given'), publication.made_at),"
        " publication.sealed FROM publication JOIN letter ON letter.id = publication.letter"
        " WHERE letter.state <> 'erased' ORDER BY reference"
    )
    return [
        PublishedReply(
            reference,
            form_id,
            route,
            received_at,
            answered_at,
            Publication(**json.loads(keyring.open(Purpose.PUBLICATION, sealed, letter_id))),
        )
        for letter_id, reference, form_id, route, received_at, answered_at, sealed in rows
    ]


class StaffActs:
    """The acts of one department on one letter, at the revision that its link is good for."""

    def __init__(
        self, store: Store, keyring: Keyring, letter_id: bytes, route: str, revision: int
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._letter_id = letter_id
        self._route = route
        self._revision = revision

    def take(self, name: str, now: int, **detail: str) -> None:
        """A step that writes nothing but itself: begin, close."""
        self._store.write(lambda connection: self._step(connection, name, now, **detail))

    def transfer(self, now: int, route: str) -> None:
        """Another department has the letter."""
        self._store.write(
            lambda connection: transfer(
                connection, self._letter_id, now, route, revision=self._revision, by=self._route
            )
        )

    def extend(self, now: int, due_day: date) -> None:
        """The letter is due later; once only."""

        def extend(connection: Connection) -> None:
            self._step(connection, "extend", now, due=due_day.isoformat())
            connection.execute(
                "UPDATE letter SET due_day = ?, reminded_day = '' WHERE id = ?",
                (due_day.isoformat(), self._letter_id),
            )

        self._store.write(extend)

    def answer(self, now: int, text: str, receipts_per_day: int, step: str = "reply") -> None:
        """The writer can read the answer, or why there is none, and is told so by mail."""

        def answer(connection: Connection) -> None:
            self._step(connection, step, now)
            add_answer(connection, self._keyring, self._letter_id, self._route, now, text, "given")
            tell_writer(connection, self._letter_id, now, receipts_per_day)

        self._store.write(answer)

    def publish(self, now: int, publication: Publication) -> None:
        """The publication goes out with the next export; an earlier one of the letter is replaced."""
        fields: Mapping[str, str] = {
            "title": publication.title,
            "question": publication.question,
            "answer": publication.answer,
        }
        sealed = self._keyring.seal(
            Purpose.PUBLICATION, json.dumps(fields).encode("ascii"), self._letter_id
        )

        def publish(connection: Connection) -> None:
            self._step(connection, "publish", now)
            connection.execute("DELETE FROM publication WHERE letter = ?", (self._letter_id,))
            connection.execute(
                "INSERT INTO publication VALUES (?, ?, ?, ?)",
                (self._letter_id, now, self._route, sealed),
            )

        self._store.write(publish)

    def decide_parked(
        self, now: int, answer_id: bytes, receipts_per_day: int, *, give: bool
    ) -> None:
        """An answer that came by mail is given to the writer, or refused."""

        def decide(connection: Connection) -> None:
            state = "given" if give else "refused"
            changed = connection.execute(
                "UPDATE answer SET state = ? WHERE id = ? AND letter = ? AND state = 'parked'"
                " RETURNING id",
                (state, answer_id, self._letter_id),
            )
            if not changed:
                raise StaleLinkError
            if give:
                self._step(connection, "reply", now)
                tell_writer(connection, self._letter_id, now, receipts_per_day)
            else:
                self._step(connection, "open", now)

        self._store.write(decide)

    def _step(self, connection: Connection, name: str, now: int, **detail: str) -> None:
        take_step(
            connection,
            name,
            self._letter_id,
            now,
            revision=self._revision,
            by=self._route,
            **detail,
        )


def add_answer(
    connection: Connection,
    keyring: Keyring,
    letter_id: bytes,
    route: str,
    now: int,
    text: str,
    state: str,
) -> None:
    """The answer is kept, sealed for its letter."""
    answer_id = os.urandom(16)
    sealed = keyring.seal(Purpose.ANSWER, text.encode("utf-8"), answer_id + letter_id)
    connection.execute(
        "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)",
        (answer_id, letter_id, now, route, state, sealed),
    )


def tell_writer(connection: Connection, letter_id: bytes, now: int, per_day: int) -> None:
    """The writer's own address, where a receipt went to it, is told of the answer."""
    rows = connection.execute(
        "SELECT addressee FROM outbox WHERE letter = ? AND kind = 'receipt'", (letter_id,)
    )
    if rows:
        # One more than for receipts: whoever had the receipt is also told of the answer.
        queue_to_writer(connection, "answered", letter_id, now, rows[0][0], per_day + 1)


def send_fresh_link(store: Store, letter_id: bytes, route: str, now: int) -> bool:
    """The department's own mailbox gets a link for the letter as it is; False after ten a day.

    To whom else could it go: the one who asks has shown no more than an old link.
    """

    def send(connection: Connection) -> bool:
        rows = connection.execute("SELECT reference, state FROM letter WHERE id = ?", (letter_id,))
        had = connection.execute(
            "SELECT count(*) FROM outbox WHERE letter = ? AND kind = 'link' AND made_at > ?",
            (letter_id, now - 24 * HOUR),
        )
        may_be_opened = rows and rows[0][1] in (*WAITING, *STEPS["open"].origins)
        if not may_be_opened or had[0][0] >= _LINKS_A_DAY:
            return False
        queue_letter(connection, letter_id, route, now, kind="link")
        append_event(connection, now, rows[0][0], "link", route=route)
        return True

    return store.write(send)


def possible_acts(state: str) -> frozenset[str]:
    """The acts that the desk offers for a letter in this state."""
    acts = {name for name, step in STEPS.items() if state in step.origins}
    return (
        frozenset(acts - {"release", "acknowledge", "open", "withdraw"})
        if state in (*AT_WORK, "replied", "closed")
        else frozenset()
    )
