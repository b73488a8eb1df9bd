"""Phrases: texts that everybody may read, as lines that one search looks through.

Titles of released pages, names of columns and offices, words that editors keep. Each is there as it
is written, folded, and as it sounds. Kept as bytes, which take a third of what texts would: a
hundred thousand titles are some forty megabytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from search.documents import Title
from search.folding import fold
from search.pinyin import sound_of

# Hits looked at before the best are chosen; lines are in the order of their worth.
_MOST_HITS: Final = 400


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that may be suggested; `worth` orders it: editors' words 2, names 1, titles 0."""

    text: str
    lang: str
    worth: int = 0


class Lines:
    """Lines of text, one after the other."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._starts = array("Q")

    def add(self, line: str) -> None:
        """One line more; a line break in it is a blank."""
        self._starts.append(len(self._bytes))
        self._bytes += line.replace("\n", " ").encode("utf-8", "replace") + b"\n"

    def find(self, wanted: str) -> Iterator[tuple[int, int]]:
        """(line, offset in it) of the first _MOST_HITS places, in order."""
        pattern = wanted.encode("utf-8", "replace")
        place = self._bytes.find(pattern)
        for _ in range(_MOST_HITS):
            if place < 0:
                return
            number = bisect_right(self._starts, place) - 1
            yield number, len(self._bytes[self._starts[number] : place].decode())
            place = self._bytes.find(pattern, place + 1)

    def __getitem__(self, number: int) -> str:
        start = self._starts[number]
        return self._bytes[start : self._bytes.index(b"\n", start)].decode()

    def __len__(self) -> int:
        return len(self._starts)


class PhraseLines:
    """All phrases, the worthiest first, then the shorter: their texts, folded texts and sounds.

    A sound has a syllable for each character of the folded text, with a blank before and after.
    """

    def __init__(self, phrases: Iterable[Phrase], titles: Sequence[Title] = ()) -> None:
        self.texts, self.folded, self.sounds = Lines(), Lines(), Lines()
        self._langs: list[str] = []
        best: dict[str, Phrase] = {}
        for phrase in phrases:
            known = best.get(phrase.text)
            if known is None or known.worth < phrase.worth:
                best[phrase.text] = phrase
        for phrase in sorted(best.values(), key=_order):
            self._add(phrase.text, phrase.lang, sound_of(fold(phrase.text)))
        # Titles are many: their sounds are read one by one, and nothing of them is kept twice.
        places = {title.text: place for place, title in enumerate(titles)}
        for text in sorted(places.keys() - best.keys(), key=lambda each: (len(each), each)):
            title = titles[places[text]]
            self._add(text, title.lang, title.sound or sound_of(fold(text)))

    def _add(self, text: str, lang: str, sound: str) -> None:
        self.texts.add(text)
        self.folded.add(fold(text))
        self.sounds.add(f" {sound} ")
        self._langs.append(lang)

    def __len__(self) -> int:
        return len(self._langs)

    def __getitem__(self, number: int) -> Phrase:
        return Phrase(self.texts[number], self._langs[number])

    def lang(self, number: int) -> str:
        """The language of a phrase."""
        return self._langs[number]

    def syllables(self, number: int) -> list[str]:
        """For each character of the folded text its syllable."""
        return self.sounds[number][1:-1].split(" ")


def _order(phrase: Phrase) -> tuple[int, int, str]:
    return -phrase.worth, len(phrase.text), phrase.text


def phrases_of_labels(labels: Mapping[str, object]) -> Iterator[Phrase]:
    """The names of columns, departments and counties in each language."""
    for group in ("columns", "departments", "counties"):
        names = labels.get(group, {})
        for texts in names.values() if isinstance(names, dict) else ():
            yield from (Phrase(text, lang, 1) for lang, text in texts.items())
