"""Days, moments, time zones and numbers."""

import re
from datetime import date
from typing import Any

from domain.clock import get_timezone, parse_local
from domain.fields import Parser, Report, scalar_of
from domain.problems import quoted
from domain.yaml_source import Node

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", flags=re.ASCII)
_DAY_LOOSELY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", flags=re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}", flags=re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?", flags=re.ASCII)


def day(name: str, node: Node, report: Report) -> date | None:
    """A day, YYYY-MM-DD."""
    value = scalar_of(name, node, "a day", report)
    if value is None:
        return None
    match = _DAY.fullmatch(value)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            pass
    report.add(
        node.line,
        "meta-date",
        f"{quoted(value)} is not a date",
        "",
        f"Write the day as YYYY-MM-DD, for example {_nearest_day(value)}.",
    )
    return None


def moment(timezone: str) -> Parser:
    """A moment of the site's own time, "2026-03-01 09:00" or "2026-03-01"; in UTC."""

    def parse(name: str, node: Node, report: Report) -> Any:
        value = scalar_of(name, node, "a time", report)
        if value is None:
            return None
        try:
            return parse_local(value, timezone)
        except ValueError:
            report.add(
                node.line,
                "meta-date",
                f"{quoted(value)} is not a date and time",
                "",
                f"Write it as YYYY-MM-DD HH:MM, for example {_nearest_day(value)} 09:00.",
            )
            return None

    return parse


def _nearest_day(value: str) -> str:
    """A valid day near to what was written: the same month's last day where it runs over."""
    match = _DAY_LOOSELY.match(value)
    if match is None:
        return "2026-03-01"
    year, month, number = map(int, match.groups())
    if not (year >= 1 and 1 <= month <= 12):
        return "2026-03-01"
    for candidate in range(max(1, min(number, 31)), 0, -1):
        try:
            return date(year, month, candidate).isoformat()
        except ValueError:
            continue
    return "2026-03-01"


def timezone(name: str, node: Node, report: Report) -> str | None:
    """The name of a time zone."""
    value = scalar_of(name, node, "a time zone", report)
    if value is None:
        return None
    try:
        get_timezone(value)
    except ValueError:
        report.add(
            node.line,
            "meta-timezone",
            f"{name} {quoted(value)} is not a time zone",
            "Every date on the site is shown by this clock.",
            "Write it like Asia/Shanghai.",
        )
        return None
    return value


def whole_number(minimum: int, maximum: int) -> Parser:
    """A whole number within limits, both included."""

    def parse(name: str, node: Node, report: Report) -> int | None:
        value = scalar_of(name, node, "a whole number", report)
        if value is None:
            return None
        if _WHOLE_NUMBER.fullmatch(value) and minimum <= int(value) <= maximum:
            return int(value)
        report.add(
            node.line,
            "meta-number",
            f"{name} {quoted(value)} is not a whole number from {minimum} to {maximum}",
            "",
            f"Write digits only, from {minimum} to {maximum}.",
        )
        return None

    return parse


def number(name: str, node: Node, report: Report) -> int | float | None:
    """A number, with a decimal point where it is not whole."""
    value = scalar_of(name, node, "a number", report)
    if value is None:
        return None
    if _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if _NUMBER.fullmatch(value):
        return float(value)
    report.add(
        node.line,
        "meta-number",
        f"{name} {quoted(value)} is not a number",
        "",
        "Write digits only, with a point before decimals: 20 or 4.5.",
    )
    return None
