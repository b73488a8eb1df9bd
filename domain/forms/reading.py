"""content/forms/<id>.yaml -> Form, every mistake a Problem."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from domain import field_types as types
from domain.fields import FieldSpec, Parser, Record, Report, optional, read_fields, required
from domain.forms.definition import (
    DEFAULT_MAX_LENGTH,
    FIELD_TYPES,
    MAIL_MODES,
    TYPES_WITH_OPTIONS,
    Field,
    Form,
    Option,
)
from domain.problems import Problem, quoted
from domain.vocabulary.bodies import check_order_of_days
from domain.vocabulary.sources import read_format
from domain.yaml_source import Node

MOST_FIELDS = 100
LONGEST_ANSWER = 20_000
LONGEST_SCALE = 11

_PREFIX = re.compile(r"[A-Z]{2,4}")

RESERVED_FIELD_IDS = ("token", "website")
"""Names of inputs that the pages around a form have themselves."""

_KEYS_OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "max_length": ("text", "long-text"),
    "options": TYPES_WITH_OPTIONS,
    "min": ("scale",),
    "max": ("scale",),
}


def parse_form(
    node: Node,
    file: str,
    *,
    departments: Collection[str] | None = None,
    default_language: str = "zh",
) -> tuple[Form | None, list[Problem]]:
    """The form; None when anything in it is wrong. Never raises.

    `file` is "forms/<id>.yaml". Without `departments`, any id of a department is taken.
    """
    report = Report(file)
    found = read_fields(node, form_fields(departments, default_language), report, "a form")
    if found is None:
        return None, report.problems
    _check_id(found, file, report)
    check_order_of_days(found, "opens", "closes", report)
    _check_anonymous(found, report)
    if report.problems:
        return None, sorted(report.problems)
    values = {name: value for name, value in found.values.items() if name != "format"}
    for name in ("opens", "closes"):
        values[name] = values[name].isoformat() if values[name] else ""
    return Form(**values, default_language=default_language), []


def form_fields(
    departments: Collection[str] | None, default_language: str
) -> Mapping[str, FieldSpec]:
    """The keys of a form."""
    needed = [default_language]
    names = types.texts(needed=needed, max_length=100)
    long_texts = types.texts(max_length=2000, is_one_line=False)
    is_department = (
        types.identifier
        if departments is None
        else types.reference("department", departments, "departments.yaml")
    )
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
        "fields": required(_fields_parser(needed)),
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


def field_fields(needed: Sequence[str]) -> Mapping[str, FieldSpec]:
    """The keys of a field, whatever its type."""
    label = types.texts(needed=needed, max_length=300)
    option_fields = {"id": required(types.identifier), "label": required(label)}
    option = types.record(option_fields, lambda found: (found, Option(**found.values)), "an option")
    return {
        "id": required(types.identifier),
        "type": required(types.choice(FIELD_TYPES)),
        "label": required(label),
        "hint": optional(types.texts(max_length=500), {}),
        "required": optional(types.yes_no, False),
        "options": optional(types.list_of(option), ()),
        "max_length": optional(types.whole_number(1, LONGEST_ANSWER)),
        "min": optional(types.whole_number(0, 100)),
        "max": optional(types.whole_number(1, 100)),
    }


def _fields_parser(needed: Sequence[str]) -> Parser:
    specs = field_fields(needed)

    def parse(name: str, node: Node, report: Report) -> tuple[Field, ...] | None:
        records = types.list_of(types.record(specs, lambda found: found, "a field"))(
            name, node, report
        )
        if records is None:
            return None
        if len(records) > MOST_FIELDS:
            _report_too_many(records, report)
        _check_field_ids(records, report)
        return tuple(_make_field(record, report) for record in records)

    return parse


def _report_too_many(records: Sequence[Record], report: Report) -> None:
    report.add(
        records[MOST_FIELDS].line,
        "form-fields",
        f"the form has {len(records)} fields, more than {MOST_FIELDS}",
        "Nobody answers so many, and the relay refuses longer forms.",
        "Divide the form.",
    )


def _check_field_ids(records: Sequence[Record], report: Report) -> None:
    first_lines: dict[str, int] = {}
    for record in records:
        field_id = record["id"]
        if field_id in RESERVED_FIELD_IDS:
            report.add(
                record.line_of("id"),
                "form-field-reserved",
                f"{quoted(field_id)} is the name of an input that every form has by itself",
                "Its answer would be taken for something else and lost.",
                f"Choose another id, for example {quoted('your-' + field_id)}.",
            )
        if field_id in first_lines:
            _report_twice("a field", field_id, record, first_lines[field_id], report)
        first_lines.setdefault(field_id, record.line_of("id"))


def _report_twice(
    what: str, found_id: str, record: Record, first_line: int, report: Report
) -> None:
    report.add(
        record.line_of("id"),
        "vocabulary-duplicate-id",
        f"{what} with the id {quoted(found_id)} stands already on line {first_line}",
        "The answers to the two could not be told apart.",
        "Give one of them another id.",
    )


def _make_field(record: Record, report: Report) -> Field:
    field_type = record["type"]
    _check_keys_of_type(record, report)
    if field_type == "scale":
        _check_scale(record, report)
    options = _options_of(record, report)
    return Field(
        id=record["id"],
        type=field_type,
        label=record["label"],
        hint=record["hint"],
        required=record["required"],
        options=options,
        max_length=record["max_length"] or DEFAULT_MAX_LENGTH.get(field_type),
        min=record["min"],
        max=record["max"],
    )


def _check_keys_of_type(record: Record, report: Report) -> None:
    """Keys that mean nothing for the field's type, and keys that its type cannot do without."""
    field_type = record["type"]
    for key, field_types in _KEYS_OF_TYPES.items():
        if key in record.lines and field_type not in field_types:
            report.add(
                record.line_of(key),
                "form-key-of-type",
                f'a field of type {field_type} has no "{key}"',
                "What stands there would be ignored, and nobody would notice.",
                f"Take it out, or use the type {' or '.join(field_types)}.",
            )
        elif key not in record.lines and field_type in field_types and key != "max_length":
            report.add(
                record.line,
                "meta-missing-key",
                f'the field {quoted(record["id"])} of type {field_type} lacks the key "{key}"',
                "There would be nothing to choose from.",
                f'Add a line "{key}: ...".',
            )


