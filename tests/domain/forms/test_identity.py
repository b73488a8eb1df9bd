"""Numbers of identity cards: the check character finds what people mistype."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forms.identity import check_character, clean_id_number

SOUND = "11010519491231002X"
"""The example of the standard itself."""

SEVENTEEN = st.builds(
    "{:06d}{:%Y%m%d}{:03d}".format,
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "typed",
    [SOUND, SOUND.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_a_number_as_people_type_it(typed: str) -> None:
    assert clean_id_number(typed) == SOUND


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "110105194912310021",
        "11010519491331002X",
        "110105491231002",
        "01010519491231002X",
        SOUND + "1",
        "1101051949123100X2",
    ],
)
def test_what_is_no_number(typed: str) -> None:
    assert clean_id_number(typed) is None


def test_a_day_of_birth_that_there_is_not_is_found_behind_a_right_check_character() -> None:
    digits = "11010519490230002"
    assert clean_id_number(digits + check_character(digits)) is None


@given(SEVENTEEN, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(digits: str, place: int, more: int) -> None:
    number = digits + check_character(digits)
    wrong = str((int(number[place]) + more) % 10)
    assert clean_id_number(number) == number
    assert clean_id_number(number[:place] + wrong + number[place + 1 :]) is None


@given(SEVENTEEN, st.integers(0, 15))
def test_two_exchanged_digits_are_found(digits: str, place: int) -> None:
    number = digits + check_character(digits)
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert exchanged == number or clean_id_number(exchanged) is None
