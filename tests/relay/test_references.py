"""References and query codes as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.references import (
    ALPHABET,
    make_query_code,
    parse_query_code,
    parse_reference,
    show_query_code,
)


@pytest.mark.parametrize(
    "typed",
    [
        "LX-20261112-7K3QD",
        " lx-20261112-7k3qd ",
        "LX 20261112 7K3QD",
        "lx–20261112–7k3qd",
        "LX-2O261112-7K3QD",
    ],
)
def test_a_reference_is_understood_as_people_write_it(typed: str) -> None:
    assert parse_reference(typed) == "LX-20261112-7K3QD"


@pytest.mark.parametrize(
    "typed", ["", "LX", "LX-20261112-7K3Q", "LX-20261112-7K3QDX", "LX-1-U", "-"]
)
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert parse_reference(typed) is None


@given(mac=st.binary(min_size=32, max_size=32))
def test_a_query_code_survives_being_shown_and_typed(mac: bytes) -> None:
    code = make_query_code(mac)
    assert len(code) == 16
    assert parse_query_code(show_query_code(code).lower()) == code
    assert parse_query_code(code.replace("0", "o").replace("1", "l")) == code


@given(
    mac=st.binary(min_size=32, max_size=32),
    place=st.integers(0, 15),
    other=st.sampled_from(ALPHABET),
)
def test_any_one_mistyped_character_is_found(mac: bytes, place: int, other: str) -> None:
    code = make_query_code(mac)
    typed = code[:place] + other + code[place + 1 :]
    assert parse_query_code(typed) == (code if typed == code else None)
