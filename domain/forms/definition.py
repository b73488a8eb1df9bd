"""A form as content/forms/<id>.yaml defines it: one definition for page, check, mail and CSV.

The build writes it to build/forms/<id>.json; the relay reads only that.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from domain.clock import get_timezone
from domain.languages import Text

FORM_FORMAT = 2

FIELD_TYPES = (
    "text",
    "long-text",
    "choice",
    "multiple",
    "e-mail",
    "phone",
    "id-number",
    "date",
    "number",
    "consent",
    "scale",
    "ranking",
    "file",
)
TYPES_WITH_OPTIONS = ("choice", "multiple", "ranking")
TYPES_WITH_NAMES = ("e-mail", "phone", "id-number", "file")
"""Types whose answers tell who a person is: an anonymous form has none of them."""

FORM_KINDS = ("letter", "survey", "opinions")
"""What becomes of the answers: each gets a reply, they are counted, or they are weighed together."""

OPTION_LISTS = ("departments", "counties")
TODAY = "today"
MAIL_MODES = ("notify", "full", "age")
DEADLINES = ("accept", "answer", "extension", "correction")
"""The acts that a form may set a time for, counted from the day after it arrived."""

DEFAULT_MAX_LENGTH: Mapping[str, int] = {
    "text": 200,
    "long-text": 5000,
    "e-mail": 254,
    "phone": 40,
    "id-number": 40,
    "date": 20,
    "number": 20,
}
"""Characters as a browser counts them. A form may set its own for texts alone: an address or
number is brought to one way of writing, which may be longer than what was typed."""

CONSENT_VALUE = "yes"

FILE_KINDS = ("pdf", "jpg", "png", "docx", "xlsx", "txt")
"""What can be sent along, by the end of its name; the relay looks into each file."""
MOST_FILES = 3
FILE_MEGABYTES = 5


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long an act may take, by a rule of vocabulary/rules.yaml."""

    rule: str
    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `max_length` for typed text, else None.

    `min` and `max`: the ends of a scale, the bounds of a number; `max` alone: the places of a
    ranking, the number of files. `earliest` and `latest`: a day, "today", or "" for no bound.
    """

    id: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    required: bool = False
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    min: int | None = None
    max: int | None = None
    earliest: str = ""
    latest: str = ""
    accept: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """How many of its options a ranking puts in order."""
        return min(self.max or len(self.options), len(self.options))


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `opens` and `closes` are days of the site's own time, "" where there is no end.

    `deadlines` has the keys of DEADLINES that apply; `topic_deadlines` those of the answer for
    single topics, by the option of the field "topic". `draft` is the id of the document that
    opinions are collected on, `short_reason` why for less time than the rule asks.
    """

    id: str
    names: Text
    department: str
    reference_prefix: str
    subject: Text
    fields: tuple[Field, ...]
    introduction: Text = field(default_factory=dict)
    what_next: Text = field(default_factory=dict)
    mail_mode: str = "notify"
    opens: str = ""
    closes: str = ""
    anonymous: bool = False
    kind: str = "letter"
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    topic_deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    draft: str = ""
    short_reason: Text = field(default_factory=dict)
    sample: bool = False
    draft_line: int = field(default=0, compare=False)
    default_language: str = "zh"

    @property
    def file_field(self) -> Field | None:
        """The one field for files; None where nothing can be sent along."""
        return next((asked for asked in self.fields if asked.type == "file"), None)

    def field_of(self, field_id: str) -> Field:
        """The field of that id; KeyError when there is none."""
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise KeyError(field_id)

    def state_at(self, now: datetime, timezone: str) -> str:
        """ "not-yet-open", "open" or "closed": open from the first to the last day, both whole."""
        today = now.astimezone(get_timezone(timezone)).date().isoformat()
        if self.opens and today < self.opens:
            return "not-yet-open"
        return "closed" if self.closes and today > self.closes else "open"

    def to_json(self) -> str:
        """Canonical JSON: equal forms are equal text."""
        values = {"format": FORM_FORMAT, **asdict(self)}
        del values["draft_line"]
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The form written by to_json; ValueError when it has another format."""
        values: dict[str, Any] = json.loads(text)
        found = values.pop("format", None)
        if found != FORM_FORMAT:
            raise ValueError(f"form of format {found!r}, not {FORM_FORMAT}")
        values["fields"] = tuple(_field_from(part) for part in values["fields"])
        for name in ("deadlines", "topic_deadlines"):
            values[name] = {key: Deadline(**part) for key, part in values[name].items()}
        return cls(**values)


def _field_from(values: dict[str, Any]) -> Field:
    options = tuple(Option(**option) for option in values["options"])
    return Field(**{**values, "options": options, "accept": tuple(values["accept"])})
