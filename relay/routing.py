"""Where a letter goes: by its form, topic, county and the department that was named.

All of it is operators' configuration. Which department gets a letter is decided when it is
taken in; who stands in for a department, merged or absent, each time that a mail is sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.forms import Form

_CHOSEN = ("topic", "county", "department")
PROBE = "_probe"
"""Route and form of our own daily letter; no department and no form can be called so."""


@dataclass(frozen=True, slots=True)
class Route:
    """Letters of this form, topic, county and named department go `to`; "" fits them all."""

    to: str
    form: str = ""
    topic: str = ""
    county: str = ""
    department: str = ""

    def fits(self, form_id: str, chosen: Mapping[str, str]) -> bool:
        return self.form in ("", form_id) and all(
            getattr(self, name) in ("", chosen.get(name, "")) for name in _CHOSEN
        )


@dataclass(frozen=True, slots=True)
class Absence:
    """From the first to the last day, both whole, mail for `department` goes `to` another."""

    department: str
    first: date
    last: date
    to: str


@dataclass(frozen=True, slots=True)
class Routing:
    """The rules in the order of the file, merged departments, and absences."""

    routes: tuple[Route, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def find_department(self, form: Form, answers: Mapping[str, Sequence[str]]) -> str:
        """Who gets a letter: the first rule that fits says, else the writer, else the form."""
        chosen = {name: given[0] for name, given in answers.items() if name in _CHOSEN and given}
        for route in self.routes:
            if route.fits(form.id, chosen):
                return route.to
        return chosen.get("department") or form.department

    def stand_ins(self, department: str, day: date) -> Iterator[str]:
        """The department, then who stands in for it on that day, each once.

        Absences come before mergers: who is away may have left a substitute of its own.
        """
        seen: set[str] = set()
        while department and department not in seen:
            seen.add(department)
            yield department
            department = self._away(department, day) or self.merged.get(department, "")

    def _away(self, department: str, day: date) -> str:
        for absence in self.absences:
            if absence.department == department and absence.first <= day <= absence.last:
                return absence.to
        return ""
