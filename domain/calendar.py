"""Working days: due dates in the calendar of a Chinese prefecture.

Weekends, statutory holidays, make-up working days and the prefecture's own holidays
come from content/vocabulary/calendar.yaml; a year missing there is a Problem, not a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class CalendarYearMissingError(LookupError):
    """A day was asked for in a year that the calendar does not cover."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the calendar does not cover the year {year}")
        self.year = year


@dataclass(frozen=True, slots=True)
class Holiday:
    """A named run of days off, first and last day included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year: days off on top of the weekends, and weekend days that are worked."""

    year: int
    status: str
    source: str
    holidays: tuple[Holiday, ...] = ()
    prefecture_holidays: tuple[Holiday, ...] = ()
    make_up_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are known; days off and make-up days by date."""

    years: Mapping[int, CalendarYear] = field(default_factory=dict)
    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """True when offices work; CalendarYearMissingError for a year that is not covered."""
        if day.year not in self.years:
            raise CalendarYearMissingError(day.year)
        if day in self.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def is_provisional(self, year: int) -> bool:
        """True when the year's holidays are expected, not yet announced."""
        if year not in self.years:
            raise CalendarYearMissingError(year)
        return self.years[year].status == "provisional"


def make_calendar(years: Mapping[int, CalendarYear]) -> Calendar:
    """The calendar of these years, with each day off and each make-up day looked up at once.

    A make-up day wins over a holiday: it says expressly that the day is worked.
    """
    days_off = {
        day
        for year in years.values()
        for holiday in (*year.holidays, *year.prefecture_holidays)
        for day in _days(holiday)
    }
    make_up_days = {day for year in years.values() for day in year.make_up_days}
    return Calendar(dict(years), frozenset(days_off), frozenset(make_up_days))


def due_date(start: date, working_days: int, calendar: Calendar) -> date:
    """The last day on which an act due `working_days` (>= 1) after `start` is in time.

    The day of the event does not count. Raises CalendarYearMissingError when the count
    runs into a year the calendar does not cover. Source: Licensing Law art. 82.
    """
    if working_days < 1:
        raise ValueError("working_days counts from 1")
    day = start
    remaining = working_days
    while remaining:
        day += ONE_DAY
        remaining -= calendar.is_working_day(day)
    return day


def _days(holiday: Holiday) -> list[date]:
    length = (holiday.last - holiday.first).days + 1
    return [holiday.first + timedelta(days=offset) for offset in range(length)]
