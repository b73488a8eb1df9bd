"""Search rows: what the build hands to the search, one row for each document and language.

The build writes build/search/rows.sqlite through RowStore; the search reads what has changed
since the sequence number that it saw last. Nothing of the build is imported on the search side.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from domain.json_text import from_json, to_json
from domain.records import record

ROW_FORMAT = 4
STORE_FORMAT = "1"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    body TEXT
);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@record
class SearchRow:
    """All that the search knows of one page; `key` is "<id>.<lang>", `date` the site's own time.

    `attachments`: {"title", "url", "type", "hash"}, the hash that of the file's content; the
    search adds "text". `facts`: {"key", "texts": {language: text}} of what the comparison shows; most rows have none,
    and no such key.
    """

    key: str
    id: str
    lang: str
    url: str
    title: str
    kind: str = ""
    column: str = ""
    columns: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    year: str = ""
    date: str = ""
    number: str = ""
    index: str = ""
    subject: str = ""
    issuers: tuple[str, ...] = ()
    validity: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    body: str = ""
    attachments: tuple[dict[str, str], ...] = ()
    facts: tuple[dict[str, Any], ...] = ()
    format: int = field(default=ROW_FORMAT)

    def to_json(self) -> str:
        """Canonical JSON: equal rows are equal text."""
        values = {name: getattr(self, name) for name in _NAMES}
        if not self.facts:
            del values["facts"]
        return to_json(values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The row written by to_json; ValueError when it has another format."""
        values: dict[str, Any] = from_json(text)
        if values.get("format") != ROW_FORMAT:
            raise ValueError(f"search row of format {values.get('format')!r}, not {ROW_FORMAT}")
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})


_NAMES = tuple(sorted(SearchRow.__annotations__))


class RowStore:
    """The rows on disk; every change gets a new, higher sequence number, deletions too.

    Writes belong to one transaction that `commit` ends (or leaving the `with` block in order).
    Without `syncs`, whoever asked for it sees to it that the file reaches the disk.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False, syncs: bool = True) -> None:
        if is_read_only:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path)
            # One sync a commit: what the build's ledger says was handed over is on disk.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if syncs else 'OFF'}")
            self._prepare()
        self._check_format()

    def _prepare(self) -> None:
        self._connection.executescript(_SCHEMA)
        with self._connection:
            self._connection.executemany(
                "INSERT OR IGNORE INTO meta VALUES (?, ?)",
                [("format", STORE_FORMAT), ("store", secrets.token_hex(8))],
            )

    def _check_format(self) -> None:
        found = self._meta("format")
        if found != STORE_FORMAT:
            self._connection.close()
            raise ValueError(f"search rows of format {found!r}, not {STORE_FORMAT}")

    def _meta(self, name: str) -> str:
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,))
        return str((found.fetchone() or [""])[0])

    @property
    def store_id(self) -> str:
        """Random name of this file: with another one, sequence numbers start over."""
        return self._meta("store")

    def put(self, key: str, body: str) -> bool:
        """The row stands with this body; True when that changed anything."""
        if self.find(key) == body:
            return False
        self._replace(key, body)
        return True

    def delete(self, key: str) -> bool:
        """The row is gone, a tombstone tells so; True when it was there."""
        if self.find(key) is None:
            return False
        self._replace(key, None)
        return True

    def _replace(self, key: str, body: str | None) -> None:
        self._connection.execute("DELETE FROM row WHERE key = ?", (key,))
        self._connection.execute("INSERT INTO row (key, body) VALUES (?, ?)", (key, body))

    def find(self, key: str) -> str | None:
        """The body of the row, None when it was deleted or never there."""
        found = self._connection.execute("SELECT body FROM row WHERE key = ?", (key,)).fetchone()
        return None if found is None else found[0]

    def keys(self) -> Iterator[str]:
        """The keys of all rows that are there, in order."""
        rows = self._connection.execute("SELECT key FROM row WHERE body IS NOT NULL ORDER BY key")
        return (key for (key,) in rows)

    def since(self, seq: int) -> Iterator[tuple[int, str, str | None]]:
        """(seq, key, body or None) of all that changed after `seq`, in order; 0 gives all."""
        return iter(
            self._connection.execute(
                "SELECT seq, key, body FROM row WHERE seq > ? ORDER BY seq", (seq,)
            )
        )

    def numbers(self) -> list[int]:
        """The sequence numbers of all rows that are there or were deleted, ascending."""
        return [seq for (seq,) in self._connection.execute("SELECT seq FROM row ORDER BY seq")]

    def last_seq(self) -> int:
        """The highest sequence number given so far, 0 for an empty store."""
        found = self._connection.execute("SELECT max(seq) FROM row").fetchone()
        return int(found[0] or 0)

    def commit(self) -> None:
        """All changes so far are on disk."""
        self._connection.commit()

    def close(self) -> None:
        """Changes not committed are dropped."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        self.close()
