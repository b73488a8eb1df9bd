"""Spelling: what a query without results may have meant, by the words of titles and names.

Han is put right by its sound, words of letters by their spelling, Tibetan by the syllables that stand
beside each other.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from search.analysis import HAN
from search.folding import fold
from search.phrases import PhraseLines
from search.pinyin import syllables_of
from search.tibetan import SYLLABLE, TSHEG, normal_syllable

_LONGEST_WINDOW: Final = 8
# Looking for a sound goes through all phrases: what takes more than so many looks stays as it is.
_MOST_LOOKS: Final = 40
_SHORTEST_CORRECTED: Final = 5
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")
_LATIN_WORD = re.compile(r"[a-zà-ÿ]+")
_BO_RUN = re.compile(f"{SYLLABLE}(?:{TSHEG}+{SYLLABLE})*")


class Spelling:
    """How the phrases write their words."""

    def __init__(self, phrases: PhraseLines) -> None:
        self._phrases = phrases
        self._pairs: set[tuple[str, str]] = set()
        self._words: Counter[str] = Counter()
        self._tibetan = _TibetanSpelling()
        for number in range(len(phrases)):
            self._pairs.update(pairwise(map(sys.intern, phrases.syllables(number))))
            folded = phrases.folded[number]
            self._words.update(_LATIN_WORD.findall(folded))
            self._tibetan.add(folded)

    def correct(self, text: str) -> str:
        """The query with what sounds or is written much like a known word put right; "" where
        there is nothing to correct."""
        folded = fold(text)
        looks = iter(range(_MOST_LOOKS))
        corrected = _HAN_RUN.sub(lambda run: self._correct_run(run[0], looks), folded)
        corrected = _LATIN_WORD.sub(lambda word: self._correct_word(word[0]), corrected)
        corrected = _BO_RUN.sub(lambda run: self._tibetan.correct(run[0]), corrected)
        return corrected if corrected != folded else ""

    def _correct_run(self, run: str, looks: Iterator[int]) -> str:
        """Han: the longest stretches that sound like a known one are written like that."""
        syllables = syllables_of(run)
        parts: list[str] = []
        place = 0
        while place < len(run):
            longest = min(len(run), place + _LONGEST_WINDOW)
            for end in range(longest, place + 1, -1):
                written = self._written_as(syllables[place:end], run[place:end], looks)
                if written:
                    break
            else:
                end, written = place + 1, run[place]
            parts.append(written)
            place = end
        return "".join(parts)

    def _written_as(self, syllables: Sequence[str], run: str, looks: Iterator[int]) -> str:
        """How phrases write these syllables: as here if some do, else as most do, "" if none."""
        if not self._pairs.issuperset(pairwise(syllables)) or next(looks, None) is None:
            return ""
        ways: Counter[str] = Counter()
        for number, offset in self._phrases.sounds.find(f" {' '.join(syllables)} "):
            start = self._phrases.sounds[number].count(" ", 0, offset)
            ways[self._phrases.folded[number][start : start + len(run)]] += 1
        if run in ways or not ways:
            return run if ways else ""
        return max(ways, key=lambda way: (ways[way], way))

    def _correct_word(self, word: str) -> str:
        """Latin: the nearest known word where this one is not known in any form."""
        if len(word) < _SHORTEST_CORRECTED or self._is_known(word):
            return word
        most = 1 if len(word) < 8 else 2
        near = [
            (distance, -count, known)
            for known, count in self._words.items()
            if known[0] == word[0] and abs(len(known) - len(word)) <= most
            if (distance := _distance(word, known, most)) <= most
        ]
        return min(near)[2] if near else word

    def _is_known(self, word: str) -> bool:
        """True for a word of the phrases and for its regular forms."""
        stems = (word.removesuffix(ending) for ending in ("s", "es", "d", "ed", "ing"))
        return any(stem in self._words for stem in (word, *stems))


class _TibetanSpelling:
    """Which syllables stand beside each other, in their searched form."""

    def __init__(self) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._written: dict[str, str] = {}
        self._signs: set[str] = set()

    def add(self, folded: str) -> None:
        """What the text has is known."""
        for run in _BO_RUN.findall(folded):
            written = list(filter(None, run.split(TSHEG)))
            syllables = [*map(normal_syllable, written)]
            self._pairs.update(pairwise(syllables))
            self._written.update(zip(syllables, written, strict=True))
            self._signs.update(run)

    def correct(self, run: str) -> str:
        """The run with each syllable that no text has beside its neighbours exchanged for one that
        differs in one sign and stands there: alone, syllables that differ so are often both right."""
        written = list(filter(None, run.split(TSHEG)))
        syllables = [*map(normal_syllable, written)]
        is_other = False
        # Each exchange makes one more pair known, so that there is an end.
        while better := self._first_better(syllables):
            place, other = better
            syllables[place], written[place] = other, self._written[other]
            is_other = True
        return TSHEG.join(written) if is_other else run

    def _first_better(self, syllables: Sequence[str]) -> tuple[int, str] | None:
        found = ((place, self._better(syllables, place)) for place in range(len(syllables)))
        return next((each for each in found if each[1]), None)

    def _better(self, syllables: Sequence[str], place: int) -> str:
        """Another syllable for this place, "" where this one is right or none is better."""
        before, after = syllables[place - 1 : place], syllables[place + 1 : place + 2]
        if len(syllables) == 1 or self._counts(before, syllables[place], after):
            return ""
        counts = {
            other: self._counts(before, other, after)
            for other in _one_sign_away(syllables[place], self._signs)
            if other in self._written
        }
        best = max(counts, key=lambda other: (counts[other], other), default="")
        return best if best and counts[best] else ""

    def _counts(self, before: Sequence[str], syllable: str, after: Sequence[str]) -> int:
        """How often the rarer of its pairs is there, 0 where one is not."""
        pairs = [(each, syllable) for each in before] + [(syllable, each) for each in after]
        return min(self._pairs[pair] for pair in pairs)


def _one_sign_away(syllable: str, signs: set[str]) -> set[str]:
    """What one sign more, less, other or exchanged with its neighbour makes of the syllable."""
    parts = [(syllable[:place], syllable[place:]) for place in range(len(syllable) + 1)]
    found = {first + rest[1:] for first, rest in parts if rest}
    found |= {first + rest[1] + rest[0] + rest[2:] for first, rest in parts if len(rest) > 1}
    for sign in signs:
        found |= {first + sign + rest for first, rest in parts}
        found |= {first + sign + rest[1:] for first, rest in parts if rest}
    return found - {syllable}


def _distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, exchanges and swaps of neighbours between two words; above `most`
    any number above it."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        last, before_last = row, before
        row = [place]
        for column, match in enumerate(other, 1):
            cost = min(last[column] + 1, row[-1] + 1, last[column - 1] + (character != match))
            is_swap = place > 1 and column > 1 and one[place - 2] == match
            if is_swap and character == other[column - 2]:
                cost = min(cost, before_last[column - 2] + 1)
            row.append(cost)
        before = last
        if min(row) > most:
            return most + 1
    return row[-1]
