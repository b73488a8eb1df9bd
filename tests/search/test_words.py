"""Synonyms and pins: what editors tell the search."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import find
from search.engine import SearchEngine
from search.parameters import Parameters
from search.words import MOST_VARIANTS, SearchWords, SearchWordsFile
from tests.search.corpus import SEARCH_WORDS

WORDS = SearchWords(SEARCH_WORDS)


def texts(query: str) -> list[str]:
    return [variant.text for variant in WORDS.variants(query)]


@pytest.mark.parametrize(
    ("query", "variants"),
    [
        ("社保", ["社会保险"]),
        ("社會保險", ["社保"]),
        ("社保 缴费", ["社会保险 缴费"]),
        ("黑水县社保缴费", ["黑水县 社会保险 缴费"]),
        ("社保局", ["社会保险"]),
        ("Residence Permit fee", ["permit of stay fee"]),
        ("residence permits", []),
        ("དགའ་སྟོན་ལྷ་ས", ["རྒྱལ་པོ་ལྷ་ས"]),
        ('"社保"', []),
        ("“社保”", []),
        ("高龄津贴", []),
        ("", []),
    ],
)
def test_a_word_is_replaced_where_it_stands_as_a_word(query: str, variants: list[str]) -> None:
    assert texts(query) == variants


def test_each_word_alone_comes_before_both() -> None:
    assert texts("低保 社保") == [
        "低保 社会保险",
        "最低生活保障 社保",
        "最低生活保障 社会保险",
    ]


@given(st.text(alphabet='社保低医老人补贴报销 "“”་དགའ་སྟོན', max_size=60))
def test_any_query_has_few_variants(query: str) -> None:
    assert len(WORDS.variants(query)) <= MOST_VARIANTS


def test_a_synonym_finds_and_is_told(build: Path) -> None:
    answer = find(build, "医保报销")
    assert [result["url"] for result in answer["results"]] == ["/zh/A/"]
    assert answer["synonyms"] == [{"word": "医保报销", "also": "医疗保险"}]
    assert "<mark>医疗保险</mark>" in answer["results"][0]["snippet"]


def test_as_typed_nothing_else_is_searched_for(build: Path) -> None:
    engine = SearchEngine(build)
    answer = engine.answer(Parameters("医保报销", is_literal=True), "zh")
    assert (answer.total, answer.query.replaced) == (0, ())
    engine.close()


def ids_on(build: Path, day: str, text: str, **values: Any) -> list[str]:
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    engine = SearchEngine(build, clock=lambda: moment)
    answer = engine.answer(Parameters(text, size=50, **values), "zh")
    engine.close()
    return [line.url.strip("/").split("/")[1] for line in answer.results]


def test_pinned_pages_come_first_in_their_order_and_demoted_last(build: Path) -> None:
    found = ids_on(build, "2026-03-01", "津贴")
    assert found == ["T", "G", "D"], "T and G have not the word"
    assert ids_on(build, "2026-03-01", "津 贴") == found, "as the query is read, not as it is typed"
    assert ids_on(build, "2026-03-01", "津贴 发放")[0] == "D", "for this query alone"


def test_a_pin_holds_on_its_days(build: Path) -> None:
    assert ids_on(build, "2026-06-01", "文件")[0] == "H"
    assert ids_on(build, "2026-06-30", "文件")[0] == "H"
    assert "H" not in ids_on(build, "2026-05-31", "文件")
    assert "H" not in ids_on(build, "2026-07-01", "文件")


def test_a_filter_leaves_pinned_pages_out_like_others(build: Path) -> None:
    assert ids_on(build, "2026-03-01", "津贴", filters={"in": "zh"}) == ["T", "D"]


def test_pages_of_results_are_parts_of_one_order(build: Path) -> None:
    engine = SearchEngine(build)
    pages = [engine.answer(Parameters("津贴", size=1, page=page), "zh") for page in (1, 2, 3)]
    engine.close()
    assert [page.results[0].url for page in pages] == ["/zh/T/", "/en/G/", "/zh/D/"]
    assert {page.total for page in pages} == {3}


def test_a_changed_file_holds_at_once(tmp_path: Path) -> None:
    source_path = tmp_path / "search.json"
    source = SearchWordsFile(source_path)
    assert source.words().variants("路") == []
    source_path.write_text('{"synonyms": [{"words": ["路", "道路"], "finds": []}]}')
    assert [variant.text for variant in source.words().variants("路")] == ["道路"]
