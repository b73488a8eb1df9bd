"""What became of what people wrote: an answered letter, a survey's results, opinions and their use.

Most of it comes from the relay (`relay export`), as files that an editor reviews and commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.fields import FieldSpec, Report, optional
from domain.problems import Problem, quoted
from domain.tallies import Tally
from plugins.portal.reading.kind import Kind
from plugins.portal.reading.metadata import content_path, day_text
from plugins.portal.reading.source_text import check_source_path, decode_source

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.beside import Beside
    from plugins.portal.reading.document import Document


class FeedbackKind(Kind):
    """An answered letter, or the tally of many answers and what is done about it."""

    name = "feedback"
    main_column = "selected-replies"
    template = "feedback.html"
    label = "Replies and results"
    schema_type = "Article"

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:  # noqa: ARG002
        return {
            "form": optional(types.identifier, ""),
            "reference": optional(types.text(max_length=30), ""),
            "received": optional(types.day, why="Readers see how long an answer took."),
            "answered": optional(types.day, why="Readers see how long an answer took."),
            "tally": optional(types.text(max_length=500), ""),
        }

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:  # noqa: ARG002
        return {
            "form": values["form"],
            "reference": values["reference"],
            "received": day_text(values["received"]),
            "answered": day_text(values["answered"]),
        }

    def read_beside(
        self, values: Mapping[str, Any], beside: Beside, vocabulary: Vocabulary
    ) -> tuple[dict[str, Any], list[Problem]]:
        written = values["tally"]
        if not written:
            return {}, []
        path = content_path(beside.source, written)
        data = beside.read(path) if path and path.lower().endswith(".json") else None
        if path is None or data is None:
            return {}, _no_tally(beside, f"tally {quoted(written)} is no JSON file of this content")
        limits = vocabulary.site.limits
        report = check_source_path(path, len(data), limits.max_depth, limits.max_bytes)
        text = None if report.problems else decode_source(data, report)
        if text is None:
            return {}, report.problems
        try:
            Tally.from_json(text)
        except ValueError as error:
            return {}, _no_tally(beside, f"tally {quoted(written)} cannot be read: {error}")
        return {"tally": text}, []

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:  # noqa: ARG002
        received, answered = document.fields["received"], document.fields["answered"]
        if not received or not answered or received <= answered:
            return []
        report = Report(document.source)
        report.add(
            document.lines.get("answered", 0),
            "dates-reversed",
            f"answered {answered} lies before received {received}",
            "A letter cannot be answered before it has come.",
            "Exchange the two days, or correct the wrong one.",
        )
        return report.problems


def _no_tally(beside: Beside, message: str) -> list[Problem]:
    report = Report(beside.source)
    report.add(
        beside.lines.get("tally", 0),
        "feedback-tally",
        message,
        "The charts and tables of the page are drawn from it.",
        "Put the file that relay export wrote beside the document, and write its name alone.",
    )
    return report.problems
