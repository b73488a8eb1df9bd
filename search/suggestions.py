"""Suggestions: what a few letters may become.

Made from what everybody may read (phrases.py); what people have asked is not among it. Han is found
by its characters, by pinyin and by the initials of pinyin.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from search.analysis import HAN
from search.documents import Title
from search.folding import fold
from search.phrases import Lines, Phrase, PhraseLines
from search.spelling import Spelling

MOST_SUGGESTIONS: Final = 8
LONGEST_ASKED: Final = 60
_SHORTEST_LETTERS: Final = 2
_LETTERS = re.compile("[a-z]+")
_HAN = re.compile(f"[{HAN}]")


class SuggestionIndex:
    """Phrases and titles, ready to be looked up."""

    def __init__(self, phrases: Iterable[Phrase], titles: Sequence[Title] = ()) -> None:
        self._phrases = PhraseLines(phrases, titles)
        self._letters, self._initials = Lines(), Lines()
        for number in range(len(self._phrases)):
            syllables = self._phrases.syllables(number)
            self._letters.add("".join(syllables))
            self._initials.add("".join([each[:1] for each in syllables]))
        self._spelling = Spelling(self._phrases)

    def suggest(self, text: str, lang: str, count: int = MOST_SUGGESTIONS) -> list[Phrase]:
        """The phrases that this beginning may become: those that begin with it before those that
        have it inside, the reader's language before others."""
        asked = " ".join(fold(text[:LONGEST_ASKED]).split())
        if not asked:
            return []
        found: dict[int, bool] = {}
        for number, begins in self._matches(asked):
            found[number] = found.get(number, False) or begins
        ranked = sorted(
            found,
            key=lambda number: (self._phrases.lang(number) != lang, not found[number], number),
        )
        others = (number for number in ranked if self._phrases.folded[number] != asked)
        return [self._phrases[number] for number, _ in zip(others, range(count), strict=False)]

    def correct(self, text: str) -> str:
        """The query with what sounds or is written much like a known word put right; "" where
        there is nothing to correct, or the text is too long to be a name."""
        return self._spelling.correct(text) if len(text) <= LONGEST_ASKED else ""

    def _matches(self, asked: str) -> Iterator[tuple[int, bool]]:
        """(phrase, whether it begins so) for each place where it reads or sounds like that."""
        folded = self._phrases.folded
        for number, offset in folded.find(asked):
            if offset == 0 or _is_boundary(folded[number], offset):
                yield number, offset == 0
        letters = asked.replace(" ", "").replace("'", "")
        if not _LETTERS.fullmatch(letters) or len(letters) < _SHORTEST_LETTERS:
            return
        for number, offset in self._letters.find(letters):
            if offset in self._syllable_starts(number):
                yield number, offset == 0
        for number, offset in self._initials.find(letters):
            if _HAN.match(folded[number], offset):
                yield number, offset == 0

    def _syllable_starts(self, number: int) -> set[int]:
        """Offsets among the letters at which a Han character begins."""
        starts = accumulate(map(len, self._phrases.syllables(number)), initial=0)
        pairs = zip(starts, self._phrases.folded[number], strict=False)
        return {start for start, character in pairs if _HAN.match(character)}


def _is_boundary(folded: str, offset: int) -> bool:
    """Letters are matched from the beginning of a word, other scripts anywhere."""
    return not (
        folded[offset].isascii() and folded[offset - 1].isascii() and folded[offset - 1].isalnum()
    )
