"""The CSV of a form's letters; fault 43."""

import csv
import io

import pytest

from domain.forms import Field, Form, Option
from relay.tables import TableLine, format_table, plain_cell

OPTIONS = (Option("bus", {"zh": "校车"}), Option("road", {"zh": "道路"}))
FORM = Form(
    "petition",
    {"zh": "来信"},
    "gov-office",
    "XF",
    {"zh": "来信"},
    (
        Field("papers", "file", {"zh": "附件"}),
        Field("letter", "long-text", {"zh": "内容"}),
        Field("used", "multiple", {"zh": "用过"}, options=OPTIONS),
        Field("order", "ranking", {"zh": "先后"}, options=OPTIONS),
    ),
)


def rows_of(*lines: TableLine) -> list[list[str]]:
    text = format_table(FORM, lines, "zh", str)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_columns_are_the_fields_and_every_answer_stands_below_its_own() -> None:
    answers = {"letter": ["一\n二"], "used": ["bus", "road"], "order": ["road", "bus"]}
    line = TableLine(
        "XF-20261112-7K3QD", "2026-11-12 09:30", "received", answers, ["a.pdf", "b.pdf"]
    )
    assert rows_of(line) == [
        ["Reference", "Received", "State", "附件", "内容", "用过", "先后"],
        [
            "XF-20261112-7K3QD",
            "2026-11-12 09:30",
            "received",
            "a.pdf; b.pdf",
            "一\n二",
            "校车; 道路",
            "1. 道路; 2. 校车",
        ],
    ]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://a.example")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        "=",
        "＠x",
    ],
)
def test_43_no_cell_is_a_formula(text: str) -> None:
    (_, row) = rows_of(TableLine("r", "t", "s", {"letter": [text]}, [text]))
    assert row[3] == row[4] == f"'{text}"
    assert plain_cell("a=1") == "a=1"
