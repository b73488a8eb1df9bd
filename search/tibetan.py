"""Tibetan: syllables and the endings that grammar hangs on them.

Tibetan writes no blanks between words; the tsheg parts syllables. A syllable is searched
without its fused case ending, and the spellings of one particle, which only the letter before
them decides, count as the same. Works on folded text (folding.py).
"""

import re
from functools import lru_cache

# Letters, vowels and subjoined letters; `\w` would drop the vowels.
SYLLABLE = "[\u0f40-\u0fbc]+"
TSHEG = "\u0f0b"

_FUSED = ("\u0f60\u0f72\u0f66", "\u0f60\u0f72", "\u0f60\u0f7c", "\u0f60\u0f58", "\u0f60\u0f44")
_PARTICLES = {
    "གི": ("ཀྱི", "གྱི", "ཡི"),
    "གིས": ("ཀྱིས", "གྱིས", "ཡིས"),
}
_SAME_PARTICLE = {other: first for first, others in _PARTICLES.items() for other in others}
_TWO_PLAIN_LETTERS = re.compile("[\u0f40-\u0f6c]{2}")
_ACHUNG = "\u0f60"


@lru_cache(maxsize=20_000)
def normal_syllable(syllable: str) -> str:
    """The syllable as it is searched: fused ending taken off, particle in its first spelling."""
    if syllable in _SAME_PARTICLE:
        return _SAME_PARTICLE[syllable]
    for ending in _FUSED:
        stem = syllable.removesuffix(ending)
        if stem and stem != syllable:
            # Of two plain letters nobody could tell which carries the vowel; the a-chung that
            # says so gave way to the ending, so put it back: dga'i -> dga'.
            return stem + _ACHUNG if _TWO_PLAIN_LETTERS.fullmatch(stem) else stem
    return syllable


def written_forms(normal: str) -> list[str]:
    """Every syllable of which normal_syllable makes this one."""
    stems = [normal, normal.removesuffix(_ACHUNG)]
    written = [normal, *_PARTICLES.get(normal, ())]
    written += [stem + ending for stem in stems for ending in _FUSED]
    return [each for each in dict.fromkeys(written) if normal_syllable(each) == normal]
