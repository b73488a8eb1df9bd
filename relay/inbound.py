"""Mail that comes back: bounces, delivery reports, out-of-office notes, answers, our own letter.

It is read from a maildir. Anybody can write to us, so a bounce acts only where it comes to an
envelope sender that we made ourselves, with its MAC; an answer only where it names a mail that
we sent, and then it waits for a person. Nothing is ever answered: there can be no loop.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from relay.configuration import Configuration
from relay.keys import Keyring, Purpose
from relay.moments import local_day
from relay.outbox import note_delivered, note_returned
from relay.probe import note_round
from relay.shield import describe_error
from relay.steps import OPEN, queue_letter
from relay.store import Connection, Store, StoreError, append_event, raise_alarm
from relay.verp import find_mail_id

_MOST_BYTES = 10_000_000
_MOST_CHARACTERS = 20_000
_ADDRESSED_BY = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_log = logging.getLogger("relay.inbound")


class Verdict(StrEnum):
    """What a mail was taken for; UNKNOWN is left for a person, all others are done with."""

    BOUNCED = "bounced"
    DELIVERED = "delivered"
    ANSWER = "answer"
    OURSELVES = "ourselves"
    IGNORED = "ignored"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Report:
    """A delivery report: what happened (failed, delivered, delayed ...) and its status code."""

    action: str
    status: str


class Inbound:
    """Takes mails in, one after the other."""

    def __init__(self, store: Store, keyring: Keyring, configuration: Configuration) -> None:
        self._store = store
        self._keyring = keyring
        self._configuration = configuration

    def read_maildir(self, maildir: Path, now: int) -> dict[Verdict, int]:
        """Every new mail was acted on; what a person must see is in cur/, the rest is gone.

        A kill in between acts on a mail again, which then changes nothing.
        """
        counts: dict[Verdict, int] = {}
        for file in sorted((maildir / "new").iterdir()):
            content = file.read_bytes() if file.stat().st_size <= _MOST_BYTES else b""
            verdict = self._take_safely(content, now)
            counts[verdict] = counts.get(verdict, 0) + 1
            if verdict is Verdict.UNKNOWN:
                (maildir / "cur").mkdir(exist_ok=True)
                os.replace(file, maildir / "cur" / f"{file.name}:2,")
            else:
                file.unlink()
        return counts

    def _take_safely(self, content: bytes, now: int) -> Verdict:
        try:
            return self.take(content, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001
            # A stranger's mail must not hold up those behind it; a traceback could quote it.
            _log.error("mail in: cannot be read: %s", describe_error(error))
            return Verdict.UNKNOWN

    def take(self, content: bytes, now: int) -> Verdict:
        """The mail has been acted on, if at all; gives what it was taken for."""
        message = message_from_bytes(content, policy=compat32)
        mail_id = next(
            (
                found
                for name in _ADDRESSED_BY
                for address in message.get_all(name, ())
                if (found := find_mail_id(str(address), self._keyring))
            ),
            None,
        )
        own_id = self._own_id(str(message.get("Message-ID", "")))
        if own_id is not None and note_round(self._store, own_id, now):
            return Verdict.OURSELVES
        report = _read_report(message)
        verdict = (
            self._take_report(report, mail_id, now)
            if mail_id is not None and report is not None
            # People, too, answer to the envelope sender.
            else self._take_answer(message, content, now)
        )
        _log.info("mail in: %s", verdict)
        return verdict

    def _take_report(self, report: _Report, mail_id: str, now: int) -> Verdict:
        if report.action == "failed":
            if note_returned(self._store, mail_id, now, report.status):
                self._alarm("bounced", now)
            return Verdict.BOUNCED
        if report.action in ("delivered", "relayed"):
            note_delivered(self._store, mail_id)
            return Verdict.DELIVERED
        return Verdict.IGNORED

    def _take_answer(self, message: Message, content: bytes, now: int) -> Verdict:
        if _is_from_a_server(message):
            # A bounce in words of its own: only a person can say what it is about.
            self._alarm("mail-unplaced", now)
            return Verdict.UNKNOWN
        if _is_automatic(message):
            return Verdict.IGNORED
        named = f"{message.get('In-Reply-To', '')} {message.get('References', '')}"
        own_ids = [own for word in named.split() if (own := self._own_id(word))]
        if not own_ids:
            return Verdict.UNKNOWN
        text = _plain_text(message).strip()[:_MOST_CHARACTERS]
        answer_id = sha256(content).digest()[:16]

        def park(connection: Connection) -> bool:
            for own_id in own_ids:
                rows = connection.execute(
                    "SELECT letter.id, reference, route FROM outbox JOIN letter"
                    " ON letter.id = outbox.letter WHERE outbox.id = ?"
                    f" AND kind IN ('letter', 'reminder', 'link') AND letter.state IN ({_OPEN})",
                    (own_id,),
                )
                if rows:
                    self._park(connection, answer_id, rows[0], text, now)
                    return True
            return False

        if not text or not self._store.write(park):
            # Without a text of its own, or to a letter that is answered: a person must see it.
            self._alarm("mail-unplaced", now)
            return Verdict.UNKNOWN
        self._alarm("answer-parked", now)
        return Verdict.ANSWER

    def _park(
        self,
        connection: Connection,
        answer_id: bytes,
        letter: tuple[bytes, str, str],
        text: str,
        now: int,
    ) -> None:
        letter_id, reference, route = letter
        sealed = self._keyring.seal(Purpose.ANSWER, text.encode("utf-8"), answer_id + letter_id)
        is_new = connection.execute(
            "INSERT INTO answer VALUES (?, ?, ?, ?, 'parked', ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            (answer_id, letter_id, now, route, sealed),
        )
        if is_new:
            append_event(connection, now, reference, "answer-parked", route=route)
            queue_letter(connection, letter_id, route, now, kind="link")

    def _own_id(self, message_id: str) -> str | None:
        mail_id, _, domain = message_id.strip().strip("<>").partition("@")
        is_ours = domain == self._configuration.mail_domain and len(mail_id) == 26
        return mail_id if is_ours else None

    def _alarm(self, kind: str, now: int) -> None:
        day = local_day(now, self._configuration.timezone).isoformat()
        raise_alarm(self._store, kind, day, now)


_OPEN = ", ".join(f"'{state}'" for state in OPEN)


def _read_report(message: Message) -> _Report | None:
    """The report of RFC 3464, or None where the mail is none."""
    if message.get_content_type() != "multipart/report":
        return None
    actions: list[_Report] = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _blocks(part):
            if block.get("Action"):
                status = str(block.get("Status", "")).split()[:1]
                actions.append(_Report(str(block["Action"]).strip().lower(), "".join(status)[:20]))
    # One recipient a mail, so one action; of several the worst counts.
    return next((one for one in actions if one.action == "failed"), next(iter(actions), None))


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))


def _is_from_a_server(message: Message) -> bool:
    local = parseaddr(str(message.get("From", "")))[1].partition("@")[0]
    return local.lower() in ("mailer-daemon", "postmaster")


def _is_automatic(message: Message) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    return (
        submitted != "no"
        or str(message.get("Return-Path", "")).strip() == "<>"
        or str(message.get("Precedence", "")).strip().lower()
        in ("bulk", "junk", "list", "auto_reply")
        or "X-Autoreply" in message
        or "X-Auto-Response-Suppress" in message
    )


def _plain_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _decode(payload, str(part.get_content_charset() or "utf-8"))
    return ""


def _decode(payload: bytes, charset: str) -> str:
    # Among Python's charsets are some that raise whatever the text, or give what is no text.
    with suppress(LookupError, ValueError):
        text = payload.decode(charset, "replace")
        return text.encode("utf-8", "replace").decode("utf-8")
    return payload.decode("utf-8", "replace")
