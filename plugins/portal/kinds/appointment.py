"""Notices of appointment: decisions that say who takes or leaves which post, where and when.

From the decisions of all notices the register of posts is computed (catalogue/posts.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.addresses import slugify
from domain.document_numbers import canonical_number
from domain.fields import FieldSpec, Parser, Record, Report, optional, required
from domain.problems import Problem, quoted
from domain.yaml_source import Node
from plugins.portal.reading.kind import Kind
from plugins.portal.reading.metadata import day_text, one_or_list

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.document import Document

BEGINS = "appoint"
CONFIRMS = "confirm"
ENDS = ("remove", "resign", "retire", "dismiss")
ACTIONS = (BEGINS, CONFIRMS, *ENDS)

ORGANISATION_FAMILIES = ("department", "county", "organisation")
"""What may have posts: a department, a county, or an organisation named in words."""

_LOOKS_LIKE_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_BLANKS = re.compile(r"\s+")


class AppointmentKind(Kind):
    """A notice with the decisions it makes known."""

    name = "appointment"
    is_apart = True
    main_column = "appointments"
    template = "appointment.html"
    label = "Appointments and removals"
    schema_type = "Article"
    card = ("number", "issuers", "made", "decisions")
    has_card = True
    facets = ORGANISATION_FAMILIES

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:
        line = types.text(max_length=200)
        subject = types.reference("subject", vocabulary.subjects, "vocabulary/subjects.yaml")
        decisions = types.list_of(read_decision(vocabulary), is_unique=False)
        return {
            "number": optional(line, ""),
            "index": optional(line, ""),
            "issuers": optional(one_or_list(line), ()),
            "subject": optional(subject, ""),
            "decisions": optional(
                decisions, (), why="The register of posts is made from the decisions."
            ),
        }

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:  # noqa: ARG002
        return {
            "number": values["number"],
            "number_canonical": canonical_number(values["number"]),
            "index": values["index"],
            "issuers": list(values["issuers"]),
            "subject": values["subject"],
            "decisions": list(values["decisions"]),
        }

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:
        report = Report(document.source)
        if document.fields["decisions"] and document.lang != vocabulary.site.default_language:
            report.add(
                document.lines.get("decisions", 0),
                "appointment-translation",
                "the decisions stand in a translation",
                "The register would have them twice, with persons of two names.",
                "Take them out; names in other languages stand in the text itself, as in "
                "person: {zh: 某甲, en: Person A}.",
            )
        for decision in document.fields["decisions"]:
            _check_days(decision, document, report)
        return report.problems

    def facet_values(self, document: Document, validity: str) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        found: dict[str, dict[str, None]] = {}
        for decision in document.fields.get("decisions") or ():
            family, _, id_ = decision["organisation"].partition("/")
            found.setdefault(family, {})[id_] = None
        return {family: tuple(ids) for family, ids in found.items()}

    def open_record(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """One cell for each part of the decisions; what belongs together has the same place."""
        decisions = fields.get("decisions") or ()
        cells = {
            "decided": [decision["decided"] for decision in decisions],
            "action": [decision["action"] for decision in decisions],
            "person": [_first(decision["person"]) for decision in decisions],
            "post": [decision["post"] or _first(decision["post_names"]) for decision in decisions],
            "organisation": [
                _first(decision["organisation_names"]) or decision["organisation"].partition("/")[2]
                for decision in decisions
            ],
            "since": [decision["since"] for decision in decisions],
        }
        return {
            "number": str(fields.get("number") or ""),
            "index": str(fields.get("index") or ""),
            "issuers": "; ".join(fields.get("issuers") or ()),
            **{name: "; ".join(values) for name, values in cells.items()},
        }


def _first(text: Mapping[str, str]) -> str:
    return next(iter(text.values()), "")


def _check_days(decision: Mapping[str, Any], document: Document, report: Report) -> None:
    published = document.date[:10]
    # A day of leeway: the date published is kept in UTC.
    if published and decision["decided"] > _day_after(published):
        report.add(
            decision["line"],
            "meta-date-order",
            f"it was decided on {decision['decided']}, after the notice was published "
            f"on {published}",
            "A notice that comes before its decision reads as forged.",
            "Correct decided, or the date of the notice.",
        )
    if decision["since"] and decision["action"] == BEGINS:
        report.add(
            decision["line"],
            "appointment-since",
            f"since {decision['since']} stands beside action: appoint",
            "Who is appointed holds the post since the day decided, and since would be ignored.",
            "Take since out; it tells when those began whose appointment is not on this site.",
        )
    elif decision["since"] > decision["decided"]:
        report.add(
            decision["line"],
            "dates-reversed",
            f"decided {decision['decided']} lies before since {decision['since']}",
            "The register would show a term that ends before it begins.",
            "Exchange the two days, or correct the wrong one.",
        )


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def read_decision(vocabulary: Vocabulary) -> Parser:
    """One decision, as `Document.fields` keeps it."""
    named = read_named(vocabulary)
    specs = {
        "person": required(named, why="A decision about nobody changes no post."),
        "post": required(
            _read_post(vocabulary, named),
            why="Readers would not learn what the person was appointed to or left.",
        ),
        "organisation": required(
            _read_organisation(vocabulary, named),
            why="The register shows posts by organisation.",
        ),
        "action": required(types.choice(ACTIONS), why="It says whether a term begins or ends."),
        "decided": required(types.day, why="Readers ask since when somebody holds a post."),
        "since": optional(types.day),
        "basis": optional(named, {}),
    }
    return types.record(specs, _make_decision, "a decision")


def _make_decision(found: Record) -> dict[str, Any]:
    post, post_names = found["post"]
    organisation, organisation_names = found["organisation"]
    return {
        "line": found.line,
        "person": found["person"],
        "post": post,
        "post_names": post_names,
        "organisation": organisation,
        "organisation_names": organisation_names,
        "action": found["action"],
        "decided": day_text(found["decided"]),
        "since": day_text(found["since"]),
        "basis": found["basis"],
    }


def read_named(vocabulary: Vocabulary) -> Parser:
    """A name: one text, which is in the site's language, or a text for each language."""
    default = vocabulary.site.default_language
    one = types.text(max_length=200)
    each = types.texts(vocabulary.site.languages, [default], max_length=200)

    def parse(name: str, node: Node, report: Report) -> dict[str, str] | None:
        if node.fields is not None:
            found: dict[str, str] | None = each(name, node, report)
            return found
        text = one(name, node, report)
        return None if text is None else {default: text}

    return parse


