"""Writes to the catalogue: documents put and removed, and what follows from them by id.

`put` and `remove` note sources as they are; `refresh` then works out, for one id, which of
its translations is shown where at the given moment. Called by building alone.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from domain.json_text import from_json, to_json
from domain.problems import Problem, Severity
from plugins.portal.catalogue.placing import Member, Placing, Prepared, takes_effect
from plugins.portal.catalogue.translations import inherit
from plugins.portal.files.facts import OFFERED, PICTURE, facts_from_json, warnings_of
from plugins.portal.reading.document import Document

_PARTS = ("name", "reference", "link", "attachment", "picture", "beside", "alias", "decision")
_USES = (("picture", PICTURE), ("attachment", OFFERED))
_LISTS = ("member", "placement", "tally", "transition")
_REGISTER = ("released", "redirect", "withdrawal")
_SOURCES = ("document", "body", *_PARTS, "file", "fact", "seen", "warning")


_PERIODS = (
    ("''", "true"),
    ("year", "year <> ''"),
    ("year || '/' || substr(day, 1, 2)", "year <> ''"),
    ("year || '/' || day", "year <> ''"),
)
"""The periods that `tally` counts, as SQL over `member`, and which members fall into them."""


class CatalogueStore:
    """The catalogue as its writer sees it; every call stays inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection, placing: Placing) -> None:
        self.connection = connection
        self.placing = placing
        self._tallies: Counter[tuple[str, str]] = Counter()
        self._placed_ids: set[str] = set()
        self._is_anew = False

    # Sources

    def begin_anew(self) -> None:
        """The catalogue is empty, for `put_first`; `finish_anew` must follow.

        Until then members are only gathered, each id's first placing and, by `refresh`, its last.
        """
        for table in (*_SOURCES, *_LISTS, *_REGISTER):
            self.connection.execute(f"DELETE FROM {table}")
        self.connection.execute(
            "CREATE TEMP TABLE placed(listing, year, day, moment, id, document, is_last)"
        )
        self.connection.execute("CREATE TEMP TABLE refreshed(id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._is_anew = True

    def put(self, prepared: Prepared) -> None:
        """The document of this source is the given one; its id still needs `refresh`."""
        self.remove(prepared.source)
        self._insert(prepared, is_placed=False)

    def put_first(self, prepared: Prepared) -> None:
        """A document of an emptied catalogue, placed as if it were alone with its id.

        `ids_to_refresh` names those for which that is not the whole truth.
        """
        is_placed = prepared.is_sound and prepared.id not in self._placed_ids
        number = self._insert(prepared, is_placed=is_placed)
        if not is_placed:
            return
        self._placed_ids.add(prepared.id)
        self._note_transitions(prepared.id, prepared.moments)
        if prepared.is_visible:
            self._gather(prepared.id, number, prepared.members, is_last=False)
            self._note_placement(prepared.id, prepared.members)

    def _gather(
        self, id_: str, number: int, members: Sequence[Sequence[str]], *, is_last: bool
    ) -> None:
        self.connection.executemany(
            "INSERT INTO placed VALUES (?,?,?,?,?,?,?)",
            [(*member, id_, number, is_last) for member in members],
        )

    def finish_anew(self) -> None:
        """What was put stands in its lists: all at once and in their order, which is cheaper."""
        execute = self.connection.execute
        execute(
            "INSERT INTO member SELECT listing, year, day, moment, id, document FROM placed"
            " WHERE is_last OR id NOT IN (SELECT id FROM refreshed)"
            " ORDER BY listing, year, day, moment, id"
        )
        for period, condition in _PERIODS:
            execute(
                f"INSERT INTO tally SELECT listing, {period}, count(*) FROM member"
                f" WHERE {condition} GROUP BY 1, 2"
            )
        execute("DROP TABLE placed")
        execute("DROP TABLE refreshed")
        self._is_anew = False

    def ids_to_refresh(self) -> set[str]:
        """Ids with several translations, and those that others amend or repeal."""
        rows = self.connection.execute(
            "SELECT id FROM document GROUP BY id HAVING count(*) > 1 UNION"
            " SELECT t.id FROM reference r JOIN name n ON n.name = r.target"
            " JOIN document t ON t.number = n.document"
            " WHERE r.relation IN ('amends','repeals')"
        )
        return {row[0] for row in rows}

    def _insert(self, prepared: Prepared, *, is_placed: bool) -> int:
        is_shown = is_placed and prepared.is_visible
        cursor = self.connection.execute(
            "INSERT INTO document(source, id, lang, url, folded_url, data, digest,"
            " is_visible, is_primary, validity, entry, record) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                *prepared[:7],
                is_shown,
                is_shown,
                prepared.validity,
                prepared.entry,
                prepared.record,
            ),
        )
        number = cursor.lastrowid or 0
        self.connection.execute("INSERT INTO body VALUES (?,?)", (number, prepared.html))
        self._insert_parts(number, prepared)
        return number

    def _insert_parts(self, number: int, prepared: Prepared) -> None:
        insert = self.connection.executemany
        insert("INSERT INTO name VALUES (?,?)", [(name, number) for name in prepared.names])
        if prepared.references:
            rows = [(number, relation, target) for relation, target in prepared.references]
            insert("INSERT OR IGNORE INTO reference VALUES (?,?,?)", rows)
        if prepared.links:
            insert("INSERT INTO link VALUES (?,?)", [(number, link) for link in prepared.links])
        if prepared.files:
            files = [(prepared.id, name, path, number) for name, path in prepared.files]
            insert("INSERT OR IGNORE INTO attachment VALUES (?,?,?,?)", files)
        if prepared.pictures:
            pictures = [(prepared.id, name, path, number) for name, path in prepared.pictures]
            insert("INSERT OR IGNORE INTO picture VALUES (?,?,?,?)", pictures)
        if prepared.beside:
            insert("INSERT INTO beside VALUES (?,?)", [(path, number) for path in prepared.beside])
        if prepared.aliases:
            aliases = [(alias, number) for alias in prepared.aliases]
            insert("INSERT OR IGNORE INTO alias VALUES (?,?)", aliases)
        if prepared.decisions:
            decisions = [(number, place, *row) for place, row in enumerate(prepared.decisions)]
            insert("INSERT INTO decision VALUES (?,?,?,?,?)", decisions)

    def read_from(self, path: str) -> list[str]:
        """The sources of the documents that were read from this file too."""
        rows = self.connection.execute(
            "SELECT d.source FROM beside b JOIN document d ON d.number = b.document"
            " WHERE b.path=? ORDER BY d.source",
            (path,),
        )
        return [row[0] for row in rows]

    def remove(self, source: str) -> None:
        """Nothing of this source is left but what `refresh` has still to take back."""
        row = self.connection.execute(
            "SELECT number FROM document WHERE source = ?", (source,)
        ).fetchone()
        if row is None:
            return
        for table in ("body", "document"):
            self.connection.execute(f"DELETE FROM {table} WHERE number = ?", row)
        for table in _PARTS:
            self.connection.execute(f"DELETE FROM {table} WHERE document = ?", row)

    def is_known(self, id_: str) -> bool:
        """Whether a document has this id, visible or not."""
        row = self.connection.execute("SELECT 1 FROM document WHERE id = ? LIMIT 1", (id_,))
        return row.fetchone() is not None

    def stored_warnings(self) -> list[Problem]:
        """The warnings of every source, as its last reading gave them."""
        rows = self.connection.execute("SELECT problems FROM warning ORDER BY source")
        warnings = [
            Problem(**{**values, "severity": Severity.WARNING})
            for (text,) in rows
            for values in json.loads(text)
        ]
        for table, role in _USES:
            remarked = self.connection.execute(
                f"SELECT DISTINCT fact.path, facts FROM fact JOIN {table} used USING(path)"
                " WHERE role=? AND json_array_length(facts, '$.remarks') ORDER BY 1",
                (role,),
            )
            for path, facts in remarked:
                warnings += warnings_of(path, facts_from_json(facts))
        return warnings

    # Files that documents show or offer

    def unprepared(self, paths: Iterable[str] | None = None) -> list[tuple[str, str, str]]:
        """(path, hash, role) of those whose content has no facts yet; of all without `paths`."""
        select = (
            "SELECT DISTINCT f.path, f.hash, ? FROM {table} used JOIN file f ON f.path = used.path"
            " LEFT JOIN fact ON fact.path = f.path AND fact.role = ? AND fact.hash = f.hash"
            " WHERE fact.path IS NULL"
        )
        found: list[tuple[str, str, str]] = []
        for table, role in _USES:
            query = select.format(table=table)
            if paths is None:
                found += self.connection.execute(query, (role, role))
            else:
                for path in paths:
                    rows = self.connection.execute(f"{query} AND f.path=?", (role, role, path))
                    found += rows
        return sorted(found)

    def files_used_by(self, ids: Iterable[str]) -> set[str]:
        """The content paths that these ids' documents show or offer."""
        return {
            row[0]
            for id_ in ids
            for table, _ in _USES
            for row in self.connection.execute(f"SELECT path FROM {table} WHERE id=?", (id_,))
        }

    def note_facts(self, path: str, role: str, content_hash: str, facts: str) -> None:
        """The file's content is known by these facts (JSON)."""
        self.connection.execute(
            "INSERT OR REPLACE INTO fact VALUES (?,?,?,?)", (path, role, content_hash, facts)
        )

    # Ids

    def refresh(self, id_: str) -> None:
        """Visibility, the primary translation, validity, entries and members of an id hold at
        the moment of `placing`. `flush_tallies` must follow once all ids are refreshed."""
        placing = self.placing
        variants = self._variants(id_)
        visible = [(n, d) for n, d in variants if placing.is_visible(d)]
        primary = min(visible, key=lambda v: placing.language_rank(v[1].lang), default=None)
        incoming = self._incoming(id_)
        shown = {number for number, _ in visible}
        languages = sorted({document.lang for _, document in visible})
        shown_validity = ""
        for number, written in variants:
            is_primary = primary is not None and number == primary[0]
            document = written if is_primary or primary is None else inherit(written, primary[1])
            validity = placing.validity(document, incoming)
            record = placing.record(document, validity, languages) if is_primary else ""
            entry = placing.entry(document, validity)
            self.connection.execute(
                "UPDATE document SET is_visible=?, is_primary=?, validity=?, entry=?, record=?"
                " WHERE number=?",
                (number in shown, is_primary, validity, entry, record, number),
            )
            if is_primary:
                shown_validity = validity
        self._place(id_, primary, shown_validity, languages)
        moments = {m for _, document in variants for m in placing.moments(document)}
        self.connection.execute("DELETE FROM transition WHERE id = ?", (id_,))
        self._note_transitions(id_, sorted(moments))

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

    def _incoming(self, id_: str) -> list[str]:
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
            if self.placing.is_visible(citing) and takes_effect(citing) <= self.placing.now:
                states.append("repealed" if relation == "repeals" else "amended")
        return states

    # Lists

    def _place(
        self,
        id_: str,
        primary: tuple[int, Document] | None,
        validity: str,
        languages: Iterable[str],
    ) -> None:
        number = primary[0] if primary else 0
        found = self.placing.members(primary[1], validity, languages) if primary else ()
        members = sorted(set(found))
        if self._is_anew:
            self.connection.execute("INSERT INTO refreshed VALUES (?)", (id_,))
            self._gather(id_, number, members, is_last=True)
        else:
            self._move(id_, number, members)
        if primary:
            self._note_placement(id_, members)
        else:
            self.connection.execute("DELETE FROM placement WHERE id = ?", (id_,))

    def _move(self, id_: str, number: int, members: Sequence[Member]) -> None:
        """The id stands in these lists, by its document of this number, and in no others."""
        before, after = self._placed(id_), set(members)
        gone = sorted(before - after)
        self.connection.executemany(
            "DELETE FROM member WHERE listing=? AND year=? AND day=? AND moment=? AND id=?",
            [(*member, id_) for member in gone],
        )
        self._count(gone, -1)
        self._count(after - before, +1)
        self.connection.executemany(
            "INSERT OR REPLACE INTO member VALUES (?,?,?,?,?,?)",
            [(*member, id_, number) for member in members],
        )

    def _placed(self, id_: str) -> set[Member]:
        row = self.connection.execute(
            "SELECT members FROM placement WHERE id = ?", (id_,)
        ).fetchone()
        return {tuple(member) for member in from_json(row[0])} if row else set()

    def _note_placement(self, id_: str, members: Sequence[Sequence[str]]) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO placement VALUES (?,?)", (id_, to_json(members))
        )

    def _count(self, members: Iterable[Sequence[str]], step: int) -> None:
        for listing, year, day, _ in members:
            periods = ("", year, f"{year}/{day[:2]}", f"{year}/{day}") if year else ("",)
            for period in periods:
                self._tallies[listing, period] += step

    def _note_transitions(self, id_: str, moments: Iterable[str]) -> None:
        self.connection.executemany(
            "INSERT OR IGNORE INTO transition VALUES (?,?)", [(m, id_) for m in moments]
        )
