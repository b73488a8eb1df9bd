"""Replies and results: days in order, and the tally that lies beside."""

import pytest

from domain.tallies import Tally, TallyLine, TallyQuestion
from plugins.portal.kinds import KINDS
from plugins.portal.reading import read_document
from tests.reading.contexts import CONTEXT, codes, read

HEAD = "---\ntitle: 来信\nkind: feedback\ndate: 2026-03-01 09:00\n{}---\n答复。\n"

TALLY = Tally(
    "survey",
    20,
    "2026-07-01",
    "2026-07-31",
    (TallyQuestion({"zh": "问题"}, "answers", 20, (TallyLine({"zh": "是"}, 20),)),),
)
SOURCE = "news/2026/x.md"


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("received: 2026-02-01\nanswered: 2026-02-01\n", []),
        ("answered: 2026-02-01\n", []),
        ("received: 2026-02-02\nanswered: 2026-02-01\n", [(6, "dates-reversed")]),
    ],
)
def test_a_letter_comes_before_its_answer(keys: str, found: list[tuple[int, str]]) -> None:
    _, problems = read(SOURCE, HEAD.format(keys))
    assert codes(problems) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("x.json", TALLY.to_json(), []),
        ("x.json", "{}", [(5, "feedback-tally")]),
        ("x.json", "[]", [(5, "feedback-tally")]),
        ("x.json", TALLY.to_json().replace("20", "-1"), [(5, "feedback-tally")]),
        ("x.csv", TALLY.to_json(), [(5, "feedback-tally")]),
        ("y.json", "", [(5, "feedback-tally")]),
    ],
)
def test_a_tally_is_read_whole_or_is_a_problem(
    name: str, text: str, found: list[tuple[int, str]]
) -> None:
    files = {f"news/2026/{name}": text.encode()} if text else {}
    head = HEAD.format(f"tally: {name}\n").encode()
    document, problems = read_document(SOURCE, head, CONTEXT, files.get)
    assert codes(problems) == found
    if not found:
        assert document is not None
        assert Tally.from_json(document.fields["tally"]) == TALLY


def test_the_kind_says_where_its_documents_go() -> None:
    assert KINDS["feedback"].main_column == "selected-replies"
