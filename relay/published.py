"""What the relay reads of the build: the forms, the frames around its pages, a few names.

Files are read again when they change, so a release needs no restart of the relay. One that
cannot be read (half copied, or of a newer program) is passed over: what was read before holds.
"""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.calendar import Calendar, CalendarYear
from domain.forms import Form
from domain.languages import LANGUAGES

_log = logging.getLogger("relay.published")
_FORM_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_BARE_FRAME = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title><!--slot:title--></title>'
    "<!--slot:head--></head><body><!--slot:languages--><main><!--slot:main--></main></body></html>"
)


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """A form as the build wrote it; `digest` changes with any change of it."""

    form: Form
    digest: str


class PublishedSite:
    """The forms, frames and names in a build folder."""

    def __init__(self, build: Path) -> None:
        self._build = build
        self._read: dict[Path, tuple[tuple[int, int], Any]] = {}

    def find_form(self, form_id: str) -> PublishedForm | None:
        """The form of that id, as last published."""
        if not _FORM_ID.fullmatch(form_id):
            return None
        file = self._build / "forms" / f"{form_id}.json"
        found: PublishedForm | None = self._read_file(file, _parse_form)
        return found

    def get_frame(self, lang: str) -> str:
        """The portal's page around ours; a bare page where the build has no frame."""
        frame: str | None = self._read_file(self._build / "frames" / f"{lang}.html", bytes.decode)
        return frame or _BARE_FRAME.format(lang=lang)

    def department_names(self, department_id: str) -> dict[str, str]:
        """The department's names by language; empty where the build names none."""
        labels = self._read_labels()
        names = labels.get("departments", {}).get(department_id, {})
        return names if isinstance(names, dict) else {}

    def department_ids(self) -> list[str]:
        """The ids of all departments that the build names."""
        return sorted(self._read_labels().get("departments", {}))

    def site_value(self, name: str, default: str) -> str:
        """A plain text that the build says of the site, such as its timezone."""
        value = self._read_labels().get("site", {}).get(name, default)
        return value if isinstance(value, str) else default

    def calendar(self) -> Calendar:
        """The working days; an empty calendar where the build says none."""
        read = self._read_labels().get("calendar", {})
        return Calendar(
            years={year: CalendarYear(year, "", "") for year in read.get("years", ())},
            days_off=frozenset(map(date.fromisoformat, read.get("days_off", ()))),
            make_up_days=frozenset(map(date.fromisoformat, read.get("make_up_days", ()))),
        )

    def form_ids(self) -> list[str]:
        """The ids of all published forms."""
        return sorted(file.stem for file in (self._build / "forms").glob("*.json"))

    def _read_labels(self) -> dict[str, Any]:
        labels: dict[str, Any] | None = self._read_file(
            self._build / "frames" / "labels.json", json.loads
        )
        return labels or {}

    def _read_file(self, file: Path, parse: Callable[[bytes], Any]) -> Any:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._read.get(file)
            if known is None or known[0] != stamp:
                known = (stamp, self._parse(file, parse))
                self._read[file] = known
        except FileNotFoundError:
            return None
        return known[1]

    def _parse(self, file: Path, parse: Callable[[bytes], Any]) -> Any:
        try:
            return parse(file.read_bytes())
        except (ValueError, TypeError, KeyError) as error:
            if file not in self._read:
                raise
            _log.error("%s cannot be read: %s; the one before holds", file, type(error).__name__)
            return self._read[file][1]


def is_language(lang: str) -> bool:
    """True for a language that the portal speaks."""
    return lang in LANGUAGES


def _parse_form(read: bytes) -> PublishedForm:
    return PublishedForm(Form.from_json(read.decode("utf-8")), sha256(read).hexdigest()[:16])
