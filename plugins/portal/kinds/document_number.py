"""Document numbers (文号): one form for all ways of writing the same one.

阿府发〔2026〕12号 is written with seven kinds of brackets, with 第, blanks and leading zeros;
references between documents are matched by the canonical form.
"""

from __future__ import annotations

import re
import unicodedata

_OPEN = "〔[［【（(﹝"
_CLOSE = "〕]］】）)﹞"
_BLANKS = re.compile(r"\s+")
_BRACKETS = str.maketrans(dict.fromkeys(_OPEN, "〔") | dict.fromkeys(_CLOSE, "〕") | {"號": "号"})
_BY_YEAR = re.compile(r"([^\d〔〕第号]{1,20})〔((?:19|20)\d{2})年?〕第?0*(\d{1,5})号(.*)", re.ASCII)
# Orders have no year: 国务院令第711号, 主席令第二十一号.
_ORDER = re.compile(
    r"([^\d〔〕第号]{1,20}令)(?:〔((?:19|20)\d{2})〕)?第?0*(\d{1,5}|[一二三四五六七八九十百零〇]+)号",
    re.ASCII,
)


def canonical_number(written: str) -> str:
    """The number in the form by which references are matched.

    A text that is no number is only freed of blanks and full-width signs.
    """
    folded = _fold(written)
    by_year = _BY_YEAR.fullmatch(folded)
    if by_year:
        issuer, year, number, rest = by_year.groups()
        return f"{issuer}〔{year}〕{number}号{rest}"
    order = _ORDER.fullmatch(folded)
    if order:
        issuer, year, number = order.groups()
        return f"{issuer}〔{year}〕{number}号" if year else f"{issuer}第{number}号"
    return folded


def is_document_number(written: str) -> bool:
    """Whether it reads as a number, like 阿府发〔2026〕12号 or 国务院令第711号."""
    folded = _fold(written)
    by_year = _BY_YEAR.fullmatch(folded)
    return bool((by_year and not by_year.group(4)) or _ORDER.fullmatch(folded))


def _fold(written: str) -> str:
    # Brackets first: NFKC leaves 〔 alone but turns 【 into nothing else, and （ into (.
    folded = unicodedata.normalize("NFKC", written.translate(_BRACKETS)).translate(_BRACKETS)
    return _BLANKS.sub("", folded)
