"""Promises: a refused build changes nothing, a killed one is repaired, addresses stay."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from domain.problems import PortalError, Problem
from plugins.portal.building import finishing
from plugins.portal.building.build import BuildRefusedError
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.lock import build_lock
from publishing.registering import write_register
from publishing.settings import PRODUCT, SiteFolders
from tests.small_site import SmallSite, differences, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    for number in range(1, 41):
        site.document(f"news/2026/text-{number}.md", title=f"题目{number}", id=f"text-{number}")
    return site


def test_a_refused_build_changes_nothing(site: SmallSite) -> None:
    site.build()
    before = site.outputs()
    site.document("news/2026/text-1.md", title="改了", id="text-1")
    site.document("news/2026/wrong.md", title="错", date="2026-02-30")
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert [problem.code for problem in refused.value.problems] == ["meta-date"]
    assert differences(before, site.outputs()) == []
    (site.content / "news/2026/wrong.md").unlink()
    assert site.build().changed == 1


def test_a_mistake_in_a_text_that_was_built_before_is_refused_too(site: SmallSite) -> None:
    site.document("news/2026/text-2.en.md", id="text-2", title="Title")
    site.build()
    before = site.outputs()
    for name in ("text-1.md", "text-2.md", "text-2.en.md"):
        path = site.content / "news/2026" / name
        path.write_text(path.read_text().replace("title:", "colour: red\ntitle:"))
        with pytest.raises(BuildRefusedError) as refused:
            site.build()
        assert "meta-unknown-key" in {problem.code for problem in refused.value.problems}
    assert differences(before, site.outputs()) == []


@pytest.mark.parametrize("seconds", [0.2, 0.35, 0.5, 0.7, 0.9, 1.2])
def test_a_killed_build_is_repaired_by_the_next(site: SmallSite, seconds: float) -> None:
    site.build("fresh")
    process = subprocess.Popen(
        [
            sys.executable,
            "publish.py",
            "build",
            "--site",
            str(site.root),
            "--as-of",
            "2026-06-01 12:00",
        ],
        cwd=PRODUCT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_until_busy(site.root / "build", seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    site.build("build")
    assert differences(site.outputs("fresh"), site.outputs("build")) == []
    assert not (site.root / "build/unsynced").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_log_of_the_catalogue_is_left_by_a_build(site: SmallSite, jobs: int) -> None:
    """Whoever still read it would keep it, and would make a first build wait."""
    for title in ("题目", "改了"):
        site.document("news/2026/a.md", title=title)
        site.build(jobs=jobs)
        assert list((site.root / "build").glob("portal.sqlite*")) == [
            site.root / "build/portal.sqlite"
        ]


def test_the_log_can_be_folded_after_each_commit_of_a_large_build(
    site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the log of a first build of a million documents is larger than all else."""
    note, busy = finishing._note_chunks, []

    def note_and_fold(ledger: Ledger, *others: Any) -> None:
        note(ledger, *others)
        ledger.connection.execute("PRAGMA busy_timeout = 0")
        busy.append(ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])

    monkeypatch.setattr(finishing, "COMMIT_EVERY", 1)
    monkeypatch.setattr(finishing, "_note_chunks", note_and_fold)
    site.build()
    assert len(busy) > 2
    assert set(busy) == {0}


def test_a_first_build_that_the_machine_did_not_survive_is_begun_anew(site: SmallSite) -> None:
    """Its databases may be torn in ways that opening them does not show."""
    site.build("fresh")
    site.build()
    build = site.root / "build"
    (build / "unsynced").write_text("the id of another boot")
    with sqlite3.connect(build / "portal.sqlite") as torn:
        torn.execute("UPDATE document SET entry = replace(entry, '题目1', '旧题目')")
        torn.execute("UPDATE output SET is_stale = 0")
    torn.close()
    (build / "search/rows.sqlite").write_bytes(b"\0" * 8192)
    (build / "site/zh/news/index.html").write_text("")
    site.build()
    assert differences(site.outputs("fresh"), site.outputs()) == []
    assert not (build / "unsynced").exists()


