"""What is passed on without cleaning is what the cleaner would have left as it is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from domain.fields import Report
from plugins.portal.reading.markdown_text import convert_text
from plugins.portal.reading.sanitising import _INNOCENT, _cleaner
from plugins.portal.reading.text_lines import TextLines

CONTENT = Path(__file__).resolve().parents[2] / "content"
PIECES = st.sampled_from(
    [
        *(
            "# 一、总则\n",
            "## a & b\n",
            "### a\n\n",
            "1. 一\n",
            "- a\n",
            "    - b\n",
            "> 引\n",
            "\n\n",
        ),
        *(
            "**粗**",
            "*em*",
            "a",
            "“引”",
            "\xa0",
            "&amp;",
            "&nbsp;",
            "'",
            '"',
            "\\*",
            "`code`",
            "---\n",
        ),
        *("[a](b.md)", "| a | b |\n|---|---|\n| 1 | 2 |\n", "[^1]", "\n[^1]: note\n", "\n    x\n"),
        *("a {#id}\n", "\t", "\u2028", "\x0c", "\r", "\ufeff", "*[a]: b\n", "a\n: b\n", "  \nc"),
    ]
)


def converted(text: str) -> str:
    made, _ = convert_text(TextLines(text, 1), Report("a.md"))
    return made


@given(st.lists(PIECES, max_size=12).map("".join))
@example("# 标题\n\n第一条　文。\n\n1. 一\n    - 二\n\n> 引\n")
def test_an_innocent_text_is_what_the_cleaner_makes_of_it(text: str) -> None:
    made = converted(text)
    if "<" not in text and "{" not in text and _INNOCENT.fullmatch(made):
        assert _cleaner().clean(made) == made


def test_plain_texts_are_innocent_and_others_are_not() -> None:
    assert _INNOCENT.fullmatch(converted("# 总则\n\n第一条 *应当*：\n\n1. 一\n2. **二**\n\n> 引\n"))
    for text in (
        "[a](https://b.example)",
        "a & b",
        "a\xa0b",
        "`a`",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ):
        assert not _INNOCENT.fullmatch(converted(text)), text
