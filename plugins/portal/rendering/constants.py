"""Constants: answers that no document touches, from vocabulary, forms, settings and frames.

They are asked again when the vocabulary, a form, a setting or the theme changed, or when
the site's day did (a department's end, a form's opening).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.clock import local_text, to_utc_text
from domain.forms import Form
from domain.languages import Text
from domain.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SiteConstants:
    """What templates and views may know of the site itself."""

    id: str
    names: Text
    short_names: Text
    url: str
    timezone: str
    languages: tuple[str, ...]
    default_language: str
    identifiers: dict[str, str]
    sponsor: Text
    organiser: Text
    contact: dict[str, Any]
    common_searches: dict[str, tuple[str, ...]]
    report_error: str


@dataclass(frozen=True, slots=True)
class FrameParts:
    """The three parts of a page that are one text for all pages of a language."""

    head: str
    header: str
    footer: str


class Constants:
    """Answers the constant families; `now` is the moment the build is for."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        forms: Mapping[str, Form],
        assets: Mapping[str, str],
        frames: Callable[[str], FrameParts],
        now: datetime,
    ) -> None:
        self._vocabulary = vocabulary
        self._forms = forms
        self._assets = assets
        self._frames = frames
        self._now = now
        self._terms: dict[str, Mapping[str, Any]] = {
            "column": vocabulary.columns,
            "department": vocabulary.departments,
            "county": vocabulary.counties,
            "audience": vocabulary.audiences,
            "subject": vocabulary.subjects,
            "post": vocabulary.posts,
            "industry": vocabulary.industries,
            "incentive": vocabulary.incentives,
            "level": vocabulary.levels,
            "form": forms,
        }

    @property
    def default_language(self) -> str:
        """The site's own language."""
        return self._vocabulary.site.default_language

    @property
    def languages(self) -> tuple[str, ...]:
        """The site's languages, in its order."""
        return tuple(self._vocabulary.site.languages)

    @property
    def now(self) -> str:
        """The moment the build is for, as a UTC text."""
        return to_utc_text(self._now)

    def families(self) -> dict[str, Callable[[str], Any]]:
        """The function that answers each family, for `Questions`."""
        return {
            "term": self._term,
            "terms": self._all_terms,
            "tree": self._tree,
            "home": self._home,
            "owned": self._owned,
            "setting": self._setting,
            "form": self._form,
            "frame": self._frames,
            "asset": self._assets.get,
        }

    def _all_terms(self, family: str) -> tuple[str, ...]:
        """`terms:<family>`: all its ids, in the order of their file."""
        return tuple(self._terms[family])

    def _term(self, arguments: str) -> object:
        """`term:<family>/<id>`: the vocabulary's entry, with whether it has ended."""
        family, _, id_ = arguments.partition("/")
        return self._terms[family].get(id_)

    def _tree(self, arguments: str) -> tuple[str, ...]:
        """`tree:<column>`: those below it; `tree:/<column>`: those above it."""
        if arguments.startswith("/"):
            return tuple(column.id for column in self._vocabulary.ancestors_of(arguments[1:]))
        return tuple(column.id for column in self._vocabulary.children_of(arguments or None))

    def _home(self, place: str) -> tuple[str, ...]:
        """`home:<place>`: the columns that stand in a part of the home page."""
        columns = self._vocabulary.columns.values()
        return tuple(column.id for column in columns if column.home == place)

    def _owned(self, department: str) -> tuple[str, ...]:
        """`owned:<department>`: the columns that the department answers for first."""
        columns = self._vocabulary.columns.values()
        return tuple(column.id for column in columns if column.owners[:1] == (department,))

    def _setting(self, name: str) -> object:
        """`setting:site`, `setting:today` (for what begins or ends with a day), `setting:search`
        (synonyms and pins), `setting:calendar`."""
        if name == "search":
            return self._vocabulary.synonyms, self._vocabulary.pins
        if name == "today":
            return local_text(to_utc_text(self._now), self._vocabulary.site.timezone)[:10]
        if name == "calendar":
            calendar = self._vocabulary.calendar
            return {
                "years": sorted(calendar.years),
                "days_off": sorted(day.isoformat() for day in calendar.days_off),
                "make_up_days": sorted(day.isoformat() for day in calendar.make_up_days),
            }
        site = self._vocabulary.site
        return SiteConstants(
            id=site.id,
            names=site.names,
            short_names=site.short_names,
            url=site.url,
            timezone=site.timezone,
            languages=tuple(site.languages),
            default_language=site.default_language,
            identifiers=dict(site.identifiers),
            sponsor=site.sponsor,
            organiser=site.organiser,
            contact=contact_of(site.contact),
            common_searches=dict(site.common_searches),
            report_error=site.report_error,
        )

    def _form(self, id_: str) -> tuple[Form, str]:
        """`form:<id>`: the form and whether it is open today."""
        form = self._forms[id_]
        return form, form.state_at(self._now, self._vocabulary.site.timezone)


def contact_of(contact: Any) -> dict[str, Any]:
    """The site's contact as templates read it."""
    if isinstance(contact, Mapping):
        return dict(contact)
    return {name: getattr(contact, name) for name in contact.__slots__}
