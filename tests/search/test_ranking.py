"""The first N are the N best, the counts are exact: compared with looking at every document."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.languages import LANGUAGES
from search import apply_rows
from search.backend import SearchRequest, WhooshBackend
from search.documents import FILTERS, SORTS, analyse_row, minutes_of
from search.guard import create_index
from search.indexing import current_generation
from search.query import parse_query
from search.words import SearchWords
from tests.search.corpus import SEARCH_WORDS, distracting_rows, make_row, named_rows, write_rows
from tests.search.reference import Reference

ROWS = [*distracting_rows(120, seed=3), *named_rows()]
WORDS = [
    *(
        "印发",
        "通知",
        "办法管理",
        "教育",
        "税",
        "医疗保险实施",
        "阿府发〔2006〕12号",
        "〔2006〕12号",
    ),
    *(
        "阿府发",
        "2015",
        "高龄津贴发放指南",
        '"安全检查"',
        '"办法管理"',
        "最低生活保障办法",
        "人民政府",
    ),
    *(
        "road",
        "services",
        '"the road"',
        "སློབ་གསོ",
        "ལམ",
        "老人可以领取什么样的津贴呢",
        "nothing",
        "低保",
        "老人补贴",
    ),
]
SYNONYMS = SearchWords(SEARCH_WORDS)
QUERIES = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
FILTER_VALUES = {
    "audience": ["public", "tourists"],
    "column": ["documents", "rules", "news", "no-such-column"],
    "department": ["health", "tax"],
    "county": ["heishui"],
    "kind": ["document", "news"],
    "year": ["2006", "2015", "2020"],
    "validity": ["in-force", "repealed"],
    "issuer": ["阿坝州人民政府", "卫生局"],
    "subject": ["01", "02"],
    "in": ["zh", "en", "bo"],
}
FILTERED = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in FILTER_VALUES.items()}
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshBackend]:
    """An index in several segments, with replaced and deleted documents in them."""
    build = tmp_path_factory.mktemp("segments")
    outdated = [replace(row, title="医疗保险实施 通知", body="税" * 500) for row in ROWS[:60]]
    gone = [replace(row, key=f"gone-{row.key}", id=f"gone-{row.id}") for row in ROWS[:30]]
    write_rows(build, [*outdated, *gone])
    apply_rows(build)
    for rows in (ROWS[:50], ROWS[50:90], ROWS[90:]):
        write_rows(build, rows)
        apply_rows(build)
    _delete(build, [row.key for row in gone])
    apply_rows(build)
    backend = WhooshBackend(lambda: current_generation(build))
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(map(analyse_row, ROWS))


def _delete(build: Path, keys: list[str]) -> None:
    from domain.search_rows import RowStore

    with RowStore(build / "search" / "rows.sqlite") as store:
        for key in keys:
            store.delete(key)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=QUERIES,
    filters=FILTERED,
    limit=st.integers(1, 30),
    language=st.sampled_from(["", "zh"]),
    today=st.sampled_from([0, minutes_of(date(2022, 6, 1))]),
)
def test_every_page_is_that_of_all_documents_in_order(
    backend: WhooshBackend,
    reference: Reference,
    text: str,
    filters: dict[str, str],
    limit: int,
    language: str,
    today: int,
) -> None:
    query = parse_query(text, SYNONYMS)
    expected = reference.ranked(query, filters, language, today)
    seen = []
    for offset in (0, limit):
        request = SearchRequest(query, filters, offset, limit, language, today=today)
        result = backend.search(request)
        assert result.total == len(expected)
        seen += [(each.row["key"], each.score) for each in result.documents]
    assert [score for _, score in seen] == pytest.approx(
        [score for _, score in expected][: 2 * limit]
    )
    # Documents whose scores differ by rounding alone may stand in either order, and the page
    # may end among them.
    tiers, all_tiers = _in_tiers(seen), _in_tiers(expected)
    assert tiers[:-1] == all_tiers[: max(0, len(tiers) - 1)]
    for (_, keys), (_, all_keys) in zip(tiers[-1:], all_tiers[len(tiers) - 1 :], strict=False):
        assert set(keys) <= set(all_keys)


def _in_tiers(ranked: list[tuple[str, float]]) -> list[tuple[float, list[str]]]:
    tiers: dict[float, list[str]] = {}
    for key, score in ranked:
        tiers.setdefault(round(score, 6), []).append(key)
    return [(score, sorted(keys)) for score, keys in tiers.items()]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=QUERIES, filters=FILTERED)
def test_facet_counts_are_exact_and_leave_their_own_filter_out(
    backend: WhooshBackend, reference: Reference, text: str, filters: dict[str, str]
) -> None:
    query = parse_query(text, SYNONYMS)
    result = backend.search(SearchRequest(query, filters))
    assert result.facets == reference.facets(query, filters)


def test_a_facets_counts_are_the_totals_of_choosing_its_values(backend: WhooshBackend) -> None:
    query = parse_query("通知 办法")
    chosen = {"kind": "document", "in": "zh"}
    facets = backend.search(SearchRequest(query, chosen)).facets
    for name in FILTERS:
        for value, count in facets[name].items():
            assert backend.search(SearchRequest(query, {**chosen, name: value})).total == count


@pytest.mark.parametrize("name", ["kind", "in", "year"])
@pytest.mark.parametrize("text", ["", "通知 办法", "road"])
def test_the_counts_of_what_each_has_one_of_add_up_to_the_total(
    backend: WhooshBackend, name: str, text: str
) -> None:
    result = backend.search(SearchRequest(parse_query(text), {"validity": "in-force"}))
    assert sum(result.facets[name].values()) == result.total > 0


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "通知 办法", "人民政府"])
def test_pages_laid_together_are_the_whole(backend: WhooshBackend, text: str, sort: str) -> None:
    whole = SearchRequest(parse_query(text), limit=500, sort=sort)
    parts = [
        backend.search(replace(whole, offset=offset, limit=3)).documents
        for offset in range(0, len(ROWS) + 6, 3)
    ]
    assert [found.row["key"] for part in parts for found in part] == [
        found.row["key"] for found in backend.search(whole).documents
    ]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    commits=st.lists(
        st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(LANGUAGES)), max_size=6),
        min_size=1,
        max_size=4,
    ),
    gone=st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from(LANGUAGES))),
    languages=st.permutations(LANGUAGES),
)
def test_one_language_of_each_page_is_the_first_that_it_has(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[list[tuple[str, str]]],
    gone: set[tuple[str, str]],
    languages: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("languages")
    create_index(folder)
    backend = WhooshBackend(lambda: folder)
    for pairs in commits:
        backend.index(analyse_row(make_row(name, lang=lang)) for name, lang in pairs)
        backend.commit()
    backend.delete(f"{name}.{lang}" for name, lang in gone)
    backend.commit()
    left = {pair for pairs in commits for pair in pairs} - gone
    request = SearchRequest(parse_query(""), languages=tuple(languages), limit=50)
    found = {str(each.row["key"]) for each in backend.search(request).documents}
    backend.close()
    firsts = {
        name: min((languages.index(lang), lang) for each, lang in left if each == name)[1]
        for name, _ in left
    }
    assert found == {f"{name}.{lang}" for name, lang in firsts.items()}


def test_nothing_asked_lists_everything_newest_first(backend: WhooshBackend) -> None:
    result = backend.search(SearchRequest(parse_query(""), limit=200))
    dates = [each.row["date"] for each in result.documents]
    assert result.total == len(ROWS)
    assert dates == sorted(dates, reverse=True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=QUERIES,
    days=st.tuples(st.dates(date(2005, 1, 1), date(2026, 1, 1)), st.dates(date(2005, 1, 1))),
    sort=st.sampled_from(["date", "number"]),
)
def test_days_and_orders_are_those_of_all_documents(
    backend: WhooshBackend, reference: Reference, text: str, days: tuple[date, date], sort: str
) -> None:
    query = parse_query(text, SYNONYMS)
    first, last = (day.isoformat() for day in days)
    rows = {row.key: row for row in ROWS}
    found = [rows[key] for key, _ in reference.ranked(query, {})]
    expected = [row for row in found if first <= row.date[:10] <= last]
    since, before = minutes_of(days[0]), minutes_of(days[1]) + 1440
    request = SearchRequest(query, limit=500, since=since, before=before, sort=sort)
    result = backend.search(request)
    assert result.total == len(expected)
    shown = [each.row for each in result.documents]
    assert sorted(row["key"] for row in shown) == sorted(row.key for row in expected)
    orders = [_order(row, sort) for row in shown]
    assert orders == sorted(orders)


def _order(row: Mapping[str, Any], sort: str) -> tuple[Any, ...]:
    """By definition: document numbers by prefix, newest year first, then serial."""
    found = re.fullmatch(r"(.*)〔(\d{4})〕(\d+)号|(.*)第(\d+)号", row["number"])
    newest = (*(-ord(character) for character in row["date"]), row["key"])
    if sort == "date":
        return newest
    if found is None:
        return ("\uffff", 0, 0, newest)
    prefix, year = found[1] or found[4], int(found[2] or 0)
    return (prefix, -year, int(found[3] or found[5]), newest)
