"""The queries that must come right, by their numbers in the design."""

from pathlib import Path
from typing import Any

import pytest

from search import find
from tests.search.corpus import VERY_LATE_TERM


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["url"].strip("/").split("/")[1] for result in answer["results"]]


def found(build: Path, text: str, **options: Any) -> list[str]:
    return ids(find(build, text, **{"size": 50, **options}))


@pytest.mark.parametrize(
    "text",
    [
        "阿府发〔2006〕12号",
        "阿府发[2006]12号",
        "阿府發（2006）１２號",
        "阿府发2006年第012号",
        "阿府发【2006】第12号",
        " 阿府发 〔2006〕 12 号 ",
        "《阿府发〔2006〕12号》",
        "关于阿府发〔2006〕12号",
        "“阿府发〔2006〕12号”",
    ],
)
def test_1_to_4_a_number_in_any_spelling_finds_its_document_first(build: Path, text: str) -> None:
    answer = find(build, text)
    assert ids(answer) == ["A", "N"], "the document itself, then the one that cites it"
    assert [result["exact"] for result in answer["results"]] == [True, False]


def test_5_a_number_without_prefix_finds_all_that_bear_it(build: Path) -> None:
    assert sorted(found(build, "〔2006〕12号")) == ["A", "A3", "N"]


def test_6_prefix_and_year_find_the_year(build: Path) -> None:
    assert sorted(found(build, "阿府发 2006")[:2]) == ["A", "A2"]


def test_7_a_number_that_no_document_bears_is_never_taken_for_another(build: Path) -> None:
    answer = find(build, "阿府发〔2006〕13号")
    assert answer["total"] == 0


@pytest.mark.parametrize("text", ["西藏自治区", "区人民政府", "治区人民"])
def test_8_and_10_any_part_of_a_word_is_found(build: Path, text: str) -> None:
    assert found(build, text)[0] == "B"


def test_9_quoted_words_must_stand_together(build: Path) -> None:
    assert "C" in found(build, "西藏自治区")
    assert found(build, '"西藏自治区"') == ["B"]
    assert found(build, "“西藏自治区”") == ["B"]


def test_11_traditional_finds_simplified(build: Path) -> None:
    assert found(build, "醫療保險")[0] == "A"


def test_12_a_single_character_finds_titles(build: Path) -> None:
    assert found(build, "税") == ["T"]


def test_15_what_is_in_force_comes_before_what_was_repealed(build: Path) -> None:
    answer = find(build, "最低生活保障")
    assert ids(answer)[:2] == ["E2", "E"]
    assert [result["validity"] for result in answer["results"][:2]] == ["in-force", "repealed"]


def test_18_common_words_put_titles_first(build: Path) -> None:
    answer = find(build, "印发 通知 办法")
    assert answer["total"] > 50
    first = answer["results"][0]["title"]
    assert sum(word in first for word in ("印发", "通知", "办法")) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "བོད་རང་སྐྱོང་ལྗོངས",
        "བོད་རང་སྐྱོང་ལྗོངས་",
        "བོད\u0f0cརང\u0f0cསྐྱོང\u0f0cལྗོངས",
    ],
)
def test_19_the_tsheg_makes_no_difference(build: Path, text: str) -> None:
    assert found(build, text) == ["F"]


@pytest.mark.parametrize("text", ["དགའ", "དགའི", "དགའི་", "རྒྱལ་པོའི", "ལྗོངས་གི་དགའ"])
def test_21_endings_and_spellings_of_particles_make_no_difference(build: Path, text: str) -> None:
    assert found(build, text) == ["F"]


@pytest.mark.parametrize("text", ["༢༠༢༤", "2024", "༢༠༢༤ལོའི", "２０２４"])
def test_22_digits_of_any_script_are_the_same(build: Path, text: str) -> None:
    assert "F" in found(build, text, filters={"in": "bo"})


def test_23_quoted_tibetan_in_the_wrong_order_finds_nothing(build: Path) -> None:
    assert found(build, '"བོད་རང་སྐྱོང"') == ["F"]
    assert found(build, '"རང་བོད་སྐྱོང"') == []


@pytest.mark.parametrize("text", ["licenses", "licence", "LICENSE", "residences"])
def test_24_english_forms_of_a_word_find_each_other(build: Path, text: str) -> None:
    assert found(build, text) == ["G"]


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "a:b AND (",
        "\x00",
        "医疗\x00保险",
        "😀",
        "👩‍🚒 \ud800",
        "医" * 5_000,
        "税 " * 2_500,
        '"' * 999,
        "((((((",
        "title:税 NOT *:*",
        "〔〕号",
        "་་་",
        "\u0fb7\u0f72",
        "’",
        "-" * 300,
    ],
)
def test_26_no_text_is_an_error(build: Path, text: str) -> None:
    answer = find(build, text)
    assert answer["total"] >= 0
    assert len(answer["query"]) <= 300


def test_26_the_end_of_a_very_long_text_is_found_and_marked(build: Path) -> None:
    answer = find(build, VERY_LATE_TERM)
    assert ids(answer) == ["H"]
    assert f"<mark>{VERY_LATE_TERM}</mark>是药材。" in answer["results"][0]["snippet"]


def test_a_title_typed_in_full_comes_first(build: Path) -> None:
    assert found(build, "高龄津贴发放指南")[0] == "D"


def test_long_questions_need_not_match_in_all_words(build: Path) -> None:
    assert found(build, "年满八十岁的老人去哪里领取高龄津贴")[0] == "D"


def test_the_readers_language_comes_first_among_equals(tmp_path: Path) -> None:
    from search import apply_rows
    from tests.search.corpus import make_row, write_rows

    rows = [
        make_row("P", lang=lang, title="Aba 2026", number="阿府发〔2026〕1号")
        for lang in ("zh", "en")
    ]
    write_rows(tmp_path, rows)
    apply_rows(tmp_path)
    for lang in ("zh", "en"):
        for text in ("Aba 2026", "阿府发〔2026〕1号"):
            assert find(tmp_path, text, lang=lang)["results"][0]["lang"] == lang


def test_the_text_of_an_attachment_leads_to_its_document(build: Path) -> None:
    answer = find(build, "外伤经过")
    assert ids(answer) == ["P"]
    assert answer["results"][0]["snippet"] == "就诊日期 · <mark>外伤经过</mark>"
    assert answer["results"][0]["attachment"] == {"title": "申请表", "url": "/files/P/form.pdf"}


def test_what_the_page_says_itself_is_shown_before_an_attachment(build: Path) -> None:
    assert find(build, "报销窗口")["results"][0]["attachment"] is None


def test_no_phrase_reaches_from_one_attachment_into_the_next(build: Path) -> None:
    assert found(build, '"经过过敏"') == []


@pytest.mark.parametrize("text", ["国务院令第711号", "国务院令 第0711号", "政府信息 国务院令711号"])
def test_an_order_is_found_by_its_number(build: Path, text: str) -> None:
    answer = find(build, text)
    assert ids(answer) == ["O"]
    assert answer["results"][0]["exact"]


def test_a_number_with_a_long_prefix_is_found(build: Path) -> None:
    assert found(build, "国家卫生健康委员会办公厅医政函〔2020〕7号") == ["L"]
