"""content/forms/<id>.yaml -> Form, every mistake a Problem.

Its questions: `reading_fields.py`. Here is the form around them, and what it promises.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from domain import field_types as types
from domain.fields import FieldSpec, Parser, Record, Report, optional, read_fields, required
from domain.forms.definition import (
    DEADLINES,
    FORM_KINDS,
    MAIL_MODES,
    TYPES_WITH_NAMES,
    Deadline,
    Form,
)
from domain.forms.reading_fields import fields_parser
from domain.forms.surroundings import NOTHING_KNOWN, Surroundings
from domain.problems import Problem, choose_from, quoted
from domain.vocabulary.bodies import check_order_of_days
from domain.vocabulary.sources import read_format
from domain.yaml_source import Node

_UNITS = ("working-days", "days", "months")
_PREFIX = re.compile(r"[A-Z]{2,4}")

TOPIC_FIELD = "topic"
"""The choice by whose answer a letter finds its way and its deadline."""


def parse_form(
    node: Node, file: str, around: Surroundings = NOTHING_KNOWN
) -> tuple[Form | None, list[Problem]]:
    """The form; None when anything in it is wrong. Never raises.

    `file` is "forms/<id>.yaml". What is not known around the form is not checked.
    """
    report = Report(file)
    found = read_fields(node, form_fields(around), report, "a form")
    if found is None:
        return None, report.problems
    _check_id(found, file, report)
    check_order_of_days(found, "opens", "closes", report)
    _check_anonymous(found, report)
    _check_opinions(found, around, report)
    _check_topics(found, report)
    if report.problems:
        return None, sorted(report.problems)
    values = {name: value for name, value in found.values.items() if name != "format"}
    for name in ("opens", "closes"):
        values[name] = values[name].isoformat() if values[name] else ""
    values["draft_line"] = found.line_of("draft")
    return Form(**values, default_language=around.default_language), []


def form_fields(around: Surroundings) -> Mapping[str, FieldSpec]:
    """The keys of a form."""
    needed = [around.default_language]
    names = types.texts(needed=needed, max_length=100)
    long_texts = types.texts(max_length=2000, is_one_line=False)
    is_department = (
        types.identifier
        if around.departments is None
        else types.reference("department", around.departments, "departments.yaml")
    )
    deadline = _deadline_parser(around)
    return {
        "format": required(read_format),
        "id": required(types.identifier),
        "names": required(names),
        "introduction": optional(long_texts, {}),
        "what_next": optional(long_texts, {}),
        "department": required(is_department, why="Nobody would get what citizens send."),
        "reference_prefix": required(_reference_prefix),
        "mail_mode": optional(types.choice(MAIL_MODES), "notify"),
        "subject": required(types.texts(needed=needed, max_length=60)),
        "opens": optional(types.day),
        "closes": optional(types.day),
        "anonymous": optional(types.yes_no, False),
        "kind": optional(types.choice(FORM_KINDS), "letter"),
        "deadlines": optional(_deadlines_parser(deadline), {}),
        "topic_deadlines": optional(types.mapping_of(deadline), {}),
        "draft": optional(types.identifier, ""),
        "short_reason": optional(types.texts(needed=needed, max_length=300), {}),
        "sample": optional(types.yes_no, False),
        "fields": required(fields_parser(around)),
    }


def _reference_prefix(name: str, node: Node, report: Report) -> str | None:
    value = node.text or ""
    if _PREFIX.fullmatch(value):
        return value
    report.add(
        node.line,
        "form-reference-prefix",
        f"{name} {quoted(value)} is not two to four capital letters",
        "It begins every reference that a citizen writes down, such as LX-20261112-7K3QD.",
        "Write two to four letters A-Z, for example LX.",
    )
    return None


def _deadline_parser(around: Surroundings) -> Parser:
    """A rule by its id, as the form keeps it; without known rules, any id."""
    rules = around.rules
    is_rule = (
        types.identifier
        if rules is None
        else types.reference(
            "rule", [r for r in rules if rules[r].unit in _UNITS], "vocabulary/rules.yaml"
        )
    )

    def parse(name: str, node: Node, report: Report) -> Deadline | None:
        id_ = is_rule(name, node, report)
        if id_ is None:
            return None
        return Deadline(id_, 0, "") if rules is None else around.deadline_of(id_)

    return parse


def _deadlines_parser(deadline: Parser) -> Parser:
    specs = {name: optional(deadline) for name in DEADLINES}

    def parse(_name: str, node: Node, report: Report) -> dict[str, Deadline] | None:
        found = read_fields(node, specs, report, "deadlines")
        if found is None:
            return None
        return {name: found[name] for name in DEADLINES if found[name]}

    return parse


def _check_id(found: Record, file: str, report: Report) -> None:
    stem = Path(file).stem
    if found["id"] is not None and found["id"] != stem:
        report.add(
            found.line_of("id"),
            "form-id",
            f"the id {quoted(found['id'])} is not the name of the file",
            "Editors and the relay find a form by its name.",
            f"Write id: {stem}, or name the file {found['id']}.yaml.",
        )


_WHAT_NAMES = {
    "e-mail": "an e-mail address",
    "phone": "a telephone number",
    "id-number": "the number of an identity card",
    "file": "files, which often name their authors",
}


def _check_opinions(found: Record, around: Surroundings, report: Report) -> None:
    """Opinions are collected on a draft, for as long as the rule asks, or it is said why not."""
    if found["kind"] != "opinions":
        return
    for key in ("draft", "opens", "closes"):
        if key not in found.lines:
            report.add(
                found.line,
                "meta-missing-key",
                f"a form of kind opinions lacks the key {quoted(key)}",
                "Readers must see what it is about, and from when until when they can answer.",
                f'Add a line "{key}: ...".',
            )
    least, opens, closes = around.opinion_days, found["opens"], found["closes"]
    if least is None or not opens or not closes or closes < opens:
        return
    days = (closes - opens).days + 1
    if days < least and not found["short_reason"]:
        report.add(
            found.line_of("closes"),
            "form-opinions-short",
            f"opinions are taken for {days} days, fewer than {least}",
            "The rule asks for this time, and for the reason where it is shorter.",
            "Let closes be later, or say why not in short_reason.",
        )


def _check_topics(found: Record, report: Report) -> None:
    """Deadlines of topics belong to options of the field "topic"."""
    topics = [
        option.id
        for asked in found["fields"] or ()
        if asked.id == TOPIC_FIELD
        for option in asked.options
    ]
    for topic in found["topic_deadlines"]:
        if topic not in topics:
            report.add(
                found.line_of("topic_deadlines"),
                "form-topic",
                f"{quoted(topic)} is no option of a field with the id {quoted(TOPIC_FIELD)}",
                "The deadline would never apply, and nobody would notice.",
                choose_from(topic, topics),
            )


def _check_anonymous(found: Record, report: Report) -> None:
    """An anonymous form must not ask who answers."""
    if not found["anonymous"] or not found["fields"]:
        return
    for asked in found["fields"]:
        if asked.type in TYPES_WITH_NAMES:
            report.add(
                found.line_of("fields"),
                "form-anonymous",
                f"the form is anonymous, and the field {quoted(asked.id)} asks for "
                f"{_WHAT_NAMES[asked.type]}",
                "Who is told that a survey is anonymous must not be asked who they are.",
                "Take the field out, or write anonymous: false.",
            )
