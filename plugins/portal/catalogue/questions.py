"""The named questions that views may ask, and what each is answered.

A question is one text: a family, a colon and its arguments, `latest:zh:column/news`. What a
view asked is noted in the ledger by that text, and asked again when a change may have
altered the answer (`touched.py`). "Nothing there" is an answer like any other.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from plugins.portal.catalogue.entries import Entry, entry_from_json
from plugins.portal.catalogue.translations import inherit
from plugins.portal.reading.document import Document

LATEST = 20
"""Entries of a column's front and of a feed."""

NEAREST = 8
"""Entries of a list of what is due."""

ARCHIVE_LIMIT = 200
"""Above this a year's page lists its months, and a month's page its days."""


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """A document with its text and what the clock and other documents make of it."""

    document: Document
    html: str
    validity: str
    digest: bytes


class ArchiveAnswer(NamedTuple):
    """A period of a listing: its entries, or the shorter periods it is divided into."""

    entries: tuple[Entry, ...] = ()
    parts: tuple[str, ...] = ()


_encode = json.JSONEncoder(ensure_ascii=False, default=repr).encode


def answer_digest(answer: object) -> bytes:
    """A digest that differs when the answer does."""
    if isinstance(answer, DocumentAnswer):
        return answer.digest
    text = _encode(answer).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=12).digest()


_NEWEST_FIRST = {
    True: "m.moment DESC, m.id DESC",
    # Without a limit the few rows of a period are sorted; the plus signs keep SQLite from
    # walking the whole listing in the order of its index instead.
    False: "+m.moment DESC, +m.id DESC",
}


