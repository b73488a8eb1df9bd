"""Ingest: changed source files into the catalogue, with the problems of each.

Reading is forked out; the catalogue is written by this process alone, inside the caller's
transaction, so that a site with an error leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from domain.problems import Problem, Severity, has_errors
from plugins.portal.building.sources import (
    Sources,
    is_document,
    is_file,
    is_register,
    source_name,
)
from plugins.portal.building.workers import into_chunks, run_chunks
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.reading import ReadingContext, check_path, read_document
from plugins.portal.reading.document import Document

READING_CHUNK = 64


@dataclass(slots=True)
class SourceFile:
    """A source as it is on disk now; `hash` "" where it is gone."""

    source: str
    size: int = 0
    mtime_ns: int = 0
    hash: str = ""
    document: Document | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """What reading found: the files that differ, and counts for the report."""

    files: list[SourceFile] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def problems(self) -> list[Problem]:
        """All problems of the files read."""
        return [problem for file in self.files for problem in file.problems]

    @property
    def unsound(self) -> list[str]:
        """The sources with errors: judged with the others, but never shown."""
        return [file.source for file in self.files if has_errors(file.problems)]


def read_changes(
    content: Path,
    sources: Sources,
    store: CatalogueStore,
    context: ReadingContext,
    *,
    rereads_documents: bool,
    jobs: int,
) -> Changes:
    """The sources that differ from the catalogue, read; the catalogue itself is not altered.

    `rereads_documents`: unchanged texts are read again too, since what they mean changed.
    """
    known = _known(store, None if sources.is_complete else sources.paths)
    paths, problems = _names_to_paths(sources.paths)
    trusts_times = sources.is_complete and not sources.commit
    candidates = [
        (name, path, _last_seen(known, name, trusts_times), rereads_documents)
        for name, path in sorted(paths.items())
    ]
    changes = Changes(problems)
    chunks = into_chunks(candidates, READING_CHUNK)

    def make_task() -> Callable[[Sequence[Candidate]], list[SourceFile]]:
        return lambda chunk: _read_chunk(content, chunk, context)

    seen: set[str] = set()
    for files in run_chunks(make_task, chunks, jobs):
        for file in files:
            seen.add(file.source)
            _count(changes, file, known)
    if sources.is_complete:
        for name in sorted(set(known) - set(paths)):
            _count(changes, SourceFile(name), known)
    elif rereads_documents:
        changes.files += _reread(content, store, context, seen, jobs)
    return changes


_UNKNOWN = ("", -1, 0)

Candidate = tuple[str, str, tuple[str, int, int], bool]
"""(source, path on disk, (hash, size, mtime_ns) when last seen, whether to read it anyway)

