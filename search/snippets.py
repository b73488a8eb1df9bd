"""Snippets: the stretch of a text that best answers a query, with its words marked.

Works on the text as the reader knows it: words are found in the folded text and marked at their
place in the original. A cut never falls inside a letter with its marks (a Tibetan stack), and
escaping comes last, so that no entity is cut either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from domain.document_numbers import DocumentNumber, find_numbers
from search.analysis import HAN, Piece, find_pieces, stem_term
from search.folding import fold_with_map
from search.query import Query
from search.tibetan import TSHEG, written_forms

# Folded characters; Latin and Tibetan need about twice as many for as much meaning.
HAN_WIDTH: Final = 110
OTHER_WIDTH: Final = 220
_MOST_MARKS: Final = 400
_SENTENCE_END = re.compile(r"[。！？；.!?;།\n]\s*")
# The end of a line that says nothing of its own end: a heading, a cell of a table.
_LINE_OPEN = re.compile(r"(?<![\s。！？；，、：…．.!?;,:།༎༔])\n+(?=\S)")
_LAYOUT = re.compile(r"[\s\x00-\x1f\x7f]+")
_WORD_GAP = re.compile(rf"[\s{TSHEG}]+")
_LATIN_WORD = re.compile(rf"[^\W_{HAN}\u0f40-\u0fbc]+")
_BO_SIGN = "[\u0f40-\u0fbc]"

Span = tuple[int, int]


def mark_text(text: str, query: Query) -> Markup:
    """The whole text, escaped, with the query's words in <mark>."""
    folded = fold_with_map(text)
    return _render(
        text, 0, len(text), [folded.original_span(*span) for span in _marks(folded.text, query)]
    )


def first_snippet(texts: Sequence[str], query: Query) -> tuple[Markup, int]:
    """The snippet of the first of these texts (one at least) that has a word of the query, else of
    the first of all; and which text that is.

    It is the stretch that has most of the words, escaped and marked; the text's beginning where it
    has none. Between headings and cells stands a "·".
    """
    marked = _Marked(texts[0], query)
    if marked.marks or query.is_empty:
        return _stretch(marked), 0
    for place, text in enumerate(texts[1:], 1):
        other = _Marked(text, query)
        if other.marks:
            return _stretch(other), place
    return _stretch(marked), 0


class _Marked:
    """A text as a snippet shows it, folded, and where the query's words stand in that."""

    def __init__(self, text: str, query: Query) -> None:
        self.text = _LINE_OPEN.sub(" ·\n", text)
        self.folded = fold_with_map(self.text)
        self.marks = _marks(self.folded.text, query)


def _stretch(marked: _Marked) -> Markup:
    text, folded = marked.text, marked.folded
    start, end = _best_window(folded.text, marked.marks)
    first = folded.starts[start] if start < len(folded.text) else len(text)
    last = folded.original_span(start, end)[1] if end > start else first
    inside = [span for span in marked.marks if start <= span[0] and span[1] <= end]
    spans = [folded.original_span(*span) for span in inside]
    snippet = _render(text, first, last, spans).rstrip(" ·")
    before = Markup("… ") if start > 0 else Markup("")
    after = Markup(" …") if end < len(folded.text.rstrip()) else Markup("")
    return before + snippet + after


def _render(text: str, start: int, end: int, spans: list[Span]) -> Markup:
    parts: list[str] = []
    place = start
    for first, last in spans:
        if first >= place:
            marked = _one_line(text[first:last])
            parts += [_one_line(text[place:first]), "<mark>", marked, "</mark>"]
            place = last
    parts.append(_one_line(text[place:end]))
    return Markup("".join(parts).strip())  # noqa: S704 - each of them is escaped


def _one_line(text: str) -> str:
    # Control characters would make the page malformed; line breaks are layout.
    return str(escape(_LAYOUT.sub(" ", text)))


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
    whole = _han_pattern(query.words)
    if whole is None:
        return
    spans = [match.span() for match in whole.finditer(folded)]
    yield from spans
    # Where a long word never stands as a whole, its pairs are what was found.
    pairs = None if spans else _han_pairs_pattern(query.words)
    for match in pairs.finditer(folded) if pairs else ():
        end = match.end()
        yield match.start(), end + 1 + folded[end].isspace()


@lru_cache(maxsize=256)
def _han_pattern(words: tuple[str, ...]) -> "re.Pattern[str] | None":
    """Matches these words, the longest first."""
    runs = {r"\s?".join(run.units) for run in _han_runs(words)}
    return re.compile("|".join(sorted(runs, key=len, reverse=True))) if runs else None


@lru_cache(maxsize=256)
def _han_pairs_pattern(words: tuple[str, ...]) -> "re.Pattern[str] | None":
    """Matches the first character of each of their pairs, which overlap, before the second."""
    seconds: dict[str, set[str]] = {}
    for run in _han_runs(words):
        for first, second in pairwise(run.units):
            seconds.setdefault(first, set()).add(second)
    pairs = (rf"{first}(?=\s?[{''.join(sorted(each))}])" for first, each in seconds.items())
    return re.compile("|".join(pairs)) if seconds else None


def _han_runs(words: Iterable[str]) -> Iterator[Piece]:
    return (piece for word in words for piece in find_pieces(word) if piece.kind == "han")


def _latin_marks(folded: str, query: Query) -> Iterator[Span]:
    words, stems = _latin_words(query.words)
    if not words:
        return
    for match in _LATIN_WORD.finditer(folded):
        if match[0] in words or stem_term(match[0]) in stems:
            yield match.span()


@lru_cache(maxsize=256)
def _latin_words(words: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of letters among these, and their stems."""
    pieces = (piece for word in words for piece in find_pieces(word))
    found = frozenset(piece.text for piece in pieces if piece.kind == "word")
    return found, frozenset(stem for word in found if (stem := stem_term(word)) is not None)


def _tibetan_marks(folded: str, query: Query) -> Iterator[Span]:
    pattern = _tibetan_pattern(query.words)
    for match in pattern.finditer(folded) if pattern else ():
        yield match.span(1)


@lru_cache(maxsize=256)
def _tibetan_pattern(words: tuple[str, ...]) -> "re.Pattern[str] | None":
    """Matches the words as group 1, in whichever forms of their syllables, the longest first."""
    asked = {piece.units for word in words for piece in find_pieces(word) if piece.kind == "bo"}
    written = [
        f"{TSHEG}+".join(f"(?:{'|'.join(map(re.escape, written_forms(unit)))})" for unit in units)
        for units in sorted(asked, key=len, reverse=True)
    ]
    # Words may overlap, so each is looked for from every place.
    whole = f"(?<!{_BO_SIGN})(?=((?:{'|'.join(written)})(?!{_BO_SIGN})))"
    return re.compile(whole) if written else None
