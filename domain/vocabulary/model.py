"""What the vocabulary files say, as values: site, columns, departments, counties and the rest.

Made by domain.vocabulary.loading; everybody else only reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.calendar import Calendar
from domain.languages import Text
from domain.vocabulary.digests import digest_of

KINDS = ("document", "news", "page", "budget", "appointment", "policy", "feedback")
"""The kinds known where nobody hands over the registry of kinds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one source may be: bytes of a text and of another file, and folders above it."""

    max_bytes: int = 2_000_000
    max_file_bytes: int = 20_000_000
    max_depth: int = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """How the office behind the site is reached."""

    phone: str = ""
    email: str = ""
    postcode: str = ""
    address: Text = field(default_factory=dict)
    hours: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """site.yaml: who the site is, where it lives, its languages and limits."""

    id: str
    names: Text
    url: str
    short_names: Text = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    languages: tuple[str, ...] = ("zh", "en", "bo")
    default_language: str = "zh"
    strict: bool = False
    identifiers: Mapping[str, str] = field(default_factory=dict)
    sponsor: Text = field(default_factory=dict)
    organiser: Text = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    limits: Limits = field(default_factory=Limits)
    common_searches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    footer: tuple["Task", ...] = ()
    report_error: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `level` 1 main, 2 first-class, 3 second-class; audiences resolved.

    `update_days`: stale after that many days; None where `update_rule` says "event". `shows`:
    what its front shows besides its documents, "" for nothing. `home`: its part of the home page,
    "" for none. `deadlines`: what is in it is due when it expires, a tender or a consultation,
    and stands in lists of what is due until then.
    """

    id: str
    names: Text
    kind: str
    parent: str | None = None
    descriptions: Text = field(default_factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    update_days: int | None = None
    update_rule: str = ""
    order: int = 0
    level: int = 1
    strict: bool = False
    shows: str = ""
    reviewed: tuple[str, ...] = ()
    home: str = ""
    deadlines: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What departments and counties have in common: a part of the government with an office."""

    id: str
    names: Text
    short_names: Text = field(default_factory=dict)
    phone: str = ""
    postcode: str = ""
    email_public: str = ""
    address: Text = field(default_factory=dict)
    hours: Text = field(default_factory=dict)
    functions: Text = field(default_factory=dict)
    descriptions: Text = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    successors: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()

    def is_valid_on(self, day: date) -> bool:
        """True when the body exists on that day, its first and last days included."""
        begins = self.valid_from is None or self.valid_from <= day
        return begins and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Department(Body):
    """A department of the prefecture."""


@dataclass(frozen=True, slots=True)
class County(Body):
    """A county of the prefecture."""


@dataclass(frozen=True, slots=True)
class Task:
    """A thing people come for, with the link that takes them there; `line` in its file."""

    names: Text
    link: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Audience:
    """One of the four groups of readers, and its commonest tasks."""

    id: str
    names: Text
    descriptions: Text = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject class of the document card."""

    code: str
    names: Text


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of a closed list that has no more than a name: industry, incentive, level."""

    id: str
    names: Text


@dataclass(frozen=True, slots=True)
class Post(Term):
    """A post that decisions appoint to. `heads`: who holds it heads the organisation; `several`:
    more than one person may hold it at once."""

    heads: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One number of the law or of an inspection, with its source and how sure it is."""

    id: str
    value: int | float | str
    unit: str
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words by each of which the others are found as well; with `finds`, those alone."""

    words: tuple[str, ...]
    finds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """For these queries `pages` come first and `demote` last (ids), on the days from `first_day`
    to `last_day`, each None for no end; `line` of the pages in its file."""

    queries: tuple[str, ...]
    pages: tuple[str, ...] = ()
    demote: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    line: int = 0


@dataclass(frozen=True)
class Vocabulary:
    """All closed lists of a site. Dicts are in the order of their files."""

    site: Site
    columns: Mapping[str, Column] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    counties: Mapping[str, County] = field(default_factory=dict)
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    industries: Mapping[str, Term] = field(default_factory=dict)
    incentives: Mapping[str, Term] = field(default_factory=dict)
    levels: Mapping[str, Term] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    synonyms: tuple[Synonyms, ...] = ()
    pins: tuple[Pin, ...] = ()

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Column, ...]]:
        found: dict[str | None, list[Column]] = {}
        for column in self.columns.values():
            found.setdefault(column.parent, []).append(column)
        return {parent: tuple(children) for parent, children in found.items()}

    def children_of(self, column_id: str | None) -> tuple[Column, ...]:
        """The columns right below this one, in order; None gives the main columns."""
        return self._children.get(column_id, ())

    def ancestors_of(self, column_id: str) -> tuple[Column, ...]:
        """The columns above this one, the nearest first; KeyError for an unknown column."""
        found: list[Column] = []
        parent = self.columns[column_id].parent
        while parent is not None:
            found.append(self.columns[parent])
            parent = self.columns[parent].parent
        return tuple(found)

    def main_column_of(self, column_id: str) -> Column:
        """The main column that this one belongs to, itself when it is one."""
        return (self.columns[column_id], *self.ancestors_of(column_id))[-1]

    def structure_digest(self) -> str:
        """Changes with all that decides how documents are read or placed."""
        return self._digests[0]

    def names_digest(self) -> str:
        """Changes with everything else: names, texts, order, contacts, tasks, calendar, rules."""
        return self._digests[1]

    @cached_property
    def _digests(self) -> tuple[str, str]:
        lists = (
            *("columns", "departments", "counties", "audiences", "subjects"),
            *("posts", "industries", "incentives", "levels"),
        )
        structure: dict[str, object] = {"site": _structure_of(self.site)}
        names: dict[str, object] = {"site": _names_of(self.site)}
        for name in lists:
            entries = getattr(self, name)
            structure[name] = {key: _structure_of(entry) for key, entry in entries.items()}
            # A list, for the order of the file is the order on the page.
            names[name] = [_names_of(entry) for entry in entries.values()]
        names["calendar"] = [self.calendar.years[year] for year in sorted(self.calendar.years)]
        names["rules"] = list(self.rules.values())
        names["search"] = [self.synonyms, self.pins]
        return digest_of(structure), digest_of(names)


STRUCTURE: Mapping[type, tuple[str, ...]] = {
    Site: ("id", "timezone", "languages", "default_language", "strict", "limits"),
    Column: ("id", "parent", "kind", "audiences", "owners", "strict", "deadlines"),
    Department: ("id", "valid_from", "valid_until", "owners"),
    County: ("id", "valid_from", "valid_until", "owners"),
    Audience: ("id",),
    Subject: ("code",),
    Term: ("id",),
    Post: ("id", "heads", "several"),
}
"""The attributes that decide how documents are read or placed; all others are names."""


def _structure_of(entry: object) -> dict[str, object]:
    return {name: getattr(entry, name) for name in STRUCTURE[type(entry)]}


def _names_of(entry: object) -> dict[str, object]:
    structure = STRUCTURE[type(entry)]
    names = (name for name in type(entry).__dataclass_fields__ if name not in structure[1:])  # type: ignore[attr-defined]  # entries of STRUCTURE are dataclasses
    return {name: getattr(entry, name) for name in names}
