"""Two builds of one folder: one works, the other is refused and says who works."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.problems import PortalError
from search import apply_rows, indexing
from tests.faults import harness
from tests.faults.harness import assert_as_anew, assert_found_as_anew


@contextmanager
def halted(process: subprocess.Popen[str], lock: Path) -> Iterator[None]:
    """The process has the lock, and stands still."""
    while not lock.exists() or lock.read_text() != f"{process.pid}\n":
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)
        _, messages = process.communicate()
        assert process.returncode == 0, messages


def test_06_the_second_build_is_refused_and_told_who_builds(tmp_path: Path) -> None:
    site = harness.make_site(tmp_path)
    first = harness.start_build(site)
    with halted(first, tmp_path / "build/lock"):
        second = harness.start_build(site)
        _, messages = second.communicate()
        assert second.returncode == 1
        assert f"process {first.pid} is building into {tmp_path / 'build'}" in messages
        assert "Nothing was changed" in messages
    assert assert_as_anew(site).views_computed == 0


def test_06_so_is_the_second_at_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_LOCK_SECONDS", 0.1)
    site = harness.make_site(tmp_path)
    site.build()
    first = harness.start_build(site, "--index")
    with (
        halted(first, tmp_path / "build/search/index/lock"),
        pytest.raises(PortalError, match=f"another process, {first.pid}, is at work"),
    ):
        apply_rows(tmp_path / "build")
    assert_as_anew(site)
    assert_found_as_anew(site)


@pytest.mark.slow
def test_06_however_near_to_each_other_they_begin(tmp_path: Path) -> None:
    site = harness.make_site(tmp_path)
    for round_number in range(5):
        for number in range(2, 30):
            harness.write_text(site, number, f"改了{round_number}之")
        processes = [harness.start_build(site, "--index") for _ in range(3)]
        messages = [process.communicate()[1] for process in processes]
        codes = [process.returncode for process in processes]
        assert 0 in codes
        for code, said in zip(codes, messages, strict=True):
            assert code == 0 or "is building into" in said, said
        assert_as_anew(site)
        assert_found_as_anew(site)
