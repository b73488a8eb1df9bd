"""Evaluation: which documents a query finds, and in which order. Exact, by definition here.

Found is decided by sets; the score is BM25F over the fields, times factors. The first N are the
N best of all that were found: nothing is skipped on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.columns import Array
from search.documents import TEXT_FIELDS, VOID_STATES
from search.query import AtLeast, Node, Phrase, Query, Term, Way
from search.ranking import (
    FADED_FACTOR,
    FADING_KINDS,
    FADING_MINUTES,
    FIELD_WEIGHTS,
    K1,
    PHRASE_BONUS,
    PREFERRED_LANGUAGE_FACTOR,
    TITLE_BONUS,
    VOID_FACTOR,
    WHOLE_TITLE_FACTOR,
    rarity_of,
)
from search.snapshot import Postings, Snapshot

# Up to this share of all documents, only those found are looked up in each term's postings.
_FEW: Final = 1 / 16
# Up to this share of all, only the documents with the term are weighed.
_SPARSE: Final = 1 / 4


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found: its number in the snapshot, its score, whether its number was asked."""

    number: int
    score: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Order:
    """Besides the query, what decides the order: the reader's language, the stamp from which the
    age of news counts, the places that editors gave to documents, and one of SORTS."""

    language: str
    today: int
    places: Mapping[int, int]
    sort: str


