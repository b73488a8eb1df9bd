"""Government documents: the document card, validity in words, and what they change or explain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.clock import parse_local, to_utc_text
from domain.document_numbers import canonical_number, is_document_number
from domain.fields import FieldSpec, Parser, Report, optional
from domain.problems import Problem, Severity, quoted
from domain.yaml_source import Node
from plugins.portal.reading.kind import Kind, join_values
from plugins.portal.reading.metadata import day_text, one_or_list

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.document import Document

#: As a card says them. Source: rules.md, document card.
VALIDITY = {
    "in-force": "现行有效",
    "not-yet-in-force": "尚未施行",
    "amended": "已修改",
    "partly-void": "部分失效",
    "repealed": "废止",
    "void": "失效",
    "expired": "到期",
}
RELATIONS = ("amends", "repeals", "implements", "interprets")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 60


class DocumentKind(Kind):
    """A document with a card: number, index, issuers, subject, dates, validity."""

    name = "document"
    main_column = "documents"
    template = "document.html"
    label = "Documents"
    schema_type = "LegislationObject"
    relations = RELATIONS
    effective_key = "effective"
    card: tuple[str, ...] = ("number", "index", "issuers", "subject", "made", "summary")
    has_card = True
    date_labels: Mapping[str, str] = {**Kind.date_labels, "expires": "Last day in force"}

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:
        subject = types.reference("subject", vocabulary.subjects, "vocabulary/subjects.yaml")
        line = types.text(max_length=200)
        related = one_or_list(read_relation)
        return {
            "number": optional(line, ""),
            "index": optional(line, ""),
            "issuers": optional(one_or_list(line), ()),
            "subject": optional(subject, ""),
            "effective": optional(
                _first_day(vocabulary.site.timezone),
                why="Readers must know from when they are bound.",
            ),
            "validity": optional(types.choice(tuple(VALIDITY)), ""),
            **{relation: optional(related, ()) for relation in RELATIONS},
            "cites_external": optional(one_or_list(types.text(max_length=500)), ()),
        }

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
        effective = day_text(values["effective"])
        timezone = vocabulary.site.timezone
        return {
            "number": values["number"],
            "number_canonical": canonical_number(values["number"]),
            "index": values["index"],
            "issuers": list(values["issuers"]),
            "subject": values["subject"],
            "effective": effective,
            "effective_utc": to_utc_text(parse_local(effective, timezone)) if effective else "",
            "validity": values["validity"],
            **{relation: list(values[relation]) for relation in RELATIONS},
            "cites_external": list(values["cites_external"]),
        }

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:  # noqa: ARG002
        report = Report(document.source)
        number = document.fields["number"]
        if number and not is_document_number(number):
            report.add(
                document.lines.get("number", 0),
                "document-number",
                f"{quoted(number)} does not read as a document number",
                "Readers who search by number, and documents that refer to it, may not find it.",
                "Write it like 阿府发〔2026〕12号; if it is right as it stands, leave it.",
                Severity.WARNING,
            )
        if (
            document.made
            and document.fields["effective"]
            and (document.fields["effective"] < document.made)
        ):
            report.add(
                document.lines.get(self.effective_key, 0),
                "meta-date-order",
                f"it takes effect on {document.fields['effective']}, "
                f"before it was made on {document.made}",
                "Readers would take it to bind them for a time when it did not exist.",
                f"Check {self.effective_key} and made; if both are right, leave them.",
                Severity.WARNING,
            )
        return report.problems

    def validity(self, document: Document, now_utc: str) -> str:
        """The state declared, moved on by the clock: before `effective`, after `expires`.

        A document that declares nothing and has neither date says nothing: "".
        """
        declared = str(document.fields.get("validity", ""))
        effective = str(document.fields.get("effective_utc", ""))
        if declared in ("repealed", "void", "expired"):
            return declared
        if document.expires and document.expires <= now_utc:
            return "expired"
        if effective and effective > now_utc:
            return "not-yet-in-force"
        if declared == "not-yet-in-force" and effective:
            return "in-force"
        return declared or ("in-force" if effective else "")

    def open_dates(self, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The day from which it binds."""
        return [("effective", str(fields.get("effective") or ""))]

    def open_record(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """The card's own columns; what it changes or explains by id or number, as written."""
        record = {name: str(fields.get(name) or "") for name in ("number", "index", "subject")}
        record["issuers"] = join_values(fields.get("issuers") or ())
        record["effective"] = str(fields.get("effective") or "")
        for relation in RELATIONS:
            record[relation] = join_values(fields.get(relation) or ())
        return record

    def transitions(self, document: Document) -> list[str]:
        effective = str(document.fields.get("effective_utc", ""))
        return sorted({*super().transitions(document), *([effective] if effective else [])})


def _first_day(timezone: str) -> Parser:
    """A day whose beginning, by the site's clock, is a moment that can be counted."""
    parse_moment = types.moment(timezone)

    def parse(name: str, node: Node, report: Report) -> date | None:
        day = types.day(name, node, report)
        return None if day is None or parse_moment(name, node, report) is None else day

    return parse


def read_relation(name: str, node: Node, report: Report) -> str | None:
    """A document of this site, by its id or its full number as written."""
    value = (node.text or "").strip()
    if (_ID.fullmatch(value) and len(value) <= _LONGEST_ID) or is_document_number(value):
        return value
    report.add(
        node.line,
        "relation-target",
        f"{name} {quoted(value)} is neither a document's id nor a full number",
        "The two documents would not be linked, and readers would miss one of them.",
        "Write its id or its number, like 阿府发〔2026〕12号; "
        "what is not on this site goes to cites_external.",
    )
    return None
