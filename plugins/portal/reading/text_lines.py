"""Lines of the file for things found in the HTML that its text became."""

from __future__ import annotations

import re
from bisect import bisect_left


class TextLines:
    """The text of a document, and where in its file it begins."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.first_line = first_line
        self._searched: dict[str, int] = {}
        self._line_ends: list[int] = []

    def line_of(self, written: str, *, is_taken: bool = True) -> int:
        """The line of the next occurrence of what was written; the text's first where it is not.

        Asked again for the same, it gives the occurrence after, for links come in order; unless
        the one before was only looked at (`is_taken` false).
        """
        start = self._searched.get(written, 0)
        found = self.text.find(written, start) if written else -1
        if found < 0:
            found = max(start - 1, 0)
        elif is_taken:
            self._searched[written] = found + 1
        return self.line_at(found)

    def line_of_tag(self, name: str) -> int:
        """The line of the first tag of that name."""
        match = re.search(rf"<{re.escape(name)}\b", self.text, re.IGNORECASE)
        return self.line_at(match.start() if match else 0)

    def deepest_line(self) -> int:
        """The line that begins with the most marks of quotes, lists and indentation."""
        deepest, at = 0, 0
        for match in re.finditer(r"^[ \t>*+\-:\[(0-9.]+", self.text, re.MULTILINE):
            if match.end() - match.start() > deepest:
                deepest, at = match.end() - match.start(), match.start()
        return self.line_at(at)

    def line_at(self, offset: int) -> int:
        """The line of the file at this place of the text."""
        if not self._line_ends:
            # A list of them, for counting from the top at each link takes the links' square.
            self._line_ends = [match.start() for match in re.finditer("\n|\\Z", self.text)]
        return self.first_line + bisect_left(self._line_ends, offset)
