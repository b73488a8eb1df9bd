"""Shipped pages are found as they were judged; `make relevance` holds real regulations to it too."""

from pathlib import Path

import pytest

from tests.search.relevance import SHIPPED, JudgedSite, find_faults, ndcg


@pytest.mark.slow
def test_shipped_pages_are_found_as_they_were_judged(tmp_path: Path) -> None:
    site = JudgedSite(SHIPPED, tmp_path)
    assert find_faults(SHIPPED, site) == []
    site.close()


def test_the_measure_is_that_of_the_literature() -> None:
    assert ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg([], {"a": 3}) == 0.0
    # 2^1-1 at the first place, 2^3-1 at the second, by the best order of both.
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(
        (1 + 7 / 1.58496) / (7 + 1 / 1.58496), 1e-4
    )
