"""Lists, mappings and texts in several languages, made of parsers of single values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.field_types.texts import MAX_TEXT, text
from domain.fields import FieldSpec, Parser, Report, read_fields, report_empty, report_type
from domain.languages import LANGUAGES
from domain.problems import choose_from, quoted
from domain.yaml_source import Node


def list_of(parser: Parser, *, is_unique: bool = True, may_be_empty: bool = False) -> Parser:
    """A list, each entry read by `parser`; one entry twice is a problem. Gives a tuple."""

    def parse(name: str, node: Node, report: Report) -> tuple[Any, ...] | None:
        entries = node.entries
        if entries is None:
            report_type(name, node, "a list, as in [a, b]", report)
            return None
        if not entries and not may_be_empty:
            report_empty(name, node, report)
            return None
        values = [(entry, parser(name, entry, report)) for entry in entries]
        if is_unique:
            _report_repeated(name, values, report)
        return tuple(value for _, value in values if value is not None)

    return parse


def _report_repeated(name: str, values: list[tuple[Node, Any]], report: Report) -> None:
    seen: set[str] = set()
    for entry, value in values:
        if not isinstance(value, str):
            continue
        if value in seen:
            report.add(
                entry.line,
                "meta-repeated",
                f"{name} names {quoted(value)} twice",
                "One of the two is a slip, and may have been meant as another.",
                "Remove it, or write what was meant.",
            )
        seen.add(value)


def texts(
    languages: Sequence[str] = LANGUAGES,
    needed: Sequence[str] = (),
    *,
    max_length: int = MAX_TEXT,
    is_one_line: bool = True,
) -> Parser:
    """A text in several languages, {zh: ..., en: ...}; `needed` ones must be there."""
    return by_language(text(max_length=max_length, is_one_line=is_one_line), languages, needed)


def by_language(
    parser: Parser, languages: Sequence[str] = LANGUAGES, needed: Sequence[str] = ()
) -> Parser:
    """Something for each language, {zh: ..., en: ...}, read by `parser`; gives a dict."""

    def parse(name: str, node: Node, report: Report) -> dict[str, Any] | None:
        fields = node.fields
        if fields is None:
            report_type(name, node, "one text for each language, as in {zh: ..., en: ...}", report)
            return None
        for lang in needed:
            if lang not in fields:
                _report_missing_language(name, lang, node, report)
        values = {}
        for lang, part in fields.items():
            if lang not in languages:
                _report_unknown_language(name, lang, node, languages, report)
                continue
            value = parser(f"{name} ({lang})", part, report)
            if value is not None:
                values[lang] = value
        return values

    return parse


def _report_missing_language(name: str, lang: str, node: Node, report: Report) -> None:
    report.add(
        node.line,
        "meta-language-missing",
        f"{name} lacks the language {quoted(lang)}",
        "Pages in this language would have a gap there, and others nothing to fall back on.",
        f'Add "{lang}: ..." to {name}.',
    )


def _report_unknown_language(
    name: str, lang: str, node: Node, languages: Sequence[str], report: Report
) -> None:
    report.add(
        node.line_of(lang),
        "meta-language",
        f"{name} has a text in {quoted(lang)}, which is not a language of this site",
        "Nobody would ever see it.",
        choose_from(lang, languages, "languages in site.yaml"),
    )


def mapping_of(parser: Parser) -> Parser:
    """A mapping with keys of the editor's own, each value read by `parser`."""

    def parse(name: str, node: Node, report: Report) -> dict[str, Any] | None:
        fields = node.fields
        if fields is None:
            report_type(name, node, "a mapping of keys to values", report)
            return None
        values = {key: parser(f"{name} {key}", part, report) for key, part in fields.items()}
        return {key: value for key, value in values.items() if value is not None}

    return parse


def record(specs: Mapping[str, FieldSpec], make: Callable[[Any], Any], what: str) -> Parser:
    """A mapping with declared keys of its own, handed to `make` when nothing was wrong in it."""

    def parse(_name: str, node: Node, report: Report) -> Any:
        found = read_fields(node, specs, report, what)
        return make(found) if found is not None and found.is_sound else None

    return parse
