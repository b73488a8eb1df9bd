"""The contract of a backend, held by both: ours and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from domain.search_rows import RowStore
from search.__main__ import main
from search.backend import SearchBackend, SearchRequest, SearchUnavailableError, WhooshBackend
from search.documents import SORTS, analyse_row, minutes_of
from search.following import follow_rows
from search.guard import create_index
from search.postgresql import PostgresBackend
from search.query import parse_query
from search.service import make_application
from search.words import SearchWords
from tests.search.conftest import THEME
from tests.search.corpus import (
    SEARCH_WORDS,
    distracting_rows,
    make_row,
    named_rows,
    write_frames,
    write_rows,
)
from tests.search.killing import run_until_killed
from tests.search.postgres_server import run_server
from tests.search.relevance import SHIPPED, JudgedSite, judge, ndcg
from tests.search.test_ranking import FILTERED, QUERIES

pytestmark = pytest.mark.slow
ROWS = [*distracting_rows(120, seed=3), *named_rows()]
SYNONYMS = SearchWords(SEARCH_WORDS)
# By this much the order of PostgreSQL may be worse than ours, on average over queries.
BAND = 0.1


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with run_server() as address:
        yield address


@pytest.fixture(params=["ours", "postgresql"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchBackend]:
    """An empty one."""
    made: Any
    if request.param == "ours":
        create_index(tmp_path)
        made = WhooshBackend(lambda: tmp_path)
    else:
        made = PostgresBackend(request.getfixturevalue("server"))
        made.prepare()
        made.rebuild([])
    yield made
    made.close()


@pytest.fixture(scope="module")
def both(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WhooshBackend, PostgresBackend]]:
    folder = tmp_path_factory.mktemp("ours")
    ours, other = WhooshBackend(lambda: folder), PostgresBackend(server)
    ours.rebuild(map(analyse_row, ROWS))
    other.prepare()
    other.rebuild(map(analyse_row, ROWS))
    yield ours, other
    ours.close()
    other.close()


def keys(backend: SearchBackend, text: str) -> list[str]:
    result = backend.search(SearchRequest(parse_query(text), limit=50))
    return [str(each.row["key"]) for each in result.documents]


def test_changes_hold_from_the_commit_on(backend: SearchBackend) -> None:
    backend.index(
        [analyse_row(make_row("a", title="雪豹")), analyse_row(make_row("b", title="雪豹"))]
    )
    assert keys(backend, "雪豹") == []
    backend.commit()
    assert keys(backend, "雪豹") == ["a.zh", "b.zh"]
    backend.index([analyse_row(make_row("a", title="黑颈鹤"))])
    backend.delete(["b.zh", "never there"])
    backend.commit()
    assert keys(backend, "雪豹") == []
    assert keys(backend, "黑颈鹤") == ["a.zh"]
    assert backend.health().documents == 1
    assert list(backend.rows(["a.zh", "b.zh"])) == ["a.zh"]
    assert list(backend.titles()) == [("黑颈鹤", "zh", "hei jing he")]
    assert backend.titles() is backend.titles()


def test_pins_come_first_and_last(backend: SearchBackend) -> None:
    backend.index(analyse_row(make_row(name, title="雪豹")) for name in "abcd")
    backend.index([analyse_row(make_row("other", title="别的"))])
    backend.commit()
    request = SearchRequest(
        parse_query("雪豹"), first=(("none.zh", "other.zh"), ("c.zh",)), last=("a.zh",)
    )
    found = backend.search(request)
    assert [each.row["id"] for each in found.documents] == ["other", "c", "b", "d", "a"]
    assert [each.is_pinned for each in found.documents] == [True, True, False, False, False]
    by_date = backend.search(replace(request, sort="date"))
    assert [each.row["id"] for each in by_date.documents] == ["a", "b", "c", "d", "other"]
    assert not any(each.is_pinned for each in by_date.documents), "none is first for that reason"


@pytest.mark.parametrize("sort", ["date", "number"])
def test_of_one_day_the_readers_language_comes_first(backend: SearchBackend, sort: str) -> None:
    rows = [make_row(name, lang=lang, title="x") for name in "ab" for lang in ("en", "zh")]
    backend.index(map(analyse_row, rows))
    backend.commit()
    for lang, others in (("zh", "en"), ("en", "zh")):
        found = backend.search(SearchRequest(parse_query("x"), preferred_language=lang, sort=sort))
        keys = [each.row["key"] for each in found.documents]
        assert keys == [f"a.{lang}", f"b.{lang}", f"a.{others}", f"b.{others}"]


def test_one_language_of_each_page(backend: SearchBackend) -> None:
    rows = [make_row("a", title="x"), make_row("a", lang="en", title="x"), make_row("b", lang="en")]
    backend.index(map(analyse_row, rows))
    backend.commit()
    found = backend.search(SearchRequest(parse_query(""), languages=("zh", "en", "bo")))
    assert sorted(str(each.row["key"]) for each in found.documents) == ["a.zh", "b.en"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=QUERIES,
    filters=FILTERED,
    sort=st.sampled_from(SORTS),
    since=st.one_of(st.just(0), st.dates().map(minutes_of)),
)
def test_both_find_the_same_with_the_same_counts(
    both: tuple[WhooshBackend, PostgresBackend],
    text: str,
    filters: dict[str, str],
    sort: str,
    since: int,
) -> None:
    request = SearchRequest(parse_query(text, SYNONYMS), filters, limit=500, sort=sort, since=since)
    expected, found = (backend.search(request) for backend in both)
    assert (found.total, found.exact_total) == (expected.total, expected.exact_total)
    assert [backend.count(request) for backend in both] == [expected.total] * 2
    assert found.facets == expected.facets
    wanted, seen = (
        [str(each.row["key"]) for each in result.documents] for result in (expected, found)
    )
    assert (seen if sort != "relevance" else sorted(seen)) == (
        wanted if sort != "relevance" else sorted(wanted)
    )


def test_the_order_of_both_is_nearly_the_same(
    both: tuple[WhooshBackend, PostgresBackend],
) -> None:
    texts = [
        "医疗保险",
        "高龄津贴",
        "最低生活保障办法",
        "印发 通知 办法",
        "road plan",
        "སློབ་གསོ",
        "12号",
    ]
    worths = []
    for text in texts:
        expected, found = (keys(backend, text) for backend in both)
        grades = {key: max(0, 3 - place // 3) for place, key in enumerate(expected[:9])}
        worths.append(ndcg(found, grades))
    assert sum(worths) / len(worths) > 1 - BAND


def test_shipped_pages_are_ranked_within_the_band(server: str, tmp_path: Path) -> None:
    backend = PostgresBackend(server)
    site = JudgedSite(SHIPPED, tmp_path, backend)
    worths = [ndcg(found, judged.pages) for judged, found in judge(SHIPPED, site)]
    site.close()
    assert sum(worths) / len(worths) > SHIPPED.least - BAND


def test_the_database_follows_the_rows(server: str, tmp_path: Path) -> None:
    backend = PostgresBackend(server)
    try:
        write_rows(tmp_path, distracting_rows(30))
        assert follow_rows(tmp_path, backend).is_full
        write_rows(tmp_path, [make_row("a", title="雪豹")])
        report = follow_rows(tmp_path, backend)
        assert (report.is_full, report.indexed) == (False, 1)
        assert keys(backend, "雪豹") == ["a.zh"]
        with RowStore(tmp_path / "search" / "rows.sqlite") as store:
            store.delete("a.zh")
        assert follow_rows(tmp_path, backend).deleted == 1
        assert keys(backend, "雪豹") == []
        # Another store of rows has numbers of its own.
        write_rows(tmp_path / "other", [make_row("b", title="雪豹")])
        assert follow_rows(tmp_path / "other", backend).is_full
        assert backend.health().documents == 1
    finally:
        backend.close()


_REPLACE_AND_DIE = """
import os, signal
from search.documents import analyse_row
from search.postgresql import PostgresBackend
from tests.search.corpus import distracting_rows, make_row

