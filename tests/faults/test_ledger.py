"""A ledger that is not the last build's, or is damaged: never a page that is wrong for it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import harness
from tests.faults.harness import assert_as_anew
from tests.small_site import SmallSite, differences

DATABASES = ("portal.sqlite", "search/rows.sqlite")


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """A site built twice: `early` is the build before the texts were as they are."""
    site = harness.make_site(tmp_path)
    site.build()
    shutil.copytree(site.root / "build", site.root / "early")
    for number in (3, 4, 5):
        harness.write_text(site, number, "改了")
    (site.content / harness.source_of(6)).unlink()
    harness.write_text(site, 41)
    site.build()
    return site


def write_over(path: Path, seed: int = 0) -> None:
    """Random bytes over some pages of the file, its head left alone."""
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(20):
        start = chance.randrange(4096, len(data) - 512)
        data[start : start + 512] = chance.randbytes(512)
    path.write_bytes(data)


def cut_off(path: Path) -> None:
    """Its second half is gone."""
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    """Nothing is left but its name."""
    os.truncate(path, 0)


def make_nonsense(path: Path) -> None:
    """No database at all."""
    path.write_bytes(b"not a database" * 1000)


DAMAGES: tuple[Callable[[Path], None], ...] = (write_over, cut_off, empty, make_nonsense)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("database", DATABASES)
def test_07_a_damaged_ledger_is_not_trusted(
    site: SmallSite, database: str, damage: Callable[[Path], None]
) -> None:
    damage(site.root / "build" / database)
    harness.write_text(site, 7, "又改")
    report = assert_as_anew(site)
    assert database in report.distrust


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
def test_08_a_deleted_ledger_is_made_anew(site: SmallSite, database: str) -> None:
    (site.root / "build" / database).unlink()
    harness.write_text(site, 7, "又改")
    (site.content / harness.source_of(8)).unlink()
    assert_as_anew(site)


@pytest.mark.slow
@pytest.mark.parametrize("databases", [DATABASES[:1], DATABASES[1:], DATABASES])
@pytest.mark.parametrize("is_reverted", [True, False])
def test_09_an_older_ledger_is_not_trusted(
    site: SmallSite, databases: tuple[str, ...], is_reverted: bool
) -> None:
    """By it, pages that were made since are not there, and texts put back are as they were."""
    for database in databases:
        harness.copy_database(database, site.root / "early", site.root / "build")
    if is_reverted:
        for number in (3, 4, 5, 6):
            harness.write_text(site, number)
        (site.content / harness.source_of(41)).unlink()
    report = assert_as_anew(site)
    assert all(database in report.distrust for database in databases)


def test_09_nor_is_one_put_back_after_a_build_was_killed(site: SmallSite) -> None:
    """The seal is loose then, and the name alone tells."""
    harness.kill_while_it_writes(site, "又改")
    harness.copy_database("portal.sqlite", site.root / "early", site.root / "build")
    for number in range(2, 41):
        harness.write_text(site, number)
    assert "portal.sqlite" in assert_as_anew(site).distrust


def test_10_a_build_folder_moved_as_a_whole_is_gone_on_with(site: SmallSite) -> None:
    shutil.move(site.root / "build", site.root / "elsewhere")
    harness.write_text(site, 7, "又改")
    report = site.build("elsewhere")
    assert report.distrust == ""
    assert report.changed == 1
    assert report.views_computed < 60


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 1",
        "UPDATE noted SET value = '1' WHERE name = 'version'",
    ],
)
def test_11_tables_of_another_version_are_made_anew(site: SmallSite, statement: str) -> None:
    path = site.root / "build/portal.sqlite"
    status = path.stat()
    with sqlite3.connect(path, isolation_level=None) as ledger:
        ledger.execute(statement)
    ledger.close()
    # As if the last build had left it: an earlier version of the product wrote no other tables.
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert_as_anew(site)


@pytest.mark.parametrize("damage", DAMAGES[1:])
def test_07_damage_after_a_kill_is_told_or_mended_at_once(
    site: SmallSite, damage: Callable[[Path], None]
) -> None:
    """The seal says nothing of sizes then; SQLite finds it."""
    harness.kill_while_it_writes(site, "又改")
    for suffix in ("-wal", "-shm"):
        (site.root / f"build/portal.sqlite{suffix}").unlink(missing_ok=True)
    damage(site.root / "build/portal.sqlite")
    process = harness.start_build(site)
    _, messages = process.communicate()
    assert "Traceback" not in messages
    if process.returncode:
        assert "build/portal.sqlite" in messages
        assert "Build again" in messages
    assert_as_anew(site)


def test_08_the_bytes_of_the_outputs_are_those_of_before(site: SmallSite) -> None:
    before = site.outputs()
    shutil.rmtree(site.root / "build/cache")
    (site.root / "build/seal").unlink()
    site.build()
    assert differences(before, site.outputs()) == []
