"""The named questions that views may ask, and what each is answered.

A question is one text: a family, a colon and its arguments, `latest:zh:column/news`. What a
view asked is noted in the ledger by that text, and asked again when a change may have
altered the answer (`footprint.py`). "Nothing there" is an answer like any other.
"""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from domain.languages import Text
from domain.records import record
from plugins.portal.catalogue.budget_questions import BudgetQuestions
from plugins.portal.catalogue.entries import Entry, entry_digest, entry_from_json
from plugins.portal.catalogue.file_questions import FileQuestions
from plugins.portal.catalogue.following import Following, lines_of_members
from plugins.portal.catalogue.periods import ARCHIVE_LIMIT, ArchiveAnswer, Periods
from plugins.portal.catalogue.posts import (
    DECISIONS,
    Decision,
    PostHistory,
    decision_from_row,
    trace_posts,
)
from plugins.portal.catalogue.translations import inherit
from plugins.portal.reading.document import Document

LATEST = 20
"""Entries of a column's front and of a feed."""

NEAREST = 8
"""Entries of a list of what is due."""


CONSTANT_FAMILIES = frozenset(
    {"term", "terms", "tree", "home", "owned", "setting", "form", "frame", "asset"}
)
"""The families that vocabulary, forms and theme answer, whatever documents there are."""


@record
class DocumentAnswer:
    """A document with its text and what the clock and other documents make of it.

    `translations` are the lines of all its visible translations, itself included, by language;
    `moment` is that by which its id stands in lists.
    """

    document: Document
    html: str
    validity: str
    digest: bytes
    translations: tuple[Entry, ...]
    moment: str


_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS


def answer_digest(answer: object) -> bytes:
    """A digest that differs when the answer does."""
    if isinstance(answer, DocumentAnswer):
        return answer.digest
    if isinstance(answer, Entry):
        return entry_digest(answer)
    if isinstance(answer, ArchiveAnswer):
        return _digest(b"".join(map(answer_digest, answer)))
    if type(answer) is tuple and any(type(part) is Entry for part in answer):
        digests = [entry_digest(p) if type(p) is Entry else answer_digest(p) for p in answer]
        return _digest(b"".join(digests))
    try:
        return _digest(orjson.dumps(answer, default=_plain, option=_OPTIONS))
    except TypeError:  # half a surrogate pair, which JSON cannot say
        return _digest(repr(answer).encode("utf-8", "replace"))


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, tuple) else repr(value)


def question_number(question: str) -> int:
    """A question's number: 62 bits of its digest, so that no table of names is needed, and
    whether it is of a constant family (`is_constant`)."""
    digest = hashlib.blake2b(question.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    number = int.from_bytes(digest, "big") >> 1
    return number | 1 if question.partition(":")[0] in CONSTANT_FAMILIES else number & ~1


def is_constant(number: int) -> bool:
    """Whether the question of this number is one that no document touches."""
    return bool(number & 1)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=12).digest()


