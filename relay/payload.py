"""What a letter carries, sealed: the answers, and all that its mail needs.

The layout is fixed when the letter is taken in, so that a form which changes or goes
afterwards never holds up a letter that was written on it.
"""

import json
from dataclasses import dataclass

FORMAT = 1
Rows = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """`answers` by field id as checked; `rows` are labels and answers in the staff's language.

    `files` are the names of the files sent along, in the order in which they are stored.
    `is_due_estimated`: the calendar did not cover the last day for an answer.
    """

    form_name: str
    subject: str
    mail_mode: str
    reply_to: str
    answers: dict[str, list[str]]
    rows: Rows
    files: tuple[str, ...] = ()
    is_due_estimated: bool = False


def payload_to_bytes(payload: Payload) -> bytes:
    """The payload as it is sealed."""
    fields = {
        "format": FORMAT,
        "form_name": payload.form_name,
        "subject": payload.subject,
        "mail_mode": payload.mail_mode,
        "reply_to": payload.reply_to,
        "answers": payload.answers,
        "rows": payload.rows,
        "files": payload.files,
        "is_due_estimated": payload.is_due_estimated,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def payload_from_bytes(opened: bytes) -> Payload:
    """The payload as it was. Raises ValueError for another format."""
    fields = json.loads(opened)
    if fields.pop("format") != FORMAT:
        raise ValueError("a payload of another format")
    rows = tuple((label, tuple(values)) for label, values in fields.pop("rows"))
    return Payload(rows=rows, files=tuple(fields.pop("files", ())), **fields)
