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

FORM_FORMAT = 1

FIELD_TYPES = (
    "text",
    "long-text",
    "choice",
    "multiple",
    "e-mail",
    "phone",
    "consent",
    "scale",
)
TYPES_WITH_OPTIONS = ("choice", "multiple")
MAIL_MODES = ("notify", "full")

DEFAULT_MAX_LENGTH: Mapping[str, int] = {
    "text": 200,
    "long-text": 5000,
    "e-mail": 254,
    "phone": 40,
}
"""Characters as a browser counts them. A form may set its own for texts alone: an address or
number is brought to one way of writing, which may be longer than what was typed."""

CONSENT_VALUE = "yes"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `max_length` for typed text, `min` and `max` for a scale, else None."""

    id: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    required: bool = False
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `opens` and `closes` are days of the site's own time, "" where there is no end."""

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
    default_language: str = "zh"

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
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The form written by to_json; ValueError when it has another format."""
        values: dict[str, Any] = json.loads(text)
        found = values.pop("format", None)
        if found != FORM_FORMAT:
            raise ValueError(f"form of format {found!r}, not {FORM_FORMAT}")
        values["fields"] = tuple(_field_from(part) for part in values["fields"])
        return cls(**values)


def _field_from(values: dict[str, Any]) -> Field:
    options = tuple(Option(**option) for option in values["options"])
    return Field(**{**values, "options": options})
