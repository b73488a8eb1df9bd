"""Output: files of the site written whole or not at all, and pruned."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

PARTS = ("site", "frames", "forms")
"""The folders of a build that have outputs in them."""

_UNFINISHED = ".unfinished-"
"""How a file begins that is about to take another's place: no output has a name like it."""


def write_file(path: str, data: bytes) -> None:
    """The file has these bytes; one that was there before never has some of them.

    A file that was not there is written in place: nobody knows of it yet, and a build that is
    killed meanwhile makes it again.
    """
    descriptor = _create(path)
    if descriptor is not None:
        _write(descriptor, data)
        return
    temporary = _unfinished(path)
    _write(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), data)
    os.replace(temporary, path)


def copy_file(origin: Path, path: str) -> None:
    """The file has the bytes of another one; one that was there before never has some of them."""
    make_folder(path.rpartition("/")[0])
    if not os.path.lexists(path):
        shutil.copyfile(origin, path)
        return
    temporary = _unfinished(path)
    shutil.copyfile(origin, temporary)
    os.replace(temporary, path)


def _unfinished(path: str) -> str:
    """Where this process writes what is to take the file's place: beside it."""
    return f"{path.rpartition('/')[0]}/{_UNFINISHED}{os.getpid()}"


@contextlib.contextmanager
def tidied(build: Path) -> Iterator[None]:
    """A block that leaves nothing unfinished among the outputs, also where it fails."""
    try:
        yield
    except BaseException:
        discard_unfinished(build)
        raise


def discard_unfinished(build: Path) -> None:
    """What a killed build was about to put in its place is gone."""
    for part in PARTS:
        for folder, _, names in os.walk(build / part):
            for name in names:
                if name.startswith(_UNFINISHED):
                    Path(folder, name).unlink()


def _create(path: str) -> int | None:
    """A descriptor of the file, which is new, its folder too where need be; else None."""
    make_folder(path.rpartition("/")[0])
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return None


def make_folder(folder: str) -> None:
    """The folder is there; nearly always the one above it already is."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)


def _write(descriptor: int, data: bytes) -> None:
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, data[written:])
    finally:
        os.close(descriptor)


def prune_file(root: Path, path: Path) -> None:
    """The file is gone, and so are folders above it, below `root`, that it leaves empty."""
    path.unlink(missing_ok=True)
    folder = path.parent
    with contextlib.suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def prune_unknown(root: Path, is_known: set[str]) -> int:
    """Files below `root` that no output names are gone; how many there were.

    Only a build without an earlier ledger needs this: otherwise the ledger knows what to prune.
    """
    pruned = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            if path not in is_known:
                prune_file(root, Path(folder, name))
                pruned += 1
    return pruned
