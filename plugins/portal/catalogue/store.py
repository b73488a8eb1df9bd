"""Writes to the catalogue: documents put and removed, and what follows from them by id.

`put` and `remove` note sources as they are; `refresh` then works out, for one id, which of
its translations is shown where at the given moment. Called by building alone.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.addresses import fold_address
from domain.clock import local_text
from domain.vocabulary import Vocabulary
from plugins.portal.catalogue.entries import Entry, make_entry
from plugins.portal.catalogue.translations import inherit
from plugins.portal.kinds import Kind
from plugins.portal.kinds.document_number import canonical_number, is_document_number
from plugins.portal.reading.document import Document

Member = tuple[str, str, str, str]
"""(listing, year, day "MM/DD", moment)"""

_STRENGTH = ("repealed", "void", "expired", "partly-void", "amended", "not-yet-in-force")


class CatalogueStore:
    """The catalogue as its writer sees it; every call stays inside the caller's transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        vocabulary: Vocabulary,
        kinds: Mapping[str, Kind],
        shows_drafts: bool = False,
    ) -> None:
        self.connection = connection
        self.vocabulary = vocabulary
        self.kinds = kinds
        self.shows_drafts = shows_drafts
        self._tallies: Counter[tuple[str, str]] = Counter()
        self._is_cleared = False

    # Sources

    def put(self, document: Document) -> None:
        """The document of this source is the given one; its id still needs `refresh`."""
        self.remove(document.source)
        data = pickle.dumps(replace(document, html=""), protocol=5)
        digest = hashlib.blake2b(data, digest_size=16)
        digest.update(document.html.encode())
        cursor = self.connection.execute(
            "INSERT INTO document(source, content_hash, id, lang, url, folded_url, data, digest)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (
                document.source,
                document.content_hash,
                document.id,
                document.lang,
                document.url,
                fold_address(document.url),
                data,
                digest.digest(),
            ),
        )
        self._put_parts(cursor.lastrowid or 0, document)

    def _put_parts(self, number: int, document: Document) -> None:
        insert = self.connection.executemany
        self.connection.execute("INSERT INTO body VALUES (?,?)", (number, document.html))
        insert("INSERT INTO name VALUES (?,?)", [(n, number) for n in names_of(document)])
        insert(
            "INSERT OR IGNORE INTO reference VALUES (?,?,?)",
            [(number, r.relation, reference_name(r.target)) for r in document.references],
        )
        insert(
            "INSERT OR IGNORE INTO link VALUES (?,?)",
            [(number, link.target) for link in document.links],
        )
        insert(
            "INSERT OR IGNORE INTO attachment VALUES (?,?,?,?)",
            [(document.id, name, path, number) for name, path in files_of(document)],
        )
        insert("INSERT OR IGNORE INTO alias VALUES (?,?)", [(a, number) for a in document.aliases])

    def remove(self, source: str) -> None:
        """Nothing of this source is left but what `refresh` has still to take back."""
        row = self.connection.execute(
            "SELECT number FROM document WHERE source = ?", (source,)
        ).fetchone()
        if row is None:
            return
        for table in ("body", "document"):
            self.connection.execute(f"DELETE FROM {table} WHERE number = ?", row)
        for table in ("name", "reference", "link", "attachment", "alias"):
            self.connection.execute(f"DELETE FROM {table} WHERE document = ?", row)

    # Ids

    def refresh(self, id_: str, now: str) -> None:
        """Visibility, the primary translation, validity, entries and members of an id hold at
        `now` (UTC text). `flush_tallies` must follow once all ids are refreshed."""
        variants = self._variants(id_)
        visible = [(n, d) for n, d in variants if self._is_visible(d, now)]
        primary = min(visible, key=lambda v: self._language_rank(v[1].lang), default=None)
        incoming = self._incoming(id_, now)
        shown = {number for number, _ in visible}
        for number, written in variants:
            document = written
            if primary is not None and number != primary[0]:
                document = inherit(written, primary[1])
            validity = strongest((self.kinds[document.kind].validity(document, now), *incoming))
            self.connection.execute(
                "UPDATE document SET is_visible=?, is_primary=?, validity=?, entry=? WHERE number=?",
                (
                    number in shown,
                    primary is not None and number == primary[0],
                    validity,
                    self._entry(document, validity).to_json(),
                    number,
                ),
            )
        self._place(id_, primary)
        self._note_transitions(id_, [document for _, document in variants])

    def clear_lists(self) -> None:
        """No id is placed anywhere: all of them are refreshed next, each for the first time."""
        for table in ("member", "placement", "tally", "transition"):
            self.connection.execute(f"DELETE FROM {table}")
        self._is_cleared = True

    def flush_tallies(self) -> None:
        """The totals of all listings are those after the refreshes so far."""
        rows = [(listing, period, n) for (listing, period), n in self._tallies.items() if n]
        self._tallies.clear()
        self.connection.executemany(
            "INSERT INTO tally VALUES (?,?,?) ON CONFLICT(listing, period)"
            " DO UPDATE SET total = total + excluded.total",
            rows,
        )
        # Only the rows just written can have come down to nothing: cost stays with the change.
        self.connection.executemany(
            "DELETE FROM tally WHERE listing=? AND period=? AND total=0",
            [(listing, period) for listing, period, n in rows if n < 0],
        )

    def _variants(self, id_: str) -> list[tuple[int, Document]]:
        rows = self.connection.execute(
            "SELECT number, data FROM document WHERE id = ? ORDER BY lang, source", (id_,)
        )
        return [(number, pickle.loads(data)) for number, data in rows]

    def _is_visible(self, document: Document, now: str) -> bool:
        if document.status == "published":
            return document.date <= now
        return self.shows_drafts and document.status in ("draft", "review")

    def _language_rank(self, lang: str) -> int:
        site = self.vocabulary.site
        return -1 if lang == site.default_language else list(site.languages).index(lang)

    def _incoming(self, id_: str, now: str) -> list[str]:
        """What other documents, visible and in effect, have done to this one."""
        rows = self.connection.execute(
            "SELECT r.relation, d.data FROM document t JOIN name n ON n.document = t.number"
            " JOIN reference r ON r.target = n.name AND r.relation IN ('amends','repeals')"
            " JOIN document d ON d.number = r.document WHERE t.id=?",
            (id_,),
        )
        states = []
        for relation, data in rows.fetchall():
            citing: Document = pickle.loads(data)
            if self._is_visible(citing, now) and takes_effect(citing) <= now:
                states.append("repealed" if relation == "repeals" else "amended")
        return states

    def _entry(self, document: Document, validity: str) -> Entry:
        return make_entry(document, validity, self.vocabulary.site.timezone)

    # Lists

    def _place(self, id_: str, primary: tuple[int, Document] | None) -> None:
        before = self._placed(id_)
        after = set(self._members(primary[1])) if primary else set()
        for listing, year, day, moment in sorted(before - after):
            self.connection.execute(
                "DELETE FROM member WHERE listing=? AND year=? AND day=? AND moment=? AND id=?",
                (listing, year, day, moment, id_),
            )
            self._count(listing, year, day, -1)
        for listing, year, day, _ in after - before:
            self._count(listing, year, day, +1)
        if primary:
            members = sorted(after)
            self.connection.executemany(
                "INSERT OR REPLACE INTO member VALUES (?,?,?,?,?,?)",
                [(*member, id_, primary[0]) for member in members],
            )
            self.connection.execute(
                "INSERT OR REPLACE INTO placement VALUES (?,?)", (id_, json.dumps(members))
            )
        else:
            self.connection.execute("DELETE FROM placement WHERE id = ?", (id_,))

    def _placed(self, id_: str) -> set[tuple[str, ...]]:
        if self._is_cleared:
            return set()
        row = self.connection.execute(
            "SELECT members FROM placement WHERE id = ?", (id_,)
        ).fetchone()
        return {tuple(member) for member in json.loads(row[0])} if row else set()

    def _members(self, document: Document) -> list[Member]:
        if not document.year:
            names = (f"pages/{document.column}", "pages/all")
            return [(name, "", "", document.date) for name in names]
        day = self._local_day(document)
        return [(name, document.year, day, document.date) for name in self.listings(document)]

    def _local_day(self, document: Document) -> str:
        return local_text(document.date, self.vocabulary.site.timezone)[5:10].replace("-", "/")

    def listings(self, document: Document) -> list[str]:
        """The lists a document stands in: its column and those above, departments, and so on."""
        columns = (document.column, *(c.id for c in self.vocabulary.ancestors_of(document.column)))
        return sorted(
            {"site/all", f"kind/{document.kind}", f"sitemap/{columns[-1]}"}
            | {f"column/{column}" for column in columns}
            | {f"department/{department}" for department in document.departments}
            | {f"county/{county}" for county in document.counties}
            | {f"audience/{audience}" for audience in document.audiences}
        )

    def _count(self, listing: str, year: str, day: str, step: int) -> None:
        periods = ("", year, f"{year}/{day[:2]}", f"{year}/{day}") if year else ("",)
        for period in periods:
            self._tallies[listing, period] += step

    def _note_transitions(self, id_: str, variants: Iterable[Document]) -> None:
        moments = {m for d in variants for m in self.kinds[d.kind].transitions(d) if m}
        if not self._is_cleared:
            self.connection.execute("DELETE FROM transition WHERE id = ?", (id_,))
        self.connection.executemany(
            "INSERT INTO transition VALUES (?,?)", [(moment, id_) for moment in sorted(moments)]
        )


def names_of(document: Document) -> list[str]:
    """The names by which references and links reach a document."""
    number = document.fields.get("number_canonical")
    names = {document.id, document.source}
    return sorted(names | ({f"no:{number}"} if number else set()))


def reference_name(target: str) -> str:
    """A reference as written (id or full number) in the form of `names_of`."""
    return f"no:{canonical_number(target)}" if is_document_number(target) else target


def files_of(document: Document) -> list[tuple[str, str]]:
    """(name served, content path) of each attachment and each file the text links to."""
    paths = [attachment.file for attachment in document.attachments]
    paths += [link.target[5:] for link in document.links if link.target.startswith("file:")]
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
