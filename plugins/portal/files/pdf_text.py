"""The texts of PDFs, one after another; a program that texts.py starts once and keeps.

A child reads each file and limits itself before it looks at it: a hostile one takes its own time
and memory, not the build's, and leaves nothing behind for the next. Standard input has the length
of a file (LENGTH) and the file, standard output the same of its text, which is empty where the
file cannot be read. Ends with its input, and when nothing comes for a while.
Usage: python -I pdf_text.py <most characters> <most seconds of the processor>
"""

from __future__ import annotations

import io
import logging
import os
import resource
import select
import signal
import struct
import sys
from typing import NoReturn

LENGTH = struct.Struct(">Q")
MEMORY_BYTES = 768_000_000
MOST_PAGES = 500
_CLOCK_SECONDS = 60
_IDLE_SECONDS = 10


def main() -> None:
    """Every file that came was answered."""
    import pypdf  # noqa: F401 - once, and not in each child

    most_characters, cpu_seconds = (int(argument) for argument in sys.argv[1:])
    logging.disable(logging.CRITICAL)
    files, texts = sys.stdin.buffer, sys.stdout.buffer
    # Whoever asks waits for the answer, so that between files nothing is left in a buffer.
    while select.select([files], [], [], _IDLE_SECONDS)[0] and (head := files.read(LENGTH.size)):
        text = _read_apart(files.read(*LENGTH.unpack(head)), most_characters, cpu_seconds)
        texts.write(LENGTH.pack(len(text)) + text)
        texts.flush()


def _read_apart(data: bytes, most_characters: int, cpu_seconds: int) -> bytes:
    """What a child of this process makes of the file, b"" where it fails."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(data, most_characters, cpu_seconds, sending)
    os.close(sending)
    with open(receiving, "rb") as answer:
        text = answer.read()
    return text if os.waitpid(child, 0)[1] == 0 else b""


def _be_the_child(data: bytes, most_characters: int, cpu_seconds: int, sending: int) -> NoReturn:
    try:
        os.closerange(0, 2)  # whoever asks is to notice when the program itself is ended
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        signal.alarm(_CLOCK_SECONDS)
        text = read_text(data, most_characters)
        with open(sending, "wb") as answer:
            answer.write(text.encode("utf-8", "ignore"))
        os._exit(0)
    finally:
        # A damaged file makes the library raise whatever its parts do.
        os._exit(1)


def read_text(data: bytes, most_characters: int) -> str:
    """The text of the first pages, at most so many characters."""
    from pypdf import PdfReader

    parts: list[str] = []
    length = 0
    for page in PdfReader(io.BytesIO(data)).pages[:MOST_PAGES]:
        parts.append(page.extract_text())
        length += len(parts[-1])
        if length >= most_characters:
            break
    return "\n".join(parts)[:most_characters]


if __name__ == "__main__":
    main()
