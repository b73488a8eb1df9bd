"""Prose that is converted straight away is what the whole way gives, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.fields import Report
from plugins.portal.reading.markdown_text import convert_text
from plugins.portal.reading.plain_prose import convert_plain_prose
from plugins.portal.reading.sanitising import sanitise
from plugins.portal.reading.text_lines import TextLines
from tests.reading.test_markdown_engine import TEXTS

CONTENT = Path(__file__).resolve().parents[2] / "content"
PIECES = st.sampled_from(
    [
        *(
            "第一条　为了",
            "a b",
            "“引”",
            "'",
            '"',
            ",",
            "(1)",
            "（一）",
            "1",
            "2.",
            "2. ",
            "12:30",
            ":",
            "!",
        ),
        *("# 总则", "## 第一章 总 则", "###x", "## ", "#", "####### y", "## a #", "# A b"),
        *(
            "\n",
            "\n\n",
            "\n\n\n",
            " ",
            "  ",
            "\u3000",
            "\u3000\u3000",
            "\x0b",
            "\x85",
            "\u2028",
            "\xa0",
        ),
        *(
            "=",
            "---",
            "+ ",
            "- ",
            "\t",
            "དགེ་",
            "😀",
            "º",
            "ß",
            "-a-",
            "/",
            "///Footnotes Go Here///",
        ),
        *("[", "]", "(", ")", "!", "[一 二](doc:a-1)", "[a](b/c.pdf)", "[a](https://a.example/b)"),
        *("[a]({filename}/b/c.md)", "{filename}", "{#b}", "[a]({static}b.pdf)"),
        *("[a]", "(b)", "[^1]", "[a]: b", "[a ](b)", "![a](b)", "[a](javascript:b)", "[a](b c)"),
    ]
)


def the_whole_way(text: str) -> tuple[object, ...]:
    lines, report = TextLines(text, 1), Report("a.md")
    made, headings = convert_text(lines, report)
    return sanitise(made, lines, report), headings, report.problems


@settings(max_examples=600)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), TEXTS, st.text()))
@example("## a\n\nb\nc\n\n\n## a\n")
@example("# a\n\n###### b\n")
@example("a\n# b\nc")
@example("\u3000\u3000第一条\u3000\n\n第二条")
@example("a \n\nb")
@example("2019年9月26日 通过\n\n## 第一章 总 则\n")
@example("见[办法](doc:a-1)。\n[b](../c.html)\n\n[a](doc:b)")
@example("[a]({filename}/b/c.md)，[a]({static}b.pdf)")
@example("[a](doc:b)[c](d)")
@example("[a](b)(c)\n\n(a)[b](c)")
@example("- [a](b)")
@example("[a](b\n)")
@example("[a\nb](c)")
@example("[a]([b](c))")
@example("[[a](b)](c)")
@example("1[a](b).[c](d) e")
@example("[a](http://b.example.)")
def test_plain_prose_is_what_the_whole_way_gives(text: str) -> None:
    plain = convert_plain_prose(text)
    if plain:
        assert (*plain, []) == the_whole_way(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "## [a](b)",
        "![a](b)",
        "[a]: b",
        "[a](x:y)",
        "a *b*",
        "1. a",
        "- a",
        " a",
        "a  \nb",
        "a\n===",
        "a & b",
        "# a # b",
        "x\n: y",
    ],
)
def test_what_is_more_than_prose_is_left_to_the_engine(text: str) -> None:
    assert convert_plain_prose(text) is None


def test_plain_texts_of_the_shipped_content() -> None:
    texts = [
        path.read_text("utf-8").partition("\n---\n")[2] for path in sorted(CONTENT.rglob("*.md"))
    ]
    plain = [text for text in texts if convert_plain_prose(text)]
    assert plain
    for text in plain:
        assert (*(convert_plain_prose(text) or ()), []) == the_whole_way(text)