def documents():
    yield analyse_row(make_row("b", title="雪豹"))
    yield from map(analyse_row, distracting_rows(600))
    if sys.argv[3] == "before the end":
        os.kill(os.getpid(), signal.SIGKILL)

backend = PostgresBackend(sys.argv[2])
print("ready", flush=True)
backend.rebuild(documents())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("moment", "keys_then"), [("before the end", ["a.zh"]), ("after it", ["b.zh"])]
)
def test_a_killed_commit_is_as_if_it_had_not_begun(
    server: str, moment: str, keys_then: list[str]
) -> None:
    backend = PostgresBackend(server)
    backend.prepare()
    backend.rebuild([analyse_row(make_row("a", title="雪豹"))])
    assert run_until_killed(_REPLACE_AND_DIE, server, moment)
    assert keys(backend, "雪豹") == keys_then
    backend.close()


def test_without_a_server_the_search_is_unavailable(tmp_path: Path) -> None:
    backend = PostgresBackend(f"host={tmp_path} user=nobody")
    with pytest.raises(SearchUnavailableError):
        backend.search(SearchRequest(parse_query("x")))
    assert not backend.health().is_ready


def test_the_command_indexes_into_a_database_and_the_service_answers_from_it(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows(tmp_path, [make_row("a", title="雪豹")])
    write_frames(tmp_path)
    assert main(["--build", str(tmp_path), "index", "--postgresql", server, "--full"]) == 0
    assert "1 documents indexed" in capsys.readouterr().out
    backend = PostgresBackend(server)
    with TestClient(make_application(tmp_path, THEME, backend=backend)) as client:
        assert client.get("/api/search", params={"q": "雪豹"}).json()["total"] == 1
        assert client.get("/readyz").status_code == 200
    backend.close()
