"""The questions about budgets: their figures, and which there are of whom and when."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from plugins.portal.reading.document import Document


class FiguresAnswer(NamedTuple):
    """A budget's figures, as plugins.portal.kinds.budget packs them; None where it names none."""

    id: str
    year: str
    stage: str
    unit: str
    figures: Mapping[str, Any] | None


class BudgetQuestions:
    """Answers from one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def _rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, arguments).fetchall()

    def figures(self, id_: str) -> FiguresAnswer | None:
        """`figures:<id>`: what a budget's page, and those that compare it, show of its figures."""
        rows = self._rows("SELECT data FROM document WHERE id=? AND is_primary AND is_visible", id_)
        if not rows:
            return None
        document: Document = pickle.loads(rows[0][0])
        fields = document.fields
        return FiguresAnswer(
            id_,
            str(fields.get("year", "")),
            str(fields.get("stage", "")),
            str(fields.get("unit", "")),
            fields.get("figures"),
        )

    def budgets(self, arguments: str) -> tuple[tuple[str, str], ...]:
        """`budgets:<listing>:<year>`: (place in the year, id) of a year's budgets.

        Of `budget/<main column>` the place is `<owner>/<stage>`, of `budget/<main column>/<owner>`
        `<stage>`; of several at one place the newest comes first.
        """
        listing, _, year = arguments.partition(":")
        rows = self._rows(
            "SELECT day, id FROM member WHERE listing=? AND year=?"
            " ORDER BY day, moment DESC, id DESC",
            listing,
            year,
        )
        return tuple(rows)

    def budget_owners(self, column: str) -> tuple[str, ...]:
        """`budget-owners:<main column>`: whose budgets there are, by id."""
        listing = f"budget/{column}/"
        rows = self._rows(
            "SELECT listing FROM tally WHERE listing > ? AND listing < ? AND period='' ORDER BY 1",
            listing,
            listing[:-1] + "0",
        )
        return tuple(row[0].removeprefix(listing) for row in rows)
