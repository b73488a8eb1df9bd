"""Declared fields and the parsers of single values."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import field_types as types
from domain.fields import FieldSpec, Parser, Report, optional, read_fields, required
from domain.yaml_source import Node, parse_yaml


def read(parser: Parser, yaml_value: str) -> tuple[Any, list[str]]:
    """The value that a parser makes of a value in YAML, and the codes of its problems."""
    node, problems = parse_yaml(f"key: {yaml_value}", "a.yaml")
    assert problems == []
    assert node is not None
    assert node.fields is not None
    report = Report("a.yaml")
    value = parser("key", node.fields["key"], report)
    return value, [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    ("parser", "written", "value"),
    [
        (types.text(), "' 通知 '", "通知"),
        (types.text(is_one_line=False), '"a\\nb"', "a\nb"),
        (types.identifier, "gov-office", "gov-office"),
        (types.day, "2024-02-29", date(2024, 2, 29)),
        (types.moment("Asia/Shanghai"), "2026-03-01 09:00", datetime(2026, 3, 1, 1, tzinfo=UTC)),
        (types.whole_number(1, 9), "9", 9),
        (types.number, "4.5", 4.5),
        (types.number, "-3", -3),
        (types.yes_no, "false", False),
        (types.choice(["a", "b"]), "b", "b"),
        (types.reference("column", {"news"}), "news", "news"),
        (types.list_of(types.identifier), "[a, b]", ("a", "b")),
        (types.list_of(types.identifier, may_be_empty=True), "[]", ()),
        (types.texts(), "{zh: 甲, bo: ཀ}", {"zh": "甲", "bo": "ཀ"}),
        (types.mapping_of(types.number), "{a: 1}", {"a": 1}),
        (types.web_address, "https://www.aba.example", "https://www.aba.example"),
        (types.web_address, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        (types.link, "budgets/", "budgets/"),
        (types.link, "search/?q=社保", "search/?q=社保"),
        (types.link, "https://www.gov.example/x", "https://www.gov.example/x"),
        (types.email, "office@aba.example", "office@aba.example"),
        (types.phone, "0837-5550000", "0837-5550000"),
        (types.timezone, "Asia/Urumqi", "Asia/Urumqi"),
        (types.folder_pattern, "departments/x/**", "departments/x/**"),
    ],
)
def test_a_right_value_is_read(parser: Parser, written: str, value: object) -> None:
    assert read(parser, written) == (value, [])


@pytest.mark.parametrize(
    ("parser", "written", "code"),
    [
        (types.text(), "[a]", "meta-type"),
        (types.text(), "", "meta-empty"),
        (types.text(), '"a\\nb"', "meta-control-character"),
        (types.text(), '"a\\u2028b"', "meta-control-character"),
        (types.text(max_length=2), "abc", "meta-too-long"),
        (types.identifier, "Gov Office", "meta-id"),
        (types.identifier, "2026", "meta-id"),
        (types.identifier, "a--b", "meta-id"),
        (types.identifier, "办公室", "meta-id"),
        (types.identifier, "a" * 61, "meta-id"),
        (types.day, "2026-02-30", "meta-date"),
        (types.day, "2026/02/03", "meta-date"),
        (types.day, "2026-02-03 09:00", "meta-date"),
        (types.day, "0000-01-01", "meta-date"),
        (types.day, "২০২৬-০১-০১", "meta-date"),
        (types.moment("Asia/Shanghai"), "2026-03-01 24:00", "meta-date"),
        (types.moment("Asia/Shanghai"), "tomorrow", "meta-date"),
        (types.whole_number(1, 9), "10", "meta-number"),
        (types.whole_number(1, 9), "1e0", "meta-number"),
        (types.whole_number(1, 9), "9" * 5000, "meta-number"),
        (types.number, "1,5", "meta-number"),
        (types.number, "nan", "meta-number"),
        (types.yes_no, "yes", "meta-boolean"),
        (types.choice(["a"]), "b", "meta-choice"),
        (types.reference("column", {"news"}), "new", "unknown-column"),
        (types.list_of(types.identifier), "a", "meta-type"),
        (types.list_of(types.identifier), "[]", "meta-empty"),
        (types.list_of(types.identifier), "[a, a]", "meta-repeated"),
        (types.texts(), "甲", "meta-type"),
        (types.texts(), "{cn: 甲}", "meta-language"),
        (types.texts(needed=["zh"]), "{en: A}", "meta-language-missing"),
        (types.mapping_of(types.number), "[1]", "meta-type"),
        (types.web_address, "www.aba.example", "meta-address"),
        (types.web_address, "https://www.aba.example/", "meta-address"),
        (types.web_address, "https://[::1", "meta-address"),
        (types.web_address, "https://a.example:99999", "meta-address"),
        (types.web_address, "javascript:alert(1)", "meta-address"),
        (types.link, "javascript:alert(1)", "meta-link"),
        (types.link, "//evil.example", "meta-link"),
        (types.link, "/zh/budgets/", "meta-link"),
        (types.email, "office", "meta-email"),
        (types.phone, "office", "meta-phone"),
        (types.timezone, "Asia", "meta-timezone"),
        (types.timezone, "../../etc/passwd", "meta-timezone"),
        (types.folder_pattern, "a/../b", "meta-folder"),
        (types.folder_pattern, "/a", "meta-folder"),
    ],
)
def test_a_wrong_value_is_one_problem(parser: Parser, written: str, code: str) -> None:
    _, codes = read(parser, written)
    assert codes == [code]


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("2026-02-30", "2026-02-28"),
        ("2026/3/5", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("2026-13-01", "2026-03-01"),
        ("soon", "2026-03-01"),
    ],
)
def test_the_remedy_for_a_date_has_the_nearest_day(written: str, nearest: str) -> None:
    report = Report("a.yaml")
    types.day("made", Node(written, 1), report)
    assert report.problems[0].remedy.endswith(f"for example {nearest}.")


SPECS = {
    "title": required(types.text(), why="Without a title nobody finds the page."),
    "made": optional(types.day),
    "sample": optional(types.yes_no, False),
}


def read_text(text: str, specs: dict[str, FieldSpec]) -> tuple[Any, list[Any]]:
    """The record of a YAML text, and its problems."""
    node, _ = parse_yaml(text, "a.md")
    assert node is not None
    report = Report("a.md")
    return read_fields(node, specs, report, "the front matter"), report.problems


def test_a_record_has_values_defaults_and_lines() -> None:
    record, problems = read_text("made: 2026-03-01\ntitle: 通知\n", SPECS)
    assert problems == []
    assert (record["title"], record["made"], record["sample"]) == ("通知", date(2026, 3, 1), False)
    assert (record.line_of("title"), record.line_of("sample"), record.is_sound) == (2, 1, True)


def test_every_mistake_is_a_problem_in_one_run() -> None:
    record, problems = read_text("titel: x\nmade: yesterday\nsample: 1\n", SPECS)
    assert not record.is_sound
    assert sorted((p.line, p.code) for p in problems) == [
        (1, "meta-missing-key"),
        (1, "meta-unknown-key"),
        (2, "meta-date"),
        (3, "meta-boolean"),
    ]


def test_a_field_has_its_own_reason_and_a_parser_keeps_its_own() -> None:
    _, missing = read_text("sample: true", SPECS)
    assert missing[0].why == "Without a title nobody finds the page."
    _, broken = read_text('title: "a\\nb"', SPECS)
    assert "invisible" in broken[0].why


def test_a_key_that_is_there_already_is_not_proposed() -> None:
    _, problems = read_text("title: a\ntitles: b", SPECS)
    assert 'Did you mean "title"' not in problems[0].remedy


def test_what_is_no_mapping_is_one_problem() -> None:
    record, problems = read_text("- a", SPECS)
    assert record is None
    assert [p.code for p in problems] == ["meta-type"]


ALL_PARSERS: list[Callable[[str, Node, Report], Any]] = [
    types.text(max_length=10),
    types.identifier,
    types.day,
    types.moment("Asia/Shanghai"),
    types.whole_number(0, 10),
    types.number,
    types.yes_no,
    types.choice(["a"]),
    types.reference("column", ["a"]),
    types.list_of(types.text()),
    types.texts(needed=["zh"]),
    types.web_address,
    types.link,
    types.email,
    types.phone,
    types.timezone,
    types.folder_pattern,
]

NODES = st.recursive(
    st.text().map(lambda text: Node(text, 1)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda nodes: Node(nodes, 1)),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda nodes: Node(nodes, 1)),
    ),
    max_leaves=5,
)


@given(NODES, st.sampled_from(ALL_PARSERS))
def test_a_parser_gives_a_value_or_a_problem_never_an_exception(node: Node, parser: Parser) -> None:
    report = Report("a.yaml")
    value = parser("key", node, report)
    assert value is not None or report.problems
    assert all(problem.why and problem.remedy for problem in report.problems)