class Questions:
    """Answers from one catalogue; `constants` answers the families that no document touches.

    `now` is the build's moment as a UTC text: what has passed and what is to come.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        constants: Mapping[str, Callable[[str], Any]],
        *,
        languages: Sequence[str],
        default_language: str,
        now: str,
    ) -> None:
        self._connection = connection
        self._default_language = default_language
        self.periods = Periods(connection, languages, default_language)
        self.following = Following(connection, self.periods, default_language, now)
        files, budgets = FileQuestions(connection), BudgetQuestions(connection)
        self._families: dict[str, Callable[[str], Any]] = {
            "doc": self.document,
            "entry": self.entry,
            "target": self.target,
            "citing": self.citing,
            "neighbours": self.neighbours,
            "latest": self.latest,
            "archive": self.periods.archive,
            "archives": self.periods.archives,
            "years": self.periods.years,
            "total": self.periods.total,
            "feed": self.following.feed,
            "agenda": self.following.agenda,
            "dates": self.following.dates,
            "records": self.following.records,
            "parts": self.following.parts,
            "facets": self.facets,
            "facet": self.facet,
            "posts": self.posts,
            "organisation": self.organisation,
            "pages": self.pages,
            "due": self.due,
            "sitemap": self.sitemap,
            "periods": self.periods.sitemaps,
            "file": files.file,
            "attachment": files.attachment,
            "shown": files.shown,
            "picture": files.picture,
            "offered": files.offered,
            "derivative": files.derivative,
            "figures": budgets.figures,
            "budgets": budgets.budgets,
            "budget-owners": budgets.budget_owners,
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

    def _listed_in(self, lang: str) -> str:
        return lines_of_members(lang, self._default_language)

    # One document

    def document(self, arguments: str) -> DocumentAnswer | None:
        """`doc:<id>.<lang>`: the document where it is visible."""
        id_, _, lang = arguments.rpartition(".")
        rows = self._rows(
            "SELECT lang, is_primary, entry, validity, digest,"
            " CASE WHEN lang=?1 OR is_primary THEN data END, html"
            " FROM document d LEFT JOIN body b ON b.number = d.number AND d.lang=?1"
            " WHERE id=?2 AND is_visible ORDER BY lang",
            lang,
            id_,
        )
        own = next((row for row in rows if row[0] == lang), None)
        if own is None:
            return None
        _, is_primary, _, validity, digest, data, html = own
        primary = own if is_primary else next(row for row in rows if row[1])
        document: Document = pickle.loads(data)
        if not is_primary:
            document = inherit(document, pickle.loads(primary[5]))
            digest += primary[4]
        translations = tuple(entry_from_json(row[2]) for row in rows)
        return DocumentAnswer(
            document,
            html,
            validity,
            digest + answer_digest(translations) + validity.encode(),
            translations,
            entry_from_json(primary[2]).moment,
        )

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

    def neighbours(self, arguments: str) -> tuple[Entry | None, Entry | None]:
        """`neighbours:<lang>:<listing>:<id>:<moment>`: the lines before and after its place.

        None where it has no place: a translation may lie in another column than its source.
        """
        lang, listing, id_, moment = arguments.split(":", 3)
        nearest = (
            f"(SELECT {self._listed_in(lang)} AND m.listing=?2 AND (m.moment, m.id) {{0}} (?3, ?4)"
            " ORDER BY m.moment {1}, m.id {1} LIMIT 1)"
        )
        rows = self._rows(
            f"SELECT {nearest.format('<', 'DESC')}, {nearest.format('>', 'ASC')}"
            " FROM member WHERE listing=?2 AND moment=?3 AND id=?4 LIMIT 1",
            lang,
            listing,
            moment,
            id_,
        )
        before, after = rows[0] if rows else ("", "")
        return (
            entry_from_json(before) if before else None,
            entry_from_json(after) if after else None,
        )

    def beside(self, listing: str, moment: str, id_: str) -> list[tuple[str, str]]:
        """(id, moment) of a member's neighbours in a listing."""
        found = []
        for comparison, order in (("<", "DESC"), (">", "ASC")):
            found += self._rows(
                f"SELECT id, moment FROM member WHERE listing=? AND (moment, id) {comparison} (?, ?)"
                f" ORDER BY moment {order}, id {order} LIMIT 1",
                listing,
                moment,
                id_,
            )
        return [(row[0], row[1]) for row in found]

    # Lists

    def latest(self, arguments: str) -> tuple[Entry, ...]:
        """`latest:<lang>:<listing>`: its newest LATEST entries, newest first."""
        lang, _, listing = arguments.partition(":")
        return self._entries(lang, listing, f" LIMIT {LATEST}")

    def pages(self, arguments: str) -> tuple[Entry, ...]:
        """`pages:<lang>:<column>`: the standing pages of a column, by title."""
        lang, _, column = arguments.partition(":")
        entries = self._entries(lang, f"pages/{column}")
        return tuple(sorted(entries, key=lambda entry: (entry.title, entry.id)))

    def due(self, arguments: str) -> tuple[tuple[str, Entry], ...]:
        """`due:<lang>:<listing>`: (UTC moment, entry) of the NEAREST things to end, soonest first."""
        lang, _, listing = arguments.partition(":")
        rows = self._rows(
            f"SELECT m.moment, {self._listed_in(lang)} AND m.listing=?2"
            f" ORDER BY m.moment, m.id LIMIT {NEAREST}",
            lang,
            f"due/{listing}",
        )
        return tuple((moment, entry_from_json(entry)) for moment, entry in rows)

    def _entries(self, lang: str, listing: str, limit: str = "") -> tuple[Entry, ...]:
        rows = self._rows(
            f"SELECT {self._listed_in(lang)} AND m.listing=?2"
            f" ORDER BY m.moment DESC, m.id DESC{limit}",
            lang,
            listing,
        )
        return tuple(entry_from_json(row[0]) for row in rows)

    # Facets

    def facets(self, column: str) -> tuple[tuple[str, str, int], ...]:
        """`facets:<column>`: (facet, value, how many documents) of each value that has any."""
        prefix = f"facet/{column}/"
        rows = self._rows(
            "SELECT listing, total FROM tally WHERE listing > ? AND listing < ? AND period=''"
            " ORDER BY listing",
            prefix,
            f"facet/{column}0",
        )
        return tuple(
            (*listing.removeprefix(prefix).split("/", 1), total) for listing, total in rows
        )

    def facet(self, arguments: str) -> ArchiveAnswer:
        """`facet:<lang>:<listing>:<period>`: as `archive`; of the period "" all its entries, or
        its years where these are too many for one page."""
        lang, listing, period = arguments.split(":")
        if not period and self.periods.total(listing) <= ARCHIVE_LIMIT:
            return ArchiveAnswer(self._entries(lang, listing))
        if not period:
            return ArchiveAnswer(parts=self.periods.years(listing))
        return self.periods.archive(arguments)

    # Posts

    def posts(self, organisation: str) -> tuple[PostHistory, ...]:
        """`posts:<family>/<id>`: the posts of an organisation, who holds and who held them."""
        rows = self._rows(
            f"{DECISIONS} WHERE c.organisation=? AND d.is_visible ORDER BY c.post", organisation
        )
        return trace_posts(decision_from_row(row) for row in rows)

    def organisation(self, id_: str) -> Text:
        """`organisation:<id>`: the names of one that is no department or county, as the last
        decision writes them; {} where no decision names it."""
        rows = self._rows(
            f"{DECISIONS} WHERE c.organisation=? AND d.is_visible", f"organisation/{id_}"
        )
        decisions = sorted((decision_from_row(row) for row in rows), key=Decision.order)
        return decisions[-1].organisation_names if decisions else {}

    # Sitemaps

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
