"""The guard: Whoosh does what is relied on, and where it did not, a service would not start."""

from pathlib import Path

import pytest

from search import guard
from search.documents import analyse_row
from search.schema import PackedPositions
from search.selftest import GuardError, check_guard
from tests.search.corpus import distracting_rows


def test_the_installed_engine_passes() -> None:
    check_guard()


def test_another_release_line_of_the_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whoosh.__version__", (3, 0, 0))
    with pytest.raises(GuardError, match="version"):
        check_guard()


@pytest.mark.parametrize("positions", [[0], [1, 65_535], [3, 65_536, 4_000_000]])
def test_positions_come_back(positions: list[int]) -> None:
    assert PackedPositions.decode(PackedPositions.encode(positions)).tolist() == positions


def test_a_failing_batch_changes_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    documents = [analyse_row(row) for row in distracting_rows(8)]
    keys = [document.key for document in documents]
    guard.create_index(tmp_path)
    guard.write_batch(tmp_path, documents, [])
    commit = guard.latest_commit(tmp_path)
    with pytest.raises(ValueError, match=f"have the key {keys[0]}"):
        guard.write_batch(tmp_path, [*documents, documents[0]], keys)
    assert guard.latest_commit(tmp_path) == commit
    guard.write_batch(tmp_path, documents, keys)
    reader = guard.IndexReader(tmp_path)
    live = [key for number, key in enumerate(reader.keys()) if number not in set(reader.deleted)]
    reader.close()
    assert sorted(live) == sorted(keys)


def test_no_segment_is_a_compound_file(tmp_path: Path) -> None:
    guard.create_index(tmp_path)
    guard.write_batch(tmp_path, map(analyse_row, distracting_rows(3)), [])
    assert not list(tmp_path.glob("*.seg"))
    assert list(tmp_path.glob("*.pst"))
