"""Investment policies: for which industries, what they offer, until when, and how to apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.clock import parse_local, to_utc_text
from domain.fields import FieldSpec, Parser, Record, Report, optional, required
from domain.problems import Problem
from domain.yaml_source import Node
from plugins.portal.kinds.document import DocumentKind
from plugins.portal.reading.metadata import day_text, one_or_list

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.document import Document

WHOLE_PREFECTURE = "whole"
"""The value of the county facet for policies that name no county."""

STATES = ("open", "coming", "closed")
"""What an investor asks of a policy: can it be used now, later, no more."""

_COMING = ("not-yet-in-force",)
_CLOSED = ("repealed", "void", "expired")
_NOT_OF_A_POLICY = ("effective", "validity")


class PolicyKind(DocumentKind):
    """A policy: a document that says what an investor gets and how to apply.

    Its validity follows from `valid_from` and `valid_until` alone.
    """

    name = "policy"
    is_apart = True
    main_column = "investment-policies"
    template = "policy.html"
    label = "Investment policies"
    schema_type = "Legislation"
    effective_key = "valid_from"
    card = ("issuers", "summary", "industries", "incentives", "level", "valid_from", "contact")
    facets = ("state", "industry", "incentive", "level", "county")

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:
        inherited = {
            name: spec
            for name, spec in super().own_fields(vocabulary).items()
            if name not in _NOT_OF_A_POLICY
        }
        day = _countable_day(vocabulary.site.timezone)
        long_text = types.text(max_length=1_000, is_one_line=False)
        return {
            **inherited,
            "industries": optional(_ids("industry", vocabulary.industries, "industries"), ()),
            "incentives": optional(_ids("incentive", vocabulary.incentives, "incentives"), ()),
            "level": optional(
                types.reference("level", vocabulary.levels, "vocabulary/levels.yaml"), ""
            ),
            "valid_from": optional(day, why="Investors must know from when they can count on it."),
            "valid_until": optional(day, why="A policy that has ended would pass as open."),
            "benefit": required(long_text, why="It answers the first question: what do I get?"),
            "apply": required(long_text, why="It answers the second question: how do I apply?"),
            "contact": optional(read_contact, {}),
        }

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
        begins = values["valid_from"]
        inherited = super().make_fields({**values, "effective": begins, "validity": ""}, vocabulary)
        return {
            **inherited,
            "industries": list(values["industries"]),
            "incentives": list(values["incentives"]),
            "level": values["level"],
            "valid_from": day_text(begins),
            "valid_until": day_text(values["valid_until"]),
            "ends_utc": _end_of(values["valid_until"], vocabulary.site.timezone),
            "benefit": values["benefit"] or "",
            "apply": values["apply"] or "",
            "contact": values["contact"],
        }

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:
        fields = document.fields
        report = Report(document.source)
        if fields["valid_until"] and fields["valid_until"] < fields["valid_from"]:
            report.add(
                document.lines.get("valid_until", 0),
                "dates-reversed",
                f"valid_until {fields['valid_until']} lies before "
                f"valid_from {fields['valid_from']}",
                "The policy would never be open, and nobody could apply.",
                "Exchange the two days, or correct the wrong one.",
            )
        return [*super().check(document, vocabulary), *report.problems]

    def validity(self, document: Document, now_utc: str) -> str:
        """Not yet in force, in force, or expired from the day after `valid_until`."""
        ends = str(document.fields.get("ends_utc", ""))
        return "expired" if ends and ends <= now_utc else super().validity(document, now_utc)

    def transitions(self, document: Document) -> list[str]:
        ends = str(document.fields.get("ends_utc", ""))
        return sorted({*super().transitions(document), *([ends] if ends else [])})

    def facet_values(self, document: Document, validity: str) -> Mapping[str, Sequence[str]]:
        fields = document.fields
        return {
            "state": (state_of(validity),),
            "industry": fields["industries"],
            "incentive": fields["incentives"],
            "level": (fields["level"],) if fields["level"] else (),
            "county": document.counties or (WHOLE_PREFECTURE,),
        }

    def open_record(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """The card of a policy, several values joined by semicolons."""
        contact = fields.get("contact") or {}
        return {
            **{name: str(fields.get(name) or "") for name in ("number", "index", "subject")},
            **{
                name: "; ".join(fields.get(name) or ())
                for name in ("issuers", "industries", "incentives")
            },
            **{
                name: str(fields.get(name) or "")
                for name in ("level", "valid_from", "valid_until", "benefit", "apply")
            },
            **{name: str(contact.get(name) or "") for name in ("office", "phone", "email")},
        }

    def open_dates(self, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(key, day) of the first and the last day on which it can be used."""
        return [(name, str(fields.get(name) or "")) for name in ("valid_from", "valid_until")]


def state_of(validity: str) -> str:
    """One of STATES for a state of validity."""
    if validity in _CLOSED:
        return "closed"
    return "coming" if validity in _COMING else "open"


def _ids(what: str, known: Mapping[str, object], file: str) -> Parser:
    return one_or_list(types.reference(what, known, f"vocabulary/{file}.yaml"))


def _countable_day(timezone: str) -> Parser:
    """A day whose beginning, and the next one's, are moments that can be counted."""
    parse_moment = types.moment(timezone)

    def parse(name: str, node: Node, report: Report) -> date | None:
        day: date | None = types.day(name, node, report)
        if day is None or parse_moment(name, node, report) is None:
            return None
        return day if day < date.max else None

    return parse


def _end_of(day: date | None, timezone: str) -> str:
    """The UTC moment at which a last day is over, "" for none."""
    if day is None:
        return ""
    return to_utc_text(parse_local((day + timedelta(days=1)).isoformat(), timezone))


def _make_contact(found: Record) -> dict[str, str]:
    return {name: found[name] for name in ("office", "phone", "email")}


read_contact = types.record(
    {
        "office": required(
            types.text(max_length=200), why="Investors must know whom they are talking to."
        ),
        "phone": required(types.phone, why="A question must reach somebody."),
        "email": optional(types.email, ""),
    },
    _make_contact,
    "a contact",
)