class Questions:
    """Answers from one catalogue; `constants` answers the families that no document touches."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        constants: Mapping[str, Callable[[str], Any]],
    ) -> None:
        self._connection = connection
        self._families: dict[str, Callable[[str], Any]] = {
            "doc": self.document,
            "entry": self.entry,
            "translations": self.translations,
            "target": self.target,
            "citing": self.citing,
            "neighbours": self.neighbours,
            "latest": self.latest,
            "archive": self.archive,
            "years": self.years,
            "total": self.total,
            "pages": self.pages,
            "due": self.due,
            "sitemap": self.sitemap,
            "periods": self.periods,
            "file": self.file,
            "attachment": self.attachment,
            "redirect": self.redirect,
            "withdrawal": self.withdrawal,
            **constants,
        }

    def answer(self, key: str) -> Any:
        """The answer to a question; KeyError for a family that does not exist."""
        family, _, arguments = key.partition(":")
        return self._families[family](arguments)

    def _rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, arguments).fetchall()

    # One document

    def document(self, arguments: str) -> DocumentAnswer | None:
        """`doc:<id>.<lang>`: the document where it is visible."""
        id_, _, lang = arguments.rpartition(".")
        rows = self._rows(
            "SELECT d.data, d.digest, d.validity, d.is_primary, b.html FROM document d"
            " JOIN body b ON b.number = d.number WHERE d.id=? AND d.lang=? AND d.is_visible",
            id_,
            lang,
        )
        if not rows:
            return None
        data, digest, validity, is_primary, html = rows[0]
        document: Document = pickle.loads(data)
        if not is_primary:
            source = self._rows(
                "SELECT data, digest FROM document WHERE id=? AND is_primary AND is_visible", id_
            )[0]
            document = inherit(document, pickle.loads(source[0]))
            digest += source[1]
        return DocumentAnswer(document, html, validity, digest + validity.encode())

    def entry(self, arguments: str) -> Entry | None:
        """`entry:<id>.<lang>`: its line in that language, else in the language it is shown in."""
        id_, _, lang = arguments.rpartition(".")
        rows = self._rows(
            "SELECT entry FROM document WHERE id=? AND is_visible AND (lang=? OR is_primary)"
            " ORDER BY lang<>? LIMIT 1",
            id_,
            lang,
            lang,
        )
        return entry_from_json(rows[0][0]) if rows else None

    def translations(self, id_: str) -> tuple[Entry, ...]:
        """`translations:<id>`: the lines of all its visible translations, by language."""
        rows = self._rows("SELECT entry FROM document WHERE id=? AND is_visible ORDER BY lang", id_)
        return tuple(entry_from_json(row[0]) for row in rows)

    def target(self, name: str) -> tuple[str, str, bool] | None:
        """`target:<name>`: (id, language, whether that translation was meant itself)."""
        rows = self._rows(
            "SELECT DISTINCT d.id, d.lang, d.is_primary FROM name n"
            " JOIN document d ON d.number = n.document"
            " WHERE n.name=? AND d.is_visible ORDER BY d.is_primary DESC, d.id, d.lang",
            name,
        )
        if not rows:
            return None
        id_, lang, is_primary = rows[0]
        return id_, lang, name.endswith(".md") and not is_primary

    def citing(self, id_: str) -> tuple[tuple[str, str], ...]:
        """`citing:<id>`: (relation, id) of each visible document that refers to it."""
        rows = self._rows(
            "SELECT DISTINCT r.relation, d.id FROM document t"
            " JOIN name n ON n.document = t.number JOIN reference r ON r.target = n.name"
            " JOIN document d ON d.number = r.document"
            " WHERE t.id=? AND d.is_visible ORDER BY 1, 2",
            id_,
        )
        return tuple(rows)

    def neighbours(self, arguments: str) -> tuple[str, str]:
        """`neighbours:<column>/<id>`: ids before and after it in its column, "" at the ends."""
        column, _, id_ = arguments.partition("/")
        listing = f"column/{column}"
        rows = self._rows("SELECT entry FROM document WHERE id=? AND is_primary", id_)
        if not rows:
            return "", ""
        moment = entry_from_json(rows[0][0]).moment
        return self._next(listing, moment, id_, "<", "DESC"), self._next(
            listing, moment, id_, ">", "ASC"
        )

    def _next(self, listing: str, moment: str, id_: str, comparison: str, order: str) -> str:
        rows = self._rows(
            f"SELECT id FROM member WHERE listing=? AND (moment, id) {comparison} (?, ?)"
            f" ORDER BY moment {order}, id {order} LIMIT 1",
            listing,
            moment,
            id_,
        )
        return rows[0][0] if rows else ""

    # Lists

    def latest(self, arguments: str) -> tuple[Entry, ...]:
        """`latest:<lang>:<listing>`: its newest LATEST entries, newest first."""
        lang, _, listing = arguments.partition(":")
        return self._entries(lang, "m.listing=?", listing, f" LIMIT {LATEST}")

    def pages(self, arguments: str) -> tuple[Entry, ...]:
        """`pages:<lang>:<column>`: the standing pages of a column, by title."""
        lang, _, column = arguments.partition(":")
        entries = self._entries(lang, "m.listing=?", f"pages/{column}", "")
        return tuple(sorted(entries, key=lambda entry: (entry.title, entry.id)))

    def due(self, arguments: str) -> tuple[tuple[str, Entry], ...]:
        """`due:<lang>:<listing>`: (UTC moment, entry) of the NEAREST things to end, soonest first."""
        lang, _, listing = arguments.partition(":")
        rows = self._rows(
            "SELECT m.moment, coalesce(t.entry, p.entry) FROM member m"
            " JOIN document p ON p.number = m.document"
            " LEFT JOIN document t ON t.id = m.id AND t.lang = ? AND t.is_visible"
            f" WHERE m.listing=? ORDER BY m.moment, m.id LIMIT {NEAREST}",
            lang,
            f"due/{listing}",
        )
        return tuple((moment, entry_from_json(entry)) for moment, entry in rows)

    def archive(self, arguments: str) -> ArchiveAnswer:
        """`archive:<lang>:<listing>:<period>`: what the period's page lists."""
        lang, listing, period = arguments.split(":")
        if len(period) < len("2026/03/09") and self._total(listing, period) > ARCHIVE_LIMIT:
            return ArchiveAnswer(parts=tuple(self.parts_of(listing, period)))
        year, _, day = period.partition("/")
        entries = self._entries(
            lang,
            "m.listing=? AND m.year=? AND m.day >= ? AND m.day < ?",
            listing,
            "",
            year,
            day,
            day + "\U0010ffff",
        )
        return ArchiveAnswer(entries=entries)

    def _entries(
        self, lang: str, condition: str, listing: str, limit: str, *more: str
    ) -> tuple[Entry, ...]:
        rows = self._rows(
            "SELECT coalesce(t.entry, p.entry) FROM member m"
            " JOIN document p ON p.number = m.document"
            " LEFT JOIN document t ON t.id = m.id AND t.lang = ? AND t.is_visible"
            f" WHERE {condition} ORDER BY {_NEWEST_FIRST[bool(limit)]}{limit}",
            lang,
            listing,
            *more,
        )
        return tuple(entry_from_json(row[0]) for row in rows)

    def _total(self, listing: str, period: str) -> int:
        rows = self._rows("SELECT total FROM tally WHERE listing=? AND period=?", listing, period)
        return int(rows[0][0]) if rows else 0

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

    # Sitemaps and files

    def periods(self, family: str) -> tuple[tuple[str, str], ...]:
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

    def sitemap_periods(self, listing: str, year: str) -> list[str]:
        """The year, or its months where it has more than ARCHIVE_LIMIT documents."""
        total = self._total(listing, year)
        if total > ARCHIVE_LIMIT:
            return self.parts_of(listing, year)
        return [year] if total else []

    def sitemap(self, arguments: str) -> tuple[tuple[str, str, str, str], ...]:
        """`sitemap:<main column>:<period>`: (id, lang, url, updated) of each translation."""
        column, _, period = arguments.partition(":")
        year, _, month = period.partition("/")
        rows = self._rows(
            "SELECT d.entry FROM member m JOIN document d ON d.id = m.id AND d.is_visible"
            " WHERE m.listing=? AND m.year=? AND m.day >= ? AND m.day < ? ORDER BY d.url",
            f"sitemap/{column}",
            year,
            month,
            f"{month}\U0010ffff",
        )
        entries = [entry_from_json(row[0]) for row in rows]
        return tuple((e.id, e.lang, e.url, e.updated) for e in entries)

    def file(self, path: str) -> tuple[int, str] | None:
        """`file:<content path>`: (size in bytes, content hash), None where there is none."""
        rows = self._rows("SELECT size, hash FROM file WHERE path=?", path)
        return (rows[0][0], rows[0][1]) if rows else None

    def attachment(self, arguments: str) -> str | None:
        """`attachment:<id>/<name>`: the content path of a file served beside a document."""
        id_, _, name = arguments.partition("/")
        rows = self._rows(
            "SELECT a.path FROM attachment a JOIN document d ON d.number = a.document"
            " WHERE a.id=? AND a.name=? AND d.is_visible ORDER BY a.path LIMIT 1",
            id_,
            name,
        )
        return rows[0][0] if rows else None

    # The register

    def redirect(self, url: str) -> str | None:
        """`redirect:<url>`: where an address that went is answered now: "url:...", or "doc:<id>"."""
        rows = self._rows("SELECT target FROM redirect WHERE url=?", url)
        if rows:
            return f"url:{rows[0][0]}"
        rows = self._rows(
            "SELECT d.url FROM alias a JOIN document d ON d.number = a.document"
            " WHERE a.url=? AND d.is_visible ORDER BY d.url LIMIT 1",
            url,
        )
        return f"url:{rows[0][0]}" if rows else None

    def withdrawal(self, url: str) -> tuple[str, str] | None:
        """`withdrawal:<url>`: (date, reason) noted in the register."""
        rows = self._rows("SELECT date, reason FROM withdrawal WHERE url=?", url)
        return (rows[0][0], rows[0][1]) if rows else None
