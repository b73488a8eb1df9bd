"""After a power cut there is only what was synced: the index is the one before, or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from search import apply_rows, find
from search.replication import replicate
from tests.search.corpus import distracting_rows, make_row, write_rows

INDEX = "search/index"


@dataclass(slots=True)
class ForgetfulDisk:
    """Below a folder, what a power cut would leave: of a file the bytes that were synced, of a
    folder the names that it had when it was synced itself. `cuts` holds that after each sync."""

    root: Path
    data: dict[int, bytes] = field(default_factory=dict, repr=False)
    names: dict[Path, dict[str, int]] = field(default_factory=dict, repr=False)
    cuts: list[tuple[dict[int, bytes], dict[Path, dict[str, int]]]] = field(
        default_factory=list, repr=False
    )
    held: list[int] = field(default_factory=list, repr=False)

    def begin(self) -> None:
        """All that is there now is on the disk."""
        for path in [self.root, *self.root.rglob("*")]:
            descriptor = os.open(path, os.O_RDONLY)
            self._note(path, descriptor)
            os.close(descriptor)

    def sync(self, descriptor: int) -> None:
        """What a system does at fsync."""
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if path.is_relative_to(self.root):
            self._note(path, descriptor)
            self.cuts.append((dict(self.data), dict(self.names)))

    def _note(self, path: Path, descriptor: int) -> None:
        # A file that is held keeps its number: no other file is taken for it.
        self.held.append(os.dup(descriptor))
        if path.is_dir():
            self.names[path] = {each.name: each.stat().st_ino for each in path.iterdir()}
        else:
            self.data[os.fstat(descriptor).st_ino] = path.read_bytes()

    def leave(self, cut: int, target: Path) -> None:
        """The folder `target` is what a power cut after that sync leaves of the root."""
        data, names = self.cuts[cut]
        shutil.rmtree(target, ignore_errors=True)
        self._leave(self.root, target, data, names)

    def _leave(
        self, path: Path, target: Path, data: dict[int, bytes], names: dict[Path, dict[str, int]]
    ) -> None:
        target.mkdir(parents=True)
        for name, number in names.get(path, {}).items():
            if path / name in names:
                self._leave(path / name, target / name, data, names)
            else:
                (target / name).write_bytes(data.get(number, b""))

    def release(self) -> None:
        """No file is held any more."""
        for descriptor in self.held:
            os.close(descriptor)


def titles(build: Path) -> list[str]:
    """What is found of everything."""
    return sorted(str(hit["title"]) for hit in find(build, "雪豹", size=100)["results"])


def follow(build: Path, _replica: Path) -> None:
    apply_rows(build)


def rebuild(build: Path, _replica: Path) -> None:
    apply_rows(build, full=True)


def copy(build: Path, replica: Path) -> None:
    replicate(build, replica)


@pytest.mark.parametrize("change", [follow, rebuild, copy])
def test_a_power_cut_at_any_moment_leaves_the_old_index_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, Path], None]
) -> None:
    build, replica, left = tmp_path / "build", tmp_path / "replica", tmp_path / "left"
    write_rows(build, [*distracting_rows(20), make_row("a", title="雪豹一")])
    apply_rows(build)
    replicate(build, replica)
    write_rows(build, [make_row("b", title="雪豹二")])
    if change is copy:
        apply_rows(build)
    written = replica if change is copy else build
    before = titles(written)
    disk = ForgetfulDisk(written / INDEX)
    disk.begin()
    monkeypatch.setattr(os, "fsync", disk.sync)
    change(build, replica)
    monkeypatch.undo()
    after = titles(written)
    assert (len(before), len(after)) == (1, 2)
    found = []
    for cut in range(len(disk.cuts)):
        disk.leave(cut, left / INDEX)
        found.append(titles(left))
    disk.release()
    assert [each for each in found if each not in (before, after)] == []
    assert found[-1] == after
