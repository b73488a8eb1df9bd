"""Pinyin of folded text, character by character, for suggestions and for what sounds the same."""

import re
from functools import cache

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


def _read_run(run: str) -> list[str]:
    # Loading the dictionary takes longer than everything else here.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(run)
    # Read as words, so that 行 is hang in 银行; one by one where that gives another number.
    return syllables if len(syllables) == len(run) else [_read_character(each) for each in run]


@cache
def _read_character(character: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(character))
