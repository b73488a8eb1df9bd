"""Replicas: the newest commit copied to another folder, where services only read.

    <target>/search/index/000007/…, <target>/search/index/current

Segments never change and have names of their own, so only new ones are copied. The table of
contents is put in place when all that it names is there, and the pointer after it: a reader of
the replica sees one commit or the next. One process copies into a target at a time.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.disk import sync
from domain.problems import PortalError
from search.backend import SearchUnavailableError
from search.indexing import current_generation, replace_file

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What one run did."""

    generation: str
    commit: int
    files: int

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"search: the replica has commit {self.commit} of {self.generation}: "
            f"{self.files} files copied"
        )


def replicate(build: Path, target: Path) -> CopyReport:
    """The target has the newest commit of the build's index; PortalError where there is none."""
    from search.guard import UnreadableIndexError

    for _ in range(_TRIES):
        try:
            return _copy(current_generation(build), target / "search" / "index")
        except FileNotFoundError:
            # A commit of this moment took away what the one before it named.
            continue
        except (SearchUnavailableError, UnreadableIndexError) as cause:
            raise PortalError(f"search: {cause}. Nothing was copied.") from cause
    raise PortalError("search: the index changes faster than it can be copied. Try again.")


def _copy(source: Path, index: Path) -> CopyReport:
    from search.guard import latest_commit, read_commit, remove_unnamed, toc_path

    commit = latest_commit(source)
    target = index / source.name
    target.mkdir(parents=True, exist_ok=True)
    names = [note.path.name for note in read_commit(source, commit)]
    missing = [name for name in names if not (target / name).exists()]
    for name in [*missing, "state.json", toc_path(source, commit).name]:
        _put(source / name, target / name)
    if _pointer(index) != source.name:
        replace_file(index / "current", source.name + "\n")
    remove_unnamed(target)
    for path in index.iterdir():
        if path.is_dir() and path.name != source.name:
            shutil.rmtree(path, ignore_errors=True)
    return CopyReport(source.name, commit, len(missing) + 2)


def _put(source: Path, target: Path) -> None:
    """The file is there, whole, or not at all."""
    copied = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, copied)
    sync(copied)
    os.replace(copied, target)
    sync(target.parent)


def _pointer(index: Path) -> str:
    try:
        return (index / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
