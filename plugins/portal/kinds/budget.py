"""Budgets and final accounts: figures in a CSV, every sum proven, published in time.

The figures are read with the document and lie in its fields, so that a correction of only the
CSV makes every page anew that shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.clock import local_text
from domain.fields import FieldSpec, Report, optional
from domain.problems import Problem, Severity, quoted
from plugins.portal.kinds.budget_csv import BudgetTable, read_table
from plugins.portal.kinds.budget_sums import Proof, prove_sums
from plugins.portal.reading.kind import Kind
from plugins.portal.reading.metadata import content_path, day_text
from plugins.portal.reading.source_text import check_source_path, decode_source

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.beside import Beside
    from plugins.portal.reading.document import Document

STAGES = ("budget", "adjustment", "final")
UNITS = {"yuan": 0, "ten-thousand-yuan": 4, "hundred-million-yuan": 8}
"""The unit of the figures -> its power of ten in yuan."""

GOVERNMENT = "government"
"""Whose budget it is that names neither a department nor a county."""

PUBLISH_RULE = "budget-publish"
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class BudgetKind(Kind):
    """A budget, its adjustment, or final accounts, of one year and one owner."""

    name = "budget"
    main_column = "budgets"
    template = "budget.html"
    label = "Budgets and final accounts"
    is_apart = True
    schema_type = "Dataset"
    card = ("year", "stage", "unit", "figures", "approved")

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:  # noqa: ARG002
        return {
            "year": optional(
                types.whole_number(_FIRST_YEAR, _LAST_YEAR),
                why="Years are compared side by side; without it the figures belong to none.",
            ),
            "stage": optional(
                types.choice(STAGES),
                "",
                why="Readers must know whether this was planned or spent.",
            ),
            "unit": optional(
                types.choice(tuple(UNITS)),
                "",
                why="A figure without its unit can mean ten thousand times as much.",
            ),
            "figures": optional(types.text(max_length=500), ""),
            "approved": optional(
                types.day, why="The time to publish is counted from the day of approval."
            ),
        }

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:  # noqa: ARG002
        return {
            "year": str(values["year"] or ""),
            "stage": values["stage"],
            "unit": values["unit"],
            "approved": day_text(values["approved"]),
        }

    def read_beside(
        self, values: Mapping[str, Any], beside: Beside, vocabulary: Vocabulary
    ) -> tuple[dict[str, Any], list[Problem]]:
        written = values["figures"]
        if not written:
            return {}, []
        path = content_path(beside.source, written)
        if path is None or not path.lower().endswith(".csv"):
            return {}, _not_a_csv(beside, written)
        data = beside.read(path)
        if data is None:
            return {}, _no_such_file(beside, written)
        site = vocabulary.site
        report = check_source_path(path, len(data), site.limits.max_depth, site.limits.max_bytes)
        text = None if report.problems else decode_source(data, report)
        if text is None:
            return {}, report.problems
        table = read_table(text, site.languages, site.default_language, report)
        if table is None:
            return {}, report.problems
        figures = pack_figures(table, prove_sums(table, report))
        return {"figures": figures}, report.problems

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:
        approved, rule = document.fields["approved"], vocabulary.rules.get(PUBLISH_RULE)
        report = Report(document.source)
        if not approved or not document.date:
            return []
        published = local_text(document.date, vocabulary.site.timezone)[:10]
        days = (date.fromisoformat(published) - date.fromisoformat(approved)).days
        line = document.lines.get("approved", 0)
        if days < 0:
            report.add(
                line,
                "meta-date-order",
                f"it was approved on {approved}, after it was published on {published}",
                "What is not approved yet is a draft, and must not be public.",
                "Check approved and date.",
            )
        elif rule is not None and days > int(rule.value):
            report.add(
                line,
                "budget-late",
                f"published {days} days after its approval on {approved}",
                f"{rule.source}: within {rule.value} days.",
                "Check approved and date; if both are right, leave them: the page says the truth.",
                Severity.WARNING,
            )
        return report.problems

    def listings(self, document: Document, main_column: str) -> list[tuple[str, str, str]]:
        year, stage = document.fields.get("year"), document.fields.get("stage")
        if not year or not stage:
            return []
        owner = owner_of(document)
        listing = f"budget/{main_column}"
        return [(listing, year, f"{owner}/{stage}"), (f"{listing}/{owner}", year, stage)]

    def open_record(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Year, stage, unit, day of approval and the totals of revenue and spending."""
        figures = fields.get("figures") or {}
        totals = {line[0]: line[2][0] for line in figures.get("lines", ()) if len(line[0]) == 1}
        return {
            "year": fields.get("year", ""),
            "stage": fields.get("stage", ""),
            "unit": fields.get("unit", ""),
            "approved": fields.get("approved", ""),
            "revenue": totals.get("1", ""),
            "spending": totals.get("2", ""),
        }


def owner_of(document: Document) -> str:
    """Whose budget it is: "department/finance", "county/maerkang" or "government".

    The first department that is named, else the first county.
    """
    if document.departments:
        return f"department/{document.departments[0]}"
    return f"county/{document.counties[0]}" if document.counties else GOVERNMENT


def place_name(document: Document) -> str:
    """The name of a budget's place in the tables, "" where it has none of its own.

    There may be several adjustments in a year.
    """
    year, stage = document.fields.get("year"), document.fields.get("stage")
    if not year or stage not in ("budget", "final"):
        return ""
    return f"budget:{owner_of(document)}/{year}/{stage}"


def pack_figures(table: BudgetTable, proof: Proof) -> dict[str, Any]:
    """The figures as documents keep them: JSON, with amounts as exact texts.

    A line is [code, names, amounts].
    """
    return {
        "columns": list(table.columns),
        "places": table.places,
        "lines": [
            [line.code, dict(line.names), [f"{a:.{table.places}f}" for a in line.amounts]]
            for line in table.lines
        ],
        "sums": proof.sums,
        "rounded": [[r.code, r.column, f"{r.difference:.{table.places}f}"] for r in proof.rounded],
    }


def _not_a_csv(beside: Beside, written: str) -> list[Problem]:
    report = Report(beside.source)
    report.add(
        beside.lines.get("figures", 0),
        "budget-figures",
        f"figures {quoted(written)} is no CSV file of this content",
        "The table of the page is computed from it.",
        "Save the sheet as CSV (UTF-8) beside the document, and write its name alone.",
    )
    return report.problems


def _no_such_file(beside: Beside, written: str) -> list[Problem]:
    report = Report(beside.source)
    report.add(
        beside.lines.get("figures", 0),
        "budget-figures",
        f"figures {quoted(written)} is not there",
        "The page would have a title and no figures.",
        "Put the file beside the document, or correct its name.",
    )
    return report.problems
