"""Prose of paragraphs, headings and plain links, which most texts are, straight to HTML.

Gives what the engine and the cleaner together give for such a text, byte for byte, in a quarter
of their time (tests/reading/test_plain_prose.py); for any other text it gives nothing.
`markdown_text` is the only caller.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from plugins.portal.reading.document import Heading

# Whatever Markdown or HTML gives a meaning, wherever it stands; and characters that one of them
# would write in another way.
_MEANT = r"\\`*_\[\]{}<>&|~\x00-\x09\x0b-\x1f\x7f-\xa0\ud800-\udfff\ufeff"
_MARKED = re.compile(f"[{_MEANT}]")
# A link within a line, to an address in which nothing has a meaning or must be escaped.
_LINK = re.compile(
    rf"(?<!!)\[([^\s{_MEANT}](?:[^\n{_MEANT}]*[^\s{_MEANT}])?)\]"
    r"\(((?:doc:|https?://|\{filename\}|\{static\})?[A-Za-z0-9./-]+)\)"
)
# Beginnings of lines that are more than prose, and ends that are cut off.
_SHAPED = re.compile(r"\n(?:[ \-=+:]|\d+\.)")
_CUT_OFF = re.compile(r"\n(?<=[^\S\n]\n)")
_BLANK_LINES = re.compile(r"\n\n+")
_HEADING = re.compile(r"(#{1,6})([^#\n]*[^#\s][^#\n]*)")


@cache
def _toc() -> Any:
    """The library's headings: loaded for the first text that has some.

    Its published types describe an older release than the one in the lock file.
    """
    from markdown.extensions import toc

    return toc


def convert_plain_prose(text: str) -> tuple[str, tuple[Heading, ...]] | None:
    """The HTML of a text that is prose alone, and its headings; None for any other.

    Its links are as they are written, and still to be resolved.
    """
    text = text.strip("\n")
    framed = f"\n{text}\n"
    marked = _LINK.sub("", text) if "[" in text else text
    if not text or _MARKED.search(marked) or _SHAPED.search(framed) or _CUT_OFF.search(framed):
        return None
    blocks = _BLANK_LINES.split(text)
    lowered = any(block[0] == "#" and block[1:2] != "#" for block in blocks)
    used_ids: set[str] = set()
    counters: dict[str, int] = {}
    headings: list[Heading] = []
    for position, block in enumerate(blocks):
        if "#" not in block or not (block[0] == "#" or "\n#" in block):
            blocks[position] = f"<p>{block.lstrip()}</p>"
            continue
        found = _HEADING.fullmatch(block)
        if found is None or "[" in block:
            return None
        written = found.group(2).strip()
        name = " ".join(written.split())
        own_id = _toc().unique(_toc().slugify_unicode(name, "-"), used_ids, counters)
        level = min(len(found.group(1)) + lowered, 6)
        blocks[position] = f'<h{level} id="{own_id}">{written}</h{level}>'
        headings.append((own_id, name, level))
    made = "\n".join(blocks)
    if marked is not text:
        made = _LINK.sub(r'<a href="\2">\1</a>', made)
    return made, tuple(headings)
