"""What an id touches: the questions it may answer otherwise, the pages that exist through it.

Taken before a change and after it. The union of the questions is asked again; the
difference of the pages is born or dies. A question that a document could answer and that
is missing here would leave a page stale: tests/promises/ compares with full builds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from domain.json_text import from_json
from plugins.portal.catalogue.listings import ARCHIVED, DATED, FED, is_in_language
from plugins.portal.catalogue.questions import Questions
from plugins.portal.files.facts import OFFERED, PICTURE, picture_names

Page = tuple[str, ...]
"""A page's family and arguments, as in ("document", id, language, url)."""

FEEDS = ("atom", "json")

DATA = ("csv", "json")


def questions_of_file(path: str) -> set[str]:
    """The questions that a file beside documents may answer otherwise when it changes."""
    derivatives = {f"derivative:{PICTURE}/{name}/{path}" for name in picture_names(path)}
    return derivatives | {
        f"file:{path}",
        f"picture:{path}",
        f"offered:{path}",
        f"derivative:{OFFERED}//{path}",
    }


@dataclass(slots=True)
class Footprint:
    """Questions and pages; the (listing, year) pairs and addresses whose pages may come or go;
    the (organisation, post) pairs that decisions concern."""

    questions: set[str] = field(default_factory=set)
    pages: set[Page] = field(default_factory=set)
    years: set[tuple[str, str]] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    posts: set[tuple[str, str]] = field(default_factory=set)


_DECIDED = (
    "SELECT DISTINCT c.organisation, c.post FROM decision c"
    " JOIN document d ON d.number = c.document WHERE d.id=?"
)
FIGURES = ("csv", "json")


def figures_pages(id_: str) -> list[Page]:
    """The files that a budget's figures are handed out in."""
    return [("figures", id_, form) for form in FIGURES]


def owner_pages(listing: str, languages: Sequence[str]) -> Iterator[Page]:
    """The pages with all years of one owner's budgets; `listing` is `<main column>/<owner>`."""
    column, _, owner = listing.partition("/")
    if owner:
        yield from (("budget-years", lang, column, owner) for lang in languages)
        yield from (("budget-figures", column, owner, form) for form in FIGURES)


_REFERENCED = (
    "SELECT DISTINCT t.id FROM reference r JOIN name n ON n.name = r.target"
    " JOIN document t ON t.number = n.document WHERE r.document=?"
)


def _text_pages(id_: str, lang: str, url: str) -> Iterator[Page]:
    yield ("document", id_, lang, url)
    yield ("row", id_, lang)


def _file_pages(id_: str, files: Iterable[str], pictures: Iterable[str]) -> Iterator[Page]:
    yield from (("file", id_, name) for name in files)
    yield from (("picture", id_, name, size) for name in pictures for size in picture_names(name))


