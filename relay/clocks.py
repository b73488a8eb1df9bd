"""The last day for an answer, by the form's own deadlines and the prefecture's working days.

Forms name their deadlines by rules; the build writes the calendar beside the forms. A year
that the calendar does not cover is counted by the days of the week alone; the letter's staff
read so, and operators have an alarm.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.calendar import Calendar, CalendarYearMissingError, due_date
from domain.forms import Deadline, Form
from relay.moments import local_day
from relay.published import PublishedSite

_SATURDAY = 5


class Clocks:
    """Due days of letters, for the forms and the calendar of a build."""

    def __init__(self, site: PublishedSite, timezone: str) -> None:
        self._site = site
        self._timezone = timezone

    def due_day(self, form: Form, topics: Sequence[str], received_at: int) -> str:
        """The last day for an answer as YYYY-MM-DD; "" where the form sets no time."""
        deadline = _answer_deadline(form, topics)
        if deadline is None:
            return ""
        received = local_day(received_at, self._timezone)
        return self.count(received, deadline).isoformat()

    def is_estimate(self, form: Form, topics: Sequence[str], received_at: int) -> bool:
        """Whether the last day was counted by days of the week, for want of a year's calendar."""
        deadline = _answer_deadline(form, topics)
        if deadline is None or deadline.unit != "working-days":
            return False
        received = local_day(received_at, self._timezone)
        return bool(self._missing_years(received, self.count(received, deadline)))

    def missing_years(self, today: date) -> list[int]:
        """The years that a letter of today may run into, with its extension, and that have no calendar."""
        most = 0
        for form_id in self._site.form_ids():
            published = self._site.find_form(form_id)
            if published is not None:
                most = max(most, _most_working_days(published.form))
        return self._missing_years(today, self.working_day(today, most)) if most else []

    def _missing_years(self, first: date, last: date) -> list[int]:
        known = self._site.calendar().years
        return [year for year in range(first.year, last.year + 1) if year not in known]

    def extended_day(self, form_id: str, due_day: str) -> date | None:
        """The last day after an extension; None where the form knows none."""
        published = self._site.find_form(form_id)
        deadline = published.form.deadlines.get("extension") if published else None
        if deadline is None or not due_day:
            return None
        return self.count(date.fromisoformat(due_day), deadline)

    def count(self, start: date, deadline: Deadline) -> date:
        """The last day of the deadline; the day of the event does not count."""
        if deadline.unit == "working-days":
            return self.working_day(start, deadline.value)
        if deadline.unit == "months":
            month = start.month - 1 + deadline.value
            last = start.replace(day=1, year=start.year + month // 12, month=month % 12 + 1)
            return last + timedelta(days=min(start.day, _days_in(last)) - 1)
        return start + timedelta(days=deadline.value)

    def working_day(self, start: date, days: int) -> date:
        """The day that is `days` working days after `start`; before it where negative."""
        calendar = self._site.calendar()
        if days > 0:
            try:
                return due_date(start, days, calendar)
            except CalendarYearMissingError:
                return _count_weekdays(start, days)
        day, remaining = start, -days
        while remaining:
            day -= timedelta(days=1)
            remaining -= is_working_day(day, calendar)
        return day

    def is_working_day(self, day: date) -> bool:
        """True where offices work on that day."""
        return is_working_day(day, self._site.calendar())


def _answer_deadline(form: Form, topics: Sequence[str]) -> Deadline | None:
    return next(
        (form.topic_deadlines[topic] for topic in topics if topic in form.topic_deadlines),
        form.deadlines.get("answer"),
    )


def _most_working_days(form: Form) -> int:
    """From a letter to its answer at the latest, where the form counts in working days."""

    def most(deadlines: Iterable[Deadline | None]) -> int:
        return max(
            (one.value for one in deadlines if one and one.unit == "working-days"), default=0
        )

    answers = [form.deadlines.get("answer"), *form.topic_deadlines.values()]
    return most(answers) and most(answers) + most([form.deadlines.get("extension")])


def is_working_day(day: date, calendar: Calendar) -> bool:
    """By the calendar; by the day of the week in a year that it does not cover."""
    try:
        return calendar.is_working_day(day)
    except CalendarYearMissingError:
        return day.weekday() < _SATURDAY


def _count_weekdays(start: date, days: int) -> date:
    day, remaining = start, days
    while remaining:
        day += timedelta(days=1)
        remaining -= day.weekday() < _SATURDAY
    return day


def _days_in(first: date) -> int:
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return (following - first).days
