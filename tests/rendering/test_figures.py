"""Figures of budgets on pages: units are converted exactly, changes are said in words."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.portal.catalogue.budget_questions import FiguresAnswer
from plugins.portal.kinds.budget import STAGES, UNITS
from plugins.portal.rendering.figures import (
    STAGE_LABELS,
    UNIT_LABELS,
    Figures,
    change_in_words,
    in_time_order,
    make_figures,
    shown_amount,
)


def words(text: str) -> str:
    """English: the texts as they stand."""
    return text


def figures(
    amount: str, unit: str, places: int = 2, year: str = "2026", stage: str = "budget"
) -> Figures:
    packed = {
        "columns": ["amount"],
        "places": places,
        "lines": [["2", {"zh": "支出总计"}, [amount]]],
        "sums": 0,
        "rounded": [],
    }
    return make_figures(FiguresAnswer("x", year, stage, unit, packed))


@pytest.mark.parametrize(
    ("amount", "places", "unit", "other", "shown"),
    [
        ("1234567.89", 2, "yuan", "ten-thousand-yuan", "123.456789"),
        ("123.46", 2, "ten-thousand-yuan", "yuan", "1,234,600"),
        ("123.456789", 6, "ten-thousand-yuan", "yuan", "1,234,567.89"),
        ("2.5", 1, "hundred-million-yuan", "ten-thousand-yuan", "25,000"),
        ("-0.5", 1, "yuan", "yuan", "-0.5"),
    ],
)
def test_another_unit_says_the_same_amount(
    amount: str, places: int, unit: str, other: str, shown: str
) -> None:
    converted = figures(amount, unit, places).in_unit(other)
    assert converted is not None
    assert shown_amount(converted.amount_of("2"), converted.places) == shown


@given(st.decimals("-1e15", "1e15", places=6), st.sampled_from(sorted(UNITS)))
def test_there_and_back_nothing_is_lost(amount: Decimal, unit: str) -> None:
    own = figures(f"{amount:.6f}", unit, 6)
    for other in UNITS:
        there = own.in_unit(other)
        assert there is not None
        back = there.in_unit(unit)
        assert back is not None
        assert back.amount_of("2") == amount


def test_figures_without_a_unit_are_compared_with_none() -> None:
    assert figures("1.00", "").in_unit("yuan") is None
    assert figures("1.00", "yuan").in_unit("") is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("100.00", "105.10", "up 5.10 (5.1%)"),
        ("100.00", "94.95", "down 5.05 (5.1%)"),
        ("100.00", "100.00", "no change"),
        ("100000.00", "100000.01", "up 0.01 (<0.1%)"),
        ("0.00", "3.00", "up 3.00"),
        ("-2.00", "3.00", "up 5.00"),
        ("1.00", "2001.00", "up 2,000.00 (200,000.0%)"),
        (None, "1.00", "new"),
        ("1.00", None, "no longer there"),
        (None, None, ""),
    ],
)
def test_a_change_is_said_in_words(before: str | None, after: str | None, said: str) -> None:
    amounts = [None if text is None else Decimal(text) for text in (before, after)]
    assert change_in_words(amounts[0], amounts[1], 2, words) == said


def test_years_come_in_order_and_in_a_year_the_plan_before_the_accounts() -> None:
    expected = list(product(("2025", "2026"), STAGES))
    found = [figures("1", "yuan", 0, year, stage) for year, stage in reversed(expected)]
    assert [(f.year, f.stage) for f in sorted(found, key=in_time_order)] == expected


def test_every_stage_and_unit_has_its_words() -> None:
    assert (set(STAGE_LABELS), set(UNIT_LABELS)) == (set(STAGES), set(UNITS))
