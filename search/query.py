"""Queries: what a person typed, as a tree of terms that any backend can answer.

No query language is read: every text is a query, and none is an error. Quotation marks ask for
a phrase, a document number for that number; all else are words. Short queries ask for all their
words; longer ones for most of them, by the table that GOV.UK uses.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.document_numbers import DocumentNumber, find_numbers, longest_term, parse_number
from search.analysis import (
    HAN,
    Piece,
    find_pieces,
    index_terms,
    place_pieces,
    stem_term,
    whole_text_term,
)
from search.folding import fold
from search.words import LEFT_OVER, SearchWords, Variant

MAX_QUERY_CHARACTERS: Final = 300
# Of these so many Han: each makes a term, as a whole word does in other scripts.
MAX_QUERY_HAN: Final = 100
MAX_WORDS: Final = 32
# A run of Han longer than this is a question rather than a word: most of it is enough.
LONGEST_HAN_WORD: Final = 8
_LONGEST_HAN_WORD_LOOSENED: Final = 3
# What only says that something is asked: 居住证怎么办.
_ASKING = re.compile(
    "(?:应该|应当)?(?:怎么办理?|怎么样?|怎样|如何办?理?|在?哪里|哪儿|是?什么|多少钱?|吗|呢)"
)
# What a synonym counts beside the word as typed.
AKIN_WEIGHT: Final = 0.5

_HAN = re.compile(f"[{HAN}]")
QUOTATION_MARKS: Final = frozenset('"“”「」『』«»')
_QUOTED = re.compile('"([^"]*)"|“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»')


@dataclass(frozen=True, slots=True)
class Term:
    """Pages with this term in any text field."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Pages with all terms in one field, each at its offset from the first."""

    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Pages for which at least `needed` of the children hold: all = len, any = 1."""

    needed: int
    children: tuple["Node", ...]


Node = Term | Phrase | AtLeast


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask, as typed or with synonyms: the terms that its text would have as a title, how
    many they are with repetitions, and its phrases."""

    terms: tuple[str, ...]
    length: int
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood.

    `root` decides what is found, None when the text has nothing to search for; `scored` terms
    and the phrases of `ways` decide the order; `numbers` are whole document numbers and `title` a whole
    title that put their page first. `words` are the folded texts to mark in the answer.

    `akin` are terms that only synonyms bring in, each scored `akin_weight` times; `replaced` says
    which word was searched for as which. `ways`: as typed, then with synonyms.
    """

    text: str = ""
    root: Node | None = None
    scored: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    title: str = ""
    words: tuple[str, ...] = ()
    number_terms: tuple[DocumentNumber, ...] = ()
    is_shortened: bool = False
    is_loosened: bool = False
    akin: tuple[str, ...] = ()
    akin_weight: float = 0.0
    replaced: tuple[tuple[str, str], ...] = ()
    ways: tuple[Way, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing was asked, so that everything may be listed."""
        return not self.text


def clean_text(text: str) -> tuple[str, bool]:
    """The text without what nobody typed, as much of it as counts; True when cut."""
    # Cut before looking at each character: what comes may be of any length.
    kept = text[: MAX_QUERY_CHARACTERS * 4]
    plain = "".join(" " if unicodedata.category(each) in _UNTYPED else each for each in kept)
    plain = " ".join(plain.split())
    beyond = [match.start() for match in _HAN.finditer(plain)][MAX_QUERY_HAN:]
    end = min([MAX_QUERY_CHARACTERS, *beyond[:1]])
    return _cut(plain, end), len(plain) > end or len(text) > len(kept)


def _cut(plain: str, end: int) -> str:
    """The text before `end`; a quotation that goes on there ends there."""
    for match in _QUOTED.finditer(plain):
        if match.start() < end < match.end():
            return plain[: min(end, MAX_QUERY_CHARACTERS - 1)].rstrip() + match[0][-1]
    return plain[:end].rstrip()


_UNTYPED = frozenset(("Cc", "Cs", "Co", "Cn", "Zl", "Zp"))


