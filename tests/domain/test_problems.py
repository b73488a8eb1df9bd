"""Problems: the text an editor reads, and the nearest valid choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.problems import (
    PortalError,
    Problem,
    Severity,
    choose_from,
    did_you_mean,
    format_problem,
    has_errors,
    quoted,
)

WRONG_DATE = Problem(
    "budgets/2026/education.md",
    7,
    "meta-date",
    '"2026-02-30" is not a date',
    "Without a date made, the page counts as never updated in the inspection.",
    "Write the day as YYYY-MM-DD, for example 2026-02-28.",
)


def test_a_problem_reads_as_three_lines() -> None:
    assert format_problem(WRONG_DATE, "content/") == (
        'content/budgets/2026/education.md:7: "2026-02-30" is not a date  [meta-date]\n'
        "  Without a date made, the page counts as never updated in the inspection.\n"
        "  Write the day as YYYY-MM-DD, for example 2026-02-28."
    )


def test_a_warning_says_so_and_line_0_is_the_file_as_a_whole() -> None:
    warning = Problem("a.md", 0, "x", "no date", "Why.", "Remedy.", Severity.WARNING)
    assert format_problem(warning) == "a.md: warning: no date  [x]\n  Why.\n  Remedy."
    assert not has_errors([warning])
    assert has_errors([warning, WRONG_DATE])


def test_problems_sort_by_file_line_and_code() -> None:
    places = [("b", 1, "x"), ("a", 10, "x"), ("a", 9, "y"), ("a", 9, "x")]
    problems = sorted(Problem(*place, "m", "w", "r") for place in places)
    assert [(p.file, p.line, p.code) for p in problems] == sorted(places)


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("audience", "audiences"),
        ("Audiences", "audiences"),
        ("default_language", "default-language"),
        ("ｓｕｍｍａｒｙ", "summary"),
        ("zzz", None),
        ("", None),
        ("a" * 10_000, None),
    ],
)
def test_the_nearest_choice(word: str, nearest: str | None) -> None:
    assert did_you_mean(word, ["audiences", "default-language", "summary"]) == nearest


@pytest.mark.parametrize(
    ("known", "remedy"),
    [
        (["finance", "education"], 'Did you mean "finance"?'),
        (["one", "two"], "Choose from: one, two."),
        ([f"choice{n}" for n in range(9)], "Choose one from departments.yaml."),
        ([], "Choose one from departments.yaml."),
    ],
)
def test_a_remedy_has_the_nearest_choice_or_says_where_they_are(
    known: list[str], remedy: str
) -> None:
    assert choose_from("finanse", known, "departments.yaml") == remedy


def test_a_value_is_shown_on_one_line_with_the_invisible_made_visible() -> None:
    assert quoted("a\nb\u202ec\x00") == '"a\\nb\\u202ec\\u0000"'
    assert quoted("字" * 61) == '"' + "字" * 60 + '…"'


@given(st.text())
def test_a_shown_value_never_breaks_the_message(value: str) -> None:
    assert len(quoted(value).splitlines()) == 1
    quoted(value).encode()


def test_a_portal_error_carries_its_problems() -> None:
    error = PortalError("refused", [WRONG_DATE])
    assert (str(error), error.problems) == ("refused", (WRONG_DATE,))
