"""Placing: what a document is in the catalogue by itself, worked out where it is read.

A `Prepared` document has the rows it will have, so that the one process that writes the
catalogue need not open it. Most documents have no translation and nothing refers to them:
what is prepared is then final; the others are refreshed (`store.py`).
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from domain.addresses import fold_address
from domain.clock import local_text, parse_local, parse_utc, to_utc_text
from domain.document_numbers import canonical_number, is_document_number
from domain.vocabulary import Vocabulary
from plugins.portal.catalogue.entries import make_entry
from plugins.portal.catalogue.listings import ARCHIVED, DATED, FED, dates_of, family_of, in_language
from plugins.portal.catalogue.records import make_record
from plugins.portal.kinds import Kind
from plugins.portal.kinds.appointment import post_key
from plugins.portal.kinds.budget import place_name
from plugins.portal.reading.document import Document

Member = tuple[str, str, str, str]
"""(listing, year, day "MM/DD", moment); in a kind's own list, `day` is its place in the year."""

DUE = ("site", "column", "audience", "department", "county")
"""Families of listings that have one of what is due beside them."""

_STRENGTH = ("repealed", "void", "expired", "partly-void", "amended", "not-yet-in-force")


class Occasion(NamedTuple):
    """A day that a document names: its key, and the UTC moment after which it is past."""

    what: str
    day: str
    moment: str


