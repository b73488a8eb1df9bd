"""The questions of a form: content/forms/<id>.yaml, `fields` -> Field, every mistake a Problem."""

from collections.abc import Mapping, Sequence

from domain import field_types as types
from domain.fields import FieldSpec, Parser, Record, Report, optional, required
from domain.forms.definition import (
    DEFAULT_MAX_LENGTH,
    FIELD_TYPES,
    FILE_KINDS,
    MOST_FILES,
    OPTION_LISTS,
    TODAY,
    TYPES_WITH_OPTIONS,
    Field,
    Option,
)
from domain.forms.surroundings import Surroundings
from domain.problems import quoted
from domain.yaml_source import Node

MOST_FIELDS = 100
LONGEST_ANSWER = 20_000
LONGEST_SCALE = 11

RESERVED_FIELD_IDS = ("token", "website")
"""Names of inputs that the pages around a form have themselves."""

_LARGEST_NUMBER = 999_999_999
_KEYS_OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "max_length": ("text", "long-text"),
    "options": TYPES_WITH_OPTIONS,
    "options_from": ("choice",),
    "min": ("scale", "number"),
    "max": ("scale", "number", "ranking", "file"),
    "earliest": ("date",),
    "latest": ("date",),
    "accept": ("file",),
}
_NEEDED_KEYS: Mapping[str, tuple[str, ...]] = {
    "options": TYPES_WITH_OPTIONS,
    "min": ("scale",),
    "max": ("scale",),
}


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
        "options_from": optional(types.choice(OPTION_LISTS), ""),
        "max_length": optional(types.whole_number(1, LONGEST_ANSWER)),
        "min": optional(types.whole_number(0, _LARGEST_NUMBER)),
        "max": optional(types.whole_number(1, _LARGEST_NUMBER)),
        "earliest": optional(_day_or_today, ""),
        "latest": optional(_day_or_today, ""),
        "accept": optional(types.list_of(types.choice(FILE_KINDS)), FILE_KINDS),
    }


def _day_or_today(name: str, node: Node, report: Report) -> str | None:
    """A day, or "today": the day on which the form is filled in."""
    if node.text == TODAY:
        return TODAY
    day = types.day(name, node, report)
    return None if day is None else str(day.isoformat())


def fields_parser(around: Surroundings) -> Parser:
    """All fields of a form, in order."""
    specs = field_fields([around.default_language])

    def parse(name: str, node: Node, report: Report) -> tuple[Field, ...] | None:
        records = types.list_of(types.record(specs, lambda found: found, "a field"))(
            name, node, report
        )
        if records is None:
            return None
        if len(records) > MOST_FIELDS:
            _report_too_many(records, report)
        _check_field_ids(records, report)
        _check_one_file_field(records, report)
        return tuple(_make_field(record, around, report) for record in records)

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


def _check_one_file_field(records: Sequence[Record], report: Report) -> None:
    for second in [record for record in records if record["type"] == "file"][1:]:
        report.add(
            second.line,
            "form-files",
            f"the field {quoted(second['id'])} is the second one for files",
            "Files are asked for once, on the page where the answers are read again.",
            "Ask for all files in one field.",
        )


def _make_field(record: Record, around: Surroundings, report: Report) -> Field:
    field_type = record["type"]
    _check_keys_of_type(record, report)
    if field_type == "scale":
        _check_scale(record, report)
    _check_bounds(record, report)
    options = _options_of(record, report) or around.options_from(record["options_from"])
    return Field(
        id=record["id"],
        type=field_type,
        label=record["label"],
        hint=record["hint"],
        required=record["required"],
        options=options,
        max_length=record["max_length"] or DEFAULT_MAX_LENGTH.get(field_type),
        min=record["min"],
        max=record["max"] or (MOST_FILES if field_type == "file" else None),
        earliest=record["earliest"],
        latest=record["latest"],
        accept=tuple(record["accept"]) if field_type == "file" else (),
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
    for key, field_types in _NEEDED_KEYS.items():
        is_listed = key == "options" and "options_from" in record.lines
        if field_type in field_types and key not in record.lines and not is_listed:
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


def _check_bounds(record: Record, report: Report) -> None:
    """What `max` may be beside a number's `min`, a ranking's options and the files of a letter."""
    field_type, low, high = record["type"], record["min"], record["max"]
    if field_type == "number" and low is not None and high is not None and low > high:
        what, remedy = f"the number goes from {low} to {high}", "Exchange min and max."
    elif field_type == "ranking" and high is not None and high > len(record["options"]):
        count = len(record["options"])
        what = f"{high} places are to be given to {count} options"
        remedy = f"Let max be at most {count}, or leave it out."
    elif field_type == "file" and high is not None and high > MOST_FILES:
        what = f"{high} files may be sent, and the relay takes at most {MOST_FILES}"
        remedy = f"Let max be at most {MOST_FILES}, or leave it out."
    else:
        return
    report.add(
        record.line_of("max"),
        "form-bounds",
        what,
        "Whoever keeps to what the form says would be refused.",
        remedy,
    )


def _options_of(record: Record, report: Report) -> tuple[Option, ...]:
    first_lines: dict[str, int] = {}
    for found, option in record["options"]:
        if option.id in first_lines:
            _report_twice("an option", option.id, found, first_lines[option.id], report)
        first_lines.setdefault(option.id, found.line_of("id"))
    return tuple(option for _, option in record["options"])