def _check_scale(record: Record, report: Report) -> None:
    low, high = record["min"], record["max"]
    if low is None or high is None:
        return
    if low >= high:
        report.add(
            record.line_of("min"),
            "form-scale",
            f"the scale goes from {low} to {high}",
            "There would be nothing to choose from.",
            f"Let min be smaller than max: min: {high}, max: {max(low, high + 1)}.",
        )
    elif high - low >= LONGEST_SCALE:
        report.add(
            record.line_of("max"),
            "form-scale",
            f"the scale from {low} to {high} has {high - low + 1} steps, more than {LONGEST_SCALE}",
            "On a telephone nobody can choose among so many.",
            f"Let max be at most {low + LONGEST_SCALE - 1}.",
        )


def _options_of(record: Record, report: Report) -> tuple[Option, ...]:
    first_lines: dict[str, int] = {}
    for found, option in record["options"]:
        if option.id in first_lines:
            _report_twice("an option", option.id, found, first_lines[option.id], report)
        first_lines.setdefault(option.id, found.line_of("id"))
    return tuple(option for _, option in record["options"])


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


def _check_anonymous(found: Record, report: Report) -> None:
    """An anonymous form must not ask who answers."""
    if not found["anonymous"] or not found["fields"]:
        return
    for asked in found["fields"]:
        if asked.type in ("e-mail", "phone"):
            report.add(
                found.line_of("fields"),
                "form-anonymous",
                f"the form is anonymous, and the field {quoted(asked.id)} asks for "
                f"{'an e-mail address' if asked.type == 'e-mail' else 'a telephone number'}",
                "Who is told that a survey is anonymous must not be asked who they are.",
                "Take the field out, or write anonymous: false.",
            )
