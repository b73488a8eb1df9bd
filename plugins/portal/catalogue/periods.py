"""The questions about years, months and days: which periods a listing has, and what each lists.

Totals are kept (`tally`), so that no answer counts through a listing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from plugins.portal.catalogue.entries import Entry, entry_from_json
from plugins.portal.catalogue.listings import in_language

ARCHIVE_LIMIT = 200
"""Above this a year's page lists its months, and a month's page its days."""

_AFTER_ALL = "\U0010ffff"


class ArchiveAnswer(NamedTuple):
    """A period of a listing: its entries, or the shorter periods it is divided into.

    `languages`: those in which the period has a page, in the site's order.
    """

    entries: tuple[Entry, ...] = ()
    parts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Periods:
    """Answers from one catalogue."""

    def __init__(
        self, connection: sqlite3.Connection, languages: Sequence[str], default_language: str
    ) -> None:
        self._connection = connection
        self._languages = tuple(languages)
        self._default_language = default_language
        self._archived: tuple[str, int, dict[str, ArchiveAnswer]] = "", 0, {}
        self._totals: tuple[int, dict[tuple[str, str], int]] = 0, {}

    def _rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, arguments).fetchall()

    # Which periods there are

    def _total(self, listing: str, period: str) -> int:
        state = self._connection.total_changes
        if self._totals[0] != state:
            self._totals = state, {}
        totals = self._totals[1]
        if (listing, period) not in totals:
            rows = self._rows(
                "SELECT total FROM tally WHERE listing=? AND period=?", listing, period
            )
            totals[listing, period] = int(rows[0][0]) if rows else 0
        return totals[listing, period]

    def total(self, listing: str) -> int:
        """`total:<listing>`: how many documents it has."""
        return self._total(listing, "")

    def years(self, listing: str) -> tuple[str, ...]:
        """`years:<listing>`: the years it has documents in, newest first."""
        rows = self._rows(
            "SELECT period FROM tally WHERE listing=? AND length(period)=4 ORDER BY period DESC",
            listing,
        )
        return tuple(row[0] for row in rows)

    def is_divided(self, listing: str, period: str) -> bool:
        """Whether a year lists its months, or a month its days."""
        return len(period) < len("2026/03/09") and self._total(listing, period) > ARCHIVE_LIMIT

    def parts_of(self, listing: str, period: str) -> list[str]:
        """The months of a year, or the days of a month, in which the listing has documents."""
        rows = self._rows(
            "SELECT period FROM tally WHERE listing=? AND period > ? AND period < ?"
            " AND length(period)=? ORDER BY period",
            listing,
            period + "/",
            period + "0",
            len(period) + 3,
        )
        return [row[0] for row in rows]

    def archive_periods(self, listing: str, year: str) -> list[str]:
        """Every period of a year that has a page: the year, its months, their days."""
        total = self._total(listing, year)
        if total <= ARCHIVE_LIMIT:
            return [year] if total else []
        periods = [year]
        for month in self.parts_of(listing, year):
            periods.append(month)
            if self._total(listing, month) > ARCHIVE_LIMIT:
                periods += self.parts_of(listing, month)
        return periods

    def facet_periods(self, listing: str) -> list[str]:
        """Every period of a facet's listing that has a page: "" for all, and its years where
        these are too many for one page."""
        total = self.total(listing)
        if total <= ARCHIVE_LIMIT:
            return [""] if total else []
        years = self.years(listing)
        return ["", *(period for year in years for period in self.archive_periods(listing, year))]

    def sitemap_periods(self, listing: str, year: str) -> list[str]:
        """The year, or its months where it has more than ARCHIVE_LIMIT documents."""
        total = self._total(listing, year)
        if total > ARCHIVE_LIMIT:
            return self.parts_of(listing, year)
        return [year] if total else []

    def sitemaps(self, family: str) -> tuple[tuple[str, str], ...]:
        """`periods:sitemap`: (main column, "2026" or "2026/03") of each sitemap."""
        rows = self._rows(
            "SELECT listing, period FROM tally WHERE listing > ? AND listing < ?"
            " AND length(period)=4 ORDER BY listing, period",
            f"{family}/",
            f"{family}0",
        )
        return tuple(
            (listing.partition("/")[2], period)
            for listing, year in rows
            for period in self.sitemap_periods(listing, year)
        )

    # Archives

    def languages_of(self, listing: str, period: str) -> tuple[str, ...]:
        """The languages in which a period has a page: the site's own, and each that one of its
        documents has a text in. A page in another would be a list of the same lines."""
        return tuple(
            lang
            for lang in self._languages
            if lang == self._default_language or self._total(in_language(lang, listing), period)
        )

    def archives(self, arguments: str) -> tuple[tuple[str, str], ...]:
        """`archives:<lang>:<listing>:<period>`: (part, language of its page) of each part of the
        period; of the period "" the years, newest first."""
        lang, listing, period = arguments.split(":")
        own, found = (
            set(self._parts(in_language(lang, listing), period)),
            self._parts(listing, period),
        )
        return tuple((part, lang if part in own else self._default_language) for part in found)

    def _parts(self, listing: str, period: str) -> Sequence[str]:
        return self.parts_of(listing, period) if period else self.years(listing)

    def archive(self, arguments: str) -> ArchiveAnswer:
        """`archive:<lang>:<listing>:<period>`: what the period's page lists."""
        lang, _, rest = arguments.partition(":")
        # A period's pages are made one after the other, and differ where something is translated.
        state = self._connection.total_changes
        if self._archived[:2] != (rest, state):
            answers = self._archive_in_all_languages(*rest.split(":"))
            self._archived = rest, state, answers
        answers = self._archived[2]
        return answers.get(lang) or answers[""]

    def _archive_in_all_languages(self, listing: str, period: str) -> dict[str, ArchiveAnswer]:
        """The period as it is listed in each language that any of its lines has, and in ""."""
        languages = self.languages_of(listing, period)
        if self.is_divided(listing, period):
            parts = tuple(self.parts_of(listing, period))
            return {"": ArchiveAnswer(parts=parts, languages=languages)}
        year, _, day = period.partition("/")
        rows = self._rows(
            "SELECT m.id, p.entry, t.lang, t.entry FROM member m"
            " JOIN document p ON p.number = m.document"
            " LEFT JOIN document t ON t.id = m.id AND t.is_visible AND NOT t.is_primary"
            " WHERE m.listing=? AND m.year=? AND m.day >= ? AND m.day < ?"
            # The few rows of a period are sorted; the plus signs keep SQLite from walking the
            # whole listing in the order of its index instead.
            " ORDER BY +m.moment DESC, +m.id DESC",
            listing,
            year,
            day,
            day + _AFTER_ALL,
        )
        lines = {"": {id_: entry for id_, entry, _, _ in rows}}
        for id_, _, lang, entry in rows:
            if lang:
                lines.setdefault(lang, dict(lines[""]))[id_] = entry
        return {
            lang: ArchiveAnswer(tuple(map(entry_from_json, found.values())), languages=languages)
            for lang, found in lines.items()
        }
