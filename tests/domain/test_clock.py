"""The site's own time and UTC."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import (
    get_timezone,
    local_text,
    local_with_offset,
    parse_as_of,
    parse_local,
    parse_utc,
    to_utc_text,
)

SHANGHAI = "Asia/Shanghai"


def test_the_sites_own_time_is_stored_in_utc_and_shown_again() -> None:
    moment = parse_local("2026-03-01 09:00", SHANGHAI)
    assert to_utc_text(moment) == "2026-03-01T01:00:00Z"
    assert local_text("2026-03-01T01:00:00Z", SHANGHAI) == "2026-03-01 09:00"
    assert local_with_offset("2026-03-01T01:00:00Z", SHANGHAI) == "2026-03-01T09:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "utc_text"),
    [
        ("2026-03-01", "2026-02-28T16:00:00Z"),
        ("2026-03-01T09:00", "2026-03-01T01:00:00Z"),
        ("2026-03-01 09:00:30", "2026-03-01T01:00:30Z"),
        (" 2026-03-01 09:00 ", "2026-03-01T01:00:00Z"),
    ],
)
def test_ways_of_writing_a_local_time(text: str, utc_text: str) -> None:
    assert to_utc_text(parse_local(text, SHANGHAI)) == utc_text


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "2026-3-1", "2026-03-01 25:00", "01.03.2026", "0001-01-01", "2026-03-01Z"],
)
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_local(text, SHANGHAI)


@pytest.mark.parametrize(
    ("text", "utc_text"),
    [
        ("2026-03-01 09:00", "2026-03-01T01:00:00Z"),
        ("2026-03-01T01:00:00Z", "2026-03-01T01:00:00Z"),
        ("2026-03-01T09:00:00+08:00", "2026-03-01T01:00:00Z"),
        ("2026-03-01T01:00:00.500Z", "2026-03-01T01:00:00Z"),
    ],
)
def test_as_of_is_local_unless_it_says_otherwise(text: str, utc_text: str) -> None:
    assert to_utc_text(parse_as_of(text, SHANGHAI)) == utc_text


@given(st.text())
def test_as_of_is_a_moment_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_as_of(text, SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize("name", ["Asia/Chengdu", "", "Asia", "../x", "/etc/passwd", "A" * 300])
def test_what_is_no_time_zone_is_a_value_error(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        get_timezone(name)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        to_utc_text(datetime(2026, 3, 1))  # noqa: DTZ001  # the wrong call under test


MOMENTS = st.datetimes(
    min_value=datetime(1000, 1, 1),  # noqa: DTZ001  # Hypothesis wants its bounds so
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)


@given(MOMENTS, MOMENTS)
def test_stored_times_sort_as_text_in_order_of_time(one: datetime, other: datetime) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert (to_utc_text(one) < to_utc_text(other)) == (one < other)
    assert parse_utc(to_utc_text(one)) == one
