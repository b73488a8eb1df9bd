"""Document numbers: 阿府发〔2006〕12号 in all the spellings that people use.

Brackets of any form, 年 and 第, blanks and leading zeros make no difference; full width and
traditional characters are folded before (folding.py). A number is matched whole or by its
parts, never by likeness: 13 is not 12.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Year and serial first, then the prefix backwards from there: far quicker in long texts than
# to try every run of Han as a prefix.
_TAIL = re.compile(
    r"(?:[\[(〔【<《〈「『]\s*(?P<bracketed>\d{4})\s*年?\s*[\])〕】>》〉」』]\s*"
    r"|(?<!\d)(?P<bare>\d{4})\s*年\s*(?=第|\d+\s*号))"
    r"(?:第\s*)?(?P<serial>\d{1,6})(?!\d)\s*(?P<mark>号)?"
)
_PREFIX = re.compile(rf"(?P<prefix>[{_HAN}]{{0,20}})(?P<gap>\s*)$")
_FARTHEST_BACK = 24
# Words that lead to a number in a sentence and are no part of it.
_LEADING = re.compile("^.*(?:关于|根据|按照|依据|依照|参照|以及|文件|的)")
# After a blank, only such an ending makes the word before it the number's prefix.
_ENDINGS = ("发", "函", "字", "办", "规", "令", "公告", "通", "文", "政", "批")
LONGEST_PREFIX_IN_TEXT = 8


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A number's parts, folded; `prefix` may be empty. `start` and `end` lie in the folded text."""

    prefix: str
    year: str
    serial: str
    start: int = 0
    end: int = 0

    @property
    def tail(self) -> str:
        """Year and serial as one term: "2006|12"."""
        return f"{self.year}|{self.serial}"

    @property
    def canonical(self) -> str:
        """All parts as one term: "阿府发|2006|12"; equal for every spelling of the number."""
        return f"{self.prefix}|{self.tail}"


def find_numbers(folded: str, *, is_whole: bool = False) -> Iterator[DocumentNumber]:
    """The document numbers in a folded text, in order.

    `is_whole`: the text is meant to be one number, so nothing leads to it as in a sentence.
    """
    previous_end = 0
    for tail in _TAIL.finditer(folded):
        if tail["bare"] and not (tail["mark"] or "第" in tail[0]):
            continue
        earliest = max(previous_end, tail.start() - _FARTHEST_BACK)
        prefix, gap = _prefix_in(folded[earliest : tail.start()])
        if gap and not prefix.endswith(_ENDINGS):
            prefix, gap = "", ""
        elif not is_whole:
            prefix = _LEADING.sub("", prefix)
        start = tail.start() - len(gap) - len(prefix)
        year = tail["bracketed"] or tail["bare"]
        previous_end = tail.end()
        yield DocumentNumber(prefix, year, str(int(tail["serial"])), start, tail.end())


def _prefix_in(before: str) -> tuple[str, str]:
    """The run of Han at the end of this text, and the blanks after it."""
    match = _PREFIX.search(before)
    return (match["prefix"], match["gap"]) if match else ("", "")


def parse_number(folded: str) -> DocumentNumber | None:
    """The number that this text is as a whole, or None."""
    for number in find_numbers(folded.strip(), is_whole=True):
        if number.start == 0 and number.end == len(folded.strip()):
            return number
    return None


def terms_in_text(number: DocumentNumber) -> list[str]:
    """Terms under which a number cited in running text is found.

    Where the prefix begins cannot be told in a sentence, so each ending of it is a term.
    """
    shortest = max(0, len(number.prefix) - LONGEST_PREFIX_IN_TEXT)
    prefixes = {number.prefix[start:] for start in range(shortest, len(number.prefix))}
    return sorted(f"{prefix}|{number.tail}" for prefix in {*prefixes, ""})
