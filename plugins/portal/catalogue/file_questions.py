"""The questions about files beside documents: what is handed out, and what was prepared of it."""

from __future__ import annotations

import sqlite3
from typing import Any

from plugins.portal.files.facts import OFFERED, PICTURE, Facts, facts_from_json


class FileQuestions:
    """Answers from one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def _rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, arguments).fetchall()

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

    def shown(self, arguments: str) -> str | None:
        """`shown:<id>/<name>`: the content path of a picture that a document shows."""
        id_, _, name = arguments.partition("/")
        rows = self._rows(
            "SELECT p.path FROM picture p JOIN document d ON d.number = p.document"
            " WHERE p.id=? AND p.name=? AND d.is_visible ORDER BY p.path LIMIT 1",
            id_,
            name,
        )
        return rows[0][0] if rows else None

    def picture(self, path: str) -> tuple[tuple[str, int, int], ...]:
        """`picture:<content path>`: (name, width, height) of each of its sizes, () for none."""
        facts = self._facts(path, PICTURE)[1]
        sizes = facts.derivatives.items() if facts else ()
        return tuple((name, made.width, made.height) for name, made in sizes)

    def offered(self, path: str) -> tuple[str, int, int] | None:
        """`offered:<content path>`: (type, pages, bytes) of a file as it is handed out."""
        _, facts = self._facts(path, OFFERED)
        found = self.file(path)
        if facts is None or found is None:
            return None
        sizes = [made.size for made in facts.derivatives.values()]
        return facts.type, facts.pages, sizes[0] if sizes else found[0]

    def derivative(self, arguments: str) -> tuple[str, str, str] | None:
        """`derivative:<role>/<name>/<content path>`: (hash of the original, file in the cache,
        hash of that); of an offered file the one it has, by the name "". None where it has none."""
        role, name, path = arguments.split("/", 2)
        content_hash, facts = self._facts(path, role)
        made = list(facts.derivatives.values()) if facts else []
        if facts and name:
            made = [facts.derivatives[name]] if name in facts.derivatives else []
        return (content_hash, made[0].file, made[0].hash) if made else None

    def _facts(self, path: str, role: str) -> tuple[str, Facts | None]:
        rows = self._rows(
            "SELECT fact.hash, facts FROM fact JOIN file ON file.path = fact.path"
            " AND file.hash = fact.hash WHERE fact.path=? AND role=?",
            path,
            role,
        )
        return (rows[0][0], facts_from_json(rows[0][1])) if rows else ("", None)
