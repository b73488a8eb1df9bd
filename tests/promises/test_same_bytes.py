"""Promise: one commit has one site, whatever builds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from publishing.settings import PRODUCT
from tests.small_site import SmallSite, differences, make_small_site, outputs_of


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.write("files/paper.txt", "paper")
    for number in range(1, 61):
        column = ("documents", "orders", "news")[number % 3]
        site.document(
            f"{column}/2026/text-{number}.md",
            "## 一\n\n甲[附件]({static}/files/paper.txt)\n\n## 二\n\n见[一](doc:text-1)",
            id=f"text-{number}",
            title=f"题目{number}",
            date=f"2026-03-{number % 28 + 1:02d} 09:00",
            departments="[water, office]",
        )
    site.document("news/2026/text-1.en.md", "Text", id="text-1", title="A title")
    return site


def test_the_number_of_jobs_changes_nothing(site: SmallSite) -> None:
    site.build("one", jobs=1)
    site.build("two", jobs=2)
    assert differences(site.outputs("one"), site.outputs("two")) == []


def test_a_second_build_writes_nothing(site: SmallSite) -> None:
    site.build()
    times = _times(site.root / "build" / "site")
    report = site.build()
    assert (report.outputs_written, report.views_computed, report.outputs_removed) == (0, 0, 0)
    assert _times(site.root / "build" / "site") == times


def test_a_full_build_over_an_unchanged_site_writes_nothing(site: SmallSite) -> None:
    site.build()
    report = site.build(is_full=True)
    assert report.views_computed > 60
    assert report.outputs_written == 0


def test_hash_seed_and_file_times_change_nothing(site: SmallSite) -> None:
    outputs = []
    for seed in ("1", "2"):
        for path in site.content.rglob("*.md"):
            os.utime(path, (int(seed) * 1_000_000, int(seed) * 1_000_000))
        build = site.root / f"seed-{seed}"
        _run(
            seed,
            "publish.py",
            "build",
            "--site",
            site.root,
            "--build",
            build,
            "--as-of",
            "2026-06-01 12:00",
        )
        outputs.append(outputs_of(build))
    assert differences(*outputs) == []


def test_pelican_builds_the_same_bytes(site: SmallSite) -> None:
    ours, theirs = site.root / "ours", site.root / "theirs"
    _run("1", "publish.py", "build", "--site", site.root, "--build", ours)
    _run(
        "1",
        "-m",
        "pelican",
        site.content,
        "-s",
        PRODUCT / "pelicanconf.py",
        "-o",
        theirs / "site",
        "-t",
        site.theme,
    )
    assert len(outputs_of(ours)) > 200
    assert differences(outputs_of(ours), outputs_of(theirs)) == []


def test_a_corpus_in_a_repository_and_outside_of_one_gives_the_same_site(site: SmallSite) -> None:
    site.build("outside")
    for arguments in (
        ("init", "-q"),
        ("add", "content"),
        ("-c", "user.name=Editor", "-c", "user.email=e@small.example", "commit", "-qm", "All"),
    ):
        subprocess.run(["git", *arguments], cwd=site.root, check=True)
    site.build("inside")
    assert differences(site.outputs("outside"), site.outputs("inside")) == []
    site.document("orders/2026/text-1.md", "另文", id="text-1", title="改了")
    report = site.build("inside")
    assert report.changed == 1
    site.build("outside")
    assert differences(site.outputs("outside"), site.outputs("inside")) == []


def test_a_changed_file_that_is_changed_back_is_seen_in_a_repository(site: SmallSite) -> None:
    for arguments in (
        ("init", "-q"),
        ("add", "content"),
        ("-c", "user.name=Editor", "-c", "user.email=e@small.example", "commit", "-qm", "All"),
    ):
        subprocess.run(["git", *arguments], cwd=site.root, check=True)
    site.build()
    before = site.outputs()
    path = site.content / "news/2026/text-2.md"
    text = path.read_text()
    path.write_text(text.replace("题目2", "临时"))
    assert site.build().changed == 1
    path.write_text(text)
    assert site.build().changed == 1
    assert differences(before, site.outputs()) == []


def test_a_translation_in_another_column_has_no_neighbours_there(site: SmallSite) -> None:
    """Whoever comes and goes in that column could not know of it."""
    site.document("news/2026/text-4.en.md", "Text", id="text-4", title="A title")
    site.build()
    (site.content / "news/2026/text-1.en.md").unlink()
    for path in sorted(site.content.glob("news/2026/text-*.md"))[:8]:
        if path.name != "text-4.en.md":
            path.unlink()
            site.build()
    site.build("fresh")
    assert differences(site.outputs("fresh"), site.outputs()) == []
    assert "neighbour" not in (site.root / "build/site/en/news/2026/text-4/index.html").read_text(
        "utf-8"
    )


def _times(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def _run(seed: str, *arguments: str | Path) -> None:
    subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=PRODUCT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
    )
