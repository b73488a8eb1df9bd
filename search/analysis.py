"""Analysis: from text to terms, the same for index, query and highlighting.

Chinese becomes overlapping pairs of characters within each run of Han, Tibetan syllables and
pairs of syllables, Latin words themselves and their stems. Word segmenters are not used: they
lose what lies across their word borders. Raise ANALYSIS_VERSION with every change of the terms;
an index of another version is built anew.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from operator import add
from typing import Final, NamedTuple

from domain.document_numbers import find_numbers, terms_in_text
from search.folding import fold
from search.tibetan import SYLLABLE, TSHEG, normal_syllable

ANALYSIS_VERSION: Final = "2"

HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BO = "\u0f40-\u0fbc"
# A blank or line break inside a Han run is layout (总 则), so the run goes on.
_PIECE = re.compile(
    rf"(?P<han>[{HAN}](?:\s?[{HAN}])*)"
    rf"|(?P<bo>{SYLLABLE}(?:{TSHEG}+{SYLLABLE})*)"
    rf"|(?P<word>[^\W_{HAN}{_BO}]+)"
)
_BREAK = re.compile(r"[^\s\-'’]")
_STEMMABLE = re.compile("[a-zà-ÿ]{3,}")
# Marks a stem, so that a stem and the word that looks the same stay two terms.
STEM_MARK: Final = "="
_LONGEST_TERM = 60
# One spelling for both sides of the Atlantic, applied to stems.
_AMERICAN = {
    "licenc": "licens",
    "defenc": "defens",
    "offenc": "offens",
    "practis": "practic",
    "centr": "center",
    "theatr": "theater",
    "labour": "labor",
    "colour": "color",
    "harbour": "harbor",
    "programm": "program",
    "organis": "organ",
    "organiz": "organ",
    "authoris": "author",
    "authoriz": "author",
    "registr": "regist",
}

Terms = dict[str, list[int]]
"""term -> its positions, ascending"""


class Piece(NamedTuple):
    """A stretch of folded text of one script: "han", "bo" or "word".

    `units` are the characters, normalised syllables or the one word; each takes one position.
    """

    kind: str
    text: str
    start: int
    end: int
    units: Sequence[str]

    @property
    def terms(self) -> Sequence[str]:
        """The terms that must all be there for the piece to be there: pairs, else the one unit."""
        units = self.units
        if len(units) == 1:
            return units
        if self.kind == "han":
            return tuple(map(add, units, units[1:]))
        return tuple(first + TSHEG + second for first, second in pairwise(units))


def find_pieces(folded: str) -> Iterator[Piece]:
    """The searchable stretches of a folded text, in order."""
    for match in _PIECE.finditer(folded):
        kind, text = str(match.lastgroup), match[0]
        yield Piece(kind, text, *match.span(), _units_of(kind, text))


def _units_of(kind: str, text: str) -> Sequence[str]:
    if kind == "han":
        return tuple("".join(text.split()))
    if kind == "bo":
        return tuple(normal_syllable(each) for each in text.split(TSHEG) if each)
    return (text[:_LONGEST_TERM],)


def place_pieces(folded: str) -> Iterator[tuple[int, Piece]]:
    """The pieces with the position of their first unit; punctuation between two leaves a gap."""
    position = 0
    previous_end = 0
    for piece in find_pieces(folded):
        if previous_end and _BREAK.search(folded, previous_end, piece.start):
            position += 1
        yield position, piece
        position += len(piece.units)
        previous_end = piece.end


def index_terms(text: str, *, with_single_characters: bool = False) -> Terms:
    """All terms of a text with their positions.

    `with_single_characters`: Han characters and not only their pairs are terms, for titles and
    other short texts. Document numbers cited in the text are terms as well.
    """
    folded = fold(text)
    terms: defaultdict[str, list[int]] = defaultdict(list)
    number_positions: list[tuple[int, int]] = []
    for position, piece in place_pieces(folded):
        number_positions.append((piece.start, position))
        for place, term in enumerate(piece.terms, position):
            terms[term].append(place)
        for offset, unit in _further_units(piece, with_single_characters):
            terms[unit].append(position + offset)
    _add_numbers(terms, folded, number_positions)
    return dict(terms)


def _further_units(piece: Piece, with_single_characters: bool) -> Iterator[tuple[int, str]]:
    units = piece.units
    if piece.kind == "word":
        stem = stem_term(piece.text)
        if stem is not None:
            yield 0, stem
    elif len(units) > 1 and (piece.kind == "bo" or with_single_characters):
        yield from enumerate(units)


def _add_numbers(terms: Terms, folded: str, places: list[tuple[int, int]]) -> None:
    for number in find_numbers(folded):
        position = max((at for start, at in places if start <= number.start), default=0)
        for term in terms_in_text(number):
            terms.setdefault(term, []).append(position)


@lru_cache(maxsize=50_000)
def stem_term(word: str) -> str | None:
    """The term that all forms of an English word share, None for what has no forms."""
    if not _STEMMABLE.fullmatch(word) or len(word) > _LONGEST_TERM:
        return None
    stem = _stem(word)
    return STEM_MARK + _AMERICAN.get(stem, stem)


def _stem(word: str) -> str:
    # One word at a time, so that the cache above it serves all texts.
    return str(_stemmer()(word))


@cache
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    stem_word: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem_word


def whole_text_term(text: str) -> str:
    """One term for a whole title, by which a query that is the title is known."""
    return "".join(unit for piece in find_pieces(fold(text)) for unit in piece.units)[:200]
