"""The figures of a budget: a CSV of code, item and amounts becomes lines, or problems.

Amounts are exact decimals. What a spreadsheet leaves behind (merged cells, formulas, blank
rows) is either harmless and passed over, or named with its line and its remedy.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO

from domain.fields import Report
from domain.problems import choose_from, quoted

AMOUNTS = ("amount", "basic", "project")
"""Columns of amounts: the whole, and its two parts, which come together or not at all."""

_HEADINGS = {
    "科目编码": "code",
    "编码": "code",
    "科目名称": "item",
    "名称": "item",
    "金额": "amount",
    "合计": "amount",
    "基本支出": "basic",
    "项目支出": "project",
}
_CODE = re.compile(r"\d(?:\d\d){0,4}", re.ASCII)
_AMOUNT = re.compile(r"-?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,6})?", re.ASCII)
_LONGEST_ITEM = 200
_FORMULA = ("=", "+", "@")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A line: `amounts` in the order of the table's columns, `line` in the file."""

    code: str
    names: Mapping[str, str]
    amounts: tuple[Decimal, ...]
    line: int


@dataclass(slots=True)
class BudgetTable:
    """The lines in the order of their codes, so that each stands below its parent.

    `columns` are of AMOUNTS; `places` is the number of decimals of the finest amount.
    """

    columns: tuple[str, ...] = ()
    lines: list[BudgetLine] = field(default_factory=list)
    places: int = 0

    @property
    def last_place(self) -> Decimal:
        """One unit in the last place: 0.01 for two decimals."""
        return Decimal(1).scaleb(-self.places)


def parent_code(code: str) -> str:
    """The code of the line above: 205 of 20502, 2 of 205, "" of 2."""
    return code[:-2]


def read_table(
    text: str, languages: Sequence[str], default_language: str, report: Report
) -> BudgetTable | None:
    """The table in a CSV; None, with problems, where any line of it cannot be read."""
    before = len(report.problems)
    rows = list(_read_rows(text, report))
    if len(report.problems) > before:
        return None
    items = {"item": default_language}
    items |= {f"item_{lang}": lang for lang in languages if lang != default_language}
    header = _read_header(rows, [*items, *AMOUNTS], report)
    if header is None:
        return None
    table = BudgetTable(tuple(name for name in AMOUNTS if name in header))
    for line, cells in rows[1:]:
        _read_line(line, cells, header, items, table, report)
    _check_codes(table.lines, report)
    if not table.lines and len(report.problems) == before:
        report.add(
            0,
            "budget-header",
            "there is no line below the header",
            "The page would show a table without figures.",
            "Add a line for each code: code,item,amount.",
        )
    table.lines.sort(key=lambda found: found.code)
    table.places = max((_places(a) for found in table.lines for a in found.amounts), default=0)
    return table if len(report.problems) == before else None


def _read_rows(text: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank; cells without blanks around."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            cells = [_clean(cell) for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        report.add(
            line,
            "budget-row",
            "a quotation mark is opened here and does not close as CSV wants it",
            "Everything after it would be taken for one cell.",
            "Close it, or take it out; a quotation mark inside a cell is written twice.",
        )


def _clean(cell: str) -> str:
    """A cell as it was meant: full-width digits and signs as plain ones, one blank for many."""
    plain = unicodedata.normalize("NFKC", cell).replace("\u2212", "-")
    return " ".join(plain.split())


def _read_header(
    rows: Sequence[tuple[int, list[str]]], known: Sequence[str], report: Report
) -> list[str] | None:
    """The names of the columns; None with a problem."""
    line, cells = rows[0] if rows else (0, [])
    while cells and not cells[-1]:
        cells.pop()
    names = [_HEADINGS.get(cell, cell.casefold()) for cell in cells]
    wrong = _wrong_header(names, ["code", *known])
    if wrong is None:
        return names
    message, remedy = wrong
    report.add(
        line,
        "budget-header",
        message,
        "The figures cannot be told apart without their headings.",
        remedy,
    )
    return None


def _wrong_header(names: Sequence[str], known: Sequence[str]) -> tuple[str, str] | None:
    needed = ("code", "item", "amount")
    if not set(needed) & set(names):
        return (
            "the first line does not name the columns",
            "Begin the file with the line code,item,amount (科目编码,科目名称,金额), with commas between.",
        )
    for name in names:
        if name not in known:
            return f"{quoted(name)} is no column of a budget", choose_from(name, known)
        if names.count(name) > 1:
            return f"the column {quoted(name)} is there twice", "Take one of the two out."
    for name in needed:
        if name not in names:
            return f"the column {quoted(name)} is missing", "Add it to the first line."
    if ("basic" in names) != ("project" in names):
        return (
            "basic and project come together, and one of them is missing",
            "Add the other column: the two parts make up the amount.",
        )
    return None


