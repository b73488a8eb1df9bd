"""What operators do with a letter by hand: read one, let a held one go, send one again.

Each leaves an event.
"""

from pathlib import Path
from typing import TextIO

from domain.clock import to_utc_text
from domain.forms import Form
from domain.problems import PortalError
from relay import outbox, steps
from relay.configuration import Configuration
from relay.events import find_broken_link
from relay.keys import KeyMissingError, Keyring, Purpose
from relay.layout import Translate
from relay.letters import Letter, find_attachments, find_letter, find_letters_of
from relay.lookup import STATE_TEXTS
from relay.moments import Clock, from_milliseconds, show_local, to_milliseconds
from relay.payload import Payload, payload_from_bytes
from relay.references import parse_reference
from relay.roots import find_wrong_root
from relay.steps import StepRefusedError
from relay.store import Connection, Store, append_event, read_events
from relay.submission import name_addressee
from relay.tables import TableLine, format_table


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
    payload = _open_payload(keyring, letter)
    # The event first: nobody reads a letter without its being noted.
    store.write(
        lambda connection: append_event(connection, to_milliseconds(clock()), reference, "read")
    )
    output.write(f"{payload.form_name}  {reference}  {letter.state}\n")
    for label, values in payload.rows:
        output.write(f"\n{label}\n")
        output.writelines(f"    {line}\n" for line in "\n".join(values).split("\n"))
    return 0


def print_events(store: Store, typed: str, output: TextIO, published: str = "") -> int:
    """The log, or one letter's part of it, and whether its chain is whole; 1 where it is not.

    `published` is a table that was on the site: the chain must bear it out. The last line names the newest event and its hash: published each day, it binds all before.
    """
    reference = _get_reference(typed) if typed else ""
    events = read_events(store)
    for event in events:
        if reference in ("", event.reference):
            moment = to_utc_text(from_milliseconds(event.at))
            output.write(
                f"{event.seq}  {moment}  {event.reference}  {event.kind}  {event.detail}\n"
            )
    broken = find_broken_link(events)
    if broken is not None:
        output.write(f"event {broken} was altered, or the one before it is missing\n")
        return 1
    wrong = find_wrong_root(events, published) if published else None
    if wrong is not None:
        output.write(f"{wrong} is not what was published: the log was rewritten\n")
        return 1
    last = f"the last is {events[-1].seq}, hash {events[-1].hash.hex()}" if events else "none yet"
    output.write(f"{len(events)} event(s), the chain is whole; {last}\n")
    return 0


def print_table(
    store: Store,
    keyring: Keyring,
    configuration: Configuration,
    form: Form,
    translate: Translate,
    clock: Clock,
    output: TextIO,
) -> None:
    """The form's letters are written to `output` as CSV, and that each was read stands in the log."""
    letters = [one for one in find_letters_of(store, form.id) if one.state != "erased"]
    now = to_milliseconds(clock())

    def note(connection: Connection) -> None:
        for letter in letters:
            append_event(connection, now, letter.reference, "read")

    store.write(note)
    lines = []
    for letter in letters:
        payload = _open_payload(keyring, letter)
        received = show_local(letter.received_at, configuration.timezone)
        state = translate(STATE_TEXTS[letter.state])
        line = TableLine(letter.reference, received, state, payload.answers, payload.files)
        lines.append(line)
    output.write(format_table(form, lines, configuration.staff_language, translate))


def save_files(
    store: Store, keyring: Keyring, typed: str, clock: Clock, folder: Path
) -> list[Path]:
    """The letter's files lie in `folder`, each under a number and its name; nothing is overwritten."""
    letter = _get_letter(store, typed)
    payload = _open_payload(keyring, letter)
    store.write(
        lambda connection: append_event(
            connection, to_milliseconds(clock()), letter.reference, "read"
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for number, sealed in enumerate(find_attachments(store, letter.letter_id), start=1):
        file = folder / f"{letter.reference}-{number}-{payload.files[number - 1]}"
        with file.open("xb") as opened:
            opened.write(keyring.open(Purpose.ATTACHMENT, sealed, letter.letter_id))
        saved.append(file)
    return saved


def release(
    store: Store, keyring: Keyring, typed: str, clock: Clock, receipts_per_day: int
) -> None:
    """The held letter goes on its way. Raises PortalError where none of that reference is held."""
    letter = _get_letter(store, typed)
    now = to_milliseconds(clock())
    try:
        addressee = name_addressee(keyring, _open_payload(keyring, letter).reply_to)
        store.write(
            lambda connection: steps.release(
                connection, letter.letter_id, now, addressee, receipts_per_day
            )
        )
    except StepRefusedError:
        raise PortalError(f"no letter of the reference {letter.reference} is held") from None


def send_again(store: Store, typed: str, clock: Clock) -> int:
    """What could not be delivered of the letter is due once more; gives how many mails."""
    letter = _get_letter(store, typed)
    now = to_milliseconds(clock())

    def send(connection: Connection) -> int:
        count = outbox.send_again(connection, letter.letter_id, now)
        if count:
            append_event(connection, now, letter.reference, "sent-again")
        return count

    return store.write(send)


def _open_payload(keyring: Keyring, letter: Letter) -> Payload:
    if letter.state == "erased":
        raise PortalError(f"{letter.reference} is erased: nothing of it is there to be read")
    try:
        opened = keyring.open(Purpose.PAYLOAD, letter.payload, letter.letter_id)
    except KeyMissingError:
        raise PortalError(f"the key of {letter.reference} is not in the keys file") from None
    return payload_from_bytes(opened)


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
