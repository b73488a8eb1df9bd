"""Document numbers (文号): 阿府发〔2006〕12号 in all the spellings that people use, and 国务院令第711号.

Brackets of any form, 年 and 第, blanks, full width and leading zeros make no difference. A number
is matched whole or by its parts, never by likeness: 13 is not 12. Documents refer to each other
by the canonical form (plugins/portal), and the search has it as a term, after it has folded
traditional characters as well.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from domain.records import record

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_NUMERALS = "一二三四五六七八九十百零〇"
# Year and serial first, then the prefix backwards from there: far quicker in long texts than
# to try every run of Han as a prefix. Orders (令) have no year.
_TAIL = re.compile(
    r"(?:[\[(〔【<《〈「『﹝]\s*(?P<bracketed>(?:19|20)\d{2})\s*年?\s*[\])〕】>》〉」』﹞]\s*"
    r"|(?<!\d)(?P<bare>(?:19|20)\d{2})\s*年\s*(?=第|\d+\s*号))"
    r"(?:第\s*)?(?P<serial>\d{1,6})(?!\d)\s*(?P<mark>号)?"
    rf"|(?<=令)\s*第?\s*(?P<order>\d{{1,6}}|[{_NUMERALS}]{{1,9}})\s*号",
    re.ASCII,
)
_PREFIX = re.compile(rf"(?P<prefix>[{_HAN}]{{0,20}})(?P<gap>\s*)$")
_FARTHEST_BACK: Final = 24
# Words that lead to a number in a sentence and are no part of it.
_LEADING = re.compile("^.*(?:关于|根据|按照|依据|依照|参照|以及|文件|的)")
# After a blank, only such an ending makes the word before it the number's prefix.
_ENDINGS = ("发", "函", "字", "办", "规", "令", "公告", "通", "文", "政", "批")
LONGEST_PREFIX_IN_TEXT: Final = 8
_BLANKS = re.compile(r"\s+")
_SPELLINGS = str.maketrans(
    {
        "號": "号",
        **dict.fromkeys("[［【（(﹝", "〔"),
        **dict.fromkeys("]］】）)﹞", "〕"),
    }
)


@record
class DocumentNumber:
    """A number's parts; `prefix` may be empty, and so may `year`, of an order.

    `start` and `end` lie in the text that it was found in; `is_marked`: it ends in 号.
    """

    prefix: str
    year: str
    serial: str
    start: int = 0
    end: int = 0
    is_marked: bool = True

    @property
    def tail(self) -> str:
        """Year and serial: 〔2006〕12号, of an order 第711号."""
        return f"〔{self.year}〕{self.serial}号" if self.year else f"第{self.serial}号"

    @property
    def canonical(self) -> str:
        """The one spelling that all spellings of the number share: 阿府发〔2006〕12号."""
        return self.prefix + self.tail


def canonical_number(written: str) -> str:
    """The number in the form by which references are matched.

    A text that is no number is only freed of blanks and full-width signs.
    """
    number = parse_number(written)
    return number.canonical if number and is_document_number(written) else _fold(written)


def is_document_number(written: str) -> bool:
    """Whether it reads as a whole number, like 阿府发〔2026〕12号 or 国务院令第711号."""
    number = parse_number(written)
    return bool(number and number.is_marked and number.prefix not in ("", "令"))


def parse_number(written: str) -> DocumentNumber | None:
    """The number that this text is as a whole, with or without prefix, or None."""
    folded = _fold(written)
    found = next(find_numbers(folded, is_whole=True), None)
    return found if found and (found.start, found.end) == (0, len(folded)) else None


def _fold(written: str) -> str:
    # Brackets before and after: some are made by NFKC, of others it makes something else.
    folded = unicodedata.normalize("NFKC", written.translate(_SPELLINGS)).translate(_SPELLINGS)
    return _BLANKS.sub("", folded)


def find_numbers(folded: str, *, is_whole: bool = False) -> Iterator[DocumentNumber]:
    """The document numbers in a text without full-width digits and traditional signs, in order.

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
        previous_end = tail.end()
        yield DocumentNumber(
            prefix,
            year=tail["bracketed"] or tail["bare"] or "",
            serial=_serial(tail["serial"] or tail["order"]),
            start=tail.start() - len(gap) - len(prefix),
            end=tail.end(),
            is_marked=bool(tail["mark"] or tail["order"]),
        )


def _prefix_in(before: str) -> tuple[str, str]:
    """The run of Han at the end of this text, and the blanks after it."""
    match = _PREFIX.search(before)
    return (match["prefix"], match["gap"]) if match else ("", "")


def _serial(written: str) -> str:
    return str(int(written)) if written.isdigit() else written


def terms_in_text(number: DocumentNumber) -> list[str]:
    """Canonical forms under which a number cited in running text is found.

    Where the prefix begins cannot be told in a sentence, so each ending of it is a form; an
    order is never meant without its 令.
    """
    longest = number.prefix[-LONGEST_PREFIX_IN_TEXT:]
    prefixes = {longest[start:] for start in range(len(longest))}
    if number.year:
        prefixes.add("")
    return sorted(prefix + number.tail for prefix in prefixes)


def longest_term(number: DocumentNumber) -> str:
    """The one of `terms_in_text` that says most of the number."""
    return number.prefix[-LONGEST_PREFIX_IN_TEXT:] + number.tail