def _read_line(
    line: int,
    cells: list[str],
    header: Sequence[str],
    items: Mapping[str, str],
    table: BudgetTable,
    report: Report,
) -> None:
    """One more line of the table, or what is wrong with it."""
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    if len(cells) != len(header):
        _report_cells(line, cells, header, report)
        return
    row = dict(zip(header, cells, strict=True))
    before = len(report.problems)
    _check_code(line, row, report)
    names = {lang: row[name] for name, lang in items.items() if row.get(name)}
    _check_items(line, row, names, report)
    amounts = [_read_amount(line, name, row[name], report) for name in table.columns]
    if len(report.problems) == before:
        found = tuple(amount for amount in amounts if amount is not None)
        table.lines.append(BudgetLine(row["code"], names, found, line))


def _report_cells(line: int, cells: Sequence[str], header: Sequence[str], report: Report) -> None:
    is_divided = len(cells) > len(header)
    report.add(
        line,
        "budget-row",
        f"{len(cells)} cells, where the first line has {len(header)}",
        "It cannot be told which figure belongs where.",
        'Put an amount with commas in quotation marks ("1,240.50"), or take the commas out.'
        if is_divided
        else "Write a comma for each column, also after the last item.",
    )


def _check_code(line: int, row: Mapping[str, str], report: Report) -> None:
    code = row["code"]
    if _CODE.fullmatch(code):
        return
    if not code:
        report.add(
            line,
            "budget-code",
            f"the line {quoted(row['item'])} has no code",
            "Merged cells leave blanks when a table is saved as CSV; the line would belong "
            "nowhere.",
            "Write the code on every line.",
        )
        return
    report.add(
        line,
        "budget-code",
        f"{quoted(code)} is not a code",
        "The code says which line adds up into which.",
        "Write one digit for a total (2), and two more for each level below: 205, 20502, 2050202.",
    )


def _check_items(
    line: int, row: Mapping[str, str], names: Mapping[str, str], report: Report
) -> None:
    if not row["item"]:
        what = f"the line {quoted(row['code'])} has no item"
    elif any(len(name) > _LONGEST_ITEM for name in names.values()):
        what = f"an item is longer than {_LONGEST_ITEM} characters"
    elif any(name.startswith(_FORMULA) for name in names.values()):
        what = "an item is a formula"
    else:
        return
    report.add(
        line,
        "budget-row",
        what,
        "Readers would see a figure without knowing what it is for.",
        "Write the name of the item in a few words.",
    )


def _read_amount(line: int, name: str, cell: str, report: Report) -> Decimal | None:
    """The amount in a cell; None after reporting what is wrong."""
    if _AMOUNT.fullmatch(cell):
        return Decimal(cell.replace(",", ""))
    if cell.startswith(_FORMULA):
        what = f"{quoted(cell)} is a formula, not an amount"
        remedy = "In the spreadsheet, copy the column and paste it as values; then save as CSV."
    elif not cell:
        what = f"{name} is empty"
        remedy = "Write the amount, or 0 where there is none; merged cells leave blanks too."
    else:
        what = f"{quoted(cell)} is not an amount"
        remedy = "Write digits with a point before decimals, without the unit: 1240.50 or -12.00."
    report.add(
        line, "budget-amount", what, "A sum with an unknown figure in it proves nothing.", remedy
    )
    return None


def _places(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _check_codes(lines: Iterable[BudgetLine], report: Report) -> None:
    """Each code once, and each below one that is there."""
    by_code: dict[str, BudgetLine] = {}
    for found in lines:
        if found.code in by_code:
            report.add(
                found.line,
                "budget-code",
                f"the code {found.code} is there already, in line {by_code[found.code].line}",
                "Its amount would be counted twice, or one of the two be lost.",
                "Give one of them its own code, or put the two together.",
            )
        by_code.setdefault(found.code, found)
    for code, found in by_code.items():
        above = parent_code(code)
        if above and above not in by_code:
            report.add(
                found.line,
                "budget-parent",
                f"the line {code} has none above it: {above} is missing",
                "A figure that adds up into nothing can be proven by nobody.",
                f"Add a line with the code {above} and its amount.",
            )
