"""Parameters: what an address asks of the search, checked strictly.

An unknown parameter is told, not ignored: a program that misspells a filter must not take
everything for an answer. Empty values count as absent, as a form sends them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from domain.languages import LANGUAGES
from search.documents import FILTERS, SORTS
from search.query import clean_text

DEFAULT_SIZE: Final = 10
MAX_SIZE: Final = 50
MAX_PAGE: Final = 10_000
MAX_PARAMETERS: Final = 30

PAGE_PARAMETERS: Final = ("q", *FILTERS, "from", "until", "sort", "literal", "page")
API_PARAMETERS: Final = ("lang", *PAGE_PARAMETERS, "size")
FEED_PARAMETERS: Final = ("q", *FILTERS, "from", "until", "literal")
CSV_PARAMETERS: Final = ("number", "index", "issuer", "subject", "year", "validity")
INQUIRY_PARAMETERS: Final = (*CSV_PARAMETERS, "page")
SUGGEST_PARAMETERS: Final = ("q", "lang")

LONGEST_NAME: Final = 100
WHOLE: Final = ("number", "index")

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMBER = re.compile("[1-9][0-9]{0,5}")
_NAME = re.compile(r"[\w-]{1,100}")
_VOCABULARY: Final = {
    "audience": "audiences",
    "column": "columns",
    "department": "departments",
    "county": "counties",
    "kind": "kinds",
    "validity": "validity",
    "subject": "subjects",
}


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """One parameter that is wrong: code "unknown", "repeated", "value" or "too-many"."""

    parameter: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """A request understood; `filters` has only what is set. `text`: what of it counts,
    `is_shortened` where that is not all. `is_literal`: without synonyms. `whole`: a document's "number" and "index", of the inquiry. `first_day` and `last_day` belong to what is asked for; `sort` is one of SORTS, "" as usual."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    size: int = DEFAULT_SIZE
    lang: str = ""
    is_literal: bool = False
    sort: str = ""
    first_day: date | None = None
    last_day: date | None = None
    whole: Mapping[str, str] = field(default_factory=dict)
    is_shortened: bool = False

    @property
    def offset(self) -> int:
        """How many results come before the page."""
        return (self.page - 1) * self.size

    @property
    def asks_nothing(self) -> bool:
        """True for the bare page."""
        return not (self.text or self.whole or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        """True when not all pages can be found, whatever the words."""
        return bool(self.filters or self.first_day or self.last_day)

    @property
    def kept(self) -> dict[str, str]:
        """All but words and page, as an address has it: what a form sends along."""
        return {
            **self.whole,
            **self.filters,
            **({"from": self.first_day.isoformat()} if self.first_day else {}),
            **({"until": self.last_day.isoformat()} if self.last_day else {}),
            **({"sort": self.sort} if self.sort else {}),
            **({"literal": "1"} if self.is_literal else {}),
        }

    def address(self, base: str, **changes: str | None) -> str:
        """This request as a link with other filters, on its first page unless said otherwise."""
        values: dict[str, str | None] = {
            "q": self.text or None,
            **self.kept,
            **changes,
        }
        query = urlencode([(name, value) for name, value in values.items() if value])
        return f"{base}?{query}" if query else base


def read_parameters(
    raw_query: bytes, allowed: Iterable[str], labels: Mapping[str, Any]
) -> tuple[Parameters, list[ParameterProblem]]:
    """The request in a raw query string; what is wrong is told and left out of it."""
    try:
        # Programs send letters as they are where browsers write %E5.
        pairs = parse_qsl(raw_query.decode("utf-8", "replace"), max_num_fields=MAX_PARAMETERS)
    except ValueError:
        message = f"There are more than {MAX_PARAMETERS} parameters."
        return Parameters(), [ParameterProblem("", "too-many", message)]
    known = tuple(allowed)
    problems: list[ParameterProblem] = []
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            shown = name[:40]
            message = f"There is no parameter {shown!r}. There are: {', '.join(known)}."
            problems.append(ParameterProblem(shown, "unknown", message))
        elif name in values:
            message = f"{name} is given more than once."
            problems.append(ParameterProblem(name, "repeated", message))
        else:
            values[name] = value
    problems += _check_values(values, labels)
    wrong = {problem.parameter for problem in problems}
    return _parameters({name: each for name, each in values.items() if name not in wrong}), problems


def _check_values(
    values: Mapping[str, str], labels: Mapping[str, Any]
) -> Iterable[ParameterProblem]:
    for name, value in values.items():
        problem = _problem_with(name, value, labels)
        if problem:
            yield ParameterProblem(name, "value", problem)
    first, last = _day(values.get("from", "")), _day(values.get("until", ""))
    if first and last and last < first:
        yield ParameterProblem("until", "value", "until must not lie before from.")


def _problem_with(name: str, value: str, labels: Mapping[str, Any]) -> str:
    """What is wrong with the value; the value itself is not repeated, it may be anything."""
    if name in ("page", "size"):
        is_right = _NUMBER.fullmatch(value) and (name == "size" or int(value) <= MAX_PAGE)
        return "" if is_right else f"{name} must be a number from 1 to {MAX_PAGE}."
    if name in ("in", "lang"):
        return "" if value in LANGUAGES else f"{name} must be one of {', '.join(LANGUAGES)}."
    if name in ("from", "until"):
        return "" if _day(value) else f"{name} must be a day, such as 2026-03-01."
    if name == "sort":
        return "" if value in SORTS else f"sort must be one of {', '.join(SORTS)}."
    if name in ("issuer", *WHOLE):
        is_name = len(value) <= LONGEST_NAME and not _CONTROL.search(value)
        return "" if is_name else f"{name} has at most {LONGEST_NAME} characters, all visible."
    if name == "literal":
        return "" if value == "1" else "literal must be 1, or not there."
    if name == "year":
        is_year = value.isascii() and value.isdigit() and len(value) == 4
        return "" if is_year else "year must be four digits."
    if name in _VOCABULARY:
        known = labels.get(_VOCABULARY[name], {})
        if value not in known or not _NAME.fullmatch(value):
            return f"{name} has a value that is not one of this portal."
    return ""


def _day(value: str) -> date | None:
    """The day written YYYY-MM-DD, None for anything else."""
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _parameters(values: Mapping[str, str]) -> Parameters:
    text, is_shortened = clean_text(values.get("q", ""))
    return Parameters(
        text=text,
        is_shortened=is_shortened,
        filters={name: values[name] for name in FILTERS if name in values},
        page=int(values.get("page", "1")),
        size=min(int(values.get("size", str(DEFAULT_SIZE))), MAX_SIZE),
        lang=values.get("lang", ""),
        is_literal="literal" in values,
        sort=values.get("sort", ""),
        whole={name: values[name] for name in WHOLE if name in values},
        first_day=_day(values.get("from", "")),
        last_day=_day(values.get("until", "")),
    )
