"""A full build finds the same in however many processes and segments it was made."""

from pathlib import Path

import pytest

from domain.search_rows import RowStore
from search import rebuilding
from search.backend import SearchRequest, WhooshBackend
from search.guard import read_commit
from search.query import parse_query
from search.rebuilding import rebuild_index
from tests.search.corpus import distracting_rows, write_rows

ROWS = distracting_rows(60)


def answers(folder: Path) -> list[object]:
    backend = WhooshBackend(lambda: folder)
    texts = ("", "通知 办法", '"安全检查"', "road", "སློབ་གསོ")
    found = [backend.search(SearchRequest(parse_query(text), limit=100)) for text in texts]
    backend.close()
    return [(each.total, each.facets, [hit.row["key"] for hit in each.documents]) for each in found]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """Rows with one of another format among them, and a deleted one."""
    write_rows(tmp_path, ROWS)
    path = tmp_path / "search" / "rows.sqlite"
    with RowStore(path) as rows:
        rows.put("odd.zh", '{"format": 9}')
        rows.put("gone.zh", ROWS[0].to_json())
        rows.delete("gone.zh")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stretch", "weight", "processes"), [(7, 10_000_000, 2), (25, 3_000, 2), (25, 0, 1)]
)
def test_processes_and_sizes_change_nothing(
    tmp_path: Path,
    build: Path,
    monkeypatch: pytest.MonkeyPatch,
    stretch: int,
    weight: int,
    processes: int,
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    expected = rebuild_index(tmp_path / "one", build, processes=1)
    monkeypatch.setattr(rebuilding, "_STRETCH", stretch)
    monkeypatch.setattr(rebuilding, "_MOST_WEIGHT", weight)
    found = rebuild_index(tmp_path / "other", build, processes)
    assert found == expected
    assert (found.indexed, found.deleted, len(found.skipped)) == (len(ROWS), 1, 1)
    assert answers(tmp_path / "other") == answers(tmp_path / "one")
    assert len(read_commit(tmp_path / "other")) == 1


def test_what_one_segment_cannot_hold_stays_in_several(
    tmp_path: Path, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    rebuild_index(tmp_path / "one", build, processes=1)
    monkeypatch.setattr(rebuilding, "_MOST_WEIGHT", 3_000)
    monkeypatch.setattr(rebuilding, "may_merge", lambda segments: len(segments) < 3)
    rebuild_index(tmp_path / "other", build, processes=1)
    assert len(read_commit(tmp_path / "other")) > 1
    assert answers(tmp_path / "other") == answers(tmp_path / "one")
