"""What operators do with a letter by hand: read one, let a held one go. Each leaves an event.

Until staff have pages of their own, this is how a letter in mode notify is read.
"""

from typing import TextIO

from domain.problems import PortalError
from relay import steps
from relay.keys import Keyring, Purpose
from relay.letters import Letter, find_letter
from relay.moments import Clock, to_milliseconds
from relay.payload import payload_from_bytes
from relay.references import parse_reference
from relay.steps import StepRefusedError
from relay.store import Store, append_event


def find_references(store: Store, *, is_held: bool) -> list[str]:
    """The references of held letters, or of those whose mail is dead; oldest first."""
    if is_held:
        question = "SELECT reference FROM letter WHERE state = 'held' ORDER BY received_at"
    else:
        question = (
            "SELECT reference FROM letter WHERE EXISTS (SELECT 1 FROM outbox"
            " WHERE outbox.letter = letter.id AND outbox.state IN ('dead', 'bounced'))"
            " ORDER BY received_at"
        )
    return [row[0] for row in store.query(question)]


def print_letter(store: Store, keyring: Keyring, typed: str, clock: Clock, output: TextIO) -> int:
    """The letter's text is written to `output`, and that it was read stands in the log."""
    letter = _get_letter(store, typed)
    reference = letter.reference
    payload = payload_from_bytes(keyring.open(Purpose.PAYLOAD, letter.payload, letter.letter_id))
    # The event first: nobody reads a letter without its being noted.
    store.write(
        lambda connection: append_event(connection, to_milliseconds(clock()), reference, "read")
    )
    output.write(f"{payload.form_name}  {reference}  {letter.state}\n")
    for label, values in payload.rows:
        output.write(f"\n{label}\n")
        output.writelines(f"    {line}\n" for line in "\n".join(values).split("\n"))
    return 0


def release(store: Store, typed: str, clock: Clock) -> None:
    """The held letter goes on its way. Raises PortalError where none of that reference is held."""
    letter = _get_letter(store, typed)
    now = to_milliseconds(clock())
    try:
        store.write(lambda connection: steps.release(connection, letter.letter_id, now))
    except StepRefusedError:
        raise PortalError(f"no letter of the reference {letter.reference} is held") from None


def _get_letter(store: Store, typed: str) -> Letter:
    reference = _get_reference(typed)
    letter = find_letter(store, reference)
    if letter is None:
        raise PortalError(f"no letter has the reference {reference}")
    return letter


def _get_reference(typed: str) -> str:
    reference = parse_reference(typed)
    if reference is None:
        raise PortalError(f'"{typed}" is not a reference such as LX-20261112-7K3QD')
    return reference