@dataclass(frozen=True, slots=True)
class Placing:
    """What decides where a document stands; `now` is a UTC text."""

    vocabulary: Vocabulary
    kinds: Mapping[str, Kind]
    now: str
    shows_drafts: bool = False
    open_listings: frozenset[str] = frozenset()

    def is_visible(self, document: Document) -> bool:
        """Published and its hour come, or a draft where drafts are shown."""
        if document.status == "published":
            return document.date <= self.now
        return self.shows_drafts and document.status in ("draft", "review")

    def language_rank(self, lang: str) -> int:
        """The site's default language first, then its own order."""
        site = self.vocabulary.site
        return -1 if lang == site.default_language else list(site.languages).index(lang)

    def validity(self, document: Document, incoming: Iterable[str] = ()) -> str:
        """The state from its own fields and from what others did to it."""
        own = self.kinds[document.kind].validity(document, self.now)
        return strongest((own, *incoming))

    def entry(self, document: Document, validity: str) -> str:
        """Its line in lists, as JSON."""
        return make_entry(document, validity, self.vocabulary.site.timezone).to_json()

    def record(self, document: Document, validity: str, languages: Iterable[str]) -> str:
        """Its row in open data, as JSON; "" where no open listing has it."""
        if self.open_listings.isdisjoint(self._listings(document, validity)) or not document.year:
            return ""
        own = self.kinds[document.kind].open_record(document.fields)
        return make_record(document, own, validity, languages, self.vocabulary.site.timezone)

    def decisions(self, document: Document) -> list[tuple[str, str, str]]:
        """(organisation, post, the decision as JSON) of each decision that a notice makes known.

        Drafts make nothing known, and a translation makes nothing known again.
        """
        is_source = document.lang == self.vocabulary.site.default_language
        if document.status != "published" or not is_source:
            return []
        decisions: list[dict[str, Any]] = document.fields.get("decisions") or []
        return [
            (decision["organisation"], post_key(decision), json.dumps(decision, ensure_ascii=False))
            for decision in decisions
        ]

    def moments(self, document: Document) -> list[str]:
        """When time alone changes it, now or later or earlier."""
        moments = set(self.kinds[document.kind].transitions(document))
        moments |= {occasion.moment for occasion in self._occasions(document)}
        return sorted(moments - {""})

    def members(
        self, document: Document, validity: str, languages: Iterable[str] = ()
    ) -> list[Member]:
        """Its places in lists: its column and those above, departments, facets, and so on.

        `languages`: those that it has a text in.
        """
        if not document.year:
            names = (f"pages/{document.column}", "pages/all")
            return [(name, "", "", document.date) for name in names]
        timezone = self.vocabulary.site.timezone
        day = local_text(document.date, timezone)[5:10].replace("-", "/")
        listings = self._listings(document, validity)
        members = [(name, document.year, day, document.date) for name in listings]
        members += [(*place, document.date) for place in self._own_listings(document)]
        if self._is_due(document):
            named = (name for name in listings if name.partition("/")[0] in DUE)
            members += [(f"due/{name}", "", "", document.expires) for name in named]
        occasions = self._occasions(document)
        members += [
            (dates_of(name), "", f"{occasion.day} {occasion.what}", occasion.moment)
            for name in listings
            if occasions and family_of(name) in DATED
            for occasion in occasions
        ]
        return members + self._in_languages(members, languages)

    def _is_due(self, document: Document) -> bool:
        """Whether readers have until `expires` to do something about it, and it lies ahead."""
        return document.expires > self.now and self.vocabulary.columns[document.column].deadlines

    def _own_listings(self, document: Document) -> list[tuple[str, str, str]]:
        above = self.vocabulary.ancestors_of(document.column)
        main_column = above[-1].id if above else document.column
        return self.kinds[document.kind].listings(document, main_column)

    def _in_languages(self, members: list[Member], languages: Iterable[str]) -> list[Member]:
        """Its places in what is kept apart for languages that few texts have."""
        others = sorted(set(languages) - {self.vocabulary.site.default_language})
        if not others:
            return []
        places = {
            (name, *((year, day) if family_of(name) in ARCHIVED else ("", "")))
            for name, year, day, _ in members
            if family_of(name) in (*FED, "dates")
        }
        return [
            (in_language(lang, name), year, day, "")
            for lang in others
            for name, year, day in sorted(places)
        ]

    def _occasions(self, document: Document) -> list[Occasion]:
        """The days that it names, each with the moment from which it lies in the past."""
        if not document.year:
            return []
        kind, timezone = self.kinds[document.kind], self.vocabulary.site.timezone
        occasions = [
            Occasion(what, day, to_utc_text(parse_local(day, timezone)))
            for what, day in kind.open_dates(document.fields)
            if day
        ]
        if document.expires:
            # What ends at midnight is over with the day before.
            last = parse_utc(document.expires) - timedelta(seconds=1)
            day = local_text(to_utc_text(last), timezone)[:10]
            occasions.append(Occasion("expires", day, document.expires))
        return occasions

    def possible_members(self, document: Document) -> list[Member]:
        """Its places in lists in whatever state of validity."""
        states = ("", *_STRENGTH) if self.kinds[document.kind].facets else ("",)
        found = {m for state in states for m in self.members(document, state)}
        return sorted(found)

    def _listings(self, document: Document, validity: str) -> list[str]:
        above = self.vocabulary.ancestors_of(document.column)
        columns = (document.column, *(column.id for column in above))
        return sorted(
            {"site/all", f"kind/{document.kind}", f"sitemap/{columns[-1]}"}
            | {f"column/{column}" for column in columns}
            | {f"department/{department}" for department in document.departments}
            | {f"county/{county}" for county in document.counties}
            | {f"audience/{audience}" for audience in document.audiences}
            | set(self._facets(document, validity, columns))
            | self._apart_listings(document)
        )

    def _facets(self, document: Document, validity: str, columns: tuple[str, ...]) -> list[str]:
        """ "facet/<column>/<facet>/<value>" for each value, where its kind's own column is above."""
        kind = self.kinds[document.kind]
        if not kind.facets or kind.main_column not in columns:
            return []
        return [
            f"facet/{kind.main_column}/{facet}/{value}"
            for facet, values in kind.facet_values(document, validity).items()
            for value in values
        ]

    def _apart_listings(self, document: Document) -> set[str]:
        """Lists of one kind on the pages of departments and counties."""
        kind = self.kinds[document.kind]
        if not kind.is_apart:
            return set()
        departments = {f"department-kind/{name}/{kind.name}" for name in document.departments}
        return departments | {f"county-kind/{name}/{kind.name}" for name in document.counties}


