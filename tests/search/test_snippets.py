"""Snippets: the words are marked where they stand, nothing is cut that belongs together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from search.folding import cluster_starts
from search.query import Query, parse_query
from search.snippets import first_snippet, mark_text
from search.tibetan import normal_syllable

SYLLABLES = ["བོད་", "རང་", "སྐྱོང་", "ལྗོངས།", "ལྗོངས", "སྐྱོ", " ", "། "]


def make_snippet(text: str, query: Query) -> Markup:
    return first_snippet([text], query)[0]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("关于医疗保险的办法", "医疗保险", "关于<mark>医疗保险</mark>的办法"),
        ("關於醫療保險的辦法", "医疗保险", "關於<mark>醫療保險</mark>的辦法"),
        ("总　则", "总则", "<mark>总 则</mark>"),
        ("a < b & 医疗", "医疗", "a &lt; b &amp; <mark>医疗</mark>"),
        ("Licences and licensing", "license", "<mark>Licences</mark> and <mark>licensing</mark>"),
        ("blicense", "license", "blicense"),
        ("དགའི་སྟོན", "དགའ", "<mark>དགའི</mark>་སྟོན"),
        ("阿府發（2006）１２號文", "阿府发〔2006〕12号", "<mark>阿府發（2006）１２號</mark>文"),
        ("根据阿府发〔2006〕12号", "阿府发[2006]12号", "根据<mark>阿府发〔2006〕12号</mark>"),
        ("阿府发〔2006〕112号", "阿府发〔2006〕12号", "阿府发〔2006〕112号"),
        (
            "<script>x</script>",
            "script",
            "&lt;<mark>script</mark>&gt;x&lt;/<mark>script</mark>&gt;",
        ),
        ("医疗保健", "医疗保险", "<mark>医疗保</mark>健"),
        ("医 疗，保\n险，险保", "医疗保险", "<mark>医 疗</mark>，<mark>保 险</mark>，险保"),
        ("没有", "*", "没有"),
    ],
)
def test_words_are_marked_as_the_reader_knows_them(text: str, query: str, marked: str) -> None:
    assert mark_text(text, parse_query(query)) == marked


def test_a_snippet_shows_where_most_words_stand() -> None:
    text = "医疗。" + "别的事情。" * 100 + "医疗保险缴费的办法在此。" + "别的事情。" * 100
    snippet = make_snippet(text, parse_query("医疗 缴费 办法"))
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert "<mark>医疗</mark>保险<mark>缴费</mark>的<mark>办法</mark>" in snippet


def test_without_any_word_the_beginning_is_shown() -> None:
    assert make_snippet("开头。" * 100, parse_query("")).startswith("开头。开头。")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "材料\n从哪里来\n报销申请表。\n下一段",
            "<mark>材料</mark> · 从哪里来 · 报销申请表。 下一段",
        ),
        ("Papers:\nform\nreceipt", "Papers: form · receipt"),
        ("དོན་ཚན\nམིང་།\nཁ་པར", "དོན་ཚན · མིང་། ཁ་པར"),
    ],
)
def test_cells_and_headings_do_not_run_together(text: str, shown: str) -> None:
    assert make_snippet(text, parse_query("材料")) == shown


@pytest.mark.parametrize(
    ("query", "place", "shown"),
    [("甲", 0, "<mark>甲</mark>"), ("丙", 2, "<mark>丙</mark>"), ("丁", 0, "甲"), ("", 0, "甲")],
)
def test_the_first_text_that_has_a_word_is_shown_else_the_first(
    query: str, place: int, shown: str
) -> None:
    assert first_snippet(["甲", "乙", "丙", "丙甲"], parse_query(query)) == (shown, place)


WRITTEN = ["དགའ", "དགའི", "དག", "གི", "ཀྱི", "ཡི", "པའི", "པ", "པོའོ", "པོ", "འི", "འོད", "ལོའམ", "ལོ"]


@given(
    st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(WRITTEN), st.sampled_from("་།")), max_size=12),
)
def test_tibetan_words_are_marked_in_every_form_of_their_syllables(
    asked: list[str], written: list[tuple[str, str]]
) -> None:
    text = "".join(map("".join, written))
    marked = mark_text(text, parse_query("་".join(asked)))
    units = [*map(normal_syllable, asked)]
    there = [normal_syllable(syllable) for syllable, _ in written]
    inside: set[int] = set()
    for first in range(len(there) - len(units) + 1):
        gaps = [gap for _, gap in written[first : first + len(units) - 1]]
        if there[first : first + len(units)] == units and "།" not in gaps:
            inside |= set(range(first, first + len(units)))
    expected = [written[place][0] for place in sorted(inside)]
    found = re.split("[་།]", "་".join(re.findall("<mark>(.*?)</mark>", marked)))
    assert [each for each in found if each] == expected


def test_nothing_comes_of_nothing() -> None:
    assert make_snippet("", parse_query("医疗")) == ""


@given(st.lists(st.sampled_from(SYLLABLES), min_size=100, max_size=200).map("".join))
def test_tibetan_is_never_cut_inside_a_stack(text: str) -> None:
    snippet = make_snippet(text, parse_query("བོད"))
    plain = Markup(re.sub("</?mark>", "", snippet)).unescape().strip("… ")
    flat = re.sub(r"\s+", " ", text)
    start = flat.find(plain)
    assert start >= 0
    assert {start, start + len(plain)} <= set(cluster_starts(flat))


@given(st.text(max_size=800), st.text(max_size=40))
def test_any_text_makes_sound_html(text: str, query: str) -> None:
    snippet = make_snippet(text, parse_query(query))
    assert re.sub("</?mark>|&(?:amp|lt|gt|#34|#39);", "", snippet).count("&") == 0
    assert "<" not in re.sub("</?mark>", "", snippet)
    assert re.sub("[^<>/m]", "", "".join(re.findall("</?mark>", snippet))) == (
        "<m></m>" * snippet.count("<mark>")
    )
