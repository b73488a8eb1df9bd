"""Checking: problems between documents; each check looks at what a change may have broken."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable

from plugins.portal.reading.document import Document


def documents_by_number(
    connection: sqlite3.Connection, numbers: Iterable[int]
) -> list[tuple[int, Document]]:
    """The documents of these rows, without their HTML, in the order of their sources."""
    found = []
    for number in sorted(set(numbers)):
        row = connection.execute("SELECT data FROM document WHERE number=?", (number,)).fetchone()
        if row:
            found.append((number, pickle.loads(row[0])))
    return sorted(found, key=lambda pair: pair[1].source)


def numbers_of_ids(connection: sqlite3.Connection, ids: Iterable[str]) -> set[int]:
    """The rows of all translations of these ids."""
    return {
        row[0]
        for id_ in ids
        for row in connection.execute("SELECT number FROM document WHERE id=?", (id_,))
    }