class FootprintTaker:
    """Takes footprints from the catalogue as it is at this moment."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        questions: Questions,
        languages: Sequence[str],
        open_listings: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._questions = questions
        self._languages = languages
        self._open_listings = open_listings

    def take(self, ids: Iterable[str], around: Footprint | None = None) -> Footprint:
        """The footprint of all these ids together, listing pages included.

        `around`: one taken at another moment, whose listings and addresses are looked at too,
        so that the two can be compared.
        """
        footprint = Footprint()
        if around:
            footprint.years |= around.years
            footprint.urls |= around.urls
        for id_ in sorted(ids):
            self._add_id(footprint, id_)
        for listing, year in sorted(footprint.years):
            footprint.pages.update(self.listing_pages(listing, year))
        for url in sorted(footprint.urls):
            footprint.pages.update(self.register_pages(url))
        return footprint

    def register_pages(self, url: str) -> Iterator[Page]:
        """The page that answers at an address which no document has any more."""
        is_document = self._select("SELECT 1 FROM document WHERE url=? AND is_visible", url)
        if is_document:
            return
        if self._questions.redirect(url):
            yield ("redirect", url)
        elif self._questions.withdrawal(url):
            yield ("withdrawn", url)

    def everything(self) -> Iterator[Page]:
        """Every page that documents and the register bring about; no questions.

        Documents as they lie in the catalogue, lists year by year: what is made one after the
        other then reads the same lines, and a large site's do not push one another out.
        """
        files, pictures = self._names("attachment"), self._names("picture")
        documents = self._connection.execute(
            "SELECT number, id, lang, url FROM document WHERE is_visible"
            " ORDER BY min(number) OVER (PARTITION BY id), number"
        )
        for id_, group in groupby(documents, itemgetter(1)):
            pages: set[Page] = set()
            for number, _, lang, url in group:
                pages.update(_text_pages(id_, lang, url))
                pages.update(_file_pages(id_, files.get(number, ()), pictures.get(number, ())))
            yield from sorted(pages)
        budgets = self._connection.execute(
            "SELECT DISTINCT id FROM member WHERE listing > 'budget/' AND listing < 'budget0'"
            " ORDER BY id"
        ).fetchall()
        for (id_,) in budgets:
            yield from figures_pages(id_)
        years = self._connection.execute(
            "SELECT listing, period FROM tally WHERE length(period)=4"
            " AND listing NOT LIKE 'facet/%' ORDER BY 2, 1"
        ).fetchall()
        for listing, year in years:
            if not is_in_language(listing):
                yield from self.listing_pages(listing, year)
        dates = self._connection.execute(
            "SELECT listing FROM tally WHERE listing > 'dates/' AND listing < 'dates0' ORDER BY 1"
        ).fetchall()
        for (listing,) in dates:
            yield from self.listing_pages(listing, "")
        facets = self._connection.execute(
            "SELECT listing FROM tally WHERE listing > 'facet/' AND listing < 'facet0'"
            " AND period='' ORDER BY 1"
        ).fetchall()
        for (listing,) in facets:
            yield from self._facet_pages(listing)
        urls = self._connection.execute(
            "SELECT url FROM redirect UNION SELECT url FROM withdrawal UNION SELECT url FROM alias"
            " ORDER BY url"
        ).fetchall()
        for (url,) in urls:
            yield from self.register_pages(url)

    def _add_id(self, footprint: Footprint, id_: str) -> None:
        self._add_documents(footprint, id_)
        add = footprint.questions.add
        add(f"citing:{id_}")
        for lang in self._languages:
            add(f"doc:{id_}.{lang}")
            add(f"entry:{id_}.{lang}")
        self._add_names(footprint, id_)
        self._add_posts(footprint, id_)
        self._add_listings(footprint, id_)

    def _add_documents(self, footprint: Footprint, id_: str) -> None:
        rows = self._connection.execute(
            "SELECT number, lang, url, is_visible FROM document WHERE id=?", (id_,)
        ).fetchall()
        for number, lang, url, is_visible in rows:
            footprint.urls.add(url)
            footprint.urls.update(a for (a,) in self._aliases(number))
            if is_visible:
                files = [name for name, _ in self._attachments(number)]
                pictures = [name for name, _ in self._pictures(number)]
                footprint.pages.update(_text_pages(id_, lang, url))
                footprint.pages.update(_file_pages(id_, files, pictures))

    def _add_names(self, footprint: Footprint, id_: str) -> None:
        add = footprint.questions.add
        for (number,) in self._select("SELECT number FROM document WHERE id=?", id_):
            for (name,) in self._select("SELECT name FROM name WHERE document=?", number):
                add(f"target:{name}")
            for (target,) in self._select(_REFERENCED, number):
                add(f"citing:{target}")
            for (alias,) in self._aliases(number):
                add(f"redirect:{alias}")
            for name, _ in self._attachments(number):
                add(f"attachment:{id_}/{name}")
            for name, _ in self._pictures(number):
                add(f"shown:{id_}/{name}")

    def _add_posts(self, footprint: Footprint, id_: str) -> None:
        for organisation, post in self._select(_DECIDED, id_):
            footprint.questions.add(f"posts:{organisation}")
            footprint.posts.add((organisation, post))
            family, _, name = organisation.partition("/")
            if family == "organisation":
                footprint.questions.add(f"organisation:{name}")

    def _names(self, table: str) -> dict[int, list[str]]:
        """The names of all files of a table, by document: few documents have any."""
        names: dict[int, list[str]] = {}
        for number, name in self._connection.execute(f"SELECT document, name FROM {table}"):
            names.setdefault(number, []).append(name)
        return names

    def _aliases(self, number: int) -> list[tuple[str]]:
        return self._select("SELECT url FROM alias WHERE document=?", number)

    def _attachments(self, number: int) -> list[tuple[str, str]]:
        return self._select("SELECT name, path FROM attachment WHERE document=?", number)

    def _pictures(self, number: int) -> list[tuple[str, str]]:
        return self._select("SELECT name, path FROM picture WHERE document=?", number)

    def _add_listings(self, footprint: Footprint, id_: str) -> None:
        rows = self._select("SELECT members FROM placement WHERE id=?", id_)
        for listing, year, day, moment in from_json(rows[0][0]) if rows else ():
            if is_in_language(listing):
                continue
            family, _, term = listing.partition("/")
            if family == "facet":
                footprint.years.add((listing, year))
                self._add_facet(footprint, listing, year, day)
            elif year:
                self._add_dated(footprint, listing, year, day)
                if family == "column":
                    self._add_neighbours(footprint, listing, id_, moment)
                elif family == "budget":
                    self._add_budget(footprint, id_, listing, year)
            elif family in ("pages", "due", "dates"):
                # "pages/<column>" answers pages:..., "due/<listing>" due:..., "dates/..." dates:...
                self._add_for_languages(footprint, family, term)
                if family == "dates":
                    footprint.years.add((listing, ""))

    def _add_dated(self, footprint: Footprint, listing: str, year: str, day: str) -> None:
        add, (family, _, term) = footprint.questions.add, listing.partition("/")
        footprint.years.add((listing, year))
        add(f"years:{listing}")
        add(f"total:{listing}")
        self._add_for_languages(footprint, "latest", listing)
        month = f"{year}/{day[:2]}"
        periods = (year, month, f"{year}/{day}")
        if family == "sitemap":
            add(f"sitemap:{term}:{year}")
            add(f"sitemap:{term}:{month}")
            add("periods:sitemap")
        if family in FED:
            self._add_for_languages(footprint, "feed", listing)
        if family in DATED:
            self._add_for_languages(footprint, "agenda", listing)
        if family in ARCHIVED:
            self._add_for_languages(footprint, "archives", f"{listing}:")
            for period in periods:
                self._add_for_languages(footprint, "archive", f"{listing}:{period}")
                self._add_for_languages(footprint, "archives", f"{listing}:{period}")
        if listing in self._open_listings:
            footprint.questions.update(f"records:{listing}:{period}" for period in periods)
            add(f"parts:{listing}")

    def _add_facet(self, footprint: Footprint, listing: str, year: str, day: str) -> None:
        footprint.questions.add(f"facets:{listing.split('/')[1]}")
        for period in ("", year, f"{year}/{day[:2]}", f"{year}/{day}"):
            self._add_for_languages(footprint, "facet", f"{listing}:{period}")

    def _add_for_languages(self, footprint: Footprint, family: str, arguments: str) -> None:
        footprint.questions.update(f"{family}:{lang}:{arguments}" for lang in self._languages)

    def _add_budget(self, footprint: Footprint, id_: str, listing: str, year: str) -> None:
        footprint.questions.add(f"budgets:{listing}:{year}")
        footprint.questions.add(f"figures:{id_}")
        footprint.questions.add(f"budget-owners:{listing.split('/')[1]}")
        footprint.pages.update(figures_pages(id_))

    def _add_neighbours(self, footprint: Footprint, listing: str, id_: str, moment: str) -> None:
        around = self._questions.beside(listing, moment, id_)
        for other, its_moment in ((id_, moment), *around):
            self._add_for_languages(footprint, "neighbours", f"{listing}:{other}:{its_moment}")

    def listing_pages(self, listing: str, year: str) -> Iterator[Page]:
        """The pages that a listing has through one year: its archive and data, feeds, sitemaps.

        With the year "", the agendas of a listing of days.
        """
        family, _, term = listing.partition("/")
        if family == "facet":
            yield from self._facet_pages(listing)
        if family == "sitemap":
            for period in self._questions.periods.sitemap_periods(listing, year):
                yield ("sitemap", term, period)
        if family == "dates":
            for lang in self._languages:
                if self._questions.following.agenda(f"{lang}:{term}") == lang:
                    yield ("agenda", lang, term)
        if family in FED:
            for lang in self._languages:
                if self._questions.following.feed(f"{lang}:{listing}") == lang:
                    yield from (("feed", lang, listing, form) for form in FEEDS)
        if family == "budget" and self._questions.periods.total(listing):
            yield from owner_pages(term, self._languages)
        if family in ARCHIVED or listing in self._open_listings:
            for period in self._questions.periods.archive_periods(listing, year):
                yield from self._period_pages(family, listing, period)

    def _period_pages(self, family: str, listing: str, period: str) -> Iterator[Page]:
        if family in ARCHIVED:
            for lang in self._questions.periods.languages_of(listing, period):
                yield ("archive", lang, listing, period)
        if listing in self._open_listings:
            for form in DATA:
                yield ("data", listing, period, form)

    def _facet_pages(self, listing: str) -> Iterator[Page]:
        for period in self._questions.periods.facet_periods(listing):
            for lang in self._languages:
                yield ("facet", lang, listing, period)

    def _select(self, sql: str, argument: object) -> list[Any]:
        return self._connection.execute(sql, (argument,)).fetchall()