class Evaluation:
    """One query against one snapshot; sets of documents are truth values for each of them."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self._snapshot = snapshot
        self._query = query
        self._exact: Array | None = None

    def found(self) -> Array:
        """All documents that the query finds, before any filter."""
        if self._query.is_empty:
            return self._snapshot.live
        if self._query.root is None:
            return self._none()
        return self._holding(self._query.root)

    def exact(self) -> Array:
        """The documents whose own number the query names."""
        if self._exact is None:
            self._exact = self._none()
            for number in self._query.numbers:
                self._exact[self._snapshot.documents("whole_number", number)] = True
        return self._exact

    def best(self, among: Array, first: int, end: int, order: Order) -> list[Hit]:
        """From the `first` best of these documents (from 0) to before the `end`-th, best first; or
        by another of SORTS.

        Documents whose number was asked come before all others; then by the place that editors
        gave, 0 without one; then by score, then the newer first, in other orders the reader's
        language first, then by key, so that the order never hangs on how the index came to be.
        """
        numbers = np.flatnonzero(among)
        end = min(end, len(numbers))
        if first >= end:
            return []
        scores = self._scores(numbers, order)
        exact = self.exact()[numbers]
        newest = -self._snapshot.stamps[numbers]
        other = ~self._snapshot.with_value("in", order.language)[numbers]
        if order.sort == "number":
            orders = [self._snapshot.order_of_numbers[numbers], newest, other]
        elif order.sort == "date":
            orders = [newest, other]
        else:
            given = np.zeros(len(numbers), np.int64)
            for number, place in order.places.items():
                given[numbers == number] = place
            orders = [~exact, given, -scores, newest]
        chosen = self._in_order(orders, numbers, first, end)
        return [
            Hit(int(numbers[place]), float(scores[place]), bool(exact[place])) for place in chosen
        ]

    def _in_order(
        self, orders: Sequence[Array], numbers: Array, first: int, end: int
    ) -> Sequence[int]:
        """The places from `first` to before `end` by these orders, then by the documents' keys."""
        places = leading(orders, end)
        places = places[np.lexsort([order[places] for order in reversed(orders)])]
        # Only where the page begins or ends among equals, all of them must be known.
        is_new = np.ones(len(places), bool)
        is_new[1:] = np.any([order[places[1:]] != order[places[:-1]] for order in orders], axis=0)
        starts = np.append(np.flatnonzero(is_new), len(places))
        low = int(starts[np.searchsorted(starts, first, "right") - 1])
        high = int(starts[np.searchsorted(starts, end)])
        rank = np.cumsum(is_new)[low:high].tolist()
        keys = map(self._snapshot.key, numbers[places[low:high]].tolist())
        ordered = sorted(zip(rank, keys, places[low:high].tolist(), strict=True))
        return [place for *_, place in ordered[first - low : end - low]]

    def _none(self) -> Array:
        return np.zeros(self._snapshot.size, bool)

    def _holding(self, node: Node) -> Array:
        match node:
            case Term(text):
                return self._with_term(text)
            case Phrase(terms):
                found = self._none()
                for field in TEXT_FIELDS:
                    found[self._snapshot.phrase(terms, field)] = True
                return found
            case AtLeast(needed, children):
                return self._at_least(needed, children)

    def _at_least(self, needed: int, children: Sequence[Node]) -> Array:
        if needed == len(children):
            found = self._holding(children[0])
            for child in children[1:]:
                found = found & self._holding(child)
            return found
        reached = np.zeros(self._snapshot.size, np.uint16)
        for child in children:
            reached += self._holding(child)
        return reached >= needed

    def _with_term(self, term: str) -> Array:
        found = self._none()
        found[self._snapshot.term(term).documents] = True
        return found

    def _scores(self, numbers: Array, order: Order) -> Array:
        """The score of each of these documents, in order."""
        if len(numbers) >= _FEW * self._snapshot.size:
            return self._scores_of(None, order)[numbers]
        return self._scores_of(numbers, order)

    def _scores_of(self, scored: Array | None, order: Order) -> Array:
        """The score of each of these documents, or of all."""
        query = self._query
        scores = np.zeros(self._snapshot.size if scored is None else len(scored))
        for term in query.scored:
            self._add_term(scores, term, 1.0, scored)
        for term in query.akin:
            self._add_term(scores, term, query.akin_weight, scored)
        scores *= self._factors(scored, order)
        scores *= self._title_factors(scored)
        return scores

    def _add_term(self, scores: Array, term: str, share: float, scored: Array | None) -> None:
        """To the scores is added what the term counts: its weight over all fields, saturated, by
        rarity."""
        found = self._snapshot.term(term)
        if not len(found.documents):
            return
        rarity = share * rarity_of(len(found.documents), self._snapshot.count)
        weights = np.zeros(len(scores))
        for field, (weight, slope) in FIELD_WEIGHTS.items():
            postings = found.fields.get(field)
            if postings is not None:
                norms = self._snapshot.norms(field, weight, slope)
                places, documents, counts = _pick(postings, scored)
                weights[places] += counts * norms[documents]
        if scored is None and len(found.documents) < _SPARSE * len(scores):
            weights = weights[found.documents]
            scores[found.documents] += rarity * weights / (K1 + weights)
        else:
            scores += rarity * weights / (K1 + weights)

    def _factors(self, scored: Array | None, order: Order) -> Array:
        """By what the score of each of these documents is multiplied, but for its title's share."""
        snapshot = self._snapshot
        factors = np.zeros(snapshot.size)
        for way in self._query.ways:
            np.maximum(factors, self._phrase_bonus(way.phrases), out=factors)
        factors += 1
        factors *= snapshot.kept(
            ("factors", order.language, order.today), lambda: self._standing_factors(order)
        )
        if self._query.title:
            factors[snapshot.documents("whole_title", self._query.title)] *= WHOLE_TITLE_FACTOR
        return _of(factors, scored)

    def _phrase_bonus(self, phrases: Sequence[Phrase]) -> Array:
        """For each document the mean over the phrases, each in the best of its fields."""
        bonus = np.zeros(self._snapshot.size)
        for phrase in phrases:
            best = np.zeros(self._snapshot.size)
            for name, most in sorted(PHRASE_BONUS.items(), key=lambda each: each[1]):
                best[self._snapshot.phrase(phrase.terms, name)] = most
            bonus += best / len(phrases)
        return bonus

    def _title_factors(self, scored: Array | None) -> Array:
        """More, the more of the query stands in the title and the less else does."""
        best = np.zeros(self._snapshot.size if scored is None else len(scored))
        for way in self._query.ways:
            np.maximum(best, self._title_share(way, scored), out=best)
        return 1 + TITLE_BONUS * best

    def _title_share(self, way: Way, scored: Array | None) -> Array:
        """The share of the way's terms that are in the title, times the title's share of the way."""
        # Titles have few postings: to count them all is cheaper than to look the scored ones up.
        counts = np.zeros(self._snapshot.size, np.uint16)
        for term in way.terms:
            counts[self._snapshot.documents("title", term)] += 1
        share = _of(counts, scored) / len(way.terms)
        lengths = _of(self._snapshot.lengths("title"), scored)
        return share * np.minimum(1.0, share * way.length / np.maximum(lengths, 1))

    def _standing_factors(self, order: Order) -> Array:
        """What does not depend on the query: the reader's language, what no longer holds, age."""
        snapshot = self._snapshot
        factors = np.ones(snapshot.size)
        if order.language:
            factors[snapshot.with_value("in", order.language)] *= PREFERRED_LANGUAGE_FACTOR
        for state in VOID_STATES:
            factors[snapshot.with_value("validity", state)] *= VOID_FACTOR
        for kind in FADING_KINDS if order.today else ():
            fading = snapshot.with_value("kind", kind)
            ages = np.maximum(0, order.today - snapshot.stamps[fading])
            factors[fading] *= FADED_FACTOR + (1 - FADED_FACTOR) * 0.5 ** (ages / FADING_MINUTES)
        return factors


def _of(array: Array, scored: Array | None) -> Array:
    return array if scored is None else array[scored]


def _pick(postings: Postings, scored: Array | None) -> tuple[Array, Array, Array]:
    """Of those of the ascending `scored`, or of all, that have the term: their places there, their
    numbers, and the term's frequencies."""
    if scored is None:
        return postings.documents, postings.documents, postings.counts
    found = np.searchsorted(postings.documents, scored)
    found[found == len(postings.documents)] = 0
    places = np.flatnonzero(postings.documents[found] == scored)
    return places, scored[places], postings.counts[found[places]]


def leading(orders: Sequence[Array], count: int) -> Array:
    """Places of the `count` (>= 1) least by these orders, one after the other, in no order; more
    where all orders leave a tie open."""
    left = np.arange(len(orders[0]))
    sure: list[Array] = []
    for order in orders:
        if len(left) <= count:
            break
        values = order[left]
        last = np.partition(values, count - 1)[count - 1]
        below = left[values < last]
        sure.append(below)
        count -= len(below)
        left = left[values == last]
    return np.concatenate([*sure, left])
