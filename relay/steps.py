"""The states of a letter and the steps between them: who may do what, and when.

A step is one transaction: the letter's new state, its event, and any mail that follows from
it. Each step raises the letter's revision, and a staff link is good for one revision only; so
a link works once, and of two people who act at the same time the second is told.
"""

from dataclasses import dataclass

from relay.outbox import queue_mail, queue_to_writer
from relay.store import Connection, append_event

WAITING = ("received", "forwarded", "transferred")
AT_WORK = ("acknowledged", "in-progress")
OPEN = (*WAITING, *AT_WORK)
ENDED = ("replied", "closed", "rejected", "withdrawn")


@dataclass(frozen=True, slots=True)
class Step:
    """From any state in `origins` to `target` ("" leaves it as it is), noted as `event`."""

    event: str
    origins: tuple[str, ...]
    target: str = ""


STEPS = {
    "release": Step("released", ("held",), "received"),
    "acknowledge": Step("acknowledged", WAITING, "acknowledged"),
    "open": Step("opened", (*AT_WORK, "replied", "closed")),
    "begin": Step("in-progress", ("acknowledged",), "in-progress"),
    "transfer": Step("transferred", AT_WORK, "transferred"),
    "extend": Step("extended", AT_WORK),
    "reply": Step("replied", AT_WORK, "replied"),
    "reject": Step("rejected", ("held", *AT_WORK), "rejected"),
    "publish": Step("publication", ("replied", "closed")),
    "close": Step("closed", ("replied",), "closed"),
    "withdraw": Step("withdrawn", ("held", *OPEN), "withdrawn"),
}


class StepRefusedError(Exception):
    """The letter is in a `state` from which this step does not lead."""

    def __init__(self, state: str) -> None:
        super().__init__(f"not from the state {state}")
        self.state = state


class StaleLinkError(Exception):
    """Somebody has acted on the letter since the link was made."""


def take_step(
    connection: Connection,
    name: str,
    letter_id: bytes,
    now: int,
    *,
    revision: int | None = None,
    **detail: str,
) -> str:
    """The letter has taken the step; gives its reference.

    Raises StaleLinkError where `revision` is not the letter's, StepRefusedError where the
    step does not lead on from its state.
    """
    step = STEPS[name]
    rows = connection.execute(
        "SELECT reference, state, revision FROM letter WHERE id = ?", (letter_id,)
    )
    if not rows or revision not in (None, rows[0][2]):
        raise StaleLinkError
    reference, state, _ = rows[0]
    if state not in step.origins:
        raise StepRefusedError(state)
    target = step.target or state
    connection.execute(
        "UPDATE letter SET state = ?, revision = revision + 1 WHERE id = ?", (target, letter_id)
    )
    if target in ENDED and target != state:
        connection.execute("UPDATE letter SET ended_at = ? WHERE id = ?", (now, letter_id))
    append_event(connection, now, reference, step.event, **detail)
    return str(reference)


def release(
    connection: Connection, letter_id: bytes, now: int, addressee: bytes, receipts_per_day: int
) -> None:
    """A held letter goes on its way, and its writer has a receipt as with any other."""
    take_step(connection, "release", letter_id, now)
    (routes,) = connection.execute("SELECT routes FROM letter WHERE id = ?", (letter_id,))[0]
    for route in routes.split():
        queue_letter(connection, letter_id, route, now)
    queue_to_writer(connection, "receipt", letter_id, now, addressee, receipts_per_day)


def transfer(
    connection: Connection, letter_id: bytes, now: int, route: str, *, revision: int, by: str
) -> None:
    """Another department has the letter now, and gets its mail."""
    take_step(connection, "transfer", letter_id, now, revision=revision, by=by, route=route)
    connection.execute("UPDATE letter SET routes = ? WHERE id = ?", (route, letter_id))
    queue_letter(connection, letter_id, route, now)


def queue_letter(
    connection: Connection, letter_id: bytes, route: str, now: int, kind: str = "letter"
) -> None:
    """A mail about the letter, with a staff link for its present revision, is due."""
    (revision,) = connection.execute("SELECT revision FROM letter WHERE id = ?", (letter_id,))[0]
    queue_mail(connection, kind, letter_id, route, now, revision=revision)
