"""Folding and terms: what reads the same is the same, and every part of the original is known."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search import folding
from search.analysis import index_terms, stem_term
from search.folding import cluster_starts, fold, fold_with_map
from search.query import clean_text, needed_words, parse_query
from search.tibetan import normal_syllable, written_forms

TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(min_codepoint=0x0F00, max_codepoint=0x0FBC),
        st.sampled_from("医醫發薴Ａﬁ①Ⅷ㈱ﾊﾞ゙ḍ̣éß각가ᄀ\u200b\ufe0f\u0345İ"),
    )
)


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
@example("\ud800")
def test_the_map_leads_back_to_the_original(text: str) -> None:
    folded = fold_with_map(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.text) + 1
    assert list(folded.starts) == sorted(folded.starts)
    assert set(folded.starts) <= set(cluster_starts(text))


@given(TEXTS, st.data())
def test_a_span_of_the_original_reads_as_the_span_found(text: str, data: st.DataObject) -> None:
    folded = fold_with_map(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.original_span(start, end)
    assert {first, last} <= set(cluster_starts(text))
    assert folded.text[start:end] in fold(text[first:last])


@given(TEXTS)
def test_terms_of_any_text_can_be_stored(text: str) -> None:
    for term, positions in index_terms(text, with_single_characters=True).items():
        term.encode()
        assert positions == sorted(positions)


@given(st.text())
def test_every_text_is_a_query(text: str) -> None:
    assert len(parse_query(text).text) <= 300


def test_of_a_long_query_so_many_characters_count() -> None:
    assert clean_text("税" * 100) == ("税" * 100, False)
    assert clean_text("税a" * 101) == ("税a" * 100, True)
    assert clean_text("a" * 301) == ("a" * 300, True)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("“" + "税" * 101 + "”", "“" + "税" * 100 + "”"),
        ('"' + "a" * 400 + '" b', '"' + "a" * 298 + '"'),
        ('"a" ' + "税" * 101, '"a" ' + "税" * 100),
        ('"' + "税" * 101, '"' + "税" * 100),
    ],
)
def test_a_quotation_that_is_cut_is_one_still(text: str, cut: str) -> None:
    assert clean_text(text) == (cut, True)
    assert clean_text(cut) == (cut, False)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("\u0f43", "\u0f42\u0fb7"),
        ("\u0f40\u0f71\u0f72", "\u0f40\u0f72\u0f71"),
        ("\u0f40\u0f72\u0fb1", "\u0f40\u0fb1\u0f72"),
        ("\u0f7b", "\u0f7a\u0f7a"),
        ("\u0f00", "\u0f68\u0f7c\u0f7e"),
        ("བོད\u0f0c", "བོད\u0f0b"),
        ("醫療保險", "医疗保险"),
        ("ＡＢＣ１２", "abc12"),
        ("医\u200b疗", "医疗"),
        ("Straße", "STRASSE"),
    ],
)
def test_what_looks_the_same_folds_to_the_same(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(
    ("syllable", "normal"),
    [
        ("དགའི", "དགའ"),
        ("པའི", "པ"),
        ("བཀྲའོ", "བཀྲ"),
        ("ལོའམ", "ལོ"),
        ("ཀྱི", "གི"),
        ("ཡི", "གི"),
        ("འི", "འི"),
        ("འོད", "འོད"),
    ],
)
def test_tibetan_endings(syllable: str, normal: str) -> None:
    assert normal_syllable(syllable) == normal


@given(st.text(alphabet="དགའིོསམངཀྱཡཔ", min_size=1, max_size=5))
def test_a_syllable_is_a_written_form_of_what_is_searched(syllable: str) -> None:
    normal = normal_syllable(syllable)
    assert syllable in written_forms(normal)
    assert {normal_syllable(each) for each in written_forms(normal)} <= {normal}


def test_pairs_do_not_cross_punctuation_but_cross_layout() -> None:
    assert list(index_terms("甲乙，丙丁")) == ["甲乙", "丙丁"]
    assert list(index_terms("总　则")) == ["总则"]
    assert list(index_terms("甲乙\n\n丙丁")) == ["甲乙", "丙丁"]


def test_single_characters_are_terms_where_asked() -> None:
    assert "税" in index_terms("所得税指南", with_single_characters=True)
    assert "税" not in index_terms("所得税指南")
    assert "税" in index_terms("税。")


def test_stems_stand_beside_words_and_never_for_them() -> None:
    assert index_terms("Licences") == {"licences": [0], "=licens": [0]}
    assert stem_term("licensing") == stem_term("licence") == "=licens"
    assert stem_term("2006") is None


def test_positions_leave_a_gap_at_punctuation() -> None:
    assert index_terms("road. map")["map"] == [2]
    assert index_terms("road map")["map"] == [1]


def test_the_table_of_needed_words() -> None:
    needed = [needed_words(count) for count in range(1, 12)]
    assert needed == [1, 2, 2, 3, 3, 3, 3, 4, 5, 5, 6]


def test_plain_characters_extend_no_letter_and_fold_to_something() -> None:
    plain = [chr(code) for code in range(0x10000) if folding._PLAIN.fullmatch(chr(code))]
    assert len(plain) > 30_000
    assert not any(map(folding.extends, plain))
    assert all(map(fold, plain))


def test_no_mark_lies_beyond_those_that_are_looked_for() -> None:
    beyond = [*range(folding._LAST_MARKS, 0xE0000), *range(0xE0200, 0x110000)]
    assert not any(folding.extends(chr(code)) for code in beyond)
