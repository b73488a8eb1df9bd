"""The ledger: which outputs exist, what each was made from, and which are to be made again.

`output` has one row a page; `question` the digest of every answer that some page read;
`reader` who read what, but for constants, which nearly every page reads: who read one of these
is found by a walk through `output`, once in a change of the vocabulary. An output marked stale
survives a kill, so the next build goes on where the last one ended. LEDGER_VERSION changes with
any table.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugins.portal.catalogue.footprint import Page
from plugins.portal.catalogue.questions import is_constant, question_number

LEDGER_VERSION = 3

TABLES = """
CREATE TABLE noted(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE output(
    number INTEGER PRIMARY KEY,
    page TEXT NOT NULL UNIQUE,
    family TEXT NOT NULL,
    path TEXT NOT NULL,
    is_stale INTEGER NOT NULL DEFAULT 1,
    is_dead INTEGER NOT NULL DEFAULT 0,
    fingerprint BLOB,
    hash BLOB,
    revision INTEGER NOT NULL DEFAULT 0,
    questions BLOB NOT NULL DEFAULT x''
);
CREATE INDEX output_stale ON output(number) WHERE is_stale;
CREATE INDEX output_dead ON output(number) WHERE is_dead;
CREATE INDEX output_path ON output(path);
CREATE TABLE question(number INTEGER PRIMARY KEY, question TEXT NOT NULL, digest BLOB NOT NULL);
CREATE INDEX question_constant ON question(question) WHERE number & 1;
CREATE TABLE reader(question INTEGER, output INTEGER, PRIMARY KEY(question, output))
    WITHOUT ROWID;
"""

_SEPARATOR = "\x1f"


Asked = tuple[int, str, bytes]
"""(number, question, digest of its answer)"""


class Stale(NamedTuple):
    """An output to make: its row, its page, and what the last making left."""

    number: int
    page: Page
    path: str
    fingerprint: bytes
    hash: bytes
    is_new: bool = False


class Made(NamedTuple):
    """What making an output gave; `questions` are the numbers of what its view read."""

    number: int
    fingerprint: bytes
    hash: bytes
    is_written: bool
    questions: bytes
    is_new: bool = False


def find_stale(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Stale]:
    """The stale outputs from the first of these numbers to the last, in order."""
    rows = connection.execute(
        "SELECT number, page, path, fingerprint, hash, questions = x'' FROM output"
        " WHERE is_stale AND number BETWEEN ? AND ? ORDER BY number",
        (numbers[0], numbers[-1]),
    )
    return [
        Stale(number, parse_page(page), path, fingerprint or b"", hash_ or b"", bool(is_new))
        for number, page, path, fingerprint, hash_, is_new in rows
    ]


def page_text(page: Page) -> str:
    """A page as the ledger writes it."""
    return _SEPARATOR.join(page)


def parse_page(text: str) -> Page:
    """The page that `page_text` wrote."""
    return tuple(text.split(_SEPARATOR))


def _page_range(family: str) -> tuple[str, str]:
    """The bounds between which all pages of a family sort: "home", "home\x1f..."."""
    return family, family + chr(ord(_SEPARATOR) + 1)


def pack_questions(numbers: Iterable[int]) -> bytes:
    """Question numbers, each once, as the ledger keeps them with an output."""
    return array("q", sorted(numbers)).tobytes()


def _followed(questions: bytes) -> set[int]:
    """Those of an output's questions whose readers are kept."""
    return {number for number in array("q", questions) if not is_constant(number)}


class Ledger:
    """The ledger, in the catalogue's file, so that one commit holds both."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.is_new = self._version() != LEDGER_VERSION
        if self.is_new:
            self._create()

    def _version(self) -> int:
        row = self.connection.execute("SELECT 1 FROM sqlite_master WHERE name='noted'").fetchone()
        return int(self.get("version") or 0) if row else 0

    def _create(self) -> None:
        for table in ("noted", "output", "question", "reader"):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.executescript(TABLES)
        self.note("version", str(LEDGER_VERSION))

    # What the last build noted

    def get(self, name: str) -> str:
        """A noted value, "" where there is none."""
        row = self.connection.execute("SELECT value FROM noted WHERE name=?", (name,)).fetchone()
        return row[0] if row else ""

    def note(self, name: str, value: str) -> None:
        """The value is noted for the next build."""
        self.connection.execute("INSERT OR REPLACE INTO noted VALUES (?,?)", (name, value))

    # Which outputs exist

    def add_pages(self, pages: Iterable[tuple[Page, str]]) -> None:
        """Each (page, output path) is in the ledger, to be made if it was not there."""
        self.connection.executemany(
            "INSERT INTO output(page, family, path) VALUES (?,?,?)"
            " ON CONFLICT(page) DO UPDATE SET is_stale = max(is_stale, is_dead), is_dead = 0",
            ((page_text(page), page[0], path) for page, path in pages),
        )

    def mark_dead(self, pages: Iterable[Page]) -> None:
        """These outputs are to be removed."""
        self.connection.executemany(
            "UPDATE output SET is_dead=1, is_stale=0 WHERE page=?",
            ((page_text(page),) for page in pages),
        )

    def mark_all_dead(self) -> None:
        """No output is wanted until `add_pages` names it; those named are made again."""
        self.connection.execute("UPDATE output SET is_dead=1, is_stale=1")

    def settle_dead(self) -> None:
        """An output still unwanted is not made either."""
        self.connection.execute("UPDATE output SET is_stale=0 WHERE is_dead")

    def pages_of_families(self, families: Iterable[str]) -> set[Page]:
        """All living pages of these families."""
        return {
            parse_page(row[0])
            for family in families
            for row in self.connection.execute(
                "SELECT page FROM output WHERE page >= ? AND page < ? AND NOT is_dead",
                _page_range(family),
            )
        }

    def dead(self) -> list[tuple[int, Page, str]]:
        """(number, page, path) of each output to remove."""
        rows = self.connection.execute(
            "SELECT number, page, path FROM output WHERE is_dead ORDER BY +path"
        )
        return [(number, parse_page(page), path) for number, page, path in rows]

    def is_living_path(self, path: str) -> bool:
        """Whether some wanted output has this path."""
        row = self.connection.execute(
            "SELECT 1 FROM output WHERE path=? AND NOT is_dead", (path,)
        ).fetchone()
        return row is not None

    def is_taken_path(self, path: str, family: str) -> bool:
        """Whether some wanted output of another family has this path."""
        row = self.connection.execute(
            "SELECT 1 FROM output WHERE path=? AND family<>? AND NOT is_dead",
            (path, family),
        ).fetchone()
        return row is not None

    def documents_at_taken_paths(self) -> set[int]:
        """The catalogue's documents whose path some other family wants too."""
        rows = self.connection.execute(
            "SELECT d.number FROM output o JOIN output other ON other.path = o.path"
            " AND other.family <> 'document' AND NOT other.is_dead"
            " JOIN document d ON o.path = 'site' || d.url || 'index.html'"
            " WHERE o.family = 'document' AND NOT o.is_dead"
        )
        return {row[0] for row in rows}

    def forget(self, number: int) -> None:
        """The output's row and what it read are gone."""
        self._drop_readers(number)
        self.connection.execute("DELETE FROM output WHERE number=?", (number,))

    # What is stale

    def doubt_unfinished(self) -> None:
        """Whatever the last build did not come to note is made again, or removed again.

        It may have been killed between writing an output and noting it. Nobody knows then what
        the output is like; that the sources are again as they were before must not save it.
        """
        for mark in ("is_stale", "is_dead"):
            self.connection.execute(f"UPDATE output SET fingerprint=NULL, hash=NULL WHERE {mark}")

    def known_questions(self, questions: Iterable[str]) -> list[tuple[int, str, bytes]]:
        """(number, question, digest) of those that some output read."""
        select = "SELECT number, question, digest FROM question WHERE number=?"
        found = []
        for question in questions:
            row = self.connection.execute(select, (question_number(question),)).fetchone()
            if row:
                found.append(row)
        return found

    def questions_of_constants(self) -> list[str]:
        """Every noted question of the constant families."""
        rows = self.connection.execute("SELECT question FROM question WHERE number & 1")
        return [question for (question,) in rows]

    def change_answer(self, number: int, digest: bytes) -> None:
        """The answer is noted, and all that read the old one is stale."""
        self.connection.execute("UPDATE question SET digest=? WHERE number=?", (digest, number))
        if is_constant(number):
            self.connection.execute(
                "UPDATE output SET is_stale=1 WHERE NOT is_dead AND instr(questions, ?)",
                (pack_questions([number]),),
            )
            return
        self.connection.execute(
            "UPDATE output SET is_stale=1 WHERE NOT is_dead AND number IN"
            " (SELECT output FROM reader WHERE question=?)",
            (number,),
        )

    def mark_families_stale(self, families: Iterable[str]) -> None:
        """All outputs of these families are to be made again."""
        self.connection.executemany(
            "UPDATE output SET is_stale=1 WHERE page >= ? AND page < ? AND NOT is_dead",
            (_page_range(family) for family in families),
        )

    def stale(self) -> array[int]:
        """The numbers of the outputs to make, in order."""
        rows = self.connection.execute("SELECT number FROM output WHERE is_stale ORDER BY number")
        return array("q", (number for (number,) in rows))

    def stale_families(self) -> set[str]:
        """The families that have outputs to make."""
        rows = self.connection.execute("SELECT DISTINCT family FROM output WHERE is_stale")
        return {family for (family,) in rows}

    def note_made(self, made: Sequence[Made], answers: Iterable[Asked], revision: int) -> None:
        """These outputs are as the ledger says; `answers` are what they read."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO question VALUES (?,?,?)",
            # In the order of the table, which they would else be put into page by page.
            sorted(answers),
        )
        known = [output for output in made if not output.is_new]
        new = [output for output in made if output.is_new]
        for output in known:
            self._note_output(output, revision)
        self.connection.executemany(
            "UPDATE output SET is_stale=0, fingerprint=?, hash=?, questions=?, revision=?"
            " WHERE number=?",
            [(o.fingerprint, o.hash, o.questions, revision, o.number) for o in new],
        )
        self.connection.executemany(
            "INSERT OR IGNORE INTO reader VALUES (?,?)",
            sorted((question, o.number) for o in new for question in _followed(o.questions)),
        )

    def _note_output(self, made: Made, revision: int) -> None:
        execute = self.connection.execute
        (before,) = execute(
            "SELECT questions FROM output WHERE number=?", (made.number,)
        ).fetchone()
        execute(
            "UPDATE output SET is_stale=0, fingerprint=?, hash=?, questions=?,"
            " revision = CASE WHEN ? THEN ? ELSE revision END WHERE number=?",
            (
                made.fingerprint,
                made.hash,
                made.questions,
                made.is_written,
                revision,
                made.number,
            ),
        )
        if before == made.questions:
            return
        old, new = _followed(before), _followed(made.questions)
        self.connection.executemany(
            "DELETE FROM reader WHERE question=? AND output=?",
            [(question, made.number) for question in old - new],
        )
        self.connection.executemany(
            "INSERT OR IGNORE INTO reader VALUES (?,?)",
            [(question, made.number) for question in sorted(new - old)],
        )

    def _drop_readers(self, number: int) -> None:
        row = self.connection.execute(
            "SELECT questions FROM output WHERE number=?", (number,)
        ).fetchone()
        self.connection.executemany(
            "DELETE FROM reader WHERE question=? AND output=?",
            [(question, number) for question in _followed(row[0])],
        )
