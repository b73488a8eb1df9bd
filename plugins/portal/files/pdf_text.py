"""The text of one PDF, from standard input to standard output; run by texts.py in a process of its own.

The process limits itself before it looks at the file: a hostile one takes its time and memory,
not the build's. Usage: python -I pdf_text.py <most characters>
"""

from __future__ import annotations

import io
import logging
import resource
import sys

CPU_SECONDS = 20
MEMORY_BYTES = 768_000_000
MOST_PAGES = 500


def main() -> int:
    """0 with the text written, 1 where the file cannot be read."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    logging.disable(logging.CRITICAL)
    try:
        text = read_text(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Exception:  # noqa: BLE001
        # A damaged file makes the library raise whatever its parts do.
        return 1
    sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
    return 0


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
    sys.exit(main())
