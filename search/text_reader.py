"""The texts of files, one after another: PDF, DOCX, CSV and plain text; a program that texts.py keeps.

Before each file it limits its own time, as it limits its memory once. A file that takes more ends
the program, and whoever asked starts another one for the next file; one that cannot be read has no
text. Standard input has a line for each file, `{"source_path": ..., "type_": ...}`, standard output a line
with its text, both as JSON. Ends with its input.
Usage: python -I text_reader.py <most seconds of the processor for a file>
"""

from __future__ import annotations

import codecs
import gc
import json
import logging
import math
import os
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.parsers import expat

LONGEST_TEXT = 200_000
"""Characters kept of one file."""
MEMORY_BYTES = 768_000_000
OUT_OF_MEMORY = 3
"""What the program ends with when a file took more than MEMORY_BYTES."""

_CLOCK_SECONDS = 60
_MOST_PDF_BYTES = 50_000_000
_MOST_PAGES = 500
_MOST_XML_BYTES = 20_000_000
_XML_BLOCK = 65_536
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_BLANKS = re.compile(r"[^\S\n]+")


def main() -> None:
    """Every file that was asked for is answered."""
    import pypdf  # noqa: F401 - here, so that a program without it fails at once

    gc.freeze()  # what is there now stays; collecting after each file then costs next to nothing
    logging.disable(logging.CRITICAL)
    cpu_seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for line in sys.stdin:
        _limit_time(cpu_seconds)
        try:
            text = _read_file(**json.loads(line))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        signal.alarm(0)
        sys.stdout.write(json.dumps(text) + "\n")
        sys.stdout.flush()
        gc.collect()


def _limit_time(cpu_seconds: int) -> None:
    """The next file ends this process when it takes longer."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    signal.alarm(_CLOCK_SECONDS)


def _read_file(source_path: str, type_: str) -> str:
    try:
        with Path(source_path).open("rb") as file:
            return extract_text(type_, file)
    except OSError:
        return ""


def extract_text(type_: str, file: IO[bytes]) -> str:
    """The text of a file of one of READABLE, at most LONGEST_TEXT characters, no line empty.

    "" for what cannot be read; MemoryError passes.
    """
    try:
        return _tidy(_READERS[type_](file))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        # A damaged file makes the libraries raise whatever their parts do.
        return ""


def _tidy(text: str) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in text[:LONGEST_TEXT].splitlines())
    kept = "\n".join(filter(None, lines))
    # What cannot be stored as UTF-8, and what no text has.
    return kept.replace("\0", "").encode("utf-8", "ignore").decode()


def _read_pdf(file: IO[bytes]) -> str:
    from pypdf import PdfReader

    if file.seek(0, os.SEEK_END) > _MOST_PDF_BYTES:
        return ""
    parts: list[str] = []
    length = 0
    for page in PdfReader(file).pages[:_MOST_PAGES]:
        parts.append(page.extract_text())
        length += len(parts[-1])
        if length >= LONGEST_TEXT:
            break
    return "\n".join(parts)


def _read_plain(file: IO[bytes]) -> str:
    start = file.read(LONGEST_TEXT * 4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    try:
        # Not final: a cut may fall into a character, which is no mistake.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return start.decode("gb18030", "replace")


def _read_table(file: IO[bytes]) -> str:
    """Cells stand apart by blanks; their quotation marks are no text."""
    return _read_plain(file).replace('"', "").replace(",", " ").replace("\t", " ")


def _read_docx(file: IO[bytes]) -> str:
    with zipfile.ZipFile(file) as archive, archive.open("word/document.xml") as xml:
        return _WordText().read(xml.read)


class _WordText:
    """Collects the text of word/document.xml as it streams by."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._is_text = False

    def read(self, read: Callable[[int], bytes]) -> str:
        """The text; ValueError for a document type, which Word never writes and bombs need."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add
        for _ in range(_MOST_XML_BYTES // _XML_BLOCK):
            block = read(_XML_BLOCK)
            parser.Parse(block, not block)
            if not block or self._length >= LONGEST_TEXT:
                break
        return "".join(self._parts)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type declaration")

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == _WORD + "t":
            self._is_text = True
        elif name in (_WORD + "tab", _WORD + "tc"):
            self._parts.append(" ")
        elif name == _WORD + "br":
            self._parts.append("\n")

    def _end(self, name: str) -> None:
        if name == _WORD + "t":
            self._is_text = False
        elif name == _WORD + "p":
            self._parts.append("\n")

    def _add(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)
            self._length += len(text)


_READERS: dict[str, Callable[[IO[bytes]], str]] = {
    "PDF": _read_pdf,
    "DOCX": _read_docx,
    "CSV": _read_table,
    "TXT": _read_plain,
    "MD": _read_plain,
}
READABLE = frozenset(_READERS)
"""Types of files that have a text."""


if __name__ == "__main__":
    main()
