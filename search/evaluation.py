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
        for field, postings in self._snapshot.term(term).items():
            if field in TEXT_FIELDS:
                found[postings.documents] = True
        return found

    def _scores(self, numbers: Array, order: Order) -> Array:
        """The score of each of these documents, in order."""
        is_few = len(numbers) < _FEW * self._snapshot.size
        scored = numbers if is_few else np.arange(self._snapshot.size)
        scores = np.zeros(len(scored))
        for term in self._query.scored:
            scores += self._term_scores(term, 1.0, scored, is_few=is_few)
        for term in self._query.akin:
            scores += self._term_scores(term, self._query.akin_weight, scored, is_few=is_few)
        scores *= self._factors(scored, order) * self._title_factors(scored)
        return scores if is_few else scores[numbers]

    def _term_scores(self, term: str, share: float, scored: Array, *, is_few: bool) -> Array:
        """What the term adds to each document: its weight over all fields, saturated, by rarity."""
        weights = np.zeros(len(scored))
        fields = {
            field: postings
            for field, postings in self._snapshot.term(term).items()
            if field in FIELD_WEIGHTS
        }
        if not fields:
            return weights
        for field, postings in fields.items():
            norms = self._snapshot.norms(field, *FIELD_WEIGHTS[field])
            if is_few:
                places, counts = _pick(postings, scored)
                weights[places] += counts * norms[scored[places]]
            else:
                weights[postings.documents] += postings.counts * norms[postings.documents]
        frequency = self._frequency(fields)
        return share * rarity_of(frequency, self._snapshot.count) * weights / (K1 + weights)

    def _frequency(self, fields: Mapping[str, Postings]) -> int:
        """In how many documents a term is, in whichever field."""
        if len(fields) == 1:
            return len(next(iter(fields.values())).documents)
        found = self._none()
        for postings in fields.values():
            found[postings.documents] = True
        return int(np.count_nonzero(found))

    def _factors(self, scored: Array, order: Order) -> Array:
        """By what the score of each of these documents is multiplied, but for its title's share."""
        snapshot = self._snapshot
        bonus = np.zeros(snapshot.size)
        for way in self._query.ways:
            np.maximum(bonus, self._phrase_bonus(way.phrases), out=bonus)
        factors: Array = (1 + bonus[scored]) * snapshot.kept(
            ("factors", order.language, order.today), lambda: self._standing_factors(order)
        )[scored]
        if self._query.title:
            titled = snapshot.documents("whole_title", self._query.title)
            factors[np.isin(scored, titled)] *= WHOLE_TITLE_FACTOR
        return factors

    def _phrase_bonus(self, phrases: Sequence[Phrase]) -> Array:
        """For each document the mean over the phrases, each in the best of its fields."""
        bonus = np.zeros(self._snapshot.size)
        for phrase in phrases:
            best = np.zeros(self._snapshot.size)
            for name, most in sorted(PHRASE_BONUS.items(), key=lambda each: each[1]):
                best[self._snapshot.phrase(phrase.terms, name)] = most
            bonus += best / len(phrases)
        return bonus

    def _title_factors(self, scored: Array) -> Array:
        """More, the more of the query stands in the title and the less else does."""
        best = np.zeros(len(scored))
        for way in self._query.ways:
            np.maximum(best, self._title_share(way, scored), out=best)
        return 1 + TITLE_BONUS * best

    def _title_share(self, way: Way, scored: Array) -> Array:
        """The share of the way's terms that are in the title, times the title's share of the way."""
        # Titles have few postings: to count them all is cheaper than to look the scored ones up.
        counts = np.zeros(self._snapshot.size, np.uint16)
        for term in way.terms:
            counts[self._snapshot.documents("title", term)] += 1
        share = counts[scored] / len(way.terms)
        lengths = self._snapshot.lengths("title")[scored]
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


def _pick(postings: Postings, numbers: Array) -> tuple[Array, Array]:
    """Places of those of the ascending `numbers` that have the term, and its frequencies there."""
    found = np.searchsorted(postings.documents, numbers)
    found[found == len(postings.documents)] = 0
    places = np.flatnonzero(postings.documents[found] == numbers)
    return places, postings.counts[found[places]]


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
