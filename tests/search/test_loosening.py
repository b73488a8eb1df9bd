"""Where no page has all of a question, those are found that have most of it; and it is said."""

from collections.abc import Iterator

import pytest

from search import apply_rows
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
        ("人民医院门诊部", "clinic"),
    ],
)
def test_most_of_a_question_is_enough_where_no_page_has_all(
    engine: SearchEngine, text: str, found: str
) -> None:
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
