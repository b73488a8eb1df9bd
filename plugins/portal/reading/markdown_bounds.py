"""What a text may cost to convert: bounds counted in steps, never in seconds.

Several parts of Python-Markdown take the square of a text's length when marks are opened and
never closed. Real texts come nowhere near; a text that does is a problem for its editor, the
same one on every machine. Each bound here is a second's work or less.
"""

from __future__ import annotations

import re

#: Levels of quotes, lists, HTML and emphasis inside one another. Far below Python's own limit of
#: recursion, so that the answer never depends on how deep the caller stands.
MAX_NESTING = 100
#: Steps of about 0.1 microseconds in the search for where links, code and emphasis end.
MAX_INLINE_STEPS = 5_000_000
#: Characters of blocks that are tested again because a line was taken off their top.
MAX_BLOCK_CHARACTERS = 30_000_000
#: Characters searched for the end of an HTML tag, or of a block of code, that has none.
MAX_TAG_CHARACTERS = 20_000_000
MAX_FENCE_CHARACTERS = 50_000_000
#: The text is made anew for each tag and for each block of code: their number times its length.
MAX_COPIED_CHARACTERS = 100_000_000_000
#: Elements of raw HTML inside one another; browsers stop at 512.
MAX_HTML_DEPTH = 500
MAX_BACKTICKS_IN_LINE = 2_000
MAX_ABBREVIATION_CHARACTERS = 50_000_000
MAX_CONTENTS_LISTS = 10

_TAG_START = re.compile(r"<[a-zA-Z/!?]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that HTML lets stand open, or that have no end.
_MAY_STAND_OPEN = frozenset(
    [
        *("p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option"),
        *("colgroup", "rp", "rt", "area", "base", "br", "col", "embed", "hr", "img", "input"),
        *("link", "meta", "source", "track", "wbr"),
    ]
)
_FENCE = re.compile(r"^(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


class TextTooDeepError(Exception):
    """The text nests too deeply, or opens too much that it never closes. For engine callers."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Work:
    """The steps that a text has used of its allowance; `start` begins a new text."""

    def __init__(self) -> None:
        self.inline_steps = 0
        self.block_characters = 0

    def start(self) -> None:
        self.inline_steps = self.block_characters = 0

    def add_inline(self, steps: int) -> None:
        self.inline_steps += steps
        if self.inline_steps > MAX_INLINE_STEPS:
            raise TextTooDeepError(
                "brackets, quotation marks or backticks are opened over and over"
            )

    def add_block(self, characters: int) -> None:
        self.block_characters += characters
        if self.block_characters > MAX_BLOCK_CHARACTERS:
            raise TextTooDeepError("too many headings or definitions follow without blank lines")


def check_openings(text: str) -> None:
    """Raises TextTooDeepError where tags or fences would be searched for to the end too often."""
    if "<" in text:
        _check_tags(text)
    if "```" in text or "~~~" in text:
        _check_fences(text)
    if "|" in text and text.count("`") > MAX_BACKTICKS_IN_LINE:
        _check_backticks(text)


def check_html_depth(made: str) -> None:
    """Raises TextTooDeepError where elements stand too deeply inside one another."""
    depth = 0
    for closing, name in _TAG.findall(made):
        if name.lower() not in _MAY_STAND_OPEN:
            depth += -1 if closing else 1
            if depth > MAX_HTML_DEPTH:
                raise TextTooDeepError("HTML elements stand inside one another too deeply")


def _check_tags(text: str) -> None:
    searched = 0
    if text.count("<") * len(text) > MAX_COPIED_CHARACTERS:
        raise TextTooDeepError("there are too many HTML tags in one text")
    end = -1
    for match in _TAG_START.finditer(text):
        start = match.start()
        if end < start:
            end = text.find(">", start)
            end = len(text) if end < 0 else end
        searched += end - start
        if searched > MAX_TAG_CHARACTERS:
            raise TextTooDeepError("too many < stand without a >")


def _check_backticks(text: str) -> None:
    if any(line.count("`") > MAX_BACKTICKS_IN_LINE for line in text.split("\n")):
        raise TextTooDeepError("too many backticks stand in one line")


def _check_fences(text: str) -> None:
    last_closing: dict[str, int] = {}
    openings: list[tuple[str, int]] = []
    for match in _FENCE.finditer(text):
        openings.append((match.group(1), match.start()))
        if not match.group(2).strip(" "):
            last_closing[match.group(1)] = match.start()
    if len(openings) * len(text) > MAX_COPIED_CHARACTERS:
        raise TextTooDeepError("there are too many blocks of code in one text")
    searched = sum(
        len(text) - start for fence, start in openings if last_closing.get(fence, -1) <= start
    )
    if searched > MAX_FENCE_CHARACTERS:
        raise TextTooDeepError("too many blocks of code are opened and never closed")
