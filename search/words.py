"""What editors tell the search (build/frames/search.json): synonyms, and pages that come first or last.

Synonyms are applied to a query, never to the index: the query is asked as typed and, beside that,
with words of it replaced, so that a change of the list holds at once. Pins hold on their days.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from search.analysis import HAN, whole_text_term
from search.folding import fold
from search.tibetan import TSHEG

MOST_REPLACED: Final = 3
"""Words of one query that are replaced."""
MOST_VARIANTS: Final = 8
"""Ways in which one query is asked beside its own."""

_HAN = re.compile(f"[{HAN}]")
_BO = re.compile("[\u0f40-\u0fbc]")
# What is in quotation marks is meant as written.
_QUOTED = re.compile('"[^"]*"|“[^“”]*”|「[^「」]*」|『[^『』]*』|«[^«»]*»')
# A character left over beside a replaced word (社保局) is seldom a word.
LEFT_OVER = re.compile(rf"\s*(?<![{HAN}])[{HAN}](?![{HAN}])\s*")


@dataclass(frozen=True, slots=True)
class Variant:
    """A query with words replaced: `text` is folded, `replaced` says what stands for what."""

    text: str
    replaced: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pinned:
    """Ids of the pages that come first, in this order, and of those that come last."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class SearchWords:
    """Synonyms and pins of one search.json; without one, none."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self._found: dict[str, tuple[str, ...]] = {}
        for group in written.get("synonyms", ()):
            for word in group["words"]:
                others = group["finds"] or [each for each in group["words"] if each != word]
                self._found[fold(word)] = tuple(others)
        self._pattern = _pattern_of(self._found)
        self._common = {
            lang: tuple(texts) for lang, texts in written.get("common_searches", {}).items()
        }
        self._pins: dict[str, list[Mapping[str, Any]]] = {}
        for pin in written.get("pins", ()):
            for query in pin["queries"]:
                self._pins.setdefault(whole_text_term(query), []).append(pin)

    def phrases(self) -> list[tuple[str, str]]:
        """(text, language) of the words of the lists and of common searches, for suggestions."""
        synonyms = {*self._found, *(each for found in self._found.values() for each in found)}
        common = [(text, lang) for lang, texts in self._common.items() for text in texts]
        return [*((word, language_of(word)) for word in sorted(synonyms)), *common]

    def variants(self, text: str) -> list[Variant]:
        """The other ways to ask this query, at most MOST_VARIANTS; none without synonyms in it."""
        folded = fold(text)
        places = list(self._places(folded))[:MOST_REPLACED]
        choices = [[folded[slice(*place)], *self._found[folded[slice(*place)]]] for place in places]
        variants = []
        for chosen in product(*choices):
            replaced = [
                (word, other)
                for (word, *_), other in zip(choices, chosen, strict=True)
                if other != word
            ]
            if replaced:
                variants.append(Variant(_replace(folded, places, chosen), tuple(replaced)))
        # Fewest words replaced first: nearest to what was typed.
        return sorted(variants, key=lambda each: len(each.replaced))[:MOST_VARIANTS]

    def _places(self, folded: str) -> Iterator[tuple[int, int]]:
        if self._pattern is None:
            return
        quoted = [match.span() for match in _QUOTED.finditer(folded)]
        for match in self._pattern.finditer(folded):
            if not any(start < match.end() and match.start() < end for start, end in quoted):
                yield match.span()

    def pinned(self, text: str, day: str) -> Pinned:
        """What comes first and last for this query on that day."""
        for pin in self._pins.get(whole_text_term(text), ()):
            if pin["from"] <= day and (not pin["until"] or day <= pin["until"]):
                return Pinned(tuple(pin["pages"]), tuple(pin["demote"]))
        return Pinned()


@dataclass(slots=True)
class SearchWordsFile:
    """The words of a build; read again when the file changes."""

    source_path: Path
    _read: tuple[int, SearchWords] = field(default_factory=lambda: (-1, SearchWords({})))

    def words(self) -> SearchWords:
        """What the file says now; nothing where there is none."""
        try:
            changed = self.source_path.stat().st_mtime_ns
            if self._read[0] != changed:
                written = json.loads(self.source_path.read_text(encoding="utf-8"))
                self._read = (changed, SearchWords(written))
        except FileNotFoundError:
            return _NO_WORDS
        return self._read[1]


def _pattern_of(words: Iterable[str]) -> "re.Pattern[str] | None":
    """Matches the longest word at each place; words of letters only as whole words."""
    parts = [_bounded(word) for word in sorted(words, key=len, reverse=True) if word.strip()]
    return re.compile("|".join(parts)) if parts else None


def language_of(word: str) -> str:
    """The language whose script the word is written in."""
    return "bo" if _BO.search(word) else "zh" if _HAN.search(word) else "en"


def _bounded(word: str) -> str:
    escaped = re.escape(word)
    if _HAN.search(word):
        return escaped
    if _BO.search(word):
        return rf"(?<![\u0f40-\u0fbc]){escaped}(?![\u0f40-\u0fbc])"
    return rf"\b{escaped}\b"


def _replace(folded: str, places: Sequence[tuple[int, int]], chosen: Sequence[str]) -> str:
    """The text with these places replaced, each apart from what stands around it."""
    parts: list[str] = []
    previous = 0
    for (start, end), word in zip(places, chosen, strict=True):
        parts += [folded[previous:start], word]
        previous = end
    parts.append(folded[previous:])
    kept = [
        LEFT_OVER.sub(" ", part) if place % 2 == 0 else part for place, part in enumerate(parts)
    ]
    joint = TSHEG if _BO.search(folded) else " "
    return joint.join(part.strip(TSHEG + " ") for part in kept if part.strip(TSHEG + " "))


_NO_WORDS: Final = SearchWords({})
