"""The text of a file that is offered, for the search: PDF, DOCX, CSV and plain text.

A file that cannot be read, or not within the bounds, has no text; whether that is a mistake is
said where its facts are found (pages.py). PDFs are read by a program of its own (pdf_text.py), of
which each process that prepares files has one; a file may take so much time and memory there and
no more.
"""

from __future__ import annotations

import atexit
import codecs
import io
import os
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.parsers import expat

from plugins.portal.files.pdf_text import LENGTH

TEXT_VERSION = 1
"""Raise this with any change of the text that a file has."""

LONGEST_TEXT = 200_000
"""Characters kept of one file."""

_PDF_PROGRAM = Path(__file__).with_name("pdf_text.py")
_PDF_SECONDS = 20
_MOST_PDF_BYTES = 50_000_000
_MOST_XML_BYTES = 20_000_000
_XML_BLOCK = 65_536
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_BLANKS = re.compile(r"[^\S\n]+")


def extract_text(type_: str, data: bytes) -> str:
    """The text of a file of this type, at most LONGEST_TEXT characters, a line for each line.

    "" for types without text and for what cannot be read.
    """
    read = _READERS.get(type_)
    return _tidy(read(data)) if read else ""


def _tidy(text: str) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in text[:LONGEST_TEXT].splitlines())
    kept = "\n".join(filter(None, lines))
    # What cannot be stored as UTF-8, and what no text has.
    return kept.replace("\0", "").encode("utf-8", "ignore").decode()


class _PdfReaders:
    """The program that reads PDFs, one for each process: a forked one may not share its parent's."""

    def __init__(self) -> None:
        self._programs: dict[int, subprocess.Popen[bytes]] = {}

    def read(self, data: bytes) -> str:
        """The text; OSError when the program ended twice before it answered."""
        try:
            return self._ask(data)
        except OSError:  # it was gone, as idle ones go, or somebody ended it
            self.stop()
            return self._ask(data)

    def _ask(self, data: bytes) -> str:
        program = self._programs.get(os.getpid()) or self._start()
        if program.stdin is None or program.stdout is None:
            raise RuntimeError("a program was started without pipes")
        program.stdin.write(LENGTH.pack(len(data)))
        program.stdin.write(data)
        program.stdin.flush()
        (size,) = LENGTH.unpack(_read_whole(program.stdout, LENGTH.size))
        return _read_whole(program.stdout, size).decode("utf-8", "replace")

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", str(_PDF_PROGRAM), str(LONGEST_TEXT), str(_PDF_SECONDS)]
        pipe = subprocess.PIPE
        program = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self._programs[os.getpid()] = program
        return program

    def stop(self) -> None:
        """This process has no program any more."""
        program = self._programs.pop(os.getpid(), None)
        if program is not None:
            program.kill()
            program.communicate()


def _read_whole(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise BrokenPipeError("the program that reads PDFs ended before it answered")
    return found


_pdf_readers = _PdfReaders()
atexit.register(_pdf_readers.stop)


def _read_pdf(data: bytes) -> str:
    return "" if len(data) > _MOST_PDF_BYTES else _pdf_readers.read(data)


def _read_plain(data: bytes) -> str:
    start = data[: LONGEST_TEXT * 4]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    try:
        # Not final: a cut may fall into a character, which is no mistake.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError:
        return start.decode("gb18030", "replace")


def _read_table(data: bytes) -> str:
    """Cells stand apart by blanks; their quotation marks are no text."""
    return _read_plain(data).replace('"', "").replace(",", " ").replace("\t", " ")


def _read_docx(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as xml:
            return _WordText().read(xml.read)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, RuntimeError):
        return ""
    except (NotImplementedError, ValueError, expat.ExpatError):
        return ""


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


_READERS: dict[str, Callable[[bytes], str]] = {
    "PDF": _read_pdf,
    "DOCX": _read_docx,
    "CSV": _read_table,
    "TXT": _read_plain,
    "MD": _read_plain,
}
