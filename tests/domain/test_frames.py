"""Filling the page around a service's content."""

import pytest

from domain.frames import UnknownSlotError, fill_frame, slot_mark

FRAME = f"<title>{slot_mark('title')}</title><main>{slot_mark('main')}</main>{slot_mark('title')}"


def test_slots_are_filled_wherever_they_stand() -> None:
    assert fill_frame(FRAME, {"title": "查询", "main": "<p>1</p>"}) == (
        "<title>查询</title><main><p>1</p></main>查询"
    )


def test_a_slot_that_nobody_fills_is_empty() -> None:
    assert fill_frame(FRAME, {"main": "x"}) == "<title></title><main>x</main>"


def test_what_is_filled_in_is_not_searched_for_marks() -> None:
    filled = fill_frame(FRAME, {"main": slot_mark("title") + "\\1", "title": "T"})
    assert f"<main>{slot_mark('title')}\\1</main>" in filled


def test_a_slot_that_the_frame_lacks_is_an_error() -> None:
    with pytest.raises(UnknownSlotError, match="footer"):
        fill_frame(FRAME, {"footer": "x"})
