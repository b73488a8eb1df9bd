"""Folding: one spelling for texts that read the same, with a map back to the original.

Compatibility forms (full width, ligatures), case, traditional to simplified Chinese, and the
many encodings of one Tibetan stack become one. Index and query fold alike; the map lets the
answer mark the words in the text as the reader knows it. Folding what is folded changes nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Seen by no reader, typed by none: soft hyphen, zero-width characters, direction marks,
# variation selectors, byte order mark.
_INVISIBLE = frozenset(
    (
        *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)),
        *(*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    )
)
# Letters that compose with the one before them although Unicode does not call them marks:
# Hangul jamo in three encodings, the half-width sound marks of kana.
_JOINING = frozenset(
    [0xFF9E, 0xFF9F, *range(0x1160, 0x1200), *range(0x3131, 0x318F), *range(0xFFA0, 0xFFDD)]
)

_TIBETAN = range(0x0F00, 0x1000)
# One sign where Unicode has several: om, fixed-form letters, doubled vowels, digits.
_TIBETAN_SIGNS = str.maketrans(
    {
        "\u0f00": "\u0f68\u0f7c\u0f7e",
        "\u0f0c": "\u0f0b",
        "\u0f6a": "\u0f62",
        "\u0fba": "\u0fad",
        "\u0fbb": "\u0fb1",
        "\u0fbc": "\u0fb2",
        **{chr(0x0F20 + digit): str(digit) for digit in range(10)},
    }
)
_DOUBLED_VOWELS = (("\u0f7a\u0f7a", "\u0f7b"), ("\u0f7c\u0f7c", "\u0f7d"))


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` folded, and where each of its characters came from.

    `starts[i]` is the offset in the original at which folded character i begins; `starts` has
    one more entry, the original's length. Characters folded together share their start.
    """

    text: str
    starts: tuple[int, ...] | range

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that reads as folded[start:end]; it never splits a stack."""
        first = self.starts[start]
        last = self.starts[end]
        # The end may fall inside a group that was folded together: take all of the group.
        while end < len(self.text) and last == self.starts[end - 1]:
            end += 1
            last = self.starts[end]
        return first, last


def fold(text: str) -> str:
    """The text in the one spelling that index and query share."""
    if text.isascii():
        return text.lower()
    if _is_simple(text):
        return text.translate(_single)
    return "".join(map(_fold_cluster, _clusters(text)))


def fold_with_map(text: str) -> Folded:
    """The text folded as by fold(), with the way back to the original's offsets."""
    if text.isascii() or _is_simple(text):
        folded = fold(text)
        # No character folds to nothing when each folds by itself: the same length is one to one.
        if len(folded) == len(text):
            return Folded(folded, range(len(text) + 1))
    clusters = _clusters(text)
    parts = [*map(_fold_cluster, clusters)]
    starts: list[int] = []
    offset = 0
    for cluster, part in zip(clusters, parts, strict=True):
        starts += [offset] * len(part)
        offset += len(cluster)
    return Folded("".join(parts), (*starts, len(text)))


def cluster_starts(text: str) -> list[int]:
    """Offsets at which the text may be cut without taking a letter apart, its length included."""
    return list(accumulate(map(len, _clusters(text)), initial=0))


def _clusters(text: str) -> list[str]:
    """Each letter with the marks, jamo and invisible characters that follow it."""
    return _cluster_pattern(is_wide=max(text, default="") > _LAST_NARROW).findall(text)


@cache
def _cluster_pattern(*, is_wide: bool) -> "re.Pattern[str]":
    """Finds clusters; a class that also has signs of other planes is many times as slow."""
    last = _LAST_MARKS if is_wide else ord(_LAST_NARROW) + 1
    further = range(0xE0000, 0xE0200) if is_wide else ()
    marks = (chr(code) for code in (*range(last), *further))
    joined = "".join(re.escape(mark) for mark in marks if extends(mark))
    return re.compile(f"(?s:.)[{joined}]*")


_LAST_NARROW = "\uffff"
# No marks are assigned beyond, but for variation selectors.
_LAST_MARKS = 0x20000


@cache
def extends(character: str) -> bool:
    """Whether it belongs to the letter before it."""
    code = ord(character)
    return code in _INVISIBLE or code in _JOINING or unicodedata.category(character).startswith("M")


# What most texts consist of, none of which extends the letter before it.
_PLAIN = re.compile(
    "[\x00-\xac\xae-\u02ff\u2010-\u2029\u2030-\u205f\u2070-\u20cf\u2100-\u2cee"
    "\u3000-\u3029\u3030-\u3098\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9d]*"
)


def _is_simple(text: str) -> bool:
    """True when each character folds by itself."""
    return bool(_PLAIN.fullmatch(text)) or not any(map(extends, set(text)))


class _SingleCharacters(dict[int, str]):
    """Code point -> folded, filled as characters are met: a text has some hundred different."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_cluster(chr(code))
        return folded


_single = _SingleCharacters()


@lru_cache(maxsize=50_000)
def _fold_cluster(cluster: str) -> str:
    visible = "".join(character for character in cluster if ord(character) not in _INVISIBLE)
    while (folded := _fold_once(visible)) != visible:
        visible = folded
    return visible


def _fold_once(cluster: str) -> str:
    composed = unicodedata.normalize("NFKC", cluster)
    # Compatibility forms may decompose to what is invisible again, a case pair to a mark.
    shown = "".join(each for each in composed if ord(each) not in _INVISIBLE)
    simplified = "".join(map(_simplified, shown.casefold()))
    if any(ord(each) in _TIBETAN for each in simplified):
        simplified = _fold_tibetan(simplified)
    return unicodedata.normalize("NFKC", simplified)


def _fold_tibetan(stack: str) -> str:
    plain = "".join(sorted(stack.translate(_TIBETAN_SIGNS), key=_place_in_stack))
    for doubled, one in _DOUBLED_VOWELS:
        plain = plain.replace(doubled, one)
    return plain


def _place_in_stack(sign: str) -> int:
    """Letters from top to bottom, then vowels, then what closes the syllable.

    Typists enter vowel and subjoined letter in either order and the eye sees no difference;
    Unicode reorders only the vowels among themselves.
    """
    code = ord(sign)
    if 0x0F71 <= code <= 0x0F7D or code in (0x0F80, 0x0F81):
        return 1000 + unicodedata.combining(sign)
    if 0x0F7E <= code <= 0x0F84 or code in (0x0F35, 0x0F37):
        return 2000
    return 0 if code != 0x0F39 else 1


@cache
def _simplified(character: str) -> str:
    # Below the first Han block nothing is traditional: spare the converter for Latin texts.
    # Half a surrogate pair is no character; what cannot be encoded, it refuses.
    if ord(character) < 0x2E80 or "\ud800" <= character <= "\udfff":
        return character
    seen = {character}
    while (plain := str(_converter().convert(character))) not in seen:
        seen.add(plain)
        character = plain
    return character


@cache
def _converter() -> "OpenCC":
    """OpenCC's character table; by character, since words would change by region and context."""
    from opencc import OpenCC

    return OpenCC("t2s")