class Prepared(NamedTuple):
    """A document's rows; what follows `aliases` holds while it is alone with its id.

    `is_sound` is False where reading found errors: it is judged, never shown.
    """

    source: str
    id: str
    lang: str
    url: str
    folded_url: str
    data: bytes
    digest: bytes
    html: str
    names: list[str]
    references: list[tuple[str, str]]
    links: list[str]
    files: list[tuple[str, str]]
    pictures: list[tuple[str, str]]
    beside: tuple[str, ...]
    aliases: tuple[str, ...]
    decisions: list[tuple[str, str, str]]
    is_sound: bool
    is_visible: bool = False
    validity: str = ""
    entry: str = ""
    record: str = ""
    members: list[Member] = []  # noqa: RUF012 - never altered
    moments: list[str] = []  # noqa: RUF012 - never altered


def prepare(document: Document, placing: Placing, *, is_sound: bool) -> Prepared:
    """The document's rows."""
    data = pickle.dumps(document.without_html(), protocol=5)
    digest = hashlib.sha256(data)
    digest.update(document.html.encode())
    prepared = Prepared(
        source=document.source,
        id=document.id,
        lang=document.lang,
        url=document.url,
        folded_url=fold_address(document.url),
        data=data,
        digest=digest.digest()[:16],
        html=document.html,
        names=names_of(document),
        references=[(r.relation, reference_name(r.target)) for r in document.references],
        links=sorted({link.target for link in document.links}),
        files=files_of(document),
        pictures=pictures_of(document),
        beside=document.beside,
        aliases=document.aliases,
        decisions=placing.decisions(document),
        is_sound=is_sound,
    )
    if not is_sound:
        return prepared
    validity = placing.validity(document)
    return prepared._replace(
        is_visible=placing.is_visible(document),
        validity=validity,
        entry=placing.entry(document, validity),
        record=placing.record(document, validity, (document.lang,)),
        members=placing.members(document, validity, (document.lang,)),
        moments=placing.moments(document),
    )


def names_of(document: Document) -> list[str]:
    """The names by which references and links reach a document."""
    number = document.fields.get("number_canonical")
    names = {document.id, document.source, f"no:{number}" if number else ""}
    if document.kind == "budget":
        names.add(place_name(document))
    return sorted(names - {""})


def reference_name(target: str) -> str:
    """A reference as written (id or full number) in the form of `names_of`."""
    return f"no:{canonical_number(target)}" if is_document_number(target) else target


def files_of(document: Document) -> list[tuple[str, str]]:
    """(name served, content path) of each attachment and each file the text links to."""
    paths = [attachment.file for attachment in document.attachments]
    paths += [version.file for a in document.attachments for version in a.versions]
    paths += _linked(document, "file:")
    return _named(paths)


def pictures_of(document: Document) -> list[tuple[str, str]]:
    """(name, content path) of each picture that the document shows."""
    return _named(_linked(document, "picture:"))


def _linked(document: Document, form: str) -> list[str]:
    targets = (link.target for link in document.links)
    return [target[len(form) :] for target in targets if target.startswith(form)]


def _named(paths: Iterable[str]) -> list[tuple[str, str]]:
    return sorted({(path.rsplit("/", 1)[-1], path) for path in paths})


def takes_effect(document: Document) -> str:
    """The UTC moment from which a document changes others: its day of effect, else its date."""
    effective = document.fields.get("effective_utc") or ""
    return max(str(effective), document.date)


def strongest(states: Iterable[str]) -> str:
    """The one validity to show: a repeal outweighs an amendment, and so on."""
    present = [state for state in states if state]
    return min(present, key=_validity_rank, default="")


def _validity_rank(state: str) -> int:
    return _STRENGTH.index(state) if state in _STRENGTH else len(_STRENGTH)
