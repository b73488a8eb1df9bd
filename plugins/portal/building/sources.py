"""Sources: which files of the content differ from those last built.

In a Git work tree `git` answers, so that the cost follows the change; elsewhere every file's
size and time of change are compared. Either way only a different content counts as a change.
"""

from __future__ import annotations

import os
import subprocess
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

VOCABULARY_FILES = frozenset({"site.yaml", "columns.yaml", "departments.yaml", "counties.yaml"})
VOCABULARY_FOLDERS = ("vocabulary/", "forms/")
REGISTER_FOLDER = "register/"


@dataclass(slots=True)
class Sources:
    """Paths below the content folder, as on disk, "/"-separated.

    `paths` are those that may have changed (all of them where `is_complete`); the rest is what
    the next build must be told: the commit, and the paths that differed from it. What changed after
    `began_ns` may not be among them.
    """

    paths: list[str]
    is_complete: bool
    began_ns: int
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


class SourceScan:
    """`git status` at work, while the caller does something else.

    It looks at every file of the content once; that is the one step of a small build whose cost
    grows with the site, so it is begun first and waited for last.
    """

    def __init__(self, content: Path) -> None:
        self._content = content
        self._began_ns = time.time_ns()
        self._status = _start_git(
            content,
            *("status", "--porcelain=v2", "--branch", "--no-renames", "--no-ahead-behind"),
            *("--untracked-files=all", "-z", "--", "."),
        )

    def finish(self, last_commit: str, last_dirty: Iterable[str]) -> Sources:
        """What may have changed since `last_commit` with `last_dirty`; everything without them."""
        text = self._status.communicate()[0] if self._status else b""
        commit, differing = _read_status(text)
        folder = _folder_in_commit(self._content, commit)
        if folder is None:
            return Sources(sorted(_walk(self._content)), True, self._began_ns)
        dirty = sorted({path[len(folder) :] for path in differing if path.startswith(folder)})
        if last_commit and _is_known(self._content, last_commit):
            since = _diff(self._content, last_commit, commit) if last_commit != commit else []
            paths = _visible({*since, *last_dirty, *dirty})
            return Sources(paths, False, self._began_ns, commit, dirty)
        tracked = _git_paths(self._content, "ls-files", "--cached", "-z")
        return Sources(_visible({*tracked, *dirty}), True, self._began_ns, commit, dirty)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """No `git` is left, whether its answer was wanted or not."""
        if self._status:
            self._status.kill()
            self._status.communicate()


def find_sources(content: Path, last_commit: str, last_dirty: Iterable[str]) -> Sources:
    """As `SourceScan`, at once."""
    with SourceScan(content) as scan:
        return scan.finish(last_commit, last_dirty)


def _visible(paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if not _is_hidden(path))


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


_FIELDS_BEFORE_PATH = {b"1": 8, b"u": 10, b"?": 1, b"!": 1}
"""Of the lines of `git status --porcelain=v2 --no-renames`, by their first field."""


def _read_status(text: bytes) -> tuple[str, list[str]]:
    """(the commit checked out, "" for none; the paths that differ from it, from the repository's
    own folder)."""
    commit, paths = "", []
    for line in filter(None, text.split(b"\0")):
        kind = line[:1]
        if line.startswith(b"# branch.oid ") and not line.endswith(b"(initial)"):
            commit = line.rpartition(b" ")[2].decode()
        elif kind in _FIELDS_BEFORE_PATH:
            paths.append(os.fsdecode(line.split(b" ", _FIELDS_BEFORE_PATH[kind])[-1]))
    return commit, paths


def _folder_in_commit(content: Path, commit: str) -> str | None:
    """The content's place in its repository, "" for the whole of it; None where the commit has
    nothing of it, or `git` is told to pass it over."""
    if not commit or _git(content, "check-ignore", "--quiet", ".").returncode == 0:
        return None
    found = _git(content, "rev-parse", "--show-prefix", "--verify", "--quiet", f"{commit}:./")
    return os.fsdecode(found.stdout.partition(b"\n")[0]) if found.returncode == 0 else None


def _is_known(content: Path, commit: str) -> bool:
    return _git(content, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def _diff(content: Path, before: str, after: str) -> list[str]:
    arguments = ("diff-tree", "-r", "--name-only", "--no-renames", "--relative", "-z")
    return _git_paths(content, *arguments, before, after, "--", ".")


def _git_paths(content: Path, *arguments: str) -> list[str]:
    found = _git(content, *arguments)
    if found.returncode:
        message = found.stderr.decode(errors="replace").strip()
        raise OSError(f"git {arguments[0]} failed: {message}")
    return [os.fsdecode(path) for path in found.stdout.split(b"\0") if path]


def _git(content: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    process = _start_git(content, *arguments)
    if process is None:
        return subprocess.CompletedProcess(arguments, 127, b"", b"git is not installed")
    output, messages = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, output, messages)


def _start_git(content: Path, *arguments: str) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["git", "-c", "core.quotepath=off", *arguments],
            cwd=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return None
