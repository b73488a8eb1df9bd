"""Ingest: changed source files into the catalogue, with the problems of each.

Reading is forked out; the catalogue is written by this process alone, inside the caller's
transaction, so that a site with an error leaves everything as it was.
"""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from domain.contents import content_hash
from domain.problems import Problem, Severity, has_errors
from plugins.portal.building.sources import (
    Sources,
    is_document,
    is_file,
    is_register,
    source_name,
)
from plugins.portal.building.workers import into_chunks, started_chunks
from plugins.portal.catalogue.placing import Placing, Prepared, prepare
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.reading import ReadingContext, check_path, read_document

READING_CHUNK = 64
READ_AT_LEAST = 65_536
FRESH_NS = 2_000_000_000
"""A file that changed so shortly before a build is looked at by the next one again: clocks of file
systems tick slowly, and `git` may have looked before the change."""


@dataclass(slots=True)
class SourceFile:
    """A source as it is on disk now; `hash` "" where it is gone.

    `changed_ns` is the time of its last change that no program can set (ctime); -1 where the next
    build is not to go by it.
    """

    source: str
    size: int = 0
    changed_ns: int = 0
    hash: str = ""
    prepared: Prepared | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """What reading found: the files that differ, and counts for the report.

    `touched` are files with another time of change and the content of before; `fresh` the paths
    that changed so shortly before they were read that they may have changed again unnoticed.
    """

    files: list[SourceFile] = field(default_factory=list)
    touched: list[SourceFile] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
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

    def doubt_fresh(self, file: SourceFile, path: str, began_ns: int) -> None:
        """The next build looks at the file again, where it may have changed again unnoticed."""
        if file.hash and file.changed_ns >= began_ns - FRESH_NS:
            self.fresh.append(path)
            file.changed_ns = -1

    def add(self, file: SourceFile, before: str) -> None:
        """One more file that differs; `before` is the hash of its last content, "" if new."""
        self.files.append(file)
        if is_document(file.source) and before != file.hash:
            self.added += not before
            self.removed += not file.hash
            self.changed += bool(before and file.hash)


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs; handed to workers by fork."""

    content: Path
    context: ReadingContext
    placing: Placing
    jobs: int

    def open_file(self, source: str) -> bytes | None:
        """The bytes of a file of the content, up to one more than its size may be.

        None for what is no source: a link may lead out of the content, and names that begin
        with a dot are passed over.
        """
        if source.startswith(".") or "/." in source:
            return None
        full = os.path.join(self.content, source)
        if not os.path.isfile(full) or os.path.realpath(full) != os.path.join(
            os.path.realpath(self.content), *source.split("/")
        ):
            return None
        with open(full, "rb") as file:
            return file.read(self.context.vocabulary.site.limits.max_bytes + 1)


def read_changes(
    reader: Reader,
    sources: Sources,
    store: CatalogueStore,
    take: Callable[[SourceFile], None] | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Changes:
    """The sources that differ from the catalogue, read; the catalogue itself is not altered.

    With `take`, every source is read and handed to it at once, whether it differs or not, and
    what was prepared of it is not kept: so a site of any size is read anew in little memory.
    `CatalogueStore.finish_anew` must follow.
    """
    known = _known(store, None if sources.is_complete else sources.paths)
    paths, problems = _names_to_paths(sources.paths)
    trusts_times = sources.is_complete and not sources.commit
    candidates = [
        (name, path, _last_seen(known, name, trusts_times), take is not None)
        for name, path in sorted(paths.items())
    ]
    changes = Changes(problems)
    chunks = into_chunks(candidates, READING_CHUNK)
    if take:
        store.begin_anew()
    with started_chunks(
        lambda: nullcontext(lambda chunk: _read_chunk(reader, chunk)), chunks, reader.jobs
    ) as results:
        meanwhile()
        for file in chain.from_iterable(results):
            before, _, last_changed_ns = known.get(file.source, _UNKNOWN)
            changes.doubt_fresh(file, paths[file.source], sources.began_ns)
            if take:
                take(file)
                file.prepared = None
                changes.add(file, before)
            elif file.hash != before or file.problems:
                changes.add(file, before)
            elif trusts_times and file.changed_ns != last_changed_ns:
                changes.touched.append(file)
    if sources.is_complete:
        for name in sorted(set(known) - set(paths)):
            changes.add(SourceFile(name), known[name][0])
    if not take:
        _read_again(reader, store, changes, sources.began_ns)
    return changes


def _read_again(reader: Reader, store: CatalogueStore, changes: Changes, began_ns: int) -> None:
    """Documents that were read from a changed file are among the changes, read anew.

    A document that changed itself was read with the file as it is now.
    """
    read = {file.source for file in changes.files}
    names = {name for path in read for name in store.read_from(path)} - read
    for name in sorted(names):
        before = _known(store, [name]).get(name, _UNKNOWN)[0]
        # The name is composed; a disk written to by another system may have it decomposed.
        paths = (name, unicodedata.normalize("NFD", name))
        for path in [p for p in paths if os.path.lexists(os.path.join(reader.content, p))][:1]:
            file = _read_source(reader, name, path, (before, -1, 0), reads_anyway=True)
            changes.doubt_fresh(file, path, began_ns)
            changes.add(file, before)


_UNKNOWN = ("", -1, 0)

Candidate = tuple[str, str, tuple[str, int, int], bool]
"""(source, path on disk, (hash, size, changed_ns) when last seen, whether to read it anyway)

