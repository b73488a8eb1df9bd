"""What a person sees of a letter: its receipt, and how far it has come.

Looking up needs the reference and the query code. A wrong code, an unknown reference and a
letter of somebody else are answered alike, byte for byte.
"""

import secrets
from dataclasses import dataclass

from relay.keys import Keyring, Purpose, SealError
from relay.letters import Letter, find_letter
from relay.references import make_query_code
from relay.staff import read_answers
from relay.steps import OPEN, STEPS, StepRefusedError, take_step
from relay.store import Store, read_events

_NOBODY = bytes(16)

# What a person reads of each state and event; msgids. An event missing here stays inside.
STATE_TEXTS = {
    "received": "received, waiting to be passed on",
    "held": "received, a person looks at it before it is passed on",
    "forwarded": "passed on to the department",
    "transferred": "passed on to another department",
    "acknowledged": "read by the department",
    "in-progress": "being dealt with",
    "replied": "answered",
    "closed": "answered and closed",
    "rejected": "not dealt with",
    "withdrawn": "withdrawn by you",
    "erased": "erased",
}
EVENT_TEXTS = {
    "received": "Received",
    "held": "Received",
    "released": "Looked at, going on its way",
    "forwarded": "Passed on to the department",
    "undelivered": "Could not be delivered to the department's mailbox",
    "bounced": "Could not be delivered to the department's mailbox",
    "to-fallback": "Given to the operators, who see to it",
    "acknowledged": "Read by the department",
    "in-progress": "The department has begun to deal with it",
    "transferred": "Passed on to another department",
    "extended": "The time for an answer was extended",
    "replied": "Answered",
    "rejected": "Not dealt with",
    "closed": "Closed",
    "withdrawn": "Withdrawn by you",
    "erased": "Erased",
}


@dataclass(frozen=True, slots=True)
class LetterStatus:
    """A letter as its writer may see it: `state` and the texts of `steps` are msgids."""

    reference: str
    form_id: str
    state: str
    steps: tuple[tuple[int, str], ...]
    answers: tuple[tuple[int, str], ...] = ()
    due_day: str = ""
    can_withdraw: bool = False


def query_code_of(letter: Letter, keyring: Keyring) -> str:
    """The letter's query code; the same whenever it is asked for."""
    return make_query_code(keyring.mac(Purpose.CODE, letter.letter_id, letter.code_key))


def find_status(store: Store, keyring: Keyring, reference: str, code: str) -> LetterStatus | None:
    """The status of the letter whose reference and query code these are."""
    letter = find_letter(store, reference)
    # The same work for a letter that does not exist: the time must not tell.
    letter_id, key_id = (letter.letter_id, letter.code_key) if letter else (_NOBODY, "")
    try:
        expected = make_query_code(keyring.mac(Purpose.CODE, letter_id, key_id))
    except SealError:
        return None
    if not secrets.compare_digest(expected, code) or letter is None:
        return None
    steps = tuple(
        (event.at, EVENT_TEXTS[event.kind])
        for event in read_events(store, reference)
        if event.kind in EVENT_TEXTS
    )
    answers = () if letter.state == "erased" else read_answers(store, keyring, letter.letter_id)
    return LetterStatus(
        reference,
        letter.form_id,
        STATE_TEXTS[letter.state],
        steps,
        answers=tuple((one.made_at, one.text) for one in answers if one.state == "given"),
        due_day=letter.due_day if letter.state in OPEN else "",
        can_withdraw=letter.state in STEPS["withdraw"].origins,
    )


def withdraw(store: Store, status: LetterStatus, now: int) -> bool:
    """The writer's own letter is withdrawn; False where that comes too late."""
    letter = find_letter(store, status.reference)
    if letter is None:
        return False
    try:
        store.write(lambda connection: take_step(connection, "withdraw", letter.letter_id, now))
    except StepRefusedError:
        return False
    return True
