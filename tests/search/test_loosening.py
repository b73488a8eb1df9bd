"""Where hardly a page has all of a question, those are found that have most of it; and it is said."""

from collections.abc import Iterator

import pytest

from search import apply_rows
from search.answers import answer_json
from search.engine import SearchEngine
from search.parameters import Parameters
from tests.search.corpus import make_row, write_rows


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    build = tmp_path_factory.mktemp("loosening")
    rows = [
        make_row("permit", title="居住证申领", body="在本州居住半年以上，可以申领居住证。"),
        make_row("clinic", title="人民医院就诊", body="州人民医院每天开放门诊。"),
        make_row("road", title="道路通行", body="今日道路畅通。"),
    ]
    write_rows(build, rows)
    apply_rows(build)
    made = SearchEngine(build)
    yield made
    made.close()


def asked(engine: SearchEngine, text: str, **values: bool) -> tuple[list[str], bool]:
    answer = engine.answer(Parameters(text=text, **values), "zh")  # type: ignore[arg-type]
    found = [result.url.strip("/").split("/")[-1] for result in answer.results]
    return found, answer.query.is_loosened


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("居住证怎么办", "permit"),
        ("如何办理居住证", "permit"),
        ("居住证在哪里申领", "permit"),
        ("居住证怎么领", "permit"),
        ("人民医院门诊部", "clinic"),
    ],
)
def test_most_of_a_question_is_enough(engine: SearchEngine, text: str, found: str) -> None:
    assert asked(engine, text) == ([found], True)


@pytest.mark.parametrize("text", ["居住证", "州人民医院", "道路畅通"])
def test_what_a_page_has_whole_is_not_loosened(engine: SearchEngine, text: str) -> None:
    found, is_loosened = asked(engine, text)
    assert len(found) == 1
    assert not is_loosened


@pytest.mark.parametrize(
    "text", ['"居住证怎么办"', "“居住证怎么办”", "阿府发〔2024〕9号", "怎么办", "机"]
)
def test_what_is_meant_as_written_stays_so(engine: SearchEngine, text: str) -> None:
    assert asked(engine, text) == ([], False)


def test_whoever_asks_for_the_words_as_written_gets_them(engine: SearchEngine) -> None:
    assert asked(engine, "居住证怎么办", is_literal=True) == ([], False)


@pytest.fixture(scope="module")
def businesses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """One page has 开办企业 as it stands, two have it in other words, in three years."""
    build = tmp_path_factory.mktemp("businesses")
    rows = [
        make_row("guide", title="投资指南", body="可以帮办开办企业的手续。", year="2024"),
        make_row("start", title="一天开办一家企业", body="一个工作日办结。", year="2025"),
        make_row("news", title="企业打分", body="企业对开办打分最高。", year="2026"),
        *(make_row(f"rule{n}", title="企业登记办法", body="企业。", year="2026") for n in range(3)),
        make_row("old", title="企业登记办法", body="企业。", year="2024"),
    ]
    write_rows(build, rows)
    apply_rows(build)
    made = SearchEngine(build)
    yield made
    made.close()


def test_few_pages_with_all_do_not_hide_those_with_most(businesses: SearchEngine) -> None:
    found, is_loosened = asked(businesses, "开办企业")
    assert found == ["start", "guide", "news"]
    assert is_loosened


@pytest.mark.parametrize("text", ["开办企业", "企业登记"])
def test_a_filter_never_changes_what_the_words_find(businesses: SearchEngine, text: str) -> None:
    years = businesses.answer(Parameters(text=text), "zh").facets["year"]
    totals = {
        each.value: businesses.answer(Parameters(text=text, filters={"year": each.value}), "zh")
        for each in years
    }
    assert {year: answer.total for year, answer in totals.items()} == {
        each.value: each.count for each in years
    }
    assert len({answer.query.is_loosened for answer in totals.values()}) == 1
    assert all(
        {each.value: each.count for each in answer.facets["year"]}
        == {each.value: each.count for each in years}
        for answer in totals.values()
    )


def test_programs_are_told(businesses: SearchEngine) -> None:
    whole, most = (
        answer_json(businesses.answer(Parameters(text=text), "zh"))["loosened"]
        for text in ("企业登记", "开办企业")
    )
    assert (whole, most) == (False, True)
