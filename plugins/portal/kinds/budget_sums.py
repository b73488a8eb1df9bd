"""Proofs of a budget's sums: children add up to parents, parts to amounts, in exact decimals.

What rounding can explain is allowed, half a unit in the last place for each line added, and
is handed on, so that the page can say where it was used.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.fields import Report
from domain.problems import Severity
from plugins.portal.kinds.budget_csv import BudgetLine, BudgetTable, parent_code

REVENUE, SPENDING = "1", "2"


class Rounded(NamedTuple):
    """A line whose parts differ from it by what rounding explains; `difference` is signed."""

    code: str
    column: str
    difference: Decimal


class Proof(NamedTuple):
    """How many sums were added up, and those that hold only within rounding."""

    sums: int = 0
    rounded: tuple[Rounded, ...] = ()


def prove_sums(table: BudgetTable, report: Report) -> Proof:
    """Every sum of the table added up; what rounding does not explain is a problem."""
    children: dict[str, list[BudgetLine]] = {}
    for found in table.lines:
        children.setdefault(parent_code(found.code), []).append(found)
    sums, rounded = 0, list[Rounded]()
    for parent in table.lines:
        below = children.get(parent.code, [])
        if below:
            sums += len(table.columns)
            rounded += _prove_children(parent, below, table, report)
        if len(table.columns) > 1:
            sums += 1
            rounded += _prove_parts(parent, table, report)
    _check_balance(table, report)
    return Proof(sums, tuple(rounded))


def _prove_children(
    parent: BudgetLine, below: Sequence[BudgetLine], table: BudgetTable, report: Report
) -> list[Rounded]:
    rounded = []
    for position, column in enumerate(table.columns):
        stated = parent.amounts[position]
        total = sum((line.amounts[position] for line in below), Decimal(0))
        if abs(total - stated) <= tolerance(len(below), table):
            if total != stated:
                rounded.append(Rounded(parent.code, column, total - stated))
            continue
        which = f"{column}: " if len(table.columns) > 1 else ""
        report.add(
            parent.line,
            "budget-sum",
            f"{which}the lines under {parent.code} add up to {shown(total, table)}, "
            f"the line says {shown(stated, table)}",
            "Readers and auditors add these up; rounding explains at most "
            f"{shown(tolerance(len(below), table), table)}.",
            f"Correct line {parent.line}, or {_lines_in_words([b.line for b in below])} below it.",
        )
    return rounded


def _prove_parts(line: BudgetLine, table: BudgetTable, report: Report) -> list[Rounded]:
    """Basic and project spending make up the amount."""
    stated, *parts = line.amounts
    total = sum(parts, Decimal(0))
    if abs(total - stated) <= tolerance(len(parts), table):
        return [Rounded(line.code, "parts", total - stated)] if total != stated else []
    report.add(
        line.line,
        "budget-parts",
        f"basic and project of {line.code} make {shown(total, table)}, "
        f"the amount says {shown(stated, table)}",
        "Each figure of the line would be right in one table and wrong in another.",
        f"Correct line {line.line}.",
    )
    return []


def _check_balance(table: BudgetTable, report: Report) -> None:
    totals = {line.code: line for line in table.lines if line.code in (REVENUE, SPENDING)}
    if len(totals) < 2:
        return
    revenue, spending = totals[REVENUE], totals[SPENDING]
    if abs(revenue.amounts[0] - spending.amounts[0]) <= tolerance(2, table):
        return
    report.add(
        spending.line,
        "budget-balance",
        f"spending is {shown(spending.amounts[0], table)}, "
        f"revenue in line {revenue.line} is {shown(revenue.amounts[0], table)}",
        "A budget balances, with what is carried over and transferred counted in; readers will ask "
        "where the rest is.",
        f"Add what is carried over, or correct one of the lines {revenue.line} and "
        f"{spending.line}; if it is right as it stands, leave it.",
        Severity.WARNING,
    )


def tolerance(lines: int, table: BudgetTable) -> Decimal:
    """What rounding can explain in a sum of so many lines."""
    return table.last_place / 2 * lines


def shown(amount: Decimal, table: BudgetTable) -> str:
    """1,204.50: with the table's decimals, more where the amount has them."""
    places = max(table.places, -int(amount.as_tuple().exponent))
    return f"{amount:,.{places}f}"


def _lines_in_words(lines: Sequence[int]) -> str:
    """ "the line 15", "the lines 15-22", "the lines 15, 18 and 22"."""
    ordered = sorted(lines)
    if len(ordered) == 1:
        return f"the line {ordered[0]}"
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"the lines {ordered[0]}-{ordered[-1]}"
    return f"the lines {', '.join(map(str, ordered[:-1]))} and {ordered[-1]}"