A size and time as last seen stand for an unchanged content only where no `git` tells better."""


def _last_seen(
    known: Mapping[str, tuple[str, int, int]], name: str, trusts_times: bool
) -> tuple[str, int, int]:
    hash_, size, changed_ns = known.get(name, _UNKNOWN)
    return (hash_, size, changed_ns) if trusts_times else (hash_, -1, 0)


def _known(store: CatalogueStore, paths: Iterable[str] | None) -> dict[str, tuple[str, int, int]]:
    select = "SELECT source, hash, size, changed_ns FROM seen"
    if paths is None:
        rows = store.connection.execute(select).fetchall()
    else:
        rows = [
            row
            for path in paths
            for row in store.connection.execute(f"{select} WHERE source=?", (_storable(path),))
        ]
    return {source: (hash_, size, changed_ns) for source, hash_, size, changed_ns in rows}


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


def _read_chunk(reader: Reader, chunk: Sequence[Candidate]) -> list[SourceFile]:
    return [_read_source(reader, *candidate) for candidate in chunk]


def _read_source(
    reader: Reader, source: str, path: str, known: tuple[str, int, int], reads_anyway: bool
) -> SourceFile:
    full = os.path.join(reader.content, path)
    try:
        status = os.lstat(full)
    except OSError:
        return SourceFile(source)
    if stat.S_ISLNK(status.st_mode) or not stat.S_ISREG(status.st_mode):
        return SourceFile(source, problems=[_not_a_file(source)], hash="-")
    problems = check_path(source, status.st_size, reader.context)
    if problems:
        return SourceFile(source, status.st_size, status.st_ctime_ns, "-", problems=problems)
    if known[1:] == (status.st_size, status.st_ctime_ns) and not reads_anyway:
        return SourceFile(source, status.st_size, status.st_ctime_ns, known[0])
    data, status = _read_whole(full, status.st_size)
    digest = content_hash(data)
    found = SourceFile(source, len(data), status.st_ctime_ns, digest)
    if is_document(source) and (digest != known[0] or reads_anyway):
        document, found.problems = read_document(source, data, reader.context, reader.open_file)
        if document:
            is_sound = not has_errors(found.problems)
            found.prepared = prepare(document, reader.placing, is_sound=is_sound)
    return found


def _read_whole(path: str, expected: int) -> tuple[bytes, os.stat_result]:
    """The file's bytes, about `expected` of them, and what it is like after they were read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = b""
        while part := os.read(descriptor, max(expected + 1 - len(data), READ_AT_LEAST)):
            data += part
        return data, os.fstat(descriptor)  # not before: it may have changed in between
    finally:
        os.close(descriptor)


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
        _apply(store, file, store.put)
    store.connection.executemany(
        "UPDATE seen SET changed_ns=? WHERE source=?",
        [(file.changed_ns, file.source) for file in changes.touched],
    )


def apply_first(store: CatalogueStore, file: SourceFile) -> None:
    """A source of an emptied catalogue is in it, and placed as if it were alone."""
    _apply(store, file, store.put_first)


def _apply(store: CatalogueStore, file: SourceFile, put: Callable[[Prepared], None]) -> None:
    if is_register(file.source):
        pass
    elif is_document(file.source):
        if file.prepared is not None:
            put(file.prepared)
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
            (file.source, file.size, file.changed_ns, file.hash),
        )
    else:
        execute("DELETE FROM seen WHERE source=?", (file.source,))
    execute("DELETE FROM warning WHERE source=?", (file.source,))
    warnings = [asdict(p) for p in file.problems if p.severity is Severity.WARNING]
    if warnings:
        execute("INSERT INTO warning VALUES (?,?)", (file.source, json.dumps(warnings)))
