"""Pages are found as they were judged."""

from collections.abc import Iterator

import pytest

from tests.search.relevance import SHIPPED, JudgedSet, JudgedSite, ndcg, regulations

pytestmark = pytest.mark.slow
REGULATIONS = regulations()
LEAST = {SHIPPED: 0.97, REGULATIONS: 0.95}
needs_texts = pytest.mark.skipif(
    not REGULATIONS.content.is_dir(), reason="the regulations are no part of the project"
)
SETS = [
    pytest.param(SHIPPED, id="shipped"),
    pytest.param(REGULATIONS, id="regulations", marks=needs_texts),
]


@pytest.fixture(scope="module", params=SETS)
def judged_set(request: pytest.FixtureRequest) -> JudgedSet:
    found: JudgedSet = request.param
    return found


@pytest.fixture(scope="module")
def site(judged_set: JudgedSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedSite]:
    made = JudgedSite(judged_set, tmp_path_factory.mktemp("judged"))
    yield made
    made.close()


def test_judged_pages_are_there(judged_set: JudgedSet, site: JudgedSite) -> None:
    judged = judged_set.read()
    assert {name for each in judged for name in each.pages} - site.names == set()
    assert all(each.first in each.pages for each in judged if each.first)


def test_the_page_that_was_asked_for_comes_first(judged_set: JudgedSet, site: JudgedSite) -> None:
    asked = [each for each in judged_set.read() if each.first]
    firsts = {each.query: site.found(each)[:1] for each in asked}
    assert firsts == {each.query: [each.first] for each in asked}


def test_ranking_is_not_worse_than_it_was(judged_set: JudgedSet, site: JudgedSite) -> None:
    worths = [ndcg(site.found(each), each.pages) for each in judged_set.read()]
    assert sum(worths) / len(worths) >= LEAST[judged_set]


def test_the_measure_is_that_of_the_literature() -> None:
    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg([], {"a": 3}) == 0.0
    # 2^1-1 at the first place, 2^3-1 at the second, by the best order of both.
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(
        (1 + 7 / 1.58496) / (7 + 1 / 1.58496), 1e-4
    )
