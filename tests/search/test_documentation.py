"""docs/reference/search.md says what the code does."""

from pathlib import Path

import pytest

from search.documents import FILTERS
from search.parameters import API_PARAMETERS, MAX_PAGE, MAX_SIZE
from search.query import LONGEST_HAN_WORD, MAX_QUERY_CHARACTERS, MAX_QUERY_HAN
from search.ranking import FIELD_WEIGHTS, PHRASE_BONUS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "search.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted({*API_PARAMETERS, *FILTERS}))
def test_every_parameter_is_described(name: str) -> None:
    table = PAGE.split("## Parameters")[1].split("##")[0]
    assert f"`{name}`" in table


def test_limits_are_the_real_ones() -> None:
    for figure in (MAX_PAGE, MAX_SIZE, LONGEST_HAN_WORD):
        assert f"{figure}" in PAGE
    counted = f"{MAX_QUERY_CHARACTERS} characters of it count, of Han {MAX_QUERY_HAN}"
    assert counted in PAGE


@pytest.mark.parametrize("field", sorted(FIELD_WEIGHTS))
def test_the_weights_are_the_real_ones(field: str) -> None:
    weight, slope = FIELD_WEIGHTS[field]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {field} |"))
    figures = [cell.strip() for cell in row.split("|")[3:6]]
    assert figures == [f"{weight:g}", f"{slope:g}", f"{PHRASE_BONUS[field]:g}"]
