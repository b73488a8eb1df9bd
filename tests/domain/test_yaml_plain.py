"""The quick way through plain front matter gives what libyaml gives, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.yaml_plain import parse_plain_yaml
from domain.yaml_source import parse_yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"
PIECES = st.sampled_from(
    [
        *"abc: #,[]{}\"'\\-?!|>%@`&*\t\n\u0085\u2028\ufeff\x07",
        "文号",
        "དགེ་",
        ": ",
        " #",
        "- ",
        "key: ",
        "\nkey: ",
    ]
)
LINE = st.builds(
    "{}: {}\n".format,
    st.sampled_from(["title", "date", "a_b", "title"]),
    st.one_of(
        st.lists(PIECES).map("".join),
        st.text(),
        st.lists(st.lists(PIECES).map("".join)).map(lambda parts: f"[{', '.join(parts)}]"),
        st.text(alphabet="ab文 ,:#").map(lambda text: f'"{text}"'),
        st.sampled_from(
            ["2026-03-01 09:00", "阿府发〔2026〕12号", "[a, b-c, 文]", "true", "05", "~"]
        ),
    ),
)


ITEM = st.builds(
    "{}- {{{}}}\n".format,
    st.sampled_from(["", "  ", " "]),
    st.lists(
        st.builds(
            "{}: {}".format,
            st.sampled_from(["file", "title", "file"]),
            st.one_of(
                st.lists(PIECES).map("".join),
                st.sampled_from(["plan.pdf", '"附件 1"', "a: b", "2026-03-01", "[a]"]),
            ),
        ),
        min_size=1,
        max_size=3,
    ).map(", ".join),
)
LIST = st.lists(ITEM, min_size=1, max_size=3).map(lambda items: "files:\n" + "".join(items))


@given(st.lists(st.one_of(LINE, LIST), max_size=4).map("".join))
@example('files:\n  - {file: a.pdf, title: "附件 1"}\n  - {file: b.pdf}\ntitle: a\n')
@example("files:\n- {file: a.pdf }\n  - {file: b.pdf}\n")
@example("files: \n- {file: a.pdf}\n- b\n")
@example('title: "a" \nkeywords: [a b , "c, d"]\n')
@example("title: a b  \n")
@example("title: a#b c:d\n")
@example("title: 12:30\n")
@example("x: [a, b,]\n")
@example("x: []\n")
@example("x: [ a]\n")
def test_what_is_read_quickly_is_what_libyaml_reads(text: str) -> None:
    quick = parse_plain_yaml(text, 2)
    if quick is not None:
        assert (quick, []) == parse_yaml(text, "a.md", 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title:\n",
        "files:\n- {a: b, a: c}\n",
        "files:\n- {a: {b: c}}\n",
        "files:\n - {a: b}\n  - {a: b}\n",
        "a: 1\na: 2\n",
        "title: 'a'\n",
        "title: a: b\n",
        "title: a #b\n",
        "a: {b: c}\n",
    ],
)
def test_what_is_not_plain_is_left_to_libyaml(text: str) -> None:
    assert parse_plain_yaml(text, 2) is None


def test_most_of_the_shipped_texts_are_plain() -> None:
    heads = [
        text[4 : text.index("\n---\n", 4) + 1]
        for path in CONTENT.rglob("*.md")
        if (text := path.read_text("utf-8")).startswith("---\n")
    ]
    plain = [head for head in heads if parse_plain_yaml(head, 2)]
    assert len(plain) > len(heads) / 2
    for head in plain:
        assert (parse_plain_yaml(head, 2), []) == parse_yaml(head, "a.md", 2)