def needed_words(count: int) -> int:
    """How many of `count` words a page must have: 1 of 1, 2 of 2, 2 of 3, 3 of 4-7, half of 8+."""
    if count <= 2:
        return count
    if count == 3:
        return 2
    return 3 if count <= 7 else (count + 1) // 2


def loosen_query(query: Query, words: SearchWords | None = None) -> Query | None:
    """What to ask where hardly anything was found: besides what the query finds, pages with most
    of it: without what only asks (怎么办), and of a run of four characters and more most is enough.
    None where there is nothing to loosen: what is in quotation marks is meant as it is written,
    and so are numbers."""
    if query.root is None or query.numbers or not QUOTATION_MARKS.isdisjoint(query.text):
        return None
    loosened = parse_query(_without_asking(query.text), words, _LONGEST_HAN_WORD_LOOSENED)
    if loosened.root is None or loosened.root == query.root:
        return None
    return replace(
        loosened,
        text=query.text,
        root=AtLeast(1, (query.root, loosened.root)),
        is_shortened=query.is_shortened,
        is_loosened=True,
    )


def _without_asking(text: str) -> str:
    """The text without what only says that something is asked, all of it where nothing else is
    there. A character left over beside that (怎么[领]) is seldom a word."""
    parts = _ASKING.split(text)
    if len(parts) > 1:
        parts = [LEFT_OVER.sub(" ", part) for part in parts]
    return " ".join(" ".join(parts).split()) or text


def parse_query(
    text: str, words: SearchWords | None = None, longest_word: int = LONGEST_HAN_WORD
) -> Query:
    """The query that this text asks; never raises, whatever the text.

    With `words`, pages are also found that have a synonym in place of a word. Of a run of Han
    longer than `longest_word`, most is enough.
    """
    plain, is_shortened = clean_text(text)
    if not plain:
        return Query()
    query = replace(_Parser(plain, longest_word).query(), is_shortened=is_shortened)
    variants = words.variants(plain) if words else []
    return _widen(query, variants) if variants and query.root is not None else query


def _widen(query: Query, variants: Sequence[Variant]) -> Query:
    """The query that finds what it finds, and what the variants find, which count less."""
    asked = [_Parser(variant.text).query() for variant in variants]
    roots = [each.root for each in asked if each.root is not None]
    akin = dict.fromkeys(term for each in asked for term in each.scored)
    own = set(query.scored)
    terms = tuple(term for term in akin if term not in own)
    return replace(
        query,
        root=AtLeast(1, (query.root, *roots)) if query.root is not None else None,
        words=tuple(
            dict.fromkeys((*query.words, *(word for each in asked for word in each.words)))
        ),
        akin=terms,
        # A long synonym has more terms than a short word, which tell less each.
        akin_weight=AKIN_WEIGHT * min(1.0, len(own) / max(1, len(terms))) ** 0.5,
        replaced=tuple(dict.fromkeys(pair for each in variants for pair in each.replaced)),
        ways=(*query.ways, *(way for each in asked for way in each.ways)),
    )


