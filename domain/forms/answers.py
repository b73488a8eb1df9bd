"""Checking what a citizen has answered: pure, and counted as the browser counts.

The relay calls it for the check page and again before it stores; messages are English msgids.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.forms.contacts import clean_email, clean_phone
from domain.forms.definition import CONSENT_VALUE, Field, Form
from domain.languages import text_in

REQUIRED = "Answer this question: %(label)s"
CHOICE_REQUIRED = "Choose an answer: %(label)s"
CONSENT_REQUIRED = "Tick the box to go on: %(label)s"
TOO_LONG = "%(label)s has %(count)s characters, and at most %(max)s can be sent"
ONE_ANSWER = "Give one answer only: %(label)s"
NOT_A_CHOICE = "Choose from the answers that are offered: %(label)s"
CONTROL_CHARACTERS = (
    "%(label)s has invisible characters in it that cannot be sent; please type it again"
)
NOT_A_PHONE = (
    "%(label)s: write a mobile number of 11 digits, or a number with its area code, "
    "for example 0837-2822233"
)
NOT_AN_EMAIL = "%(label)s: write one e-mail address, for example name@example.org"

MESSAGES = (
    REQUIRED,
    CHOICE_REQUIRED,
    CONSENT_REQUIRED,
    TOO_LONG,
    ONE_ANSWER,
    NOT_A_CHOICE,
    CONTROL_CHARACTERS,
    NOT_A_PHONE,
    NOT_AN_EMAIL,
)
"""Every message, for translation; "%(label)s" is the question in the citizen's language."""

Clean = str | list[str]

_HIDDEN_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_ON_ONE_LINE = re.compile("[\t\n]")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer: a msgid and what to put into it."""

    field_id: str
    message_id: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class _WrongAnswerError(Exception):
    """An answer that cannot be taken; never leaves this module."""

    def __init__(self, message_id: str, **params: int) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.params = params


def check_answers(
    form: Form, answers: Mapping[str, Sequence[str]], lang: str
) -> tuple[dict[str, Clean], list[FieldError]]:
    """The clean answers of all fields that are right, and an error for each that is not.

    Clean: a list for "multiple", a text for all others, "" or [] where nothing was answered.
    Checking clean answers again gives the same. Names that are no field are left alone.
    """
    clean: dict[str, Clean] = {}
    errors: list[FieldError] = []
    for asked in form.fields:
        try:
            clean[asked.id] = _CHECKS[asked.type](asked, _given(answers.get(asked.id)))
        except _WrongAnswerError as wrong:
            label, _ = text_in(asked.label, lang, form.default_language)
            errors.append(FieldError(asked.id, wrong.message_id, {"label": label, **wrong.params}))
    return clean, errors


def browser_length(value: str) -> int:
    """The length that a browser holds against maxlength: UTF-16 units, a line end is one."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return len(lines) + sum(character > "\uffff" for character in lines)


def _given(answer: Sequence[str] | None) -> list[str]:
    """The answers that say something; a single text counts as a list of one."""
    found = [answer] if isinstance(answer, str) else list(answer or ())
    return [value for value in found if value.strip()]


def _single(given: list[str]) -> str:
    if len(given) > 1:
        raise _WrongAnswerError(ONE_ANSWER)
    return given[0] if given else ""


def _check_text(asked: Field, given: list[str]) -> str:
    value = _single(given)
    length = browser_length(value)
    if asked.max_length is not None and length > asked.max_length:
        raise _WrongAnswerError(TOO_LONG, count=length, max=asked.max_length)
    value = _HIDDEN_DIRECTION.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    value = _compose(value.strip())
    if _FORBIDDEN.search(value):
        raise _WrongAnswerError(CONTROL_CHARACTERS)
    if asked.type != "long-text" and _FORBIDDEN_ON_ONE_LINE.search(value):
        raise _WrongAnswerError(CONTROL_CHARACTERS)
    if asked.required and not value:
        raise _WrongAnswerError(REQUIRED)
    return value


def _compose(value: str) -> str:
    """NFC, save where that makes a text longer (some Tibetan letters are taken apart by it).

    A text that filled its field would else be too long when it is checked a second time.
    """
    composed = unicodedata.normalize("NFC", value)
    return composed if browser_length(composed) <= browser_length(value) else value


def _check_phone(asked: Field, given: list[str]) -> str:
    value = _check_text(asked, given)
    phone = clean_phone(value)
    if value and phone is None:
        raise _WrongAnswerError(NOT_A_PHONE)
    return phone or ""


def _check_email(asked: Field, given: list[str]) -> str:
    value = _check_text(asked, given)
    email = clean_email(value)
    if value and email is None:
        raise _WrongAnswerError(NOT_AN_EMAIL)
    return email or ""


def _check_choice(asked: Field, given: list[str]) -> str:
    return _offered(asked, _single(given), [option.id for option in asked.options])


def _check_scale(asked: Field, given: list[str]) -> str:
    steps = range(asked.min or 0, (asked.max or 0) + 1)
    return _offered(asked, _single(given), [str(step) for step in steps])


def _offered(asked: Field, value: str, offered: Sequence[str]) -> str:
    if value and value not in offered:
        raise _WrongAnswerError(NOT_A_CHOICE)
    if asked.required and not value:
        raise _WrongAnswerError(CHOICE_REQUIRED)
    return value


def _check_multiple(asked: Field, given: list[str]) -> list[str]:
    """The chosen options in the form's order, each once."""
    offered = [option.id for option in asked.options]
    if any(value not in offered for value in given):
        raise _WrongAnswerError(NOT_A_CHOICE)
    if asked.required and not given:
        raise _WrongAnswerError(CHOICE_REQUIRED)
    return [value for value in offered if value in given]


def _check_consent(asked: Field, given: list[str]) -> str:
    value = _single(given)
    if value not in ("", CONSENT_VALUE):
        raise _WrongAnswerError(NOT_A_CHOICE)
    if asked.required and not value:
        raise _WrongAnswerError(CONSENT_REQUIRED)
    return value


_CHECKS: Mapping[str, Callable[[Field, list[str]], Clean]] = {
    "text": _check_text,
    "long-text": _check_text,
    "choice": _check_choice,
    "multiple": _check_multiple,
    "e-mail": _check_email,
    "phone": _check_phone,
    "consent": _check_consent,
    "scale": _check_scale,
}
