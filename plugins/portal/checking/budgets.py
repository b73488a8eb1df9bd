"""Budgets: one for each owner, year and stage, and figures that are part of the content."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from domain.problems import Problem, quoted
from plugins.portal.checking import documents_by_number
from plugins.portal.kinds.budget import place_name
from plugins.portal.reading.document import Document


def check_budgets(connection: sqlite3.Connection, numbers: Collection[int]) -> list[Problem]:
    """Budgets of one place in the tables, and figures that nobody else would get."""
    problems: list[Problem] = []
    for _, document in documents_by_number(connection, numbers):
        if document.kind == "budget":
            problems += _same_place(connection, document)
            problems += _figures_left_out(connection, document)
    return problems


def _same_place(connection: sqlite3.Connection, document: Document) -> list[Problem]:
    """Every budget of this place but the first, by source: whichever of them was changed."""
    name = place_name(document)
    rows = connection.execute("SELECT document FROM name WHERE name=?", (name,)).fetchall()
    found = documents_by_number(connection, [row[0] for row in rows])
    published = [other for _, other in found if other.status == "published"]
    return [
        Problem(
            other.source,
            other.lines.get("year", 0),
            "budget-twice",
            f"{published[0].source} is already the {other.fields['stage']} of "
            f"{other.fields['year']} of the same owner",
            "In the tables of years only one of them could stand, and the other would be lost.",
            "Correct year, stage or departments; if it is another body's, which is not in "
            "departments.yaml, write kind: document.",
        )
        for other in published[1:]
        if other.id != published[0].id
    ]


def _figures_left_out(connection: sqlite3.Connection, document: Document) -> list[Problem]:
    """Figures that lie on this disk, but that git is told to pass over."""
    return [
        Problem(
            document.source,
            document.lines.get("figures", 0),
            "budget-figures",
            f"figures {quoted(path)} is left out of the content by .gitignore",
            "On any other machine the page would have no figures.",
            "Take it out of .gitignore, or give the file another name.",
        )
        for path in document.beside
        if document.fields.get("figures")
        and not connection.execute("SELECT 1 FROM file WHERE path=?", (path,)).fetchone()
    ]
