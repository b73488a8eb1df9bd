"""The figures of a budget: what is read from a CSV, and what of it is proven."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fields import Report
from plugins.portal.kinds import KINDS
from plugins.portal.kinds.budget import BudgetKind, owner_of
from plugins.portal.kinds.budget_csv import BudgetTable, read_table
from plugins.portal.kinds.budget_sums import Proof, prove_sums
from plugins.portal.reading import Document, read_document
from tests.reading.contexts import CONTEXT, codes

HEAD = "---\ntitle: 预算\nkind: budget\ndate: 2026-02-10 09:00\n{}---\n说明。\n"
KEYS = "year: 2026\nstage: budget\nunit: yuan\napproved: 2026-02-01\nfigures: x.csv\n"
SOUND = "code,item,item_en,amount\n2,支出总计,Total,3.50\n205,教育,,2.50\n210,卫生,Health,1.00\n"


def read_csv(text: str) -> tuple[BudgetTable | None, Report]:
    report = Report("x.csv")
    return read_table(text, ("zh", "en", "bo"), "zh", report), report


def prove(text: str) -> tuple[Proof, Report]:
    table, report = read_csv(text)
    assert table is not None, report.problems
    return prove_sums(table, report), report


def make(files: Mapping[str, bytes], keys: str = KEYS) -> tuple[Document, list[tuple[int, str]]]:
    source = "interpretation/2026/x.md"
    data = HEAD.format(keys).encode()
    document, problems = read_document(source, data, CONTEXT, files.get)
    assert document is not None
    return document, codes(problems)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_figures_are_read_with_the_document(mark: bytes) -> None:
    document, problems = make({"interpretation/2026/x.csv": mark + SOUND.encode()})
    assert problems == []
    assert document.beside == ("interpretation/2026/x.csv",)
    assert document.fields["figures"] == {
        "columns": ["amount"],
        "places": 2,
        "lines": [
            ["2", {"zh": "支出总计", "en": "Total"}, ["3.50"]],
            ["205", {"zh": "教育"}, ["2.50"]],
            ["210", {"zh": "卫生", "en": "Health"}, ["1.00"]],
        ],
        "sums": 1,
        "rounded": [],
    }


def test_a_file_that_is_not_there_is_noted_too_so_that_its_coming_is_seen() -> None:
    document, problems = make({})
    assert (document.beside, problems) == (
        ("interpretation/2026/x.csv",),
        [(9, "budget-figures")],
    )


def test_a_file_larger_than_a_page_may_be_is_refused() -> None:
    size = CONTEXT.vocabulary.site.limits.max_bytes + 1
    _, problems = make({"interpretation/2026/x.csv": b"1" * size})
    assert problems == [(0, "file-size")]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1240.50", "1240.50"),
        ('"1,240.50"', "1240.50"),
        ("－１２．５", "-12.5"),
        ("−3", "-3"),
        (" 0 ", "0"),
        ("999999999999999.999999", "999999999999999.999999"),
    ],
)
def test_amounts_are_exact_however_a_spreadsheet_writes_them(cell: str, amount: str) -> None:
    table, report = read_csv(f"code,item,amount\n2,支出,{cell}\n")
    assert report.problems == []
    assert table is not None
    assert table.lines[0].amounts == (Decimal(amount),)


def test_what_a_spreadsheet_leaves_behind_is_passed_over() -> None:
    text = "科目编码,科目名称,金额,,\n,,,,\n2,支出 总计,1,,\n205,教育,1\n,,,,\n"
    table, report = read_csv(text.replace("\n", "\r\n"))
    assert report.problems == []
    assert table is not None
    found = [(line.code, line.names["zh"], line.line) for line in table.lines]
    assert found == [("2", "支出 总计", 3), ("205", "教育", 4)]


def test_lines_stand_below_their_parents_whatever_their_order() -> None:
    table, _ = read_csv("code,item,amount\n210,b,1\n20502,c,1\n2,a,2\n205,d,1\n")
    assert table is not None
    assert [line.code for line in table.lines] == ["2", "205", "20502", "210"]


def test_a_line_in_a_quoted_cell_does_not_shift_the_lines_of_problems() -> None:
    _, report = read_csv('code,item,amount\n2,"支出\n总计",1\n205,教育,x\n')
    assert codes(report.problems) == [(4, "budget-amount")]


def test_rounding_is_allowed_as_said_and_named() -> None:
    text = "code,item,amount\n2,a,{}\n205,b,1.05\n210,c,1.05\n"
    proof, report = prove(text.format("2.11"))
    assert report.problems == []
    assert [tuple(r) for r in proof.rounded] == [("2", "amount", Decimal("-0.01"))]
    _, report = prove(text.format("2.12"))
    assert codes(report.problems) == [(2, "budget-sum")]


def test_one_child_is_the_same_as_its_parent() -> None:
    _, report = prove("code,item,amount\n2,a,1.00\n205,b,1.01\n")
    assert codes(report.problems) == [(2, "budget-sum")]


def test_parts_make_up_the_amount_on_every_line() -> None:
    text = "code,item,amount,basic,project\n2,a,3.00,1.00,2.00\n205,b,3.00,1.00,{}\n"
    proof, report = prove(text.format("2.00"))
    assert (proof, report.problems) == (Proof(5, ()), [])
    _, report = prove(text.format("2.02"))
    assert codes(report.problems) == [(2, "budget-sum"), (3, "budget-parts")]


amounts = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12)


@given(amounts)
def test_true_sums_are_proven_and_every_false_one_is_found(cents: list[int]) -> None:
    """Whole lines of cents: what was added up is right, one more than rounding allows is wrong."""
    total = sum(cents)
    lines = "".join(f"2{n + 10},x,{Decimal(c).scaleb(-2):.2f}\n" for n, c in enumerate(cents))

    def check(stated: int) -> list[tuple[int, str]]:
        text = f"code,item,amount\n2,total,{Decimal(stated).scaleb(-2):.2f}\n{lines}"
        return codes(prove(text)[1].problems)

    allowed = len(cents) // 2
    assert check(total) == check(total + allowed) == check(total - allowed) == []
    assert check(total + allowed + 1) == check(total - allowed - 1) == [(2, "budget-sum")]


@given(st.text(max_size=60))
def test_nothing_in_a_file_makes_reading_raise(text: str) -> None:
    table, report = read_csv(text)
    assert (table is None) == bool(report.problems)
    table, report = read_csv(f"code,item,amount\n{text}")
    assert (table is None) == bool(report.problems)


def test_whose_budget_it_is() -> None:
    files = {"interpretation/2026/x.csv": SOUND.encode()}
    for keys, owner in (
        ("", "government"),
        ("departments: [gov-office]\ncounties: [maerkang]\n", "department/gov-office"),
        ("counties: [maerkang]\n", "county/maerkang"),
    ):
        document, _ = make(files, KEYS + keys)
        assert owner_of(document) == owner
        assert KINDS["budget"].listings(document, "interpretation") == [
            ("budget/interpretation", "2026", f"{owner}/budget"),
            (f"budget/interpretation/{owner}", "2026", "budget"),
        ]


def test_a_budget_without_year_or_stage_stands_in_no_table() -> None:
    document, problems = make({}, "")
    assert KINDS["budget"].listings(document, "interpretation") == []
    assert {code for _, code in problems} == {"card-missing"}


def test_open_record_has_the_same_columns_always() -> None:
    kind = BudgetKind()
    document, _ = make({"interpretation/2026/x.csv": SOUND.encode()})
    assert kind.open_record(document.fields) == {
        "year": "2026",
        "stage": "budget",
        "unit": "yuan",
        "approved": "2026-02-01",
        "revenue": "",
        "spending": "3.50",
    }
    assert list(kind.open_record({})) == list(kind.open_record(document.fields))
