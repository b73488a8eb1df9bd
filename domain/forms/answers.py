"""Checking what a citizen has answered: pure, and counted as the browser counts.

The relay calls it for the check page and again before it stores; messages are English msgids.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.forms.contacts import clean_email, clean_phone
from domain.forms.definition import CONSENT_VALUE, TODAY, Field, Form
from domain.forms.identity import clean_id_number
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
NOT_AN_ID_NUMBER = (
    "%(label)s: write the 18 characters on the identity card; one of them is not as it stands there"
)
NOT_A_DATE = "%(label)s: write a day that there is as year-month-day, for example 2026-03-01"
TOO_EARLY = "%(label)s: the day can be %(day)s at the earliest"
TOO_LATE = "%(label)s: the day can be %(day)s at the latest"
NOT_A_NUMBER = "%(label)s: write a whole number in digits"
TOO_SMALL = "%(label)s: the number can be %(min)s at least"
TOO_LARGE = "%(label)s: the number can be %(max)s at most"
RANKED_TWICE = "%(label)s: the same answer stands in two places"

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
    NOT_AN_ID_NUMBER,
    NOT_A_DATE,
    TOO_EARLY,
    TOO_LATE,
    NOT_A_NUMBER,
    TOO_SMALL,
    TOO_LARGE,
    RANKED_TWICE,
)
"""Every message, for translation; "%(label)s" is the question in the citizen's language."""

Clean = str | list[str]

_HIDDEN_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_DAY = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)
_FORBIDDEN_ON_ONE_LINE = re.compile("[\t\n]")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer: a msgid and what to put into it."""

    field_id: str
    message_id: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class _WrongAnswerError(Exception):
    """An answer that cannot be taken; never leaves this module."""

    def __init__(self, message_id: str, **params: int | str) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.params = params


def check_answers(
    form: Form, answers: Mapping[str, Sequence[str]], lang: str, today: str
) -> tuple[dict[str, Clean], list[FieldError]]:
    """The clean answers of all fields that are right, and an error for each that is not.

    Clean: a list for "multiple" and "ranking", a text for all others, "" or [] where nothing
    was answered. Files are no answers: their field is passed over. Checking clean answers again
    gives the same. Names that are no field are left alone. `today` is the site's day.
    """
    clean: dict[str, Clean] = {}
    errors: list[FieldError] = []
    for asked in form.fields:
        if asked.type == "file":
            continue
        try:
            answer = _CHECKS[asked.type](asked, _given(answers.get(asked.id)))
            _check_day_bounds(asked, answer, today)
            clean[asked.id] = answer
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


def _cleaned_by(
    clean: Callable[[str], str | None], wrong: str
) -> Callable[[Field, list[str]], str]:
    """The check of a text that `clean` brings into its one form, None where it has none."""

    def check(asked: Field, given: list[str]) -> str:
        value = _check_text(asked, given)
        cleaned = clean(value)
        if value and cleaned is None:
            raise _WrongAnswerError(wrong)
        return cleaned or ""

    return check


def _check_date(asked: Field, given: list[str]) -> str:
    value = _check_text(asked, given)
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", value))
    if not value:
        return ""
    try:
        return date(*map(int, match.groups())).isoformat() if match else _not_a_date()
    except ValueError:
        return _not_a_date()


def _not_a_date() -> str:
    raise _WrongAnswerError(NOT_A_DATE) from None


def _check_day_bounds(asked: Field, answer: Clean, today: str) -> None:
    if asked.type != "date" or not answer or isinstance(answer, list):
        return
    earliest, latest = (today if day == TODAY else day for day in (asked.earliest, asked.latest))
    if earliest and answer < earliest:
        raise _WrongAnswerError(TOO_EARLY, day=earliest)
    if latest and answer > latest:
        raise _WrongAnswerError(TOO_LATE, day=latest)


def _check_number(asked: Field, given: list[str]) -> str:
    value = _check_text(asked, given)
    digits = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", value))
    if not value:
        return ""
    if not _WHOLE_NUMBER.fullmatch(digits):
        raise _WrongAnswerError(NOT_A_NUMBER)
    number = int(digits)
    if asked.min is not None and number < asked.min:
        raise _WrongAnswerError(TOO_SMALL, min=asked.min)
    if asked.max is not None and number > asked.max:
        raise _WrongAnswerError(TOO_LARGE, max=asked.max)
    return str(number)


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


def _check_ranking(asked: Field, given: list[str]) -> list[str]:
    """The options in the order of their places; a place left empty closes up."""
    offered = [option.id for option in asked.options]
    if any(value not in offered for value in given) or len(given) > asked.places:
        raise _WrongAnswerError(NOT_A_CHOICE)
    if len(set(given)) < len(given):
        raise _WrongAnswerError(RANKED_TWICE)
    if asked.required and not given:
        raise _WrongAnswerError(CHOICE_REQUIRED)
    return given


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
    "e-mail": _cleaned_by(clean_email, NOT_AN_EMAIL),
    "phone": _cleaned_by(clean_phone, NOT_A_PHONE),
    "id-number": _cleaned_by(clean_id_number, NOT_AN_ID_NUMBER),
    "date": _check_date,
    "number": _check_number,
    "consent": _check_consent,
    "scale": _check_scale,
    "ranking": _check_ranking,
}
