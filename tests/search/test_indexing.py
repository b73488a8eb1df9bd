"""The index follows the rows: step by step or anew, killed or damaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.problems import PortalError
from domain.search_rows import RowStore
from search import apply_rows, find, indexing
from search.backend import SearchRequest, SearchUnavailableError, WhooshBackend
from search.indexing import current_generation
from search.query import parse_query
from tests.search.corpus import distracting_rows, make_row, write_rows
from tests.search.killing import run_until_killed


def answer(build: Path, text: str) -> list[tuple[str, str]]:
    return [(result["url"], result["title"]) for result in find(build, text, size=50)["results"]]


def totals(backend: WhooshBackend, *texts: str) -> tuple[int, ...]:
    return tuple(backend.search(SearchRequest(parse_query(text))).total for text in texts)


def test_a_change_is_applied_and_nothing_else_is_touched(tmp_path: Path) -> None:
    write_rows(tmp_path, distracting_rows(40))
    assert apply_rows(tmp_path).is_full
    assert apply_rows(tmp_path).indexed == 0
    write_rows(tmp_path, [make_row("new", title="崭新标题"), make_row("x3", title="改后标题")])
    report = apply_rows(tmp_path)
    assert (report.is_full, report.indexed, report.deleted) == (False, 2, 0)
    assert answer(tmp_path, "崭新标题") == [("/zh/new/", "崭新标题")]
    assert answer(tmp_path, "改后标题") == [("/zh/x3/", "改后标题")]


def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    write_rows(tmp_path, [make_row("a", title="将要删除"), make_row("b", title="留下")])
    apply_rows(tmp_path)
    with RowStore(tmp_path / "search" / "rows.sqlite") as store:
        store.delete("a.zh")
    assert apply_rows(tmp_path).deleted == 1
    assert answer(tmp_path, "将要删除") == []
    assert find(tmp_path, "")["total"] == 1


def test_step_by_step_gives_the_same_answers_as_anew(tmp_path: Path) -> None:
    rows = distracting_rows(60)
    write_rows(tmp_path, [replace(row, title="旧") for row in rows[:30]])
    apply_rows(tmp_path)
    for start in range(0, 60, 7):
        write_rows(tmp_path, rows[start : start + 7])
        apply_rows(tmp_path)
    queries = ["通知 办法", "教育", "road", "ལམ", "", "旧"]
    by_steps = [find(tmp_path, text, size=50) for text in queries]
    assert apply_rows(tmp_path, full=True).is_full
    assert [find(tmp_path, text, size=50) for text in queries] == by_steps


def test_another_store_version_or_history_means_a_new_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path, [make_row("a", title="第一")])
    first = apply_rows(tmp_path).generation
    (tmp_path / "search" / "rows.sqlite").unlink()
    write_rows(tmp_path, [make_row("b", title="第二")])
    second = apply_rows(tmp_path)
    assert second.is_full
    assert second.generation != first
    assert answer(tmp_path, "第") == [("/zh/b/", "第二")]
    monkeypatch.setattr(indexing, "ANALYSIS_VERSION", "of tomorrow")
    monkeypatch.setattr(indexing.State.__init__, "__defaults__", ("of tomorrow", "1", "1"))
    assert apply_rows(tmp_path).is_full
    assert not apply_rows(tmp_path).is_full
    assert sorted(path.name for path in (tmp_path / "search" / "index").iterdir()) == [
        "000002",
        "000003",
        "current",
        "lock",
    ]


def test_many_changes_make_a_new_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LARGEST_CHANGE", 3)
    write_rows(tmp_path, [make_row("a", title="第一")])
    apply_rows(tmp_path)
    write_rows(tmp_path, distracting_rows(10))
    assert apply_rows(tmp_path).is_full
    assert find(tmp_path, "")["total"] == 11


def test_rows_that_make_no_sense_are_left_out_and_told(tmp_path: Path) -> None:
    with RowStore(tmp_path / "search" / "rows.sqlite") as store:
        store.put("a.zh", make_row("a", title="好的").to_json())
        store.put("b.zh", "{")
        store.put("c.zh", '{"format": 9}')
        store.put("d.zh", make_row("a").to_json())
    report = apply_rows(tmp_path)
    assert [key for key, _ in report.skipped] == ["b.zh", "c.zh", "d.zh"]
    assert "index: the row d.zh was left out: the row calls itself a.zh" in str(report)
    assert find(tmp_path, "")["total"] == 1


def test_without_rows_or_index_a_person_is_told(tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="no search rows"):
        apply_rows(tmp_path)
    with pytest.raises(PortalError, match="no search index yet"):
        find(tmp_path, "x")


def test_two_processes_do_not_write_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LOCK_SECONDS", 0.2)
    write_rows(tmp_path, [make_row("a")])
    (tmp_path / "search" / "index").mkdir()
    with (
        indexing._locked(tmp_path / "search" / "index"),
        pytest.raises(PortalError, match="another process"),
    ):
        apply_rows(tmp_path)


def test_a_reader_follows_generations_and_keeps_the_last_that_it_could_read(tmp_path: Path) -> None:
    write_rows(tmp_path, [make_row("a", title="第一")])
    apply_rows(tmp_path)
    backend = WhooshBackend(lambda: current_generation(tmp_path))
    request = SearchRequest(parse_query("第一"))
    try:
        assert backend.search(request).total == 1
        write_rows(tmp_path, [make_row("b", title="第一 第二")])
        apply_rows(tmp_path, full=True)
        assert backend.search(request).total == 2
        write_rows(tmp_path, [make_row("c", title="第一 第三")])
        generation = tmp_path / "search" / "index" / apply_rows(tmp_path, full=True).generation
        for path in generation.glob("*.toc"):
            path.write_bytes(b"\0garbage" * 9)
        assert backend.search(request).total == 2
        assert not backend.health().is_ready
        apply_rows(tmp_path, full=True)
        assert backend.search(request).total == 3
        assert backend.health().is_ready
    finally:
        backend.close()


@pytest.mark.parametrize("suffix", [".columns", ".toc"])
@pytest.mark.parametrize("damage", ["empty", "garbage", "gone"])
def test_a_damaged_index_is_unavailable_and_not_a_crash(
    tmp_path: Path, suffix: str, damage: str
) -> None:
    write_rows(tmp_path, distracting_rows(20))
    apply_rows(tmp_path)
    for path in current_generation(tmp_path).glob(f"*{suffix}"):
        if damage == "gone":
            path.unlink()
        else:
            path.write_bytes(b"" if damage == "empty" else b"\x80garbage\xff" * 50)
    backend = WhooshBackend(lambda: current_generation(tmp_path))
    with pytest.raises(SearchUnavailableError):
        backend.search(SearchRequest(parse_query("通知 办法")))
    backend.close()
    assert apply_rows(tmp_path, full=True).is_full
    assert find(tmp_path, "通知 办法")["total"] > 0


_WRITE = """
from search import apply_rows
print("ready", flush=True)
apply_rows(Path(sys.argv[2]), full=sys.argv[3] == "full")
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["step", "full"])
def test_a_killed_commit_leaves_the_old_or_the_new(tmp_path: Path, way: str) -> None:
    # Every round turns all titles; a mixture would show as both words being found.
    count = 40
    write_rows(tmp_path, [make_row(f"d{number}", title="甲状") for number in range(count)])
    apply_rows(tmp_path)
    state, other = "甲状", "乙状"
    outcomes = set()
    for round_number in range(10):
        write_rows(tmp_path, [make_row(f"d{number}", title=other) for number in range(count)])
        killed = run_until_killed(_WRITE, str(tmp_path), way, after=0.02 * round_number)
        old, new = (find(tmp_path, text)["total"] for text in (state, other))
        assert (old, new) in ((count, 0), (0, count))
        outcomes.add((killed, new > 0))
        apply_rows(tmp_path)
        assert find(tmp_path, other)["total"] == count
        state, other = other, state
    assert any(killed for killed, _ in outcomes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "point", "is_new"),
    [
        ("step", "segment begun", False),
        ("step", "contents written", False),
        ("step", "contents in place", True),
        ("step", "state written", True),
        ("full", "segment begun", False),
        ("full", "contents written", False),
        ("full", "contents in place", False),
        ("full", "state written", False),
        ("full", "pointer written", False),
        ("full", "old generation goes", True),
    ],
)
def test_killed_at_each_point_the_old_or_the_new_is_found(
    tmp_path: Path, way: str, point: str, is_new: bool
) -> None:
    count = 40
    for title in ("丙状", "甲状"):
        write_rows(tmp_path, [make_row(f"d{number}", title=title) for number in range(count)])
        apply_rows(tmp_path, full=True)
    write_rows(tmp_path, [make_row(f"d{number}", title="乙状") for number in range(count)])
    expected = (0, count) if is_new else (count, 0)
    reader = WhooshBackend(lambda: current_generation(tmp_path))
    try:
        assert totals(reader, "甲状", "乙状") == (count, 0)
        assert run_until_killed(_WRITE, str(tmp_path), way, point=point)
        assert totals(reader, "甲状", "乙状") == expected, "for who was there all the time"
    finally:
        reader.close()
    assert (find(tmp_path, "甲状")["total"], find(tmp_path, "乙状")["total"]) == expected
    apply_rows(tmp_path)
    assert find(tmp_path, "甲状")["total"] == 0
    assert find(tmp_path, "乙状")["total"] == count
