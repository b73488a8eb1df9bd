"""Declared fields: a mapping of YAML read key by key, each with its own parser.

Used alike for vocabulary, forms and the front matter of documents, so that the same mistake
reads the same everywhere. Parsers of single values stand in field_types.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.problems import Problem, Severity, choose_from, quoted
from domain.records import record
from domain.yaml_source import Node

_WHY_NOT_UNDERSTOOD = "The portal cannot tell what is meant."

_GENERAL_WHY = {
    "meta-missing-key": "The portal needs it and has nothing to put in its place.",
    "meta-empty": "An empty value says nothing, and a blank would stand on the page.",
    "meta-date": "Without the date, nothing can be put in order of time or come due.",
}


def _general_why(code: str) -> str:
    if code.startswith("unknown-"):
        return "What refers to nothing would be listed nowhere."
    return _GENERAL_WHY.get(code, _WHY_NOT_UNDERSTOOD)


@dataclass(slots=True)
class Report:
    """The problems of one file, as they are found."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        line: int,
        code: str,
        message: str,
        why: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """One more problem in this file; with an empty `why`, the general reason is put there."""
        reason = why or _general_why(code)
        self.problems.append(Problem(self.file, line, code, message, reason, remedy, severity))


Parser = Callable[[str, Node, Report], Any]
"""(name of the key, its node, report) -> the value, or None after reporting what is wrong.

A parser may leave `why` empty: the field's own reason is put there, else the general one.
"""


"""(name of the key, its node, report) -> the value, or None after reporting what is wrong.

A parser may leave `why` empty: the field's own reason is put there, else the general one.
"""


@record
class FieldSpec:
    """How one key is read. `why` says what a reader loses when it is missing or wrong."""

    parser: Parser
    is_required: bool = False
    default: Any = None
    why: str = ""


def required(parser: Parser, why: str = "") -> FieldSpec:
    """A key that must be there."""
    return FieldSpec(parser, is_required=True, why=why)


def optional(parser: Parser, default: Any = None, why: str = "") -> FieldSpec:
    """A key that may be left out."""
    return FieldSpec(parser, default=default, why=why)


@record
class Record:
    """The values read, the line of each key present; sound when nothing was wrong or missing.

    A key that is absent or wrong has its default.
    """

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    line: int
    is_sound: bool

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def line_of(self, key: str) -> int:
        """The line of a key, the record's own line when the key is absent."""
        return self.lines.get(key, self.line)


def read_fields(
    node: Node, specs: Mapping[str, FieldSpec], report: Report, what: str
) -> Record | None:
    """The mapping read by its declared fields; None, with a problem, when it is no mapping.

    `what` names the thing in messages: "a column", "the front matter".
    """
    fields = node.fields
    if fields is None:
        report_type(what, node, "a mapping of keys to values", report)
        return None
    before = len(report.problems)
    _report_unknown_keys(node, fields, specs, report, what)
    values: dict[str, Any] = {}
    for name, spec in specs.items():
        values[name] = _read_field(name, spec, node, fields, report, what)
    lines = {name: node.line_of(name) for name in fields}
    is_sound = len(report.problems) == before
    return Record(values, lines, node.line, is_sound)


def _read_field(
    name: str,
    spec: FieldSpec,
    node: Node,
    fields: Mapping[str, Node],
    report: Report,
    what: str,
) -> Any:
    """The value of one key; its default when it is absent or wrong."""
    before = len(report.problems)
    value: Any = None
    if name in fields:
        value = spec.parser(name, fields[name], report)
    elif spec.is_required:
        report.add(
            node.line,
            "meta-missing-key",
            f"{what} lacks the key {quoted(name)}",
            "",
            f'Add a line "{name}: ...".',
        )
    if spec.why:
        _explain(report.problems, before, spec.why)
    return spec.default if value is None else value


def _explain(problems: list[Problem], start: int, why: str) -> None:
    """The field's own reason in place of the general one; a parser's own reason stays."""
    for position in range(start, len(problems)):
        problem = problems[position]
        if problem.why == _general_why(problem.code):
            problems[position] = replace(problem, why=why)


def _report_unknown_keys(
    node: Node,
    fields: Mapping[str, Node],
    specs: Mapping[str, FieldSpec],
    report: Report,
    what: str,
) -> None:
    for name in fields:
        if name in specs:
            continue
        unused = [known for known in specs if known not in fields]
        report.add(
            node.line_of(name),
            "meta-unknown-key",
            f"{quoted(name)} is not a key of {what}",
            "What stands there would be ignored, and nobody would notice.",
            choose_from(name, unused, "the keys in the reference"),
        )


def report_type(name: str, node: Node, expected: str, report: Report) -> None:
    """`name` is a text, a list or a mapping where another of these is needed."""
    found = {str: "a text", list: "a list", dict: "a mapping"}[type(node.value)]
    shown = f" ({quoted(node.value)})" if isinstance(node.value, str) else ""
    report.add(
        node.line,
        "meta-type",
        f"{name} is {found}{shown}, not {expected}",
        "",
        f"Write {expected}; the reference has an example.",
    )


def scalar_of(name: str, node: Node, expected: str, report: Report) -> str | None:
    """The text of a scalar; None, with a problem, for a list or a mapping."""
    value = node.text
    if value is None:
        report_type(name, node, expected, report)
    return value


def report_empty(name: str, node: Node, report: Report) -> None:
    """A value is there and says nothing."""
    report.add(
        node.line,
        "meta-empty",
        f"{name} is empty",
        "",
        "Write the value, or take the line out.",
    )
