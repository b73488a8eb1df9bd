"""YAML with line numbers: every scalar a string, every mistake a Problem with its line.

Read from libyaml's events with a stack of our own: no depth of nesting can exhaust the
interpreter's, repeated keys are seen, and aliases are counted before they are followed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from domain.problems import Problem, quoted
from domain.yaml_mistakes import explain_yaml_error

MAX_DEPTH = 50
MAX_NODES = 200_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_WHY_UNREADABLE = "Until the file can be read, nothing that stands in it is published."
_WHY_TWICE = "Only one of the two could count, and a reader of the file cannot tell which."
_WHY_LIMIT = "Text nested or repeated without end would stop the whole site from being built."


_NO_LINES: Mapping[str, int] = {}


class Node(NamedTuple):
    """A scalar, a list or a mapping, with the line it starts on; mappings know their keys' lines.

    `size` counts the nodes in it, itself included and aliases as often as they are used.
    """

    value: "str | list[Node] | dict[str, Node]"
    line: int
    key_lines: Mapping[str, int] = _NO_LINES
    size: int = 1

    @property
    def text(self) -> str | None:
        """The scalar's text, None for a list or a mapping."""
        return self.value if isinstance(self.value, str) else None

    @property
    def entries(self) -> "list[Node] | None":
        """The list's nodes, None for anything else."""
        return self.value if isinstance(self.value, list) else None

    @property
    def fields(self) -> "dict[str, Node] | None":
        """The mapping's nodes by key, None for anything else."""
        return self.value if isinstance(self.value, dict) else None

    def line_of(self, key: str) -> int:
        """The line of a key, the mapping's own line when it lacks the key."""
        return self.key_lines.get(key, self.line)


def decode_text(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The text of a file, or the problem that it is not UTF-8, with the line of the first bad byte.

    A byte order mark at the start is dropped.
    """
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        bad_byte = data[error.start]
        return None, [
            Problem(
                file,
                line,
                "file-encoding",
                f"the byte 0x{bad_byte:02x} is not UTF-8",
                "Characters in another encoding would reach readers as garbage.",
                "Save the file as UTF-8 (in many editors: Save with encoding); "
                "Chinese Windows often saves as GBK.",
            )
        ]


def parse_yaml(text: str, file: str, first_line: int = 1) -> tuple[Node | None, list[Problem]]:
    """The text as nodes, and all that is wrong with it as YAML; never raises.

    None for an empty text and for one that cannot be read. `first_line` is the line of the file
    on which the text begins.
    """
    builder = _Builder(file, first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.problems.append(explain_yaml_error(error, text, file, first_line))
        return None, builder.problems
    except UnicodeEncodeError:
        builder.report(
            0, "yaml-syntax", "half of a surrogate pair is no character", "Save the file as UTF-8."
        )
        return None, builder.problems
    except _RefusedError:
        return None, builder.problems
    return builder.root, builder.problems


class _RefusedError(Exception):
    """The text is not read further; the problem is noted already."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    anchor: str | None
    value: list[Node] | dict[str, Node]
    key_lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    size: int = 1


class _Builder:
    """Puts nodes together from events."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.documents = 0

    def take(self, event: Any) -> None:
        """One more event. This runs for every word of a file: looked up, not asked in turn."""
        take = _TAKE.get(type(event))
        if take is not None:
            take(self, event)

    def _take_scalar(self, event: Any) -> None:
        self._place(Node(event.value, event.start_mark.line + self.first_line), event.anchor)

    def _end(self, _event: Any) -> None:
        closed = self.open.pop()
        node = Node(closed.value, closed.line, closed.key_lines, closed.size)
        self._place(node, closed.anchor)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.first_line

    def _begin_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(
                self._line(event),
                "yaml-syntax",
                "a second document begins here, after a line of three hyphens",
                "Take the line --- out, or put what follows into a file of its own.",
            )

    def _begin(self, event: Any) -> None:
        line = self._line(event)
        if len(self.open) >= MAX_DEPTH:
            self._refuse(
                line,
                "yaml-depth",
                f"lists or mappings stand more than {MAX_DEPTH} deep in one another",
                "Take levels out; no file of the portal needs more than ten.",
            )
        if self._awaits_key():
            self._refuse_key(line)
        value: list[Node] | dict[str, Node]
        value = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self.open.append(_Open(line, event.anchor, value))

    def _follow_alias(self, event: Any) -> None:
        line = self._line(event)
        target = self.anchors.get(event.anchor)
        if target is None:
            self._refuse(
                line,
                "yaml-syntax",
                f"{quoted('*' + event.anchor)} refers to a place that is not marked above it",
                "Put the value into quotation marks if it is meant to begin with an asterisk.",
            )
        self._place(Node(target.value, line, target.key_lines, target.size), None)

    def _awaits_key(self) -> bool:
        return (
            bool(self.open)
            and isinstance(self.open[-1].value, dict)
            and (self.open[-1].key is None)
        )

    def _place(self, node: Node, anchor: str | None) -> None:
        """The finished node goes into the collection that is open."""
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif parent.key is None:
            self._take_key(parent, node)
            return
        else:
            parent.value[parent.key] = node
            parent.key = None
        parent.size += node.size
        if parent.size > MAX_NODES:
            self._refuse(
                node.line,
                "yaml-size",
                f"more than {MAX_NODES:,} values, counting repeated ones (*name) each time",
                "Write the values out once, or divide the file.",
            )

    def _take_key(self, parent: _Open, node: Node) -> None:
        key = node.text
        if key is None:
            self._refuse_key(node.line)
        if key in parent.key_lines:
            self.report(
                node.line,
                "yaml-duplicate-key",
                f"the key {quoted(key)} stands here a second time, "
                f"first on line {parent.key_lines[key]}",
                "Remove one of the two.",
            )
        parent.key_lines[key] = node.line
        parent.key = key

    def report(self, line: int, code: str, message: str, remedy: str) -> None:
        """One more thing wrong with the file."""
        why = _WHY.get(code, _WHY_UNREADABLE)
        self.problems.append(Problem(self.file, line, code, message, why, remedy))

    def _refuse_key(self, line: int) -> NoReturn:
        self._refuse(
            line,
            "yaml-syntax",
            "a list or a mapping stands where a key is expected",
            "Write a plain word before the colon; put a value that begins with { or [ "
            "into quotation marks.",
        )

    def _refuse(self, line: int, code: str, message: str, remedy: str) -> NoReturn:
        self.report(line, code, message, remedy)
        raise _RefusedError


_TAKE: Mapping[type, Callable[[_Builder, Any], None]] = {
    yaml.ScalarEvent: _Builder._take_scalar,
    yaml.SequenceStartEvent: _Builder._begin,
    yaml.MappingStartEvent: _Builder._begin,
    yaml.SequenceEndEvent: _Builder._end,
    yaml.MappingEndEvent: _Builder._end,
    yaml.AliasEvent: _Builder._follow_alias,
    yaml.DocumentStartEvent: _Builder._begin_document,
}

_WHY = {
    "yaml-duplicate-key": _WHY_TWICE,
    "yaml-depth": _WHY_LIMIT,
    "yaml-size": _WHY_LIMIT,
}
