"""From checked answers to a stored letter: sealing, digesting, and the signs of abuse.

Signs are soft: they hold a letter back for a person to look at, and never drop it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from domain.forms import Form
from domain.languages import text_in
from relay.clocks import Clocks
from relay.configuration import Configuration
from relay.files import SentFile
from relay.keys import Keyring, Purpose
from relay.layout import Translate, answer_rows
from relay.letters import NewLetter, Taken, find_taken, make_letter_id, take_letter
from relay.moments import local_day
from relay.payload import Payload, payload_to_bytes
from relay.probe import as_probe
from relay.published import PublishedForm
from relay.store import Store
from relay.tokens import CheckToken
from relay.urlencoded import Fields

_HONEYPOT_FIELD = "website"
_SEALED_FIELD = "_token"
_STEP_FIELD = "_step"
_OURS = (_HONEYPOT_FIELD, _SEALED_FIELD, _STEP_FIELD)


@dataclass(frozen=True, slots=True)
class Post:
    """A posted form, taken apart: the answers as they came, and what is not an answer."""

    answers: Fields
    left_over: Fields
    token_text: str
    is_edit: bool
    fills_honeypot: bool


def sort_post(fields: Fields, form: Form) -> Post:
    """The post's parts; names that the form does not have (any more) are left over."""
    known = {field.id for field in form.fields if field.type != "file"}
    # Where the answers are to be changed, a browser sends the names of chosen files along.
    passed_over = {*_OURS, form.file_field.id if form.file_field else ""}
    return Post(
        answers={name: values for name, values in fields.items() if name in known},
        left_over={
            name: values
            for name, values in fields.items()
            if name not in known and name not in passed_over and any(values)
        },
        token_text=_single(fields, _SEALED_FIELD),
        is_edit=_single(fields, _STEP_FIELD) == "edit",
        fills_honeypot=any(fields.get(_HONEYPOT_FIELD, ())),
    )


class LetterDesk:
    """Takes letters in: seals them and puts them into the store."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        configuration: Configuration,
        translate: Translate,
        clocks: Clocks,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._configuration = configuration
        self._translate = translate
        self._clocks = clocks

    def find_earlier(
        self, token: CheckToken, answers: Fields, files: Sequence[SentFile] = ()
    ) -> Taken | None:
        """The letter that this token stored before; TokenReusedError if it was another text."""
        return find_taken(self._store, token.idempotency, self._digests(token, answers, files))

    def take(
        self,
        published: PublishedForm,
        token: CheckToken,
        answers: Fields,
        clean: Mapping[str, Sequence[str]],
        signals: tuple[str, ...],
        lang: str,
        now: int,
        files: Sequence[SentFile] = (),
    ) -> Taken:
        """The letter is durably stored, with its mail due. Raises as `take_letter` does."""
        form = published.form
        settings = self._configuration
        letter_id = make_letter_id(now)
        topics = clean.get("topic", ())
        is_estimate = self._clocks.is_estimate(form, topics, now)
        payload = replace(self._payload(form, clean, files), is_due_estimated=is_estimate)
        digest_of = self._digests(token, answers, files)
        letter = NewLetter(
            letter_id=letter_id,
            idempotency=token.idempotency,
            answers_digest=digest_of(self._keyring.current_id),
            digest_key=self._keyring.current_id,
            code_key=self._keyring.current_id,
            form_id=form.id,
            form_digest=published.digest,
            lang=lang,
            prefix=form.reference_prefix,
            routes=(settings.routing.find_department(form, clean),),
            signals=signals,
            received_at=now,
            day=local_day(now, settings.timezone),
            payload=self._keyring.seal(Purpose.PAYLOAD, payload_to_bytes(payload), letter_id),
            due_day=self._clocks.due_day(form, topics, now),
            addressee=name_addressee(self._keyring, payload.reply_to),
            receipts_per_day=settings.limits.receipts_per_day,
            attachments=tuple(
                self._keyring.seal(Purpose.ATTACHMENT, file.content, letter_id) for file in files
            ),
        )
        return take_letter(self._store, as_probe(letter) if token.is_probe else letter, digest_of)

    def _payload(
        self, form: Form, clean: Mapping[str, Sequence[str]], files: Sequence[SentFile]
    ) -> Payload:
        lang = self._configuration.staff_language
        addresses = [
            value
            for field in form.fields
            if field.type == "e-mail"
            for value in clean.get(field.id, ())
        ]
        return Payload(
            form_name=text_in(form.names, lang, "zh")[0],
            subject=text_in(form.subject, lang, "zh")[0],
            mail_mode=form.mail_mode,
            reply_to=addresses[0] if addresses else "",
            answers={name: list(values) for name, values in clean.items()},
            rows=answer_rows(form, clean, lang, self._translate, files),
            files=tuple(file.name for file in files),
        )

    def _digests(
        self, token: CheckToken, answers: Fields, files: Sequence[SentFile]
    ) -> Callable[[str], bytes]:
        # Of the answers as they came, so that a form changed meanwhile makes no difference;
        # keyed, since a short answer could be guessed from a bare hash.
        canonical = json.dumps(
            sorted(
                (name, [_plain_lines(one) for one in values]) for name, values in answers.items()
            )
        ).encode("ascii")
        contents = b"".join(sha256(file.content).digest() for file in files)
        return lambda key_id: self._keyring.mac(
            Purpose.DIGEST, token.idempotency + canonical + contents, key_id
        )


def name_addressee(keyring: Keyring, address: str) -> bytes:
    """The MAC by which mails to a writer's own address are counted; b"" for no address."""
    if not address:
        return b""
    # Under the oldest key, so that a change of keys does not begin the count anew.
    return keyring.mac(Purpose.ADDRESSEE, address.lower().encode("utf-8"), keyring.key_ids[0])


def find_signals(post: Post, token: CheckToken, now: int, minimum_seconds: int) -> tuple[str, ...]:
    """The signs of abuse in a submission, each a word for the operators."""
    signals = set(token.signals)
    if post.fills_honeypot:
        signals.add("honeypot")
    if now - token.issued_at < minimum_seconds * 1000:
        signals.add("too-fast")
    return tuple(sorted(signals))


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _single(fields: Fields, name: str) -> str:
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else ""
