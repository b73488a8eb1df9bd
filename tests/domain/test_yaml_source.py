"""YAML with lines: every scalar a text, every mistake a problem, never an exception."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.yaml_source import MAX_DEPTH, MAX_NODES, Node, decode_text, parse_yaml

SIGNS = (
    *("a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", '"', "'", "&a ", "*a", "!!int ", "|"),
    *("---\n", "...", "? ", "#", "%YAML 1.1\n", "\t", "<<", "@", "\x00", "\ud800", "字", "\\"),
)
PIECES = st.lists(st.sampled_from(SIGNS)).map("".join)


def parsed(text: str) -> Node:
    node, problems = parse_yaml(text, "a.yaml")
    assert problems == []
    assert node is not None
    return node


def plain(node: Node) -> object:
    """The node as plain lists, dicts and texts."""
    if node.fields is not None:
        return {key: plain(value) for key, value in node.fields.items()}
    if node.entries is not None:
        return [plain(value) for value in node.entries]
    return node.text


def test_every_scalar_is_a_text() -> None:
    node = parsed('{a: 1, b: true, c: 2026-03-01, d: null, e: , f: "x", 5: ~, g: 0x1F}')
    assert plain(node) == {
        "a": "1",
        "b": "true",
        "c": "2026-03-01",
        "d": "null",
        "e": "",
        "f": "x",
        "5": "~",
        "g": "0x1F",
    }


def test_nodes_and_keys_know_their_lines() -> None:
    node, _ = parse_yaml("a:\n  b: 1\n  c:\n    - x\n    - y\n", "a.md", first_line=2)
    assert node is not None
    assert node.fields is not None
    inner = node.fields["a"]
    assert (node.line, node.line_of("a"), inner.line, inner.line_of("c")) == (2, 2, 3, 4)
    assert inner.fields is not None
    assert [entry.line for entry in inner.fields["c"].entries or []] == [5, 6]
    assert inner.line_of("absent") == inner.line


def test_an_empty_text_is_nothing_and_no_problem() -> None:
    assert parse_yaml("", "a.yaml") == (None, [])
    assert parse_yaml("# only a comment\n", "a.yaml") == (None, [])


def test_a_repeated_value_may_be_written_once() -> None:
    node = parsed("a: &hours {zh: 工作日}\nb: *hours\n")
    assert plain(node) == {"a": {"zh": "工作日"}, "b": {"zh": "工作日"}}
    assert node.fields is not None
    assert node.fields["b"].line == 2


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert plain(parsed("a: &x {k: v}\nb: {<<: *x}")) == {"a": {"k": "v"}, "b": {"<<": {"k": "v"}}}


def test_the_last_of_two_equal_keys_stands_and_both_lines_are_named() -> None:
    node, problems = parse_yaml("a: 1\nb: 2\na: 3\n", "a.yaml")
    assert node is not None
    assert plain(node) == {"a": "3", "b": "2"}
    assert [(p.code, p.line) for p in problems] == [("yaml-duplicate-key", 3)]
    assert "line 1" in problems[0].message


def test_repetition_is_counted_before_it_is_followed() -> None:
    lines = ["a: &a [" + ", ".join("x" * 10) + "]"]
    names = "abcdefghij"
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    node, problems = parse_yaml("\n".join(lines), "a.yaml")
    assert node is None
    assert [p.code for p in problems] == ["yaml-size"]
    assert f"{MAX_NODES:,}" in problems[0].message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_nesting_without_end_is_one_problem(opening: str, depth: int) -> None:
    node, problems = parse_yaml(opening * depth, "a.yaml")
    assert node is None
    assert [p.code for p in problems] == ["yaml-depth"]


def test_the_deepest_that_is_allowed_is_read() -> None:
    assert parsed("[" * MAX_DEPTH + "]" * MAX_DEPTH).size == MAX_DEPTH


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("title: 通知: 放假", 1, "second colon"),
        ("a: 1\n\tb: 2", 2, "a tab stands"),
        ("a: @x", 1, "begins with @"),
        ("a: 1\nb: *x\n", 2, '"*x" refers to a place'),
        ("a: 1\nb: **重要**\n", 2, "begins with * or &"),
        ("a:\n  - [1, 2\nb: 2\n", 3, "not closed"),
        ('a: "x\nb: 1\n', 1, "never closed"),
        ("a: [x,", 1, "never closed"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("[a]: 1", 1, "where a key is expected"),
        ("a: \x07", 1, "control character"),
        ("a: 1\nb", 2, "key without a colon"),
        ('a: "x" y', 1, "quotation mark"),
        ('a: "\\q"', 1, "backslash"),
        ("a: - 1", 1, "list begins on the line"),
    ],
)
def test_a_mistake_is_said_in_an_editors_words(text: str, line: int, part: str) -> None:
    node, problems = parse_yaml(text, "a.yaml")
    assert node is None
    assert [(p.code, p.line) for p in problems] == [("yaml-syntax", line)]
    assert part in problems[0].message


def test_half_a_surrogate_pair_is_a_problem() -> None:
    assert [p.code for p in parse_yaml("a: \ud800", "a.yaml")[1]] == ["yaml-syntax"]


@given(st.text())
def test_any_text_is_read_or_refused_never_an_exception(text: str) -> None:
    parse_yaml(text, "a.yaml")


@given(PIECES)
def test_any_heap_of_yaml_signs_is_read_or_refused(text: str) -> None:
    node, problems = parse_yaml(text, "a.yaml", first_line=3)
    assert all(problem.line == 0 or problem.line >= 3 for problem in problems)
    assert all(problem.code.startswith("yaml-") for problem in problems)
    if node is not None:
        assert node.size >= 1


@given(st.dictionaries(st.text("abc", min_size=1), st.text("字ab:-#'\"\\ ")))
def test_what_is_written_in_quotes_is_read_as_it_is(values: dict[str, str]) -> None:
    lines = [f"{key}: '{value.replace(chr(39), chr(39) * 2)}'" for key, value in values.items()]
    node, problems = parse_yaml("\n".join(lines), "a.yaml")
    assert problems == []
    assert (plain(node) if node else {}) == values


def test_text_is_utf8_and_a_byte_order_mark_is_dropped() -> None:
    assert decode_text("\ufeff标题".encode(), "a.md") == ("标题", [])


def test_another_encoding_is_one_problem_with_its_line() -> None:
    text, problems = decode_text("a: 1\nb: 标题\n".encode("gbk"), "a.md")
    assert text is None
    assert [(p.code, p.line) for p in problems] == [("file-encoding", 2)]


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    text, problems = decode_text(data, "a.md")
    assert (text is None) == bool(problems)
