"""The plain YAML that most front matter is written in, read line by line.

A quick way to what `yaml_source.parse_yaml` gives: keys at the margin, each with a plain or
double-quoted text of one line, a list of such in brackets, or below it a list of mappings in
braces, a line each. Anything else is left to libyaml, which takes five times as long (tests/domain/test_yaml_plain.py holds the two together).
"""

import re

from domain.yaml_source import Node

# What YAML gives a meaning, or takes for the end of a line, is not here.
_FIRST = r"[0-9A-Za-z\u3005-\u9fff\u0f00-\u0fd4]"
_ODD = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_PLAIN = rf"{_FIRST}(?:[^:#{_ODD}]|:(?=[^\s{_ODD}])|(?<=\S)\#)*"
_QUOTED = rf'"[^"\\{_ODD}]*"'
_LISTED = rf"(?:{_QUOTED}|{_FIRST}[^,:#\[\]{{}}\"{_ODD}]*)"
_LINE = re.compile(
    rf"([a-z_]+): +(?:({_PLAIN})|({_QUOTED}) *|(\[(?:{_LISTED}(?: *, +{_LISTED})*)?\] *))"
)
_ENTRY = re.compile(_LISTED)
_KEY_ALONE = re.compile(r"([a-z_]+): *")
_PAIR = rf"([a-z_]+): +({_LISTED})"
_ITEM = re.compile(rf"( *)- \{{({_PAIR}(?:, +{_PAIR})*)\}} *")
_PAIRS = re.compile(_PAIR)


def parse_plain_yaml(text: str, first_line: int) -> Node | None:
    """The mapping in the text, None where it is not all plain (or where a key is repeated)."""
    fields: dict[str, Node] = {}
    key_lines: dict[str, int] = {}
    size = 1
    lines = text.removesuffix("\n").split("\n")
    place = 0
    while place < len(lines):
        found = _LINE.fullmatch(lines[place])
        if found:
            key, node, taken = found.group(1), _value(found, first_line + place), 1
        elif alone := _KEY_ALONE.fullmatch(lines[place]):
            key = alone.group(1)
            items = _items(lines, place + 1, first_line)
            if not items:
                return None
            node = Node(items, items[0].line, size=1 + sum(item.size for item in items))
            taken = 1 + len(items)
        else:
            return None
        if key in fields:
            return None
        fields[key] = node
        key_lines[key] = first_line + place
        size += node.size
        place += taken
    return Node(fields, first_line, key_lines, size) if fields else None


def _value(found: re.Match[str], line: int) -> Node:
    _, plain, quoted, listed = found.groups()
    if listed is not None:
        entries = [Node(_text_of(entry), line) for entry in _ENTRY.findall(listed)]
        return Node(entries, line, size=1 + len(entries))
    return Node(plain.rstrip(" ") if quoted is None else quoted[1:-1], line)


def _items(lines: list[str], place: int, first_line: int) -> list[Node]:
    """The mappings that stand below a key, at one indent, from that place on."""
    items: list[Node] = []
    indent = None
    for number, written in enumerate(lines[place:], first_line + place):
        found = _ITEM.fullmatch(written)
        if found is None:
            break
        pairs = _PAIRS.findall(found.group(2))
        fields = {key: Node(_text_of(value), number) for key, value in pairs}
        if found.group(1) != (indent := found.group(1) if indent is None else indent):
            return []
        if len(fields) < len(pairs):
            return []
        items.append(Node(fields, number, dict.fromkeys(fields, number), 1 + len(fields)))
    return items


def _text_of(entry: str) -> str:
    return entry[1:-1] if entry[0] == '"' else entry.rstrip(" ")
