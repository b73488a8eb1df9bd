"""The columns find what plain Whoosh finds in its own segments: hits, totals and facet counts.

Plain Whoosh is asked for all documents of a query, which it finds right, and never for the best,
which it does not; the order is compared with its definition in test_ranking.py.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.searching.questions import Question
from bench.searching.stock_whoosh import StockWhoosh
from domain.search_rows import SearchRow
from search import apply_rows
from search.backend import SearchRequest, WhooshBackend
from search.documents import FILTERS, analyse_row
from search.indexing import current_generation
from search.query import parse_query
from tests.search.corpus import distracting_rows, named_rows, write_rows

ROWS = [*distracting_rows(150, seed=11), *named_rows()]
WORDS = [
    *("印发", "通知", "办法管理", "教育", "税", "医疗保险", '"安全检查"', '"办法管理"', "人民政府"),
    *("阿府发〔2006〕12号", "〔2006〕12号", "阿府发", "2015", "nothing", "road", "services"),
    *('"the road"', "སློབ་གསོ", '"རྒྱལ་པོ"', "ལམ", "最低生活保障办法", '"budget notice"'),
]
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StockWhoosh]:
    folder = tmp_path_factory.mktemp("plain")
    engine = StockWhoosh()
    engine.index(ROWS[:90], folder)
    engine.index(ROWS[90:], folder)
    engine.open(folder)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshBackend]:
    build = tmp_path_factory.mktemp("columns")
    for rows in (ROWS[:60], ROWS[60:120], ROWS[120:]):
        write_rows(build, rows)
        apply_rows(build)
    backend = WhooshBackend(lambda: current_generation(build))
    yield backend
    backend.close()


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=QUERIES)
def test_hits_and_counts_are_those_of_plain_whoosh(
    plain: StockWhoosh, columns: WhooshBackend, text: str
) -> None:
    expected = [
        analyse_row(SearchRow.from_json(stored)) for stored in plain.find_all(Question("", text))
    ]
    result = columns.search(SearchRequest(parse_query(text), limit=len(ROWS)))
    found = [str(each.row["key"]) for each in result.documents]
    assert sorted(found) == sorted(document.key for document in expected)
    assert result.total == len(expected)
    for name in FILTERS:
        values = Counter(value for document in expected for value in document.filters[name])
        assert result.facets[name] == dict(values)


def test_the_words_of_this_test_find_something(columns: WhooshBackend) -> None:
    totals = {word: columns.search(SearchRequest(parse_query(word))).total for word in WORDS}
    assert [word for word, total in totals.items() if not total] == ["nothing"]
