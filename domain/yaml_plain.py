"""The plain YAML that most front matter is written in, read line by line.

A quick way to what `yaml_source.parse_yaml` gives: keys at the margin, each with a plain or
double-quoted text of one line, or a list of such in brackets. Anything else is left to libyaml,
which takes five times as long (tests/domain/test_yaml_plain.py holds the two together).
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


def parse_plain_yaml(text: str, first_line: int) -> Node | None:
    """The mapping in the text, None where it is not all plain (or where a key is repeated)."""
    fields: dict[str, Node] = {}
    key_lines: dict[str, int] = {}
    size = 1
    for line, written in enumerate(text.removesuffix("\n").split("\n"), first_line):
        found = _LINE.fullmatch(written)
        if found is None:
            return None
        key, plain, quoted, listed = found.groups()
        if key in fields:
            return None
        if listed is not None:
            entries = [Node(_text_of(entry), line) for entry in _ENTRY.findall(listed)]
            node = Node(entries, line, size=1 + len(entries))
        else:
            node = Node(plain.rstrip(" ") if quoted is None else quoted[1:-1], line)
        fields[key] = node
        key_lines[key] = line
        size += node.size
    return Node(fields, first_line, key_lines, size) if fields else None


def _text_of(entry: str) -> str:
    return entry[1:-1] if entry[0] == '"' else entry.rstrip(" ")
