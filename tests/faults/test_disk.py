"""The disk becomes full in the middle: it is said, and the next build gives what a first one gives.

On a file system in memory of a few megabytes, which root alone may mount; others skip these.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import apply_rows
from tests.faults import harness
from tests.faults.harness import assert_as_anew, assert_found_as_anew
from tests.small_site import SmallSite

MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here: not root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """A file that leaves so many bytes of the disk."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        file.write(bytes(max(free - left, 0)))
    return filler


def is_stopped(site: SmallSite, disk: Path, *options: str) -> bool:
    """Whether the build stopped; when it did, it said why."""
    process = harness.start_build(site, *options, name="disk/build")
    _, messages = process.communicate()
    if process.returncode:
        assert process.returncode == 1, messages
        assert re.search("(build|index): stopped: the disk is full", messages), messages
        assert str(disk / "build") in messages
        assert "Traceback" not in messages
    return process.returncode == 1


@pytest.mark.slow
def test_04_a_disk_full_in_a_first_build(tmp_path: Path, small_disk: Path) -> None:
    site = harness.make_site(tmp_path)
    stopped = []
    for left in range(0, 3 * MEGABYTE, 3 * MEGABYTE // 8):
        shutil.rmtree(small_disk / "build", ignore_errors=True)
        filler = fill(small_disk, left)
        stopped.append(is_stopped(site, small_disk))
        filler.unlink()
        assert_as_anew(site, "disk/build")
    assert sum(stopped) >= 4


@pytest.mark.slow
def test_04_a_disk_full_in_a_small_build_changed_back_afterwards(
    tmp_path: Path, small_disk: Path
) -> None:
    site = harness.make_site(tmp_path)
    site.build("disk/build")
    before = harness.Snapshot((site.content, site.theme))
    stopped = []
    for left in range(0, MEGABYTE, MEGABYTE // 6):
        footer = site.theme / "templates/parts/footer.html"
        footer.write_text(f"{footer.read_text()}\n<!-- {'long ' * 400}{left} -->\n")
        filler = fill(small_disk, left)
        stopped.append(is_stopped(site, small_disk))
        filler.unlink()
        before.put_back()
        assert_as_anew(site, "disk/build")
    assert sum(stopped) >= 3


@pytest.mark.slow
def test_05_a_disk_full_while_the_index_is_made(tmp_path: Path, small_disk: Path) -> None:
    site = harness.make_site(tmp_path)
    site.build("disk/build")
    apply_rows(small_disk / "build")
    stopped = []
    for left in range(0, MEGABYTE // 8, MEGABYTE // 64):
        harness.write_text(site, 3 + left % 7, f"改了{left}之")
        site.build("disk/build")
        if left % (MEGABYTE // 32):
            shutil.rmtree(small_disk / "build/search/index")
        filler = fill(small_disk, left)
        stopped.append(is_stopped(site, small_disk, "--index"))
        filler.unlink()
        assert_as_anew(site, "disk/build")
        assert_found_as_anew(site, "disk/build")
    assert sum(stopped) >= 2
