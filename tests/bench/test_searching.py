"""The bench of the search: rows and questions follow from the seed, engines find alike."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.corpus import Corpus
from bench.searching.child import ENGINES, UPDATES, ask, index, make_engine, update
from bench.searching.keeping import KeptIndex
from bench.searching.questions import (
    SHARES,
    Question,
    make_questions,
    read_questions,
    write_questions,
)
from bench.searching.rows import make_rows, write_rows
from bench.searching.table import percentile, print_search
from bench.searching.trees import spell_out
from domain.search_rows import RowStore
from search.query import AtLeast, Term

QUESTIONS = 100


@pytest.fixture(scope="session")
def small(corpus: Corpus) -> Corpus:
    return Corpus(300, corpus.seed, corpus.prose, corpus.lists)


def test_rows_are_of_three_languages_and_of_their_size(corpus: Corpus) -> None:
    rows = list(make_rows(corpus))
    assert len({row.key for row in rows}) == len(rows) == corpus.size
    assert {row.lang for row in rows} == {"zh", "en", "bo"}
    sizes = [len(row.to_json().encode()) for row in rows]
    assert 4_000 < sum(sizes) / len(sizes) < 6_000
    assert [row.to_json() for row in rows] == [row.to_json() for row in make_rows(corpus)]


def test_the_log_has_its_shares_and_is_the_same_each_time(corpus: Corpus, tmp_path: Path) -> None:
    questions = make_questions(corpus, 1_000)
    counts = {sort: sum(each.sort == sort for each in questions) for sort in SHARES}
    assert counts == SHARES
    assert questions == make_questions(corpus, 1_000)
    write_questions(questions, tmp_path / "log.json")
    assert read_questions(tmp_path / "log.json") == questions


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_indexes_answers_and_changes(name: str, small: Corpus, tmp_path: Path) -> None:
    build, folder, log = tmp_path / "ours", tmp_path / name, tmp_path / "log.json"
    write_rows(small, build)
    write_questions([*make_questions(small, QUESTIONS), Question("common", "管理")], log)
    index(make_engine(name), build, folder, "0", str(small.size))
    found = ask(make_engine(name), build, folder, str(log), "1", "0")
    assert len(found["milliseconds"]) == len(found["totals"]) == QUESTIONS + 1
    expected = sum("管理" in row.to_json() for row in make_rows(small))
    assert found["totals"][-1] == expected
    assert len(update(make_engine(name), build, folder)["updates"]) == UPDATES


def test_an_index_is_kept_until_its_rows_change(small: Corpus, tmp_path: Path) -> None:
    build, index_folder, figures = tmp_path / "ours", tmp_path / "index", tmp_path / "figures"
    write_rows(small, build)
    index_folder.mkdir()
    (index_folder / "segment").write_text("made")
    figures.write_text("[9]")

    def kept() -> KeptIndex:
        return KeptIndex(tmp_path / "kept", "whoosh", small.size, build, "stock_whoosh")

    again = tmp_path / "again"
    assert not kept().restore(again, tmp_path / "read")
    kept().store(index_folder, figures)
    assert kept().restore(again, tmp_path / "read")
    assert ((again / "segment").read_text(), (tmp_path / "read").read_text()) == ("made", "[9]")
    with RowStore(build / "search" / "rows.sqlite") as store:
        row = next(iter(make_rows(small)))
        store.put(row.key, replace(row, body="another").to_json())
    assert not kept().restore(again, tmp_path / "read")
    kept().store(index_folder, figures)
    assert len(list((tmp_path / "kept").iterdir())) == 1, "the one before is gone"


def test_some_of_few_are_spelled_out_and_some_of_many_are_any() -> None:
    a, b, c = (Term(text) for text in "abc")
    two = spell_out(AtLeast(2, (a, b, c)))
    assert two == AtLeast(1, (AtLeast(2, (a, b)), AtLeast(2, (a, c)), AtLeast(2, (b, c))))
    many = tuple(Term(str(number)) for number in range(12))
    assert spell_out(AtLeast(6, many)) == AtLeast(1, many)


def test_the_table_compares_with_ours(tmp_path: Path) -> None:
    def row(engine: str, slower: float, totals: list[int], every: int) -> dict[str, object]:
        return {
            "engine": engine,
            "size": 1_000,
            "every": every,
            "milliseconds": [slower * (place + 1) for place in range(len(totals))],
            "totals": totals,
            "questions_per_second_of_two": 50.0,
            "ask_peak_pss_mb": 100.0,
            "index_day": "2026-03-01" if engine == "ours" else "2026-02-27",
            "index_seconds": 9.0,
            "index_processor_seconds": 8.0,
            "index_peak_pss_mb": 70.0,
            "index_mb": 5.0,
            "updates": [0.1, 0.3, 0.2],
        }

    result = {
        "taken": "2026-03-01T00:00:00Z",
        "machine": dict.fromkeys(
            ("cores", "processor", "memory", "file system", "load before"), "x"
        ),
        "versions": {"python": "3", "project": "abc"},
        "corpus": {"seed": 1, "prose": "p"},
        "questions": {"count": 4},
        "engines": [row("ours", 1.0, [1, 2, 3, 4], 1), row("fts5", 6.0, [1, 9], 2)],
    }
    path = tmp_path / "result.json"
    path.write_text(json.dumps(result), "utf-8")
    text = print_search(path)
    assert "| 1,000 | this project | 2.0 | 4.0 | 4.0 | 1.00 | 50 | 100 | 100% |" in text
    assert (
        "| 1,000 | SQLite FTS5 (each 2th question) | 6.0 | 12.0 | 12.0 | 3.00 | 50 | 100 | 50% |"
        in text
    )
    assert "| 1,000 | this project | 9.0 | 8.0 | 70 | 5 | 0.200 (to 0.300) |" in text
    assert "| 1,000 | SQLite FTS5 (indexed 2026-02-27) | 9.0 |" in text


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile(range(1, 11), share) for share in (50, 95, 99)] == [5, 10, 10]
