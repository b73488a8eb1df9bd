"""Sources: which files of the content differ from those last built.

In a Git work tree `git` answers, so that the cost follows the change; elsewhere every file's
size and time of change are compared. Either way only a different content counts as a change.
"""

from __future__ import annotations

import os
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

VOCABULARY_FILES = frozenset({"site.yaml", "columns.yaml", "departments.yaml", "counties.yaml"})
VOCABULARY_FOLDERS = ("vocabulary/", "forms/")
REGISTER_FOLDER = "register/"


@dataclass(slots=True)
class Sources:
    """Paths below the content folder, as on disk, "/"-separated.

    `paths` are those that may have changed (all of them where `is_complete`); the rest is what
    the next build must be told: the commit, and the paths that differed from it.
    """

    paths: list[str]
    is_complete: bool
    commit: str = ""
    dirty: list[str] = field(default_factory=list)


def is_vocabulary(source: str) -> bool:
    """Whether a path is one of the closed lists or a form."""
    return source in VOCABULARY_FILES or source.startswith(VOCABULARY_FOLDERS)


def is_document(source: str) -> bool:
    """Whether a path is a text to read."""
    return source.lower().endswith(".md") and not source.startswith(
        (*VOCABULARY_FOLDERS, REGISTER_FOLDER)
    )


def is_register(source: str) -> bool:
    """Whether a path belongs to the register of addresses."""
    return source.startswith(REGISTER_FOLDER)


def is_file(source: str) -> bool:
    """Whether a path is a file that documents may offer."""
    return not (is_vocabulary(source) or is_register(source) or is_document(source))


def find_sources(content: Path, last_commit: str, last_dirty: Iterable[str]) -> Sources:
    """What may have changed since `last_commit` with `last_dirty`; everything without them."""
    commit = _head(content)
    if not commit:
        return Sources(sorted(_walk(content)), is_complete=True)
    untracked = _git_paths(content, "ls-files", "--others", "--exclude-standard", "-z")
    dirty = sorted({*_diff(content, commit), *untracked})
    if last_commit and _is_known(content, last_commit):
        since = dirty if last_commit == commit else [*_diff(content, last_commit), *untracked]
        paths = sorted({*since, *last_dirty, *dirty})
        return Sources([p for p in paths if not _is_hidden(p)], False, commit, dirty)
    tracked = _git_paths(content, "ls-files", "--cached", "-z")
    paths = sorted({*tracked, *untracked})
    return Sources([p for p in paths if not _is_hidden(p)], True, commit, dirty)


def source_name(path: str) -> str:
    """The name by which the catalogue knows a path: composed (NFC), whatever the disk says."""
    return unicodedata.normalize("NFC", path)


def _walk(content: Path) -> Iterator[str]:
    root = str(content)
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        for name in names:
            if not name.startswith("."):
                yield prefix + name


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _head(content: Path) -> str:
    """The commit checked out around the content, "" outside a repository that tracks it."""
    if _git(content, "check-ignore", "--quiet", ".").returncode == 0:
        return ""
    found = _git(content, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if found.returncode:
        return ""
    tracked = _git(content, "ls-files", "--error-unmatch", "--", ".")
    return found.stdout.decode().strip() if tracked.returncode == 0 else ""


def _is_known(content: Path, commit: str) -> bool:
    return _git(content, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def _diff(content: Path, commit: str) -> list[str]:
    return _git_paths(
        content, "diff", "--name-only", "--no-renames", "--relative", "-z", commit, "--", "."
    )


def _git_paths(content: Path, *arguments: str) -> list[str]:
    found = _git(content, *arguments)
    if found.returncode:
        message = found.stderr.decode(errors="replace").strip()
        raise OSError(f"git {arguments[0]} failed: {message}")
    return [os.fsdecode(path) for path in found.stdout.split(b"\0") if path]


def _git(content: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-c", "core.quotepath=off", *arguments],
            cwd=content,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(arguments, 127, b"", b"git is not installed")
