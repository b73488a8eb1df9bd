"""Pinyin of folded text, character by character, for suggestions and for what sounds the same."""

import re
from collections.abc import Iterator
from functools import lru_cache

from search.analysis import HAN

_HAN_RUN = re.compile(f"[{HAN}]+")


def syllables_of(folded: str) -> tuple[str, ...]:
    """For each character its syllable without tone; the character itself where it is no Han."""
    syllables: list[str] = []
    previous = 0
    for run in _HAN_RUN.finditer(folded):
        syllables += folded[previous : run.start()]
        syllables += _read_run(run[0])
        previous = run.end()
    syllables += folded[previous:]
    return tuple(syllables)


def sound_of(folded: str) -> str:
    """The syllables of a folded text with blanks between; what is a blank itself is "_"."""
    return " ".join(
        [each if each.isprintable() and each != " " else "_" for each in syllables_of(folded)]
    )


def _read_run(run: str) -> Iterator[str]:
    # Loading the dictionary takes longer than everything else here.
    from pypinyin.seg.mmseg import seg

    # Read as words, so that 行 is hang in 银行. As lazy_pinyin does it, which reads each word anew.
    for word in seg.cut(run):
        yield from _read_word(word)


@lru_cache(maxsize=20_000)
def _read_word(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(word)
    # One by one where as a word it has another number.
    if len(syllables) != len(word):
        syllables = ["".join(lazy_pinyin(each)) for each in word]
    return tuple(syllables)
