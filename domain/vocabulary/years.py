"""vocabulary/calendar.yaml -> Calendar."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain import field_types as types
from domain.calendar import SATURDAY, Calendar, CalendarYear, Holiday, make_calendar
from domain.fields import FieldSpec, Parser, Record, Report, optional, read_fields, required
from domain.problems import quoted
from domain.vocabulary.bodies import check_order_of_days
from domain.vocabulary.sources import SourceFile, read_format
from domain.yaml_source import Node

LONGEST_HOLIDAY_DAYS = 31
_YEAR = re.compile(r"(19|20|21)\d{2}", flags=re.ASCII)

HOLIDAY_FIELDS: Mapping[str, FieldSpec] = {
    "name": required(types.text(max_length=60)),
    "from": required(types.day),
    "to": required(types.day),
}

_WHY = "Every deadline that the site shows is counted by this calendar."


def read_calendar(file: SourceFile) -> Calendar:
    """The calendar; problems go to the file's report."""
    if file.root is None:
        return Calendar()
    specs = {"format": required(read_format), "years": required(_mapping_node)}
    found = read_fields(file.root, specs, file.report, file.name)
    if found is None or found["years"] is None:
        return Calendar()
    node: Node = found["years"]
    years = {}
    for key, year_node in (node.fields or {}).items():
        year = _read_year(key, node.line_of(key), year_node, file.report)
        if year is not None:
            years[year.year] = year
    return make_calendar(years)


def _mapping_node(name: str, node: Node, report: Report) -> Node | None:
    return None if types.mapping_of(_anything)(name, node, report) is None else node


def _anything(_name: str, node: Node, _report: Report) -> Any:
    return node


def _read_year(key: str, line: int, node: Node, report: Report) -> CalendarYear | None:
    if not _YEAR.fullmatch(key):
        report.add(
            line, "meta-date", f"{quoted(key)} is not a year", _WHY, "Write four digits: 2026."
        )
        return None
    year = int(key)
    found = read_fields(node, year_fields(year), report, f"the year {key}")
    if found is None:
        return None
    return CalendarYear(
        year,
        found["status"] or "provisional",
        found["source"] or "",
        found["holidays"],
        found["prefecture_holidays"],
        found["make_up_days"],
    )


def year_fields(year: int) -> Mapping[str, FieldSpec]:
    """The keys of one year."""
    holidays = types.list_of(_holiday_in(year), may_be_empty=True)
    return {
        "status": required(types.choice(["published", "provisional"])),
        "source": required(types.text(max_length=500)),
        "holidays": FieldSpec(holidays, is_required=True, default=()),
        "prefecture_holidays": optional(holidays, ()),
        "make_up_days": optional(types.list_of(_make_up_day_in(year), may_be_empty=True), ()),
    }


def _holiday_in(year: int) -> Parser:
    """A holiday {name, from, to}, or one day; at least one end of it lies in the year."""

    def parse(name: str, node: Node, report: Report) -> Holiday | None:
        if node.text is not None:
            day = types.day(name, node, report)
            return None if day is None else Holiday("", day, day)
        found = read_fields(node, HOLIDAY_FIELDS, report, "a holiday")
        if found is None or not found.is_sound:
            return None
        check_order_of_days(found, "from", "to", report)
        holiday = Holiday(found["name"], found["from"], found["to"])
        return holiday if _is_credible(holiday, year, found, report) else None

    return parse


def _is_credible(holiday: Holiday, year: int, found: Record, report: Report) -> bool:
    if year not in (holiday.first.year, holiday.last.year):
        _report_other_year(holiday.first, year, found.line_of("from"), report)
        return False
    if holiday.last - holiday.first >= timedelta(days=LONGEST_HOLIDAY_DAYS):
        report.add(
            found.line_of("to"),
            "calendar-holiday-length",
            f"the holiday {quoted(holiday.name)} has {(holiday.last - holiday.first).days + 1} days",
            _WHY,
            f"Correct from or to; no holiday has more than {LONGEST_HOLIDAY_DAYS} days.",
        )
        return False
    return holiday.first <= holiday.last


def _make_up_day_in(year: int) -> Parser:
    """A Saturday or Sunday of the year that is worked."""

    def parse(name: str, node: Node, report: Report) -> date | None:
        day: date | None = types.day(name, node, report)
        if day is None:
            return None
        if day.year != year:
            _report_other_year(day, year, node.line, report)
            return None
        if day.weekday() < SATURDAY:
            report.add(
                node.line,
                "calendar-make-up-day",
                f"the make-up day {day} is a {day:%A}",
                _WHY,
                "Write the Saturday or Sunday that is worked, as the yearly notice has it.",
            )
            return None
        return day

    return parse


def _report_other_year(day: date, year: int, line: int, report: Report) -> None:
    report.add(
        line,
        "calendar-other-year",
        f"{day} stands under the year {year}",
        _WHY,
        f"Move it to the year {day.year}, or correct the year of the day.",
    )
