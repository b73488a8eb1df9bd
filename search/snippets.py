"""Snippets: the stretch of a text that best answers a query, with its words marked.

Works on the text as the reader knows it: words are found in the folded text and marked at their
place in the original. A cut never falls inside a letter with its marks (a Tibetan stack), and
escaping comes last, so that no entity is cut either.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from domain.document_numbers import DocumentNumber, find_numbers
from search.analysis import HAN, Piece, find_pieces, stem_term
from search.folding import fold, fold_with_map
from search.query import Query
from search.tibetan import TSHEG, normal_syllable

# Folded characters; Latin and Tibetan need about twice as many for as much meaning.
HAN_WIDTH: Final = 110
OTHER_WIDTH: Final = 220
_MOST_MARKS: Final = 400
_SENTENCE_END = re.compile(r"[。！？；.!?;།\n]\s*")
# The end of a line that says nothing of its own end: a heading, a cell of a table.
_LINE_OPEN = re.compile(r"(?<![\s。！？；，、：…．.!?;,:།༎༔])\n+(?=\S)")
_WORD_GAP = re.compile(rf"[\s{TSHEG}]+")
_LATIN_WORD = re.compile(rf"[^\W_{HAN}\u0f40-\u0fbc]+")
_BO_RUN = re.compile(f"[\u0f40-\u0fbc]+(?:{TSHEG}+[\u0f40-\u0fbc]+)*")
_BO_SYLLABLE = re.compile("[\u0f40-\u0fbc]+")

Span = tuple[int, int]


def mark_text(text: str, query: Query) -> Markup:
    """The whole text, escaped, with the query's words in <mark>."""
    folded = fold_with_map(text)
    return _render(
        text, 0, len(text), [folded.original_span(*span) for span in _marks(folded.text, query)]
    )


def make_snippet(text: str, query: Query) -> Markup:
    """The stretch of the text that has most of the query's words, escaped and marked.

    The text's beginning when it has none of them. Between headings and cells stands a "·".
    """
    text = _LINE_OPEN.sub(" ·\n", text)
    folded = fold_with_map(text)
    marks = _marks(folded.text, query)
    start, end = _best_window(folded.text, marks)
    first = folded.starts[start] if start < len(folded.text) else len(text)
    last = folded.original_span(start, end)[1] if end > start else first
    spans = [folded.original_span(*span) for span in marks if start <= span[0] and span[1] <= end]
    snippet = _render(text, first, last, spans).rstrip(" ·")
    before = Markup("… ") if start > 0 else Markup("")
    after = Markup(" …") if end < len(folded.text.rstrip()) else Markup("")
    return before + snippet + after


def has_mark(text: str, query: Query) -> bool:
    """True when some word of the query stands in the text."""
    return bool(_marks(fold(text), query))


def _render(text: str, start: int, end: int, spans: list[Span]) -> Markup:
    parts: list[Markup] = []
    place = start
    for first, last in spans:
        if first >= place:
            parts += [_one_line(text[place:first]), Markup("<mark>")]
            parts += [_one_line(text[first:last]), Markup("</mark>")]
            place = last
    parts.append(_one_line(text[place:end]))
    return Markup("").join(parts).strip()


def _one_line(text: str) -> Markup:
    # Control characters would make the page malformed; line breaks are layout.
    return escape(re.sub(r"[\s\x00-\x1f\x7f]+", " ", text))


