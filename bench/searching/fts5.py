"""SQLite FTS5 on the same terms: its bm25, facets by a join with a table of values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw

from bench.searching.engines import PAGE
from bench.searching.questions import Question
from bench.searching.trees import spell_out, written_terms
from domain.search_rows import SearchRow
from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument, analyse_row
from search.query import Node, Phrase, Term, parse_query
from search.ranking import FIELD_WEIGHTS

_SCHEMA = f"""
CREATE VIRTUAL TABLE words USING fts5({", ".join(TEXT_FIELDS)}, content='',
    contentless_delete=1, tokenize="ascii tokenchars '='");
CREATE TABLE document (id INTEGER PRIMARY KEY, key TEXT UNIQUE, stored TEXT);
CREATE TABLE value (id INTEGER PRIMARY KEY, name TEXT, value TEXT, UNIQUE (name, value));
CREATE TABLE facet (document INTEGER, value INTEGER, PRIMARY KEY (document, value)) WITHOUT ROWID;
"""
_WEIGHTS = ", ".join(str(FIELD_WEIGHTS[name][0]) for name in TEXT_FIELDS)


class Fts5:
    """One file, one transaction."""

    title = "SQLite FTS5"
    step = 0
    is_kept = False

    def __init__(self) -> None:
        self._connection: Any = None

    def index(self, rows: Iterable[SearchRow], folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        connection = apsw.Connection(str(folder / "words.sqlite"))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_SCHEMA)
        with connection:
            for row in rows:
                _add(connection, analyse_row(row))
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        connection.close()

    def open(self, folder: Path) -> None:
        self._connection = apsw.Connection(str(folder / "words.sqlite"))
        self._connection.execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -100000")
        self._connection.execute("CREATE TEMP TABLE hit (document INTEGER PRIMARY KEY, score REAL)")
        self.ask(Question("word", "first question"))

    def ask(self, question: Question) -> int:
        execute = self._connection.execute
        root = parse_query(question.text).root
        execute("DELETE FROM hit")
        if root is not None:
            execute(
                f"INSERT INTO hit SELECT rowid, bm25(words, {_WEIGHTS}) FROM words"
                f" WHERE words MATCH ?{_having(question)}",
                (_written(spell_out(root)), *_pairs(question)),
            )
        total = execute("SELECT count(*) FROM hit").fetchone()[0]
        list(
            execute(
                "SELECT name, value.value, count(*) FROM hit JOIN facet USING (document)"
                " JOIN value ON value.id = facet.value GROUP BY value.id"
            )
        )
        list(
            execute(
                "SELECT stored, score FROM hit JOIN document ON document.id = hit.document"
                " ORDER BY score LIMIT ? OFFSET ?",
                (PAGE, (question.page - 1) * PAGE),
            )
        )
        return int(total)

    def replace(self, row: SearchRow, folder: Path) -> None:
        connection = apsw.Connection(str(folder / "words.sqlite"))
        with connection:
            found = connection.execute("SELECT id FROM document WHERE key = ?", (row.key,))
            for (id_,) in list(found):
                connection.execute("DELETE FROM words WHERE rowid = ?", (id_,))
                connection.execute("DELETE FROM facet WHERE document = ?", (id_,))
                connection.execute("DELETE FROM document WHERE id = ?", (id_,))
            _add(connection, analyse_row(row))
        connection.close()


def _add(connection: Any, document: AnalysedDocument) -> None:
    connection.execute(
        "INSERT INTO document (key, stored) VALUES (?, ?)", (document.key, document.stored)
    )
    id_ = connection.last_insert_rowid()
    texts = [" ".join(term for _, term in written_terms(document, name)) for name in TEXT_FIELDS]
    marks = ", ".join("?" * (len(texts) + 1))
    connection.execute(
        f"INSERT INTO words (rowid, {', '.join(TEXT_FIELDS)}) VALUES ({marks})", (id_, *texts)
    )
    for name in FILTERS:
        for value in document.filters[name]:
            connection.execute(
                "INSERT OR IGNORE INTO value (name, value) VALUES (?, ?)", (name, value)
            )
            connection.execute(
                "INSERT INTO facet SELECT ?, id FROM value WHERE name = ? AND value = ?",
                (id_, name, value),
            )


def _having(question: Question) -> str:
    one = (
        " AND rowid IN (SELECT document FROM facet WHERE value ="
        " (SELECT id FROM value WHERE name = ? AND value = ?))"
    )
    return one * len(question.filters)


def _pairs(question: Question) -> list[str]:
    return [part for pair in question.filters.items() for part in pair]


def _written(node: Node) -> str:
    match node:
        case Term(text):
            return f'"{text}"'
        case Phrase(terms):
            return '"' + " ".join(term for _, term in terms) + '"'
        case _:
            joint = " AND " if node.needed > 1 else " OR "
            return "(" + joint.join(map(_written, node.children)) + ")"