def _wait_until_busy(build: Path, seconds: float) -> None:
    """Until the process has begun to build, and then that share of a second longer."""
    deadline = time.monotonic() + 30
    while not (build / "lock").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(seconds)


def test_two_builds_into_one_folder_do_not_mix(site: SmallSite) -> None:
    with build_lock(site.root / "build"), pytest.raises(PortalError) as refused:
        site.build()
    assert f"process {os.getpid()} is building" in str(refused.value)


def test_a_lost_ledger_leaves_no_file_behind_that_no_page_has(site: SmallSite) -> None:
    site.build()
    (site.root / "build" / "portal.sqlite").unlink()
    (site.content / "news/2026/text-1.md").unlink()
    site.build()
    site.build("fresh")
    assert differences(site.outputs("fresh"), site.outputs()) == []


def test_a_file_that_is_no_ledger_is_replaced(site: SmallSite) -> None:
    site.build()
    before = site.outputs()
    for suffix in ("-wal", "-shm"):
        (site.root / "build" / f"portal.sqlite{suffix}").unlink(missing_ok=True)
    (site.root / "build" / "portal.sqlite").write_bytes(b"not a database" * 1000)
    site.build()
    assert differences(before, site.outputs()) == []


class TestReleasedAddresses:
    """No address once released goes without a redirect or a record of its withdrawal."""

    @pytest.fixture(autouse=True)
    def released(self, site: SmallSite) -> None:
        site.build()
        write_register(SiteFolders(site.content, site.root / "build", (site.theme,)))
        site.build()

    def test_a_deleted_document_is_refused_by_name(self, site: SmallSite) -> None:
        (site.content / "news/2026/text-1.md").unlink()
        problem = self._refusal(site)
        assert problem.code == "address-lost"
        assert "/zh/news/2026/text-1/" in problem.message
        assert problem.file == "register/addresses/news.tsv"

    def test_also_by_a_build_from_nothing(self, site: SmallSite) -> None:
        (site.content / "news/2026/text-1.md").unlink()
        with pytest.raises(BuildRefusedError) as refused:
            site.build("fresh")
        assert [p.code for p in refused.value.problems] == ["address-lost"]

    def test_a_renamed_document_answers_at_both_addresses(self, site: SmallSite) -> None:
        (site.content / "news/2026/text-1.md").unlink()
        site.document(
            "news/2026/new.md", title="题目1", id="text-1", aliases="[/zh/news/2026/text-1/]"
        )
        site.build()
        old = (site.root / "build/site/zh/news/2026/text-1/index.html").read_text()
        assert 'content="0; url=/zh/news/2026/new/"' in old

    def test_a_redirect_of_the_register_answers(self, site: SmallSite) -> None:
        (site.content / "news/2026/text-1.md").unlink()
        site.write(
            "register/redirects.yaml",
            "format: 1\nredirects:\n  - {from: /zh/news/2026/text-1/, to: /zh/news/}\n",
        )
        site.build()
        old = (site.root / "build/site/zh/news/2026/text-1/index.html").read_text()
        assert 'content="0; url=/zh/news/"' in old

    def test_a_withdrawal_says_when_and_why(self, site: SmallSite) -> None:
        (site.content / "news/2026/text-1.md").unlink()
        site.write(
            "register/withdrawals.yaml",
            "format: 1\nwithdrawals:\n"
            "  - {address: /zh/news/2026/text-1/, date: 2026-05-01, reason: 内容有误}\n",
        )
        site.build()
        old = (site.root / "build/site/zh/news/2026/text-1/index.html").read_text()
        assert "内容有误" in old
        assert "2026-05-01" in old

    def test_the_document_comes_back_in_place_of_its_withdrawal(self, site: SmallSite) -> None:
        self.test_a_withdrawal_says_when_and_why(site)
        site.document("news/2026/text-1.md", title="又来", id="text-1")
        site.build()
        page = (site.root / "build/site/zh/news/2026/text-1/index.html").read_text()
        assert "又来" in page

    def _refusal(self, site: SmallSite) -> Problem:
        with pytest.raises(BuildRefusedError) as refused:
            site.build()
        (problem,) = refused.value.problems
        return problem