def _best_window(folded: str, marks: list[Span]) -> Span:
    """The window with most different words, then most marks, then nearest to the beginning."""
    width = _width(folded, marks[0][0] if marks else 0)
    if len(folded) <= width:
        return 0, len(folded)
    best = _best_mark(folded, marks, width * 3 // 4)
    start = 0 if best < width // 2 else _window_start(folded, best, width)
    return start, _window_end(folded, start, min(len(folded), start + width), marks)


def _best_mark(folded: str, marks: list[Span], width: int) -> int:
    """Start of the mark from which `width` characters show most; 0 without any mark."""
    best, best_worth = 0, (0, 0)
    for place, (start, _) in enumerate(marks):
        inside = [span for span in marks[place : place + 40] if span[1] <= start + width]
        worth = (len({folded[first:last] for first, last in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = start, worth
    return best


def _width(folded: str, place: int) -> int:
    sample = folded[max(0, place - 50) : place + 50]
    return HAN_WIDTH if re.search(f"[{HAN}]", sample) else OTHER_WIDTH


def _window_start(folded: str, mark: int, width: int) -> int:
    """A little before the mark: at a sentence's beginning, else between words."""
    earliest = max(0, mark - width // 4)
    ends = [match.end() for match in _SENTENCE_END.finditer(folded, earliest, mark)]
    if ends:
        return ends[-1] if mark - ends[-1] > 0 else mark
    gap = _WORD_GAP.search(folded, earliest, mark)
    return gap.end() if gap and earliest else earliest


def _window_end(folded: str, start: int, end: int, marks: list[Span]) -> int:
    """Not inside a word of blanks or tshegs, and not inside a mark."""
    for first, last in marks:
        if first < end < last:
            return last
    if end == len(folded) or re.match(f"[{HAN}]", folded[end]):
        return end
    gaps = [match.start() for match in _WORD_GAP.finditer(folded, max(start, end - 30), end)]
    return gaps[-1] if gaps and gaps[-1] > start else end


def _marks(folded: str, query: Query) -> list[Span]:
    """Where the query's words stand, ascending, not overlapping, at most _MOST_MARKS."""
    found: list[Span] = []
    for finder in (_number_marks, _han_marks, _latin_marks, _tibetan_marks):
        for span in finder(folded, query):
            found.append(span)
            if len(found) > _MOST_MARKS * 4:
                break
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged[:_MOST_MARKS]


def _number_marks(folded: str, query: Query) -> Iterator[Span]:
    if not query.number_terms:
        return
    for number in find_numbers(folded):
        for asked in query.number_terms:
            if _is_same_number(number, asked):
                yield number.end - _length_from(number, asked), number.end


def _is_same_number(number: DocumentNumber, asked: DocumentNumber) -> bool:
    return number.tail == asked.tail and number.prefix.endswith(asked.prefix)


def _length_from(number: DocumentNumber, asked: DocumentNumber) -> int:
    """Length of the number without what stands before the prefix that was asked."""
    return number.end - number.start - (len(number.prefix) - len(asked.prefix))


def _han_marks(folded: str, query: Query) -> Iterator[Span]:
    whole, pairs = _han_patterns(query.words)
    if whole is None:
        return
    spans = [match.span() for match in whole.finditer(folded)]
    yield from spans
    # Where a long word never stands as a whole, its pairs are what was found.
    if pairs is not None and not spans:
        for match in pairs.finditer(folded):
            yield match.start(), match.end(1)


@lru_cache(maxsize=256)
def _han_patterns(
    words: tuple[str, ...],
) -> tuple["re.Pattern[str] | None", "re.Pattern[str] | None"]:
    runs = [piece for word in words for piece in find_pieces(word) if piece.kind == "han"]
    whole = sorted({r"\s?".join(map(re.escape, run.units)) for run in runs}, key=len, reverse=True)
    pairs = {r"\s?".join(map(re.escape, pair)) for run in runs for pair in run.terms}
    # Pairs overlap, so each is looked for from every place.
    return (
        re.compile("|".join(whole)) if whole else None,
        re.compile(f"(?=({'|'.join(sorted(pairs))}))") if pairs else None,
    )


def _latin_marks(folded: str, query: Query) -> Iterator[Span]:
    words = {piece.text for piece in _pieces_of(query, "word")}
    if not words:
        return
    stems = {stem for word in words if (stem := stem_term(word)) is not None}
    for match in _LATIN_WORD.finditer(folded):
        if match[0] in words or stem_term(match[0]) in stems:
            yield match.span()


def _tibetan_marks(folded: str, query: Query) -> Iterator[Span]:
    asked = [piece.units for piece in _pieces_of(query, "bo")]
    if not asked:
        return
    for run in _BO_RUN.finditer(folded):
        places = [match.span() for match in _BO_SYLLABLE.finditer(folded, *run.span())]
        syllables = tuple(normal_syllable(folded[start:end]) for start, end in places)
        for units in asked:
            length = len(units)
            for first in range(len(syllables) - length + 1):
                if syllables[first : first + length] == units:
                    yield places[first][0], places[first + length - 1][1]


def _pieces_of(query: Query, kind: str) -> list[Piece]:
    return [piece for word in query.words for piece in find_pieces(word) if piece.kind == kind]