A size and time as last seen stand for an unchanged content only where no `git` tells better."""


def _last_seen(
    known: Mapping[str, tuple[str, int, int]], name: str, trusts_times: bool
) -> tuple[str, int, int]:
    hash_, size, mtime_ns = known.get(name, _UNKNOWN)
    return (hash_, size, mtime_ns) if trusts_times else (hash_, -1, 0)


def _known(store: CatalogueStore, paths: Iterable[str] | None) -> dict[str, tuple[str, int, int]]:
    select = "SELECT source, hash, size, mtime_ns FROM seen"
    if paths is None:
        rows = store.connection.execute(select).fetchall()
    else:
        rows = [
            row
            for path in paths
            for row in store.connection.execute(f"{select} WHERE source=?", (_storable(path),))
        ]
    return {source: (hash_, size, mtime) for source, hash_, size, mtime in rows}


def _storable(path: str) -> str:
    return source_name(path).encode("utf-8", "backslashreplace").decode()


def _names_to_paths(paths: Iterable[str]) -> tuple[dict[str, str], list[SourceFile]]:
    """Source names with their paths on disk; two paths of one name are a problem."""
    found: dict[str, str] = {}
    wrong: list[SourceFile] = []
    for path in paths:
        name = _storable(path)
        if name in found and found[name] != path:
            problem = Problem(
                name,
                0,
                "path-clash",
                "two files have this name, written with different Unicode characters",
                "On another computer one would take the place of the other.",
                "Rename or delete one of them.",
            )
            wrong.append(SourceFile(name, problems=[problem]))
        found[name] = path
    return found, wrong


def _count(changes: Changes, file: SourceFile, known: Mapping[str, tuple[str, int, int]]) -> None:
    before = known.get(file.source, ("", 0, 0))[0]
    if not file.hash and not before and not file.problems:
        return
    if before == file.hash and file.document is None and not file.problems:
        return
    changes.files.append(file)
    if is_document(file.source) and before != file.hash:
        changes.added += not before
        changes.removed += not file.hash
        changes.changed += bool(before and file.hash)


def _reread(
    content: Path, store: CatalogueStore, context: ReadingContext, seen: set[str], jobs: int
) -> list[SourceFile]:
    rows = store.connection.execute("SELECT source FROM seen ORDER BY source").fetchall()
    again: list[Candidate] = [
        (source, source, _UNKNOWN, True)
        for (source,) in rows
        if is_document(source) and source not in seen
    ]
    chunks = into_chunks(again, READING_CHUNK)
    results = run_chunks(lambda: lambda chunk: _read_chunk(content, chunk, context), chunks, jobs)
    return [file for files in results for file in files]


def _read_chunk(
    content: Path, chunk: Sequence[Candidate], context: ReadingContext
) -> list[SourceFile]:
    return [_read_source(content, *candidate, context) for candidate in chunk]


def _read_source(
    content: Path,
    source: str,
    path: str,
    known: tuple[str, int, int],
    reads_anyway: bool,
    context: ReadingContext,
) -> SourceFile:
    full = os.path.join(content, path)
    try:
        status = os.lstat(full)
    except OSError:
        return SourceFile(source)
    if stat.S_ISLNK(status.st_mode) or not stat.S_ISREG(status.st_mode):
        return SourceFile(source, problems=[_not_a_file(source)], hash="-")
    problems = check_path(source, status.st_size, context)
    if problems:
        return SourceFile(source, status.st_size, status.st_mtime_ns, "-", problems=problems)
    if known[1:] == (status.st_size, status.st_mtime_ns) and not reads_anyway:
        return SourceFile(source, status.st_size, status.st_mtime_ns, known[0])
    with open(full, "rb") as file:
        data = file.read()
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    found = SourceFile(source, len(data), status.st_mtime_ns, digest)
    if is_document(source) and (digest != known[0] or reads_anyway):
        found.document, found.problems = read_document(source, data, context)
    return found


def _not_a_file(source: str) -> Problem:
    return Problem(
        source,
        0,
        "path-not-a-file",
        "this is a link or a device, not a file",
        "A link may lead out of the content, to what is not meant for the public.",
        "Put a copy of the file in its place.",
    )


def apply_changes(store: CatalogueStore, changes: Changes) -> None:
    """The catalogue's sources are those on disk; ids still need `refresh`."""
    for file in changes.files:
        if is_register(file.source):
            continue
        if is_document(file.source):
            if file.document is not None:
                store.put(file.document)
            else:
                store.remove(file.source)
        elif is_file(file.source):
            _put_file(store, file)
        _note_seen(store, file)


def _put_file(store: CatalogueStore, file: SourceFile) -> None:
    if file.hash:
        store.connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?,?,?)", (file.source, file.size, file.hash)
        )
    else:
        store.connection.execute("DELETE FROM file WHERE path=?", (file.source,))


def _note_seen(store: CatalogueStore, file: SourceFile) -> None:
    execute = store.connection.execute
    if file.hash:
        execute(
            "INSERT OR REPLACE INTO seen VALUES (?,?,?,?)",
            (file.source, file.size, file.mtime_ns, file.hash),
        )
    else:
        execute("DELETE FROM seen WHERE source=?", (file.source,))
    execute("DELETE FROM warning WHERE source=?", (file.source,))
    warnings = [asdict(p) for p in file.problems if p.severity is Severity.WARNING]
    if warnings:
        execute("INSERT INTO warning VALUES (?,?)", (file.source, json.dumps(warnings)))


def stored_warnings(store: CatalogueStore) -> list[Problem]:
    """The warnings of every source, as its last reading gave them."""
    rows = store.connection.execute("SELECT problems FROM warning ORDER BY source")
    return [
        Problem(**{**values, "severity": Severity.WARNING})
        for (text,) in rows
        for values in json.loads(text)
    ]
