"""Figures of budgets as pages show them: exact amounts in one unit, and what changed in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from domain.addresses import figures_url
from plugins.portal.catalogue.budget_questions import FiguresAnswer
from plugins.portal.kinds.budget import STAGES, UNITS
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, link, name_in

STAGE_LABELS = {"budget": "Budget", "adjustment": "Adjusted budget", "final": "Final accounts"}
UNIT_LABELS = {
    "yuan": "yuan",
    "ten-thousand-yuan": "10,000 yuan",
    "hundred-million-yuan": "100 million yuan",
}
AMOUNT_LABELS = {"amount": "Amount", "basic": "Basic spending", "project": "Project spending"}

_TENTH = Decimal("0.1")


class FigureLine(NamedTuple):
    """A line of a budget; `amounts` by the column's name."""

    code: str
    names: Mapping[str, str]
    amounts: Mapping[str, Decimal]

    @property
    def level(self) -> int:
        """1 for a total, 2 for what adds up into it, and so on."""
        return (len(self.code) + 1) // 2


@dataclass(frozen=True, slots=True)
class Figures:
    """One budget's figures; `lines` by code, in the order of the table."""

    id: str
    year: str
    stage: str
    unit: str
    columns: tuple[str, ...] = ()
    places: int = 0
    lines: Mapping[str, FigureLine] = field(default_factory=dict)
    sums: int = 0
    rounded: tuple[tuple[str, str, str], ...] = ()

    def in_unit(self, unit: str) -> Figures | None:
        """The same figures in another unit, exactly; None where one of the units is not known."""
        if unit == self.unit:
            return self
        if not unit or not self.unit:
            return None
        shift = UNITS[self.unit] - UNITS[unit]
        lines = {
            code: line._replace(
                amounts={name: amount.scaleb(shift) for name, amount in line.amounts.items()}
            )
            for code, line in self.lines.items()
        }
        places = max(0, self.places - shift)
        return Figures(self.id, self.year, self.stage, unit, self.columns, places, lines)

    def amount_of(self, code: str) -> Decimal | None:
        """The whole amount of a line, None where there is no such line."""
        line = self.lines.get(code)
        return line.amounts["amount"] if line else None


def make_figures(answer: FiguresAnswer) -> Figures:
    """The figures that an answer has; without lines where the budget names none."""
    packed = answer.figures
    if not packed:
        return Figures(answer.id, answer.year, answer.stage, answer.unit)
    columns = tuple(packed["columns"])
    return Figures(
        answer.id,
        answer.year,
        answer.stage,
        answer.unit,
        columns,
        packed["places"],
        {
            code: FigureLine(code, names, dict(zip(columns, map(Decimal, amounts), strict=True)))
            for code, names, amounts in packed["lines"]
        },
        packed["sums"],
        tuple(tuple(rounded) for rounded in packed["rounded"]),
    )


def owner_name(owner: str, lang: str, words: Translate, reads: Reads) -> str:
    """Whose budget it is, in words."""
    family, _, id_ = owner.partition("/")
    if not id_:
        return words("The government")
    body = reads.department(id_) if family == "department" else reads.county(id_)
    return name_in(body.names, lang, reads)


def in_time_order(figures: Figures) -> tuple[str, int]:
    """A key that puts earlier years first, and in a year the budget before the final accounts."""
    return figures.year, STAGES.index(figures.stage)


def label_of(figures: Figures, words: Translate) -> str:
    """ "Budget 2026"."""
    stage = words(STAGE_LABELS[figures.stage])
    return words("%(stage)s %(year)s") % {"stage": stage, "year": figures.year}


def shown_amount(amount: Decimal | None, places: int) -> str:
    """1,204.50, and a dash where there is none."""
    return "—" if amount is None else f"{amount:,.{places}f}"


def change_in_words(
    before: Decimal | None, after: Decimal | None, places: int, words: Translate
) -> str:
    """ "up 12.30 (5.1%)", "down ...", "no change", "new", "no longer there"."""
    if before is None or after is None:
        if before is None and after is None:
            return ""
        return words("new") if before is None else words("no longer there")
    difference = after - before
    if not difference:
        return words("no change")
    values = {"amount": shown_amount(abs(difference), places), "percent": _percent(before, after)}
    if not values["percent"]:
        return words("up %(amount)s" if difference > 0 else "down %(amount)s") % values
    if difference > 0:
        return words("up %(amount)s (%(percent)s%%)") % values
    return words("down %(amount)s (%(percent)s%%)") % values


def _percent(before: Decimal, after: Decimal) -> str:
    """The change in percent of what was before, without sign, to one decimal; "" where it was
    nothing or less."""
    if before <= 0:
        return ""
    share = (abs(after - before) * 100 / before).quantize(_TENTH, ROUND_HALF_UP)
    return f"{share:,}" if share else "<0.1"


def codes_of(figures: Sequence[Figures]) -> list[str]:
    """All codes of several budgets, each below its parent."""
    return sorted({code for each in figures for code in each.lines})


def file_links(name: str, words: Translate) -> list[Context]:
    """The files of figures, as links."""
    return [
        link(words("Figures as CSV"), figures_url(name, "csv"), type="text/csv"),
        link(words("Figures as JSON"), figures_url(name, "json"), type="application/json"),
    ]