def _read_post(vocabulary: Vocabulary, named: Parser) -> Parser:
    """(id of a declared post, {}), or ("", names) of one in words."""
    is_declared = types.reference("post", vocabulary.posts, "vocabulary/posts.yaml")

    def parse(name: str, node: Node, report: Report) -> tuple[str, dict[str, str]] | None:
        if node.text is not None and _LOOKS_LIKE_ID.fullmatch(node.text):
            id_ = is_declared(name, node, report)
            return None if id_ is None else (id_, {})
        names = named(name, node, report)
        return None if names is None else ("", names)

    return parse


def _read_organisation(vocabulary: Vocabulary, named: Parser) -> Parser:
    """("department/<id>" or "county/<id>", {}), or ("organisation/<slug>", names) in words."""
    families = {"department": vocabulary.departments, "county": vocabulary.counties}
    known = {id_: family for family, ids in reversed(families.items()) for id_ in ids}
    is_known = types.reference("organisation", known, "departments.yaml or counties.yaml")

    def parse(name: str, node: Node, report: Report) -> tuple[str, dict[str, str]] | None:
        if node.text is not None and _LOOKS_LIKE_ID.fullmatch(node.text):
            id_ = is_known(name, node, report)
            return None if id_ is None else (f"{known[id_]}/{id_}", {})
        names = named(name, node, report)
        if names is None:
            return None
        return f"organisation/{slugify(names[vocabulary.site.default_language])}", names

    return parse


def canonical_name(names: Mapping[str, str]) -> str:
    """A name in the form by which decisions are matched: free of blanks and full-width signs."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", _first(names))).casefold()


def post_key(decision: Mapping[str, Any]) -> str:
    """The post of a decision within its organisation: an id, or "=" and its name."""
    return str(decision["post"]) or f"={canonical_name(decision['post_names'])}"


def quoted_name(names: Mapping[str, str]) -> str:
    """A name as messages show it."""
    return quoted(_first(names))
