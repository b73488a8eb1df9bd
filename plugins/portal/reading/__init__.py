"""Reading: source files become Documents, and every mistake in them a Problem with its line.

`read_document` is pure: the same path, bytes and context give the same answer, and nothing in
a file makes it raise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.fields import FieldSpec, Report, read_fields
from domain.problems import Problem
from domain.yaml_source import Node
from plugins.portal.reading.beside import Beside, OpenFile, no_files
from plugins.portal.reading.checks import check_common
from plugins.portal.reading.document import (
    Attachment,
    Correction,
    Document,
    Heading,
    Link,
    Reference,
)
from plugins.portal.reading.front_matter import HeaderKeys, Source, split_source
from plugins.portal.reading.kind import Kind
from plugins.portal.reading.labelling import label_parts
from plugins.portal.reading.markdown_text import render_text
from plugins.portal.reading.metadata import (
    LIST_KEYS,
    common_fields,
    day_text,
    utc_text,
)
from plugins.portal.reading.placement import (
    SourcePath,
    choose_address,
    choose_column,
    choose_kind,
    choose_language,
    choose_year,
    derive_id,
    split_path,
)
from plugins.portal.reading.placing_files import place_attachments, place_picture
from plugins.portal.reading.source_text import check_source_path, decode_source
from plugins.portal.reading.text_lines import TextLines

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary

__all__ = [
    "Attachment",
    "Correction",
    "Document",
    "Heading",
    "Kind",
    "Link",
    "ReadingContext",
    "Reference",
    "check_path",
    "read_document",
]


class ReadingContext:
    """What reading needs besides the file: the vocabulary and the kinds there are.

    The tables of fields are made once here, not once per document.
    """

    def __init__(self, vocabulary: Vocabulary, kinds: Mapping[str, Kind]) -> None:
        self.vocabulary = vocabulary
        self.kinds = kinds
        common = common_fields(vocabulary, kinds)
        self.fields: dict[str, Mapping[str, FieldSpec]] = {
            name: {**common, **kind.own_fields(vocabulary)} for name, kind in kinds.items()
        }
        self.header_keys = HeaderKeys(
            known=frozenset(key for table in self.fields.values() for key in table),
            lists=LIST_KEYS,
            columns=_columns_by_name(vocabulary),
        )


def _columns_by_name(vocabulary: Vocabulary) -> dict[str, str]:
    names = {
        name.casefold(): column.id
        for column in vocabulary.columns.values()
        for name in column.names.values()
    }
    return names | {column_id.casefold(): column_id for column_id in vocabulary.columns}


def check_path(source: str, size: int, context: ReadingContext) -> list[Problem]:
    """What is wrong with a file before it is opened: control characters, "../", depth, size."""
    limits = context.vocabulary.site.limits
    is_text = source.lower().endswith((".md", ".yaml", ".tsv"))
    largest = limits.max_bytes if is_text else limits.max_file_bytes
    return check_source_path(source, size, limits.max_depth, largest, is_text=is_text).problems


def read_document(
    source: str, data: bytes, context: ReadingContext, open_file: OpenFile = no_files
) -> tuple[Document | None, list[Problem]]:
    """The document in a file, and all that is wrong with it, sorted by line.

    None when nothing of it could be read (encoding, broken front matter). With errors the
    document is still given, as far as it goes, so that other files' links to it are judged;
    it must not be published. `open_file` opens what a kind reads beside the text.
    """
    source = unicodedata.normalize("NFC", source)
    report = Report(source)
    text = decode_source(data, report)
    parts = None if text is None else split_source(text, context.header_keys, report)
    document = None
    if parts is not None:
        document = _make_document(source, parts, context, open_file, report)
    return document, sorted(report.problems)


def _make_document(
    source: str,
    parts: Source,
    context: ReadingContext,
    open_file: OpenFile,
    report: Report,
) -> Document:
    vocabulary = context.vocabulary
    path = split_path(source, vocabulary.site.languages, report)
    kind = _find_kind(path, parts.head, context)
    record = read_fields(parts.head, context.fields[kind.name], report, "the front matter")
    values: Mapping[str, Any] = record.values if record else _defaults(context, kind)
    lines = dict(record.lines) if record else {}
    column = choose_column(path, values["column"], kind, vocabulary)
    year = choose_year(path, kind, values["date"], vocabulary, report)
    lang = choose_language(
        path, values["lang"], lines.get("lang", 0), vocabulary.site.default_language, report
    )
    slug, url = choose_address(path, values["slug"], lang, column, year)
    title = values["title"] or path.stem
    body = TextLines(parts.body, parts.body_line)
    html, headings, links = render_text(body, source, url, title, report)
    picture = place_picture(values["picture"], source, lang, report)
    if picture is not None:
        links = (Link(f"picture:{picture.file}", picture.line), *links)
    beside = Beside(source, lines, open_file)
    more_fields, problems = kind.read_beside(values, beside, vocabulary)
    report.problems += problems
    document = Document(
        source=source,
        id=values["id"] or derive_id(path.base),
        has_own_id=values["id"] is not None,
        lang=lang,
        kind=kind.name,
        title=title,
        slug=slug,
        column=column,
        year=year,
        url=url,
        date=utc_text(values["date"]),
        made=day_text(values["made"]),
        status=values["status"],
        expires=utc_text(values["expires"]),
        audiences=_audiences(values["audiences"], column, vocabulary),
        departments=values["departments"],
        counties=values["counties"],
        summary=values["summary"],
        keywords=values["keywords"],
        source_name=values["source"],
        sample=values["sample"],
        attachments=place_attachments(values["attachments"], source, lang, report),
        corrections=values["corrections"],
        aliases=values["aliases"],
        fields={**kind.make_fields(values, vocabulary), **more_fields},
        references=_references(kind, values, parts.head),
        html=label_parts(html, lang),
        headings=headings,
        links=links,
        lines=lines,
        picture=picture,
        beside=tuple(beside.paths),
    )
    check_common(document, path, kind, parts.body, vocabulary, report)
    report.problems += kind.check(document, vocabulary)
    return document


def _find_kind(path: SourcePath, head: Node, context: ReadingContext) -> Kind:
    """The kind that the file names, else its column's; a wrong one is reported with the fields."""
    written = {name: node.text for name, node in (head.fields or {}).items()}
    name = written.get("kind")
    if name not in context.kinds:
        name = choose_kind(path, written.get("column"), written, context.vocabulary)
    return context.kinds.get(name or "") or next(iter(context.kinds.values()))


def _defaults(context: ReadingContext, kind: Kind) -> dict[str, Any]:
    return {name: spec.default for name, spec in context.fields[kind.name].items()}


def _audiences(
    written: tuple[str, ...] | None, column: str, vocabulary: Vocabulary
) -> tuple[str, ...]:
    if written is not None:
        return written
    return vocabulary.columns[column].audiences if column in vocabulary.columns else ()


def _references(kind: Kind, values: Mapping[str, Any], head: Node) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for relation in kind.relations:
        node = (head.fields or {}).get(relation)
        nodes = [] if node is None else (node.entries or [node])
        line_by_target = {entry.text: entry.line for entry in nodes}
        found += [
            Reference(relation, target, line_by_target.get(target, 0))
            for target in values[relation]
        ]
    return tuple(found)
