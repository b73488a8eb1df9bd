"""The guard: Whoosh does what is relied on, and where it did not, a service would not start."""

from pathlib import Path

import numpy as np
import pytest

from search import guard
from search.documents import analyse_row
from search.segments import Segment
from search.selftest import GuardError, check_guard
from search.snapshot import Snapshot
from tests.search.corpus import distracting_rows, make_row


def open_snapshot(folder: Path) -> Snapshot:
    notes = guard.read_commit(folder)
    return Snapshot([Segment(note.path) for note in notes], notes)


def live_keys(folder: Path) -> list[str]:
    snapshot = open_snapshot(folder)
    return sorted(snapshot.key(number) for number in np.flatnonzero(snapshot.live).tolist())


def test_the_installed_engine_passes() -> None:
    check_guard()


def test_another_release_line_of_the_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whoosh.__version__", (3, 0, 0))
    with pytest.raises(GuardError, match="version"):
        check_guard()


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
    assert live_keys(tmp_path) == sorted(keys)


def test_two_writers_do_not_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_LOCK_SECONDS", 0.1)
    guard.create_index(tmp_path)
    with guard._writing(tmp_path), pytest.raises(guard.IndexBusyError):
        guard.write_batch(tmp_path, [], [])


def test_many_small_commits_leave_few_segments_and_every_document(tmp_path: Path) -> None:
    guard.create_index(tmp_path)
    expected = set()
    for number in range(40):
        guard.write_batch(tmp_path, [analyse_row(make_row(f"d{number}", title="甲乙"))], [])
        expected.add(f"d{number}.zh")
        if number % 5 == 0:
            guard.write_batch(tmp_path, [], [f"d{number}.zh"])
            expected.remove(f"d{number}.zh")
    assert len(guard.read_commit(tmp_path)) <= 2 * guard._MOST_IN_TIER
    assert live_keys(tmp_path) == sorted(expected)
    assert len(open_snapshot(tmp_path).documents("title", "甲乙")) == len(expected)
    # What no commit names any more is not there either.
    named = {note.path for note in guard.read_commit(tmp_path)}
    assert set(tmp_path.glob("*.columns")) == named