class _Parser:
    """Takes one cleaned text apart: quotes first, then numbers, then words at the blanks."""

    def __init__(self, text: str, longest_word: int = LONGEST_HAN_WORD) -> None:
        self.text = text
        self._longest_word = longest_word
        self.must: list[Node] = []
        self.words: list[Node] = []
        self.scored: dict[str, None] = {}
        self.phrases: dict[Phrase, None] = {}
        self.marked: dict[str, None] = {}
        self.numbers: list[DocumentNumber] = []

    def query(self) -> Query:
        folded = fold(self.text)
        self._read_words(_QUOTED.sub(self._take_quoted, folded))
        whole = _phrase_of(folded, quoted=False)
        if whole is not None:
            self.phrases.setdefault(whole)
        return Query(
            text=self.text,
            root=self._root(),
            scored=tuple(self.scored),
            numbers=tuple(number.canonical for number in self.numbers if number.prefix),
            title=whole_text_term(self.text),
            words=tuple(self.marked),
            number_terms=tuple(self.numbers),
            ways=self._ways(),
        )

    def _ways(self) -> tuple[Way, ...]:
        if not self.scored:
            return ()
        terms = index_terms(self.text, with_single_characters=True)
        return (Way(tuple(terms), sum(map(len, terms.values())), tuple(self.phrases)),)

    def _root(self) -> Node | None:
        nodes = list(self.must)
        # Who writes a number means that document: the words around it only help to order.
        if self.words and not self.numbers:
            nodes.append(AtLeast(needed_words(len(self.words)), tuple(self.words)))
        if not nodes:
            return None
        return nodes[0] if len(nodes) == 1 else AtLeast(len(nodes), tuple(nodes))

    def _take_quoted(self, match: re.Match[str]) -> str:
        inner = next((group for group in match.groups() if group is not None), "")
        number = parse_number(inner)
        if number is not None:
            self._add_number(number)
            return " "
        phrase = _phrase_of(inner, quoted=True)
        if phrase is None:
            # One unit in quotes: the word exactly as written.
            self._read_words(inner, quoted=True)
            return " "
        self.must.append(phrase)
        self.phrases.setdefault(phrase)
        self._score(term for _, term in phrase.terms)
        self.marked.setdefault(inner.strip())
        return " "

    def _read_words(self, folded: str, *, quoted: bool = False) -> None:
        rest = []
        previous = 0
        for number in find_numbers(folded):
            self._add_number(number)
            rest.append(folded[previous : number.start])
            previous = number.end
        rest.append(folded[previous:])
        for word in " ".join(rest).split():
            pieces = list(find_pieces(word))
            if pieces and len(self.words) < MAX_WORDS:
                self._add_word(word, pieces, quoted=quoted)

    def _add_number(self, number: DocumentNumber) -> None:
        term = longest_term(number)
        self.must.append(Term(term))
        self._score((term,))
        self.numbers.append(number)

    def _add_word(self, word: str, pieces: Sequence[Piece], *, quoted: bool) -> None:
        nodes: list[Node] = []
        for place, piece in enumerate(pieces):
            self._score(piece.terms)
            self.marked.setdefault(piece.text)
            if not _is_unit_of_digits(pieces, place):
                nodes.append(self._node(piece, quoted=quoted))
        phrase = _phrase_of(word, quoted=False)
        if phrase is not None:
            self.phrases.setdefault(phrase)
        self.words.append(nodes[0] if len(nodes) == 1 else AtLeast(len(nodes), tuple(nodes)))

    def _node(self, piece: Piece, *, quoted: bool) -> Node:
        terms = piece.terms
        if piece.kind == "word":
            stem = None if quoted else stem_term(piece.text)
            if stem is not None:
                self._score((stem,))
                return Term(stem)
            return Term(terms[0])
        nodes = tuple(Term(term) for term in terms)
        if len(nodes) == 1:
            return nodes[0]
        is_question = piece.kind == "han" and len(piece.units) > self._longest_word
        return AtLeast(needed_words(len(nodes)) if is_question else len(nodes), nodes)

    def _score(self, terms: Iterable[str]) -> None:
        for term in terms:
            self.scored.setdefault(term)


def _is_unit_of_digits(pieces: Sequence[Piece], place: int) -> bool:
    """True for what only says what the digits before it count: 2024年, ༢༠༢༤ལོ.

    In a text the same unit may be part of a longer run (2024年度), so it is not asked for.
    """
    if place == 0 or len(pieces[place].units) != 1 or pieces[place].kind == "word":
        return False
    before = pieces[place - 1]
    return before.text.isdigit() and before.end == pieces[place].start


def _phrase_of(folded: str, *, quoted: bool) -> Phrase | None:
    """The text as terms at their distances; None when it has fewer than two terms.

    Words in quotes are meant as written, so that no stem stands for them.
    """
    terms: list[tuple[int, str]] = []
    for position, piece in place_pieces(folded):
        if piece.kind == "word" and not quoted:
            terms.append((position, stem_term(piece.text) or piece.terms[0]))
        else:
            terms += [(position + offset, term) for offset, term in enumerate(piece.terms)]
    return Phrase(tuple(terms)) if len(terms) > 1 else None
