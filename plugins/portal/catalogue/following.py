"""The questions about what programs follow and take: feeds, agendas, records of open data."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from plugins.portal.catalogue.entries import Entry, entry_from_json
from plugins.portal.catalogue.listings import dates_of, in_language
from plugins.portal.catalogue.periods import Periods

RECENT_DAYS, COMING_DAYS = 10, 190
"""The days of an agenda: the last that have passed and the next to come."""


class AgendaEntry(NamedTuple):
    """A day that a document names, in an agenda; `what` is a key of its kind's `date_labels`."""

    what: str
    day: str
    entry: Entry


class RecordsAnswer(NamedTuple):
    """A period of a listing as open data: its records (JSON), or the periods it is divided into."""

    records: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def lines_of_members(lang: str, default_language: str) -> str:
    """SQL from a member `m` to its line in a language (?1), else in the one it is shown in.

    In the site's own language these are the same: a text in it is the one that is listed.
    """
    if lang == default_language:
        return "p.entry FROM member m JOIN document p ON p.number = m.document WHERE ?1 <> ''"
    return (
        "coalesce(t.entry, p.entry) FROM member m JOIN document p ON p.number = m.document"
        " LEFT JOIN document t ON t.id = m.id AND t.lang = ?1 AND t.is_visible WHERE true"
    )


class Following:
    """Answers from one catalogue; `now` is the build's moment as a UTC text."""

    def __init__(
        self, connection: sqlite3.Connection, periods: Periods, default_language: str, now: str
    ) -> None:
        self._connection = connection
        self._periods = periods
        self._default_language = default_language
        self._now = now

    def _rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, arguments).fetchall()

    def feed(self, arguments: str) -> str:
        """`feed:<lang>:<listing>`: the language of the feed to name there, "" where there is none.

        Another language has a feed of its own once the listing has a text in it.
        """
        lang, _, listing = arguments.partition(":")
        if lang != self._default_language and self._periods.total(in_language(lang, listing)):
            return lang
        return self._default_language if self._periods.total(listing) else ""

    def agenda(self, arguments: str) -> str:
        """`agenda:<lang>:<listing>`: the language of the agenda to name there, "" for none."""
        lang, _, listing = arguments.partition(":")
        return self.feed(f"{lang}:{dates_of(listing)}")

    def dates(self, arguments: str) -> tuple[AgendaEntry, ...]:
        """`dates:<lang>:<listing>`: the days its documents name, just past and coming, in order."""
        lang, _, listing = arguments.partition(":")
        select = (
            f"SELECT m.day, {lines_of_members(lang, self._default_language)}"
            " AND m.listing=?2 AND m.moment {} ?3 ORDER BY m.moment {}, m.id {} LIMIT {}"
        )
        known = (lang, dates_of(listing), self._now)
        past = self._rows(select.format("<=", "DESC", "DESC", RECENT_DAYS), *known)
        coming = self._rows(select.format(">", "ASC", "ASC", COMING_DAYS), *known)
        dated = [AgendaEntry(d[11:], d[:10], entry_from_json(e)) for d, e in past + coming]
        return tuple(sorted(dated, key=lambda each: (each.day, each.entry.id, each.what)))

    def records(self, arguments: str) -> RecordsAnswer:
        """`records:<listing>:<period>`: the records of a period, oldest first, or its parts."""
        listing, _, period = arguments.partition(":")
        if self._periods.is_divided(listing, period):
            return RecordsAnswer(parts=tuple(self._periods.parts_of(listing, period)))
        year, _, day = period.partition("/")
        rows = self._rows(
            "SELECT d.record FROM member m JOIN document d ON d.number = m.document"
            " WHERE m.listing=? AND m.year=? AND m.day >= ? AND m.day < ?"
            " ORDER BY +m.moment, +m.id",
            listing,
            year,
            day,
            day + "\U0010ffff",
        )
        return RecordsAnswer(records=tuple(row[0] for row in rows))

    def parts(self, listing: str) -> tuple[str, ...]:
        """`parts:<listing>`: every period that has a page or file of its own, oldest first."""
        years = reversed(self._periods.years(listing))
        return tuple(p for year in years for p in self._periods.archive_periods(listing, year))
