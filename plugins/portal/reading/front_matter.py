"""The head of a source file as nodes: YAML between --- lines, or Pelican's plain header.

What the keys mean is not known here; `metadata` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from domain.fields import Report
from domain.problems import Severity, choose_from, quoted
from domain.records import record
from domain.yaml_plain import parse_plain_yaml
from domain.yaml_source import Node, parse_yaml

_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
# As in Python-Markdown's `meta` extension, which Pelican reads its headers with.
_HEADER_LINE = re.compile(r"[ ]{0,3}([A-Za-z0-9_-]+):\s*(.*)")
_HEADER_MORE = re.compile(r"[ ]{4,}(.*)")
_SEPARATORS = re.compile(r"[;；]")
_COMMAS = re.compile(r"[,，、]")
_TITLE_HEADING = re.compile(r"\s*# +(.+?) *#*\n")
_LOOSE_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T(?=\d))?")

#: Pelican's keys by another name here.
PELICAN_KEYS = {
    "category": "column",
    "tags": "keywords",
    "author": "source",
    "authors": "source",
}
#: Keys of Pelican's that change nothing here and are passed over without a word.
PELICAN_IGNORED = frozenset({"modified", "template", "save_as", "url", "translation"})
PELICAN_STATUS = {"hidden": "draft", "skip": "draft"}


@record
class Source:
    """A file taken apart: the keys of its head as a mapping node, and its text.

    `body_line` is the line of the file on which the text begins. `is_bare` is true when the
    file has no head at all.
    """

    head: Node
    body: str
    body_line: int
    is_bare: bool = False


@record
class HeaderKeys:
    """What a plain header may hold: all keys, those whose value is a list, and categories.

    `columns` maps ids and names of columns, in lower case, to the column's id.
    """

    known: Collection[str]
    lists: Collection[str]
    columns: Mapping[str, str]

    def is_known(self, key: str) -> bool:
        return key in self.known or key in PELICAN_KEYS or key in PELICAN_IGNORED


def split_source(text: str, keys: HeaderKeys, report: Report) -> Source | None:
    """The file taken apart; None, with a problem, when its head cannot be read."""
    if text.startswith("---"):
        first_end = text.find("\n")
        if first_end >= 0 and not text[3:first_end].strip():
            return _split_yaml(text, first_end + 1, report)
    header = _read_header(text, keys)
    if header is not None:
        fields, lines, body_line, start = header
        head = _header_nodes(fields, lines, keys, report)
        return Source(head, text[start:], body_line)
    return _split_bare(text)


def _split_yaml(text: str, start: int, report: Report) -> Source | None:
    end = _FENCE.search(text, start)
    if end is None:
        report.add(
            1,
            "front-matter-open",
            "the front matter that begins with --- has no end",
            "The whole text would be taken for metadata, and the page would be empty.",
            "Write a line --- between the last key and the text.",
        )
        return None
    written = text[start : end.start()]
    head = parse_plain_yaml(written, 2)
    if head is None:
        head, problems = parse_yaml(written, report.file, 2)
        report.problems += problems
        if head is None and problems:
            return None
    body_start = min(end.end() + 1, len(text))
    body_line = text.count("\n", 0, body_start) + 1
    return Source(head or Node({}, 1), text[body_start:], body_line)


def _split_bare(text: str) -> Source:
    """A file without a head: a first-level heading at its very beginning is the title."""
    match = _TITLE_HEADING.match(text if text.endswith("\n") else text + "\n")
    if match is None:
        return Source(Node({}, 1), text, 1, is_bare=True)
    line = text.count("\n", 0, match.start(1)) + 1
    title = Node(match.group(1), line)
    head = Node({"title": title}, line, {"title": line})
    return Source(head, text[match.end() :], line + 1, is_bare=True)


def _read_header(
    text: str, keys: HeaderKeys
) -> tuple[dict[str, list[str]], dict[str, int], int, int] | None:
    """Values by lower-case key, the line of each, the text's first line and its offset."""
    fields: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    start = number = 0
    key = ""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        match = _HEADER_LINE.match(line)
        if match:
            key = match.group(1).lower()
            if not fields and not keys.is_known(key):
                return None
            fields.setdefault(key, []).append(match.group(2).strip())
            lines.setdefault(key, number + 1)
        elif key and (more := _HEADER_MORE.match(line)):
            fields[key].append(more.group(1).strip())
        elif fields or line.strip():
            break
        start, number = end + 1, number + 1
    return (fields, lines, number + 1, min(start, len(text))) if fields else None


def _header_nodes(
    fields: Mapping[str, list[str]],
    lines: Mapping[str, int],
    keys: HeaderKeys,
    report: Report,
) -> Node:
    nodes: dict[str, Node] = {}
    key_lines: dict[str, int] = {}
    for key, values in fields.items():
        line = lines[key]
        if key in PELICAN_IGNORED:
            continue
        if not keys.is_known(key):
            report.add(
                line,
                "meta-unknown-key",
                f"{quoted(key)} is not a key of the header",
                "What stands there is ignored.",
                choose_from(key, keys.known, "the keys in docs/editors/metadata.md"),
                Severity.WARNING,
            )
            continue
        name = PELICAN_KEYS.get(key, key)
        written = [value for value in values if value]
        if key == "category":
            # A category that is no column has no page here: the kind's main column takes it.
            column = keys.columns.get(" ".join(written).casefold())
            written = [column] if column else []
        if written:
            nodes[name] = _header_value(name, written, line, keys.lists)
            key_lines[name] = line
    return Node(nodes, 1, key_lines)


def _header_value(name: str, values: list[str], line: int, list_keys: Collection[str]) -> Node:
    if name in list_keys:
        parts: list[str] = []
        for value in values:
            separator = _SEPARATORS if _SEPARATORS.search(value) else _COMMAS
            parts += [part.strip() for part in separator.split(value) if part.strip()]
        return Node([Node(part, line) for part in parts], line)
    text = " ".join(values)
    if name in ("date", "expires", "made", "effective"):
        text = _LOOSE_DAY.sub(_strict_day, text, count=1)
    elif name == "status":
        text = PELICAN_STATUS.get(text.lower(), text.lower())
    return Node(text, line)


def _strict_day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    gap = " " if match.group().endswith("T") else ""
    return f"{year}-{month:0>2}-{day:0>2}{gap}"
