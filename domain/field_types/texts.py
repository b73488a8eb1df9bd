"""Texts, names and choices: one value from one scalar."""

import re
from collections.abc import Collection, Sequence

from domain.fields import Parser, Report, report_empty, scalar_of
from domain.problems import choose_from, quoted
from domain.yaml_source import Node

MAX_TEXT = 20_000
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_IDENTIFIER = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def text(*, max_length: int = MAX_TEXT, is_one_line: bool = True) -> Parser:
    """A text that is not empty, without control characters, at most `max_length` characters."""

    def parse(name: str, node: Node, report: Report) -> str | None:
        value = scalar_of(name, node, "a text", report)
        if value is None:
            return None
        value = value.strip()
        if not value:
            report_empty(name, node, report)
            return None
        if _CONTROL.search(value) or (is_one_line and "\n" in value):
            report.add(
                node.line,
                "meta-control-character",
                f"{name} has a line break or control character in it: {quoted(value)}",
                "Such characters are invisible and break titles, feeds and addresses.",
                "Write the text on one line and delete what you cannot see.",
            )
            return None
        if len(value) > max_length:
            report.add(
                node.line,
                "meta-too-long",
                f"{name} has {len(value)} characters, more than {max_length}: {quoted(value)}",
                "A longer text is cut off where it is listed or refused where it is counted.",
                f"Shorten it to {max_length} characters.",
            )
            return None
        return value

    return parse


def identifier(name: str, node: Node, report: Report) -> str | None:
    """A name in kebab-case: small letters, digits, single hyphens, beginning with a letter."""
    value = scalar_of(name, node, "a name", report)
    if value is None:
        return None
    if _IDENTIFIER.fullmatch(value) and len(value) <= _LONGEST_IDENTIFIER:
        return value
    proposal = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:_LONGEST_IDENTIFIER].strip("-")
    report.add(
        node.line,
        "meta-id",
        f"{name} {quoted(value)} is not a name for folders and addresses",
        "It stands in addresses, which must read and type alike everywhere.",
        f"Write {quoted(proposal)}."
        if _IDENTIFIER.fullmatch(proposal)
        else "Use small letters a-z, digits and single hyphens, beginning with a letter.",
    )
    return None


def yes_no(name: str, node: Node, report: Report) -> bool | None:
    """true or false."""
    value = scalar_of(name, node, "true or false", report)
    if value is None:
        return None
    if value in ("true", "false"):
        return value == "true"
    report.add(
        node.line,
        "meta-boolean",
        f"{name} {quoted(value)} is neither true nor false",
        "",
        "Write true or false.",
    )
    return None


def choice(allowed: Sequence[str]) -> Parser:
    """One of a few fixed words."""

    def parse(name: str, node: Node, report: Report) -> str | None:
        value = scalar_of(name, node, "one of a few words", report)
        if value is None or value in allowed:
            return value
        report.add(
            node.line,
            "meta-choice",
            f"{name} {quoted(value)} is not one of the choices",
            "",
            choose_from(value, allowed),
        )
        return None

    return parse


def reference(what: str, known: Collection[str], list_name: str = "", why: str = "") -> Parser:
    """The id of a declared thing; another one is "unknown-<what>"."""

    def parse(name: str, node: Node, report: Report) -> str | None:
        value = scalar_of(name, node, f"the id of a {what}", report)
        if value is None or value in known:
            return value
        report.add(
            node.line,
            f"unknown-{what}",
            f"no {what} has the id {quoted(value)}",
            why,
            choose_from(value, known, list_name),
        )
        return None

    return parse
