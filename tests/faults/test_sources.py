"""What is on the disk is what counts: whatever times, sizes, clocks and Git say of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults import harness
from tests.faults.harness import assert_as_anew
from tests.small_site import SmallSite


@pytest.fixture(params=["outside", "in a repository"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> SmallSite:
    """A site with forty texts, built."""
    site = harness.make_site(tmp_path)
    if request.param == "in a repository":
        harness.commit_all(site)
    site.build()
    return site


def is_repository(site: SmallSite) -> bool:
    return (site.root / ".git").exists()


def test_12_the_clock_goes_back(site: SmallSite) -> None:
    site.document("news/2026/soon.md", title="未到", date="2026-05-01 09:00")
    site.document("orders/2026/ends.md", title="将止", expires="2026-05-20 17:00")
    for now in ("2026-06-01 12:00", "2026-04-01 12:00", "2026-05-10 12:00"):
        assert_as_anew(site, now=now)
    assert (site.root / "build/site/zh/news/2026/soon/index.html").exists()


@pytest.mark.parametrize("is_committed", [False, True])
def test_13_other_bytes_of_the_same_size_and_time(site: SmallSite, is_committed: bool) -> None:
    harness.write_alike(site.content / harness.source_of(4), "题目", "目题")
    if is_committed and is_repository(site):
        harness.commit_all(site)
    assert assert_as_anew(site).changed == 1


def test_14_a_dirty_file_is_changed_back(site: SmallSite) -> None:
    path = site.content / harness.source_of(4)
    text = path.read_text("utf-8")
    harness.write_text(site, 4, "改了")
    assert site.build().changed == 1
    path.write_text(text, "utf-8")
    assert assert_as_anew(site).changed == 1


def test_14_a_new_file_that_git_does_not_know_goes_again(site: SmallSite) -> None:
    harness.write_text(site, 77)
    assert site.build().added == 1
    (site.content / harness.source_of(77)).unlink()
    assert assert_as_anew(site).removed == 1


def test_15_a_file_changed_while_the_build_is_at_work_and_changed_back(site: SmallSite) -> None:
    """The build reads what `git` had called unchanged, or what was written in the same instant."""
    path = site.content / harness.source_of(4)
    text = path.read_text("utf-8")
    harness.write_text(site, 5, "改了")
    watch_opening(path, text.replace("题目", "目题"))
    site.build(is_full=True)
    assert "目题4" in (site.root / "build/site/zh/documents/2026/text-4/index.html").read_text()
    path.write_text(text, "utf-8")
    assert_as_anew(site)


def watch_opening(path: Path, text: str) -> None:
    """The file has this text from the moment at which somebody next opens it."""
    waiting = [path]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and waiting and arguments[0] == str(path):
            waiting.clear()
            path.write_text(text, "utf-8")

    sys.addaudithook(watch)


def switch_branches(site: SmallSite, texts: int) -> None:
    """Two branches that have so many texts differently, and builds of one after the other."""
    harness.git(site, "checkout", "-q", "-b", "other")
    for number in range(2, texts // 2):
        harness.write_text(site, number, "改了")
    for number in range(texts // 2, texts):
        (site.content / harness.source_of(number)).unlink()
    for number in range(texts, texts + texts // 4):
        harness.write_text(site, number, "新的")
    harness.commit_all(site)
    assert_as_anew(site)
    harness.git(site, "checkout", "-q", "-")
    assert_as_anew(site)


@pytest.mark.slow
def test_16_a_checkout_changes_hundreds_of_files(tmp_path: Path) -> None:
    site = harness.make_site(tmp_path, documents=300)
    harness.commit_all(site)
    site.build()
    switch_branches(site, 300)


@pytest.mark.slow
@pytest.mark.long
def test_16_a_checkout_changes_30_000_files(tmp_path: Path) -> None:
    site = harness.make_site(tmp_path, documents=24_000)
    harness.commit_all(site)
    site.build(jobs=2)
    switch_branches(site, 24_000)
