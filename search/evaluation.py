"""Evaluation: which documents a query finds, and in which order. Exact, by definition here.

Found is decided by sets; the score is BM25F over the fields, times factors. The first N are the
N best of all that were found: nothing is skipped on the way.
"""

import heapq
import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from search.bitsets import at_least, iterate_bitset, make_bitset
from search.documents import TEXT_FIELDS, VOID_STATES
from search.query import AtLeast, Node, Phrase, Query, Term
from search.snapshot import Snapshot

# Field -> (weight, how much its length counts); k1 as usual. See docs/reference/search.md.
FIELD_WEIGHTS: Final[Mapping[str, tuple[float, float]]] = {
    "title": (8.0, 0.3),
    "number": (6.0, 0.0),
    "summary": (3.0, 0.5),
    "body": (1.0, 0.75),
    "attached": (0.7, 0.75),
}
K1: Final = 1.2
# Factors on the score: the query's phrases in one field (times their share), the whole title,
# the reader's language, a document no longer in force.
PHRASE_BONUS: Final[Mapping[str, float]] = {
    "title": 0.6,
    "number": 0.6,
    "summary": 0.3,
    "body": 0.3,
    "attached": 0.3,
}
WHOLE_TITLE_FACTOR: Final = 3.0
PREFERRED_LANGUAGE_FACTOR: Final = 1.15
VOID_FACTOR: Final = 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found: its number in the snapshot, its score, whether its number was asked."""

    number: int
    score: float
    is_exact: bool


class Evaluation:
    """One query against one snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self._snapshot = snapshot
        self._query = query
        self._exact: int | None = None

    def found(self) -> int:
        """Bitset of all documents that the query finds, before any filter."""
        if self._query.is_empty:
            return self._snapshot.live
        if self._query.root is None:
            return 0
        return self._holding(self._query.root) & self._snapshot.live

    def exact(self) -> int:
        """Bitset of the documents whose own number the query names."""
        if self._exact is None:
            self._exact = 0
            for number in self._query.numbers:
                self._exact |= self._snapshot.documents("whole_number", number)
        return self._exact

    def best(
        self,
        among: int,
        count: int,
        preferred_language: str = "",
        places: Mapping[int, int] | None = None,
        sort: str = "",
    ) -> list[Hit]:
        """The `count` best of these documents, best first; or the first by another of SORTS.

        Documents whose number was asked come before all others; then by the place that editors
        gave, 0 without one; then by score, then the newer first, then by key, so that the order
        never hangs on how the index came to be.
        """
        scores = self._scores(among)
        self._apply_factors(scores, among, preferred_language)
        exact = set(iterate_bitset(self.exact() & among))
        tables = self._snapshot.tables

        given = places or {}

        def rank(number: int) -> tuple[object, ...]:
            newest = (-tables.stamps[number], tables.keys[number])
            if sort == "date":
                return newest
            if sort == "number":
                return (tables.order_numbers[number], *newest)
            return (number not in exact, given.get(number, 0), -scores[number], *newest)

        chosen = heapq.nsmallest(count, scores, key=rank)
        return [Hit(number, scores[number], number in exact) for number in chosen]

    def _holding(self, node: Node) -> int:
        match node:
            case Term(text):
                return self._with_term(text)
            case Phrase():
                return self._with_phrase(node)
            case AtLeast(needed, children):
                return at_least(needed, map(self._holding, children))

    def _with_term(self, term: str) -> int:
        found = 0
        for field in TEXT_FIELDS:
            found |= self._snapshot.documents(field, term)
        return found

    def _with_phrase(self, phrase: Phrase) -> int:
        found = 0
        for field in TEXT_FIELDS:
            found |= self._with_phrase_in(phrase, field, self._snapshot.live)
        return found

    def _with_phrase_in(self, phrase: Phrase, field: str, among: int) -> int:
        wanted = among
        for _, term in phrase.terms:
            wanted &= self._snapshot.documents(field, term)
            if not wanted:
                return 0
        numbers = set(iterate_bitset(wanted))
        places = [
            (offset, self._snapshot.positions(field, term, numbers))
            for offset, term in phrase.terms
        ]
        holding = (number for number in numbers if _stand_together(places, number))
        return make_bitset(holding, self._snapshot.size)

    def _scores(self, among: int) -> dict[int, float]:
        scores = dict.fromkeys(iterate_bitset(among), 0.0)
        for term in self._query.scored:
            self._add_term(scores, term, 1.0)
        for term in self._query.akin:
            self._add_term(scores, term, self._query.akin_weight)
        return scores

    def _add_term(self, scores: dict[int, float], term: str, share: float) -> None:
        frequency = self._with_term(term).bit_count()
        if frequency:
            others = self._snapshot.live.bit_count() - frequency
            rarity = share * math.log(1 + (others + 0.5) / (frequency + 0.5))
            for number, weight in self._weights(term, scores).items():
                scores[number] += rarity * weight / (K1 + weight)

    def _weights(self, term: str, scores: Mapping[int, float]) -> dict[int, float]:
        """Frequency of the term over all fields, weighted and divided by relative length."""
        weights: dict[int, float] = {}
        tables = self._snapshot.tables
        for field, (weight, slope) in FIELD_WEIGHTS.items():
            postings = self._snapshot.postings(field, term)
            if not postings.ids:
                continue
            lengths = tables.lengths[field]
            flat = 1 - slope
            per_term = slope / (tables.average_lengths[field] or 1.0)
            for number, count in zip(postings.ids, postings.counts, strict=True):
                if number in scores:
                    share = weight * count / (flat + per_term * lengths[number])
                    weights[number] = weights.get(number, 0.0) + share
        return weights

    def _apply_factors(self, scores: dict[int, float], among: int, language: str) -> None:
        self._apply_phrases(scores, among)
        filters = self._snapshot.tables.filters
        if self._query.title:
            same = self._snapshot.documents("whole_title", self._query.title)
            _multiply(scores, same & among, WHOLE_TITLE_FACTOR)
        _multiply(scores, filters["in"].get(language, 0) & among, PREFERRED_LANGUAGE_FACTOR)
        for state in VOID_STATES:
            _multiply(scores, filters["validity"].get(state, 0) & among, VOID_FACTOR)

    def _apply_phrases(self, scores: dict[int, float], among: int) -> None:
        phrases = self._query.phrases
        if not phrases:
            return
        bonus: dict[int, float] = {}
        for phrase in phrases:
            for field, most in PHRASE_BONUS.items():
                for number in iterate_bitset(self._with_phrase_in(phrase, field, among)):
                    bonus[number] = bonus.get(number, 0.0) + most / len(phrases)
        for number, more in bonus.items():
            scores[number] *= 1 + more


def _stand_together(places: Sequence[tuple[int, Mapping[int, "array[int]"]]], number: int) -> bool:
    """True when in this document some place has each term at its offset."""
    first_offset, first = places[0]
    starts = {position - first_offset for position in first[number]}
    for offset, positions in places[1:]:
        starts.intersection_update([position - offset for position in positions[number]])
        if not starts:
            return False
    return True


def _multiply(scores: dict[int, float], numbers: int, factor: float) -> None:
    for number in iterate_bitset(numbers):
        scores[number] *= factor
