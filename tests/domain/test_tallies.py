"""Tallies: nobody can be made out, and what is written is read as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tallies import LEAST_COUNT, Tally, TallyLine, TallyQuestion, hide_small


def question(
    counts: list[int], measure: str = "answers", answered: int | None = None
) -> TallyQuestion:
    lines = tuple(TallyLine({"zh": str(n)}, count) for n, count in enumerate(counts))
    return TallyQuestion(
        {"zh": "问"}, measure, sum(counts) if answered is None else answered, lines
    )


def shown(*counts: int, measure: str = "answers") -> list[int | None]:
    return [line.count for line in hide_small(question(list(counts), measure)).lines]


def test_small_counts_are_hidden_and_none_is_no_count_of_persons() -> None:
    assert shown(40, 3, 2, 0) == [40, None, None, 0]
    assert shown(40, 5) == [40, 5]


def test_one_hidden_count_takes_the_next_smallest_with_it() -> None:
    assert shown(40, 12, 3) == [40, None, None]
    assert shown(40, 12, 3, measure="choices") == [40, 12, None]


def test_of_a_question_that_few_answered_nothing_is_shown() -> None:
    hidden = hide_small(question([2, 1]))
    assert (hidden.answered, [line.count for line in hidden.lines]) == (None, [None, None])
    nobody = hide_small(question([0, 0]))
    assert nobody.answered == 0


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8))
def test_no_hidden_count_can_be_computed_from_the_rest(counts: list[int]) -> None:
    found = hide_small(question(counts))
    hidden = [n for n, line in enumerate(found.lines) if line.count is None]
    assert all(
        line.count == 0 or line.count >= LEAST_COUNT
        for line in found.lines
        if line.count is not None
    )
    if len(hidden) == 1 and found.answered is not None:
        # Only where nobody else answered otherwise is there no second one to hide.
        assert not any(line.count for line in found.lines)


def test_a_tally_is_read_as_it_was_written() -> None:
    tally = Tally("survey", 52, "2026-07-01", "2026-07-31", (hide_small(question([40, 8, 4])),))
    assert Tally.from_json(tally.to_json()) == tally
    assert tally.to_json() == Tally.from_json(tally.to_json()).to_json()


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "1", "{}", '{"format": 2}',
        '{"format": 1, "form": "a", "received": "5", "first": "", "last": "", "questions": []}',
        '{"format": 1, "form": "a", "received": true, "first": "", "last": "", "questions": []}',
        '{"format": 1, "form": "a", "received": 5, "first": "", "last": "", "questions": [1]}',
        '{"format": 1, "form": "a", "received": 5, "first": "", "last": "", "questions":'
        ' [{"label": "x", "measure": "answers", "answered": 5, "lines": []}]}',
    ],
)  # fmt: skip
def test_what_is_no_tally_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="tally"):
        Tally.from_json(text)
