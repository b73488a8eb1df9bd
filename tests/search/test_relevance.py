"""The shipped pages are found as they were judged."""

from collections.abc import Iterator

import pytest

from tests.search.relevance import Judged, Shipped, ndcg, read_judgements

pytestmark = pytest.mark.slow
LEAST = 0.92
JUDGED = read_judgements()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    site = Shipped(tmp_path_factory.mktemp("shipped"))
    yield site
    site.close()


def test_judged_pages_are_there(shipped: Shipped) -> None:
    judged = {id_ for each in JUDGED for id_ in (*each.pages, each.first) if id_}
    assert judged - shipped.ids == set()
    assert all(each.first in each.pages for each in JUDGED if each.first)


@pytest.mark.parametrize(
    "judged", [each for each in JUDGED if each.first], ids=lambda each: each.query
)
def test_the_page_that_was_asked_for_comes_first(shipped: Shipped, judged: Judged) -> None:
    assert shipped.found(judged)[:1] == [judged.first]


def test_ranking_is_not_worse_than_it_was(shipped: Shipped) -> None:
    worths = [ndcg(shipped.found(each), each.pages) for each in JUDGED]
    assert sum(worths) / len(worths) >= LEAST


def test_the_measure_is_that_of_the_literature() -> None:
    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg([], {"a": 3}) == 0.0
    # 2^1-1 at the first place, 2^3-1 at the second, by the best order of both.
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(
        (1 + 7 / 1.58496) / (7 + 1 / 1.58496), 1e-4
    )
