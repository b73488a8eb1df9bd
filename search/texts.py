"""The texts of attachments: read from the site folder when the index is made, once each content.

    build/search/texts.sqlite       the texts, by the files' contents; may be deleted

`Texts.read_new` reads those that are not there yet; called by indexing before the rows become
documents, which `Texts.add_to` then gives them. Reading is done by programs of their own
(text_reader.py), as many as there are processors, at most two.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from queue import SimpleQueue
from typing import Final
from urllib.parse import unquote

from domain.contents import content_hash_of
from domain.disk import is_disk_full
from domain.problems import PortalError
from domain.search_rows import RowStore, SearchRow
from search.text_reader import OUT_OF_MEMORY, READABLE

_TEXT_VERSION: Final = 2
"""Raise this with any change of the text that a file has."""
_CPU_SECONDS: Final = 20
_MOST_READERS: Final = 2
_BATCH: Final = 200
_PROGRAM: Final = Path(__file__).with_name("text_reader.py")
_ENDED_BY_FILE: Final = (-signal.SIGXCPU, -signal.SIGALRM)
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS text (
    hash TEXT NOT NULL,
    type TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (hash, type, version)
)
"""


@cache
def texts_version() -> str:
    """What besides a file decides its text."""
    return f"{_TEXT_VERSION}, pypdf {metadata.version('pypdf')}"


@dataclass(frozen=True, slots=True)
class _File:
    """An attachment that has a text; `url` is its address."""

    hash: str
    type: str
    url: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.hash, self.type, texts_version()


@contextmanager
def opened_texts(build: Path) -> Iterator[Texts]:
    """The texts of this build; PortalError when their file is damaged."""
    path = build / "search" / "texts.sqlite"
    connection = sqlite3.connect(path)
    try:
        try:
            texts = Texts(connection, build / "site")
        except sqlite3.DatabaseError as cause:
            if is_disk_full(cause):
                raise
            raise PortalError(
                f"index: {path}: {cause}. Delete it: the texts are read again."
            ) from cause
        yield texts
    finally:
        connection.close()


class Texts:
    """The texts that are kept, and the site folder from which others are read."""

    def __init__(self, connection: sqlite3.Connection, site: Path) -> None:
        self._connection = connection
        self._site = site
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)

    def read_new(self, store: RowStore, seq: int) -> list[str]:
        """The texts of all files that rows after `seq` name are kept; the addresses of files that
        are not there as the rows say. With `seq` 0, those that no row names are gone."""
        named = {file.key: file for file in _named_files(store, seq)}
        if seq == 0:
            self._prune(named)
        new = [file for key, file in named.items() if self._find(key) is None]
        there = [file for file in new if self._is_there(file)]
        with _Readers(len(there)) as readers:
            for start in range(0, len(there), _BATCH):
                self._read(there[start : start + _BATCH], readers)
        return sorted({file.url for file in new}.difference(file.url for file in there))

    def add_to(self, row: SearchRow) -> SearchRow:
        """The row with the texts of its attachments."""
        if not row.attachments:
            return row
        return replace(row, attachments=tuple(map(self._with_text, row.attachments)))

    def _with_text(self, attachment: dict[str, str]) -> dict[str, str]:
        file = _file_of(attachment)
        text = self._find(file.key) if file else None
        return {**attachment, "text": text} if text else attachment

    def _find(self, key: tuple[str, str, str]) -> str | None:
        found = self._connection.execute(
            "SELECT text FROM text WHERE hash = ? AND type = ? AND version = ?", key
        ).fetchone()
        return None if found is None else str(found[0])

    def _prune(self, named: Mapping[tuple[str, str, str], _File]) -> None:
        with self._connection:
            kept = self._connection.execute("SELECT hash, type, version FROM text").fetchall()
            self._connection.executemany(
                "DELETE FROM text WHERE hash = ? AND type = ? AND version = ?",
                [key for key in kept if key not in named],
            )

    def _read(self, files: list[_File], readers: _Readers) -> None:
        texts = readers.read((self._path_of(file), file.type) for file in files)
        rows = [(*file.key, text) for file, text in zip(files, texts, strict=True)]
        with self._connection:
            self._connection.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", rows)

    def _path_of(self, file: _File) -> Path:
        return self._site / unquote(file.url).lstrip("/")

    def _is_there(self, file: _File) -> bool:
        """Another content, of a build that goes on meanwhile, would be kept under a wrong name."""
        try:
            with self._path_of(file).open("rb") as content:
                return content_hash_of(content) == file.hash
        except OSError:
            return False


def _named_files(store: RowStore, seq: int) -> Iterator[_File]:
    """The files with a text that rows after `seq` name."""
    for _, _, body in store.since(seq):
        # Most rows have none, and looking for that is much cheaper than reading them.
        if body is None or '"attachments":[]' in body:
            continue
        try:
            row = SearchRow.from_json(body)
        except (ValueError, TypeError):
            continue  # whoever makes documents of the rows tells it
        yield from filter(None, map(_file_of, row.attachments))


def _file_of(attachment: Mapping[str, str]) -> _File | None:
    type_ = attachment.get("type", "")
    return _File(attachment["hash"], type_, attachment["url"]) if type_ in READABLE else None


class _Readers:
    """Programs that read, each one file at a time, none before it is needed."""

    def __init__(self, files: int) -> None:
        self._count = max(1, min(_MOST_READERS, len(os.sched_getaffinity(0)), files))
        self._idle: SimpleQueue[TextReader] = SimpleQueue()
        self._stack = ExitStack()

    def __enter__(self) -> _Readers:
        for _ in range(self._count):
            self._idle.put(self._stack.enter_context(TextReader(_CPU_SECONDS)))
        self._pool = self._stack.enter_context(ThreadPoolExecutor(self._count))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, files: Iterable[tuple[Path, str]]) -> Iterator[str]:
        """The texts of files of these types, in their order."""
        return self._pool.map(self._read, files)

    def _read(self, file: tuple[Path, str]) -> str:
        reader = self._idle.get()
        try:
            return reader.read(*file)
        finally:
            self._idle.put(reader)


class TextReader:
    """A program that reads texts, started when it is needed and again when a file ended it."""

    def __init__(self, cpu_seconds: int) -> None:
        self._command = [sys.executable, "-I", str(_PROGRAM), str(cpu_seconds)]
        self._program: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> TextReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self._program is not None:
            self._program.communicate()

    def read(self, source_path: Path, type_: str) -> str:
        """The text of the file, "" where it has none or takes more than it may."""
        request = json.dumps({"source_path": str(source_path), "type_": type_}).encode() + b"\n"
        is_new = self._program is None
        text = self._ask(request)
        if text is None and not is_new:
            text = self._ask(request)  # what ended it may have been left over from files before
        return text or ""

    def _ask(self, request: bytes) -> str | None:
        """The text; None when the program ended and another may do better."""
        program = self._program = self._program or self._start()
        if program.stdin is None or program.stdout is None:
            raise RuntimeError("a program was started without pipes")
        try:
            program.stdin.write(request)
            program.stdin.flush()
            answer = program.stdout.readline()
        except BrokenPipeError:  # it was gone already
            answer = b""
        if answer.endswith(b"\n"):
            return str(json.loads(answer))
        program.communicate()
        self._program = None
        if program.returncode > 0 and program.returncode != OUT_OF_MEMORY:
            raise RuntimeError(f"{_PROGRAM.name} failed with exit code {program.returncode}")
        return "" if program.returncode in _ENDED_BY_FILE else None

    def _start(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
