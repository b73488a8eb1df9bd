"""Suggestions: what a few letters may become, and what a query without results may have meant.

Made from texts that everybody may read: titles of released pages, names of columns and offices,
words that editors keep. What people have asked is not among them. Han is found by its characters,
by pinyin and by the initials of pinyin.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from search.analysis import HAN, find_pieces
from search.folding import fold
from search.pinyin import syllables_of

MOST_SUGGESTIONS: Final = 8
LONGEST_ASKED: Final = 60
# Hits looked at before the best are chosen; texts are in the order of their worth.
_MOST_HITS: Final = 400
_SHORTEST_LETTERS: Final = 2
_LONGEST_WINDOW: Final = 8
_SHORTEST_CORRECTED: Final = 5
_LETTERS = re.compile("[a-z]+")
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that may be suggested; `worth` orders it: editors' words 2, names 1, titles 0."""

    text: str
    lang: str
    worth: int = 0


class SuggestionIndex:
    """Some phrases, ready to be looked up. `previous`: one whose work is taken over."""

    def __init__(
        self, phrases: Iterable[Phrase], previous: "SuggestionIndex | None" = None
    ) -> None:
        best: dict[str, Phrase] = {}
        for phrase in phrases:
            known = best.get(phrase.text)
            if known is None or known.worth < phrase.worth:
                best[phrase.text] = phrase
        self._phrases = sorted(
            best.values(), key=lambda each: (-each.worth, len(each.text), each.text)
        )
        read_before = previous._syllables if previous else {}
        self._folded = [fold(each.text) for each in self._phrases]
        self._syllables: dict[str, tuple[str, ...]] = {
            folded: read_before.get(folded) or syllables_of(folded) for folded in self._folded
        }
        read = [self._syllables[folded] for folded in self._folded]
        self._texts = _Lines(self._folded)
        self._letters = _Lines("".join(each) for each in read)
        self._initials = _Lines("".join(part[:1] for part in each) for each in read)
        self._sounds = _Lines(f" {' '.join(each)} " for each in read)
        self._pairs = {pair for each in read for pair in pairwise(each)}
        self._words = Counter(
            piece.text
            for folded in self._folded
            for piece in find_pieces(folded)
            if piece.kind == "word" and not piece.text.isdigit()
        )

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
            key=lambda number: (self._phrases[number].lang != lang, not found[number], number),
        )
        return [self._phrases[number] for number in ranked if self._folded[number] != asked][:count]

    def _matches(self, asked: str) -> Iterator[tuple[int, bool]]:
        """(phrase, whether it begins so) for each place where it reads or sounds like that."""
        for number, offset in self._texts.find(asked):
            if offset == 0 or _is_boundary(self._folded[number], offset):
                yield number, offset == 0
        letters = asked.replace(" ", "").replace("'", "")
        if not _LETTERS.fullmatch(letters) or len(letters) < _SHORTEST_LETTERS:
            return
        for number, offset in self._letters.find(letters):
            if offset in self._syllable_starts(number):
                yield number, offset == 0
        for number, offset in self._initials.find(letters):
            if re.match(f"[{HAN}]", self._folded[number][offset : offset + 1]):
                yield number, offset == 0

    def _syllable_starts(self, number: int) -> Iterable[int]:
        """Offsets among the letters at which a Han character begins."""
        folded = self._folded[number]
        syllables = self._syllables[folded]
        starts = accumulate(map(len, syllables), initial=0)
        pairs = zip(starts, folded, strict=False)
        return {start for start, character in pairs if re.match(f"[{HAN}]", character)}

    def correct(self, text: str) -> str:
        """The query with what sounds or is written much like a known word put right; "" where
        there is nothing to correct."""
        folded = fold(text)
        corrected = _HAN_RUN.sub(lambda run: self._correct_run(run[0]), folded)
        corrected = _LATIN_WORD.sub(lambda word: self._correct_word(word[0]), corrected)
        return corrected if corrected != folded else ""

    def _correct_run(self, run: str) -> str:
        """Han: the longest stretches that sound like a known one are written like that."""
        syllables = syllables_of(run)
        parts: list[str] = []
        place = 0
        while place < len(run):
            longest = min(len(run), place + _LONGEST_WINDOW)
            for end in range(longest, place + 1, -1):
                written = self._written_as(syllables[place:end], run[place:end])
                if written:
                    break
            else:
                end, written = place + 1, run[place]
            parts.append(written)
            place = end
        return "".join(parts)

    def _written_as(self, syllables: Sequence[str], run: str) -> str:
        """How phrases write these syllables: as here if some do, else as most do, "" if none."""
        if not self._pairs.issuperset(pairwise(syllables)):
            return ""
        sound = f" {' '.join(syllables)} "
        ways: Counter[str] = Counter()
        for number, offset in self._sounds.find(sound) if len(run) > 1 else ():
            line = self._sounds.line(number)
            start = line.count(" ", 0, offset)
            ways[self._folded[number][start : start + len(run)]] += 1
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


_LATIN_WORD = re.compile(r"[a-zà-ÿ]+")


def _is_boundary(folded: str, offset: int) -> bool:
    """Letters are matched from the beginning of a word, other scripts anywhere."""
    return not (
        folded[offset].isascii() and folded[offset - 1].isascii() and folded[offset - 1].isalnum()
    )


class _Lines:
    """Lines joined into one text, so that one search looks through all."""

    def __init__(self, lines: Iterable[str]) -> None:
        kept = [line.replace("\n", " ") for line in lines]
        self._text = "\n".join(kept)
        self._starts = list(accumulate((len(line) + 1 for line in kept[:-1]), initial=0))

    def find(self, wanted: str) -> Iterator[tuple[int, int]]:
        """(line, offset in it) of the first _MOST_HITS places, in order."""
        place = self._text.find(wanted)
        for _ in range(_MOST_HITS):
            if place < 0:
                return
            number = bisect_right(self._starts, place) - 1
            yield number, place - self._starts[number]
            place = self._text.find(wanted, place + 1)

    def line(self, number: int) -> str:
        """One of the lines."""
        end = self._text.find("\n", self._starts[number])
        return self._text[self._starts[number] : end if end >= 0 else None]


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


def phrases_of_labels(labels: Mapping[str, object]) -> Iterator[Phrase]:
    """The names of columns, departments and counties in each language."""
    for group in ("columns", "departments", "counties"):
        names = labels.get(group, {})
        for texts in names.values() if isinstance(names, dict) else ():
            yield from (Phrase(text, lang, 1) for lang, text in texts.items())
