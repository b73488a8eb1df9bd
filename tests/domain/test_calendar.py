"""Working days, held against a count one day after the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    Calendar,
    CalendarYear,
    CalendarYearMissingError,
    Holiday,
    due_date,
    make_calendar,
)

DAYS_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def calendar_of(
    holidays: list[Holiday] = [],  # noqa: B006  # never changed
    make_up_days: tuple[date, ...] = (),
) -> Calendar:
    """2026 and 2027, with these holidays and make-up days."""
    year = CalendarYear(2026, "published", "test", tuple(holidays), (), make_up_days)
    return make_calendar({2026: year, 2027: CalendarYear(2027, "provisional", "test")})


SPRING_FESTIVAL = Holiday("春节", date(2026, 2, 15), date(2026, 2, 23))
CALENDAR_2026 = calendar_of([SPRING_FESTIVAL], (date(2026, 2, 14), date(2026, 2, 28)))


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # a Saturday made up for
        (date(2026, 2, 16), False),  # a Monday of the festival
        (date(2026, 2, 21), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(day: date, is_worked: bool) -> None:
    assert CALENDAR_2026.is_working_day(day) is is_worked


def test_the_day_of_the_event_does_not_count() -> None:
    assert due_date(date(2026, 3, 2), 1, CALENDAR_2026) == date(2026, 3, 3)
    assert due_date(date(2026, 3, 6), 1, CALENDAR_2026) == date(2026, 3, 9)
    assert due_date(date(2026, 2, 13), 2, CALENDAR_2026) == date(2026, 2, 24)


def test_a_missing_year_is_said_not_guessed() -> None:
    with pytest.raises(CalendarYearMissingError, match="2028") as missing:
        due_date(date(2027, 12, 31), 1, CALENDAR_2026)
    assert missing.value.year == 2028
    with pytest.raises(CalendarYearMissingError):
        CALENDAR_2026.is_provisional(2028)
    assert CALENDAR_2026.is_provisional(2027)


def test_a_count_begins_at_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        due_date(date(2026, 3, 2), 0, CALENDAR_2026)


@given(
    start=DAYS_2026,
    working_days=st.integers(1, 60),
    holidays=st.lists(st.tuples(DAYS_2026, st.integers(0, 9)), max_size=5),
    make_up_days=st.sets(DAYS_2026, max_size=5),
)
def test_a_due_date_has_so_many_working_days_up_to_it(
    start: date,
    working_days: int,
    holidays: list[tuple[date, int]],
    make_up_days: set[date],
) -> None:
    runs = [Holiday("", first, first + timedelta(days=more)) for first, more in holidays]
    calendar = calendar_of(runs, tuple(make_up_days))
    due = due_date(start, working_days, calendar)

    off = {first + timedelta(days=n) for first, more in holidays for n in range(more + 1)}
    counted = [
        day
        for day in (start + timedelta(days=n) for n in range(1, (due - start).days + 1))
        if day in make_up_days or (day.isoweekday() <= 5 and day not in off)
    ]
    assert len(counted) == working_days
    assert counted[-1] == due
