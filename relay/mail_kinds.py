"""What each kind of mail says: subject, text, and who may be answered.

To a department: a letter, a reminder, a fresh link. To operators: an alarm, the overdue list,
the daily letter to ourselves. To the writer: that the letter is here, that an answer is; never
a word that the writer wrote, since the address may be a stranger's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from relay.age import encrypt_to
from relay.outbox import Claim
from relay.payload import Payload

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Writing:
    """A mail before it has headers: lines end with CRLF, as they do in a mail."""

    subject: str
    text: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What the texts name beside the letter: times as people read them, addresses of pages.

    `age_key` is the recipient's, for a letter in mode age; "" where there is none.
    """

    received: str
    link: str = ""
    status_url: str = ""
    age_key: str = ""


SUBJECTS = {
    "reminder": "A letter waits for an answer:",
    "link": "The link that you asked for:",
    "receipt": "We have your letter:",
    "answered": "Your letter has been answered:",
    "alarm": "Relay: alarm",
    "overdue": "Relay: letters that are overdue",
}

DUE_IS_ESTIMATED = (
    "The calendar of working days does not reach so far: this day was counted without holidays. "
    "Please compare it with the holidays of that year."
)

ALARM_TEXTS = {
    "delivery-late": "Mail has been waiting for more than an hour.",
    "delivery-failed": "Mail could not be delivered; its letters are kept, and the fallback recipient was told where there is one.",
    "delivery-no-starttls": "The mail server offers no encryption; nothing is sent to it.",
    "delivery-certificate": "The mail server's certificate is not right; nothing is sent to it.",
    "delivery-authentication": "The mail server refuses our user name or password.",
    "delivery-no-address": "There is no address for a department, and no fallback recipient.",
    "delivery-no-key": "Letters cannot be opened: their key is not in the keys file. They wait; put keys.json back from its copy.",
    "round-failed": "The daily round failed: reminders, the overdue list and erasure may be missing. The log says where.",
    "clock": "The clock jumped by more than a month, or the relay stood still for so long: nothing was erased this time. Look at the clock.",
    "bounced": "Mail was delivered and has come back; the fallback recipient was told.",
    "answer-parked": "A department answered by mail; a person must look at it before it is passed on.",
    "mail-unplaced": "Mail has come in that needs a person: an answer without plain text or to a letter that is answered already, or a bounce that cannot be read. It lies in the folder cur of the maildir.",
    "probe-lost": "The daily letter to ourselves has not come all the way round: the forms, the mail or the timer that writes it fail.",
    "overdue": "Letters are overdue.",
    "room": "Room for letters is getting scarce.",
    "calendar": "The calendar of working days does not reach as far as letters of today have time: their last days are counted without holidays. Put the next year into the calendar of the site.",
}
"""What operators read of each kind of alarm; msgids."""


def write_mail(
    claim: Claim, payload: Payload | None, facts: MailFacts, translate: Translate
) -> Writing:
    """The mail of this claim; `payload` is None where the mail is about no letter."""
    if claim.kind == "letter" and payload is not None:
        return write_letter(payload, claim.reference, claim.due_day, facts, translate)
    subject = translate(SUBJECTS[claim.kind])
    if claim.reference:
        subject = f"{subject} {claim.reference}"
    return Writing(subject, _joined(_lines_of(claim, payload, facts, translate)))


def write_letter(
    payload: Payload, reference: str, due_day: str, facts: MailFacts, translate: Translate
) -> Writing:
    """A new letter: all answers in mode full, encrypted in mode age, none in mode notify.

    In mode age without a key it is as in notify.
    """
    lines = _head(payload, reference, due_day, facts, translate)
    subject = f"{payload.subject} {reference}"
    if payload.mail_mode == "full":
        lines += [*_link_lines(facts, translate), *_answer_lines(payload)]
        return Writing(subject, _joined(lines), payload.reply_to)
    lines.append(translate("A new letter has arrived."))
    if payload.mail_mode == "age" and facts.age_key:
        lines += ["", *_link_lines(facts, translate)]
        lines += [translate("Its text is below, encrypted to your department's key (age):"), ""]
        lines += encrypt_to(facts.age_key, "\n".join(_answer_lines(payload)))
    else:
        lines.append(translate("Its text is not in this mail, to protect the person who wrote."))
        lines += _link_lines(facts, translate)
    return Writing(subject, _joined(lines))


def _answer_lines(payload: Payload) -> list[str]:
    lines: list[str] = []
    for label, values in payload.rows:
        lines.append(label)
        # Indented, so that no answer can pass for a heading of ours.
        lines += [f"    {line}" for value in values for line in value.split("\n")]
        lines.append("")
    return lines


def _lines_of(
    claim: Claim, payload: Payload | None, facts: MailFacts, translate: Translate
) -> list[str]:
    if claim.kind == "alarm":
        return [
            translate(ALARM_TEXTS.get(claim.note, claim.note)),
            "",
            translate("To see more, run on the server:"),
            "    python -m relay doctor",
        ]
    if claim.kind == "overdue" or payload is None:
        return claim.note.split("\n")
    if claim.kind in ("receipt", "answered"):
        return [
            payload.form_name,
            f"{translate('Reference')}: {claim.reference}",
            f"{translate('Received')}: {facts.received}",
            "",
            translate("With this reference and the query code of your receipt you can look it up:"),
            f"    {facts.status_url}",
            "",
            translate("If you did not write to us, somebody gave your address by mistake."),
        ]
    return _head(payload, claim.reference, claim.due_day, facts, translate) + _link_lines(
        facts, translate
    )


def _head(
    payload: Payload, reference: str, due_day: str, facts: MailFacts, translate: Translate
) -> list[str]:
    due = [f"{translate('To be answered by')}: {due_day}"] if due_day else []
    if due and payload.is_due_estimated:
        due.append(translate(DUE_IS_ESTIMATED))
    return [
        payload.form_name,
        f"{translate('Reference')}: {reference}",
        f"{translate('Received')}: {facts.received}",
        *due,
        "",
    ]


def _link_lines(facts: MailFacts, translate: Translate) -> list[str]:
    return [
        translate("To read and answer it, open this link. It can be used once:"),
        f"    {facts.link}",
        "",
    ]


def _joined(lines: list[str]) -> str:
    return "\r\n".join(lines).rstrip("\r\n") + "\r\n"
