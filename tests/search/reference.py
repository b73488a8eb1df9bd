"""What the answer to a query is by definition: every document looked at, one after the other.

Written from docs/reference/search.md and not from the evaluation, so that the two can differ.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from search.documents import FILTERS, AnalysedDocument
from search.query import AtLeast, Node, Phrase, Query, Term, Way

FIELDS = {
    "title": (8.0, 0.3),
    "number": (6.0, 0.0),
    "summary": (3.0, 0.5),
    "body": (1.0, 0.75),
    "attached": (0.7, 0.75),
}
PHRASE_BONUS = {"title": 0.6, "number": 0.6, "summary": 0.3, "body": 0.3, "attached": 0.3}


class Reference:
    """A pile of documents, searched by brute force."""

    def __init__(self, documents: Iterable[AnalysedDocument]) -> None:
        self.documents = list(documents)
        count = len(self.documents) or 1
        self.average = {
            field: sum(each.length(field) for each in self.documents) / count for field in FIELDS
        }

    def ranked(
        self, query: Query, filters: Mapping[str, str], language: str = "", today: int = 0
    ) -> list[tuple[str, float]]:
        """(key, score) of all documents found, best first; `today` in minutes since 1970."""
        found = [each for each in self._found(query) if _passes(each, filters)]
        scores = {
            each.key: self._score(each, query, language) * _freshness(each, today) for each in found
        }
        found.sort(
            key=lambda each: (
                each.whole_number not in query.numbers,
                -scores[each.key],
                -each.stamp,
                each.key,
            )
        )
        return [(each.key, scores[each.key]) for each in found]

    def facets(self, query: Query, filters: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """For each filter the number of documents of each value, that filter left out."""
        counts = {}
        for name in FILTERS:
            others = {other: value for other, value in filters.items() if other != name}
            among = [each for each in self._found(query) if _passes(each, others)]
            counts[name] = dict(Counter(value for each in among for value in each.filters[name]))
        return counts

    def _found(self, query: Query) -> Sequence[AnalysedDocument]:
        if query.is_empty:
            return self.documents
        if query.root is None:
            return []
        return [each for each in self.documents if _holds(each, query.root)]

    def _score(self, document: AnalysedDocument, query: Query, language: str) -> float:
        score = sum(self._term_score(document, term) for term in query.scored)
        akin = sum(self._term_score(document, term) for term in query.akin)
        score += query.akin_weight * akin
        score *= 1 + max((_phrase_bonus(document, way) for way in query.ways), default=0.0)
        score *= 1 + 2.0 * max((_title_share(document, way) for way in query.ways), default=0.0)
        if query.title and document.whole_title == query.title:
            score *= 3.0
        if language in document.filters["in"]:
            score *= 1.15
        if set(document.filters["validity"]) & {"repealed", "void", "expired"}:
            score *= 0.5
        return score

    def _term_score(self, document: AnalysedDocument, term: str) -> float:
        frequency = sum(_has_term(each, term) for each in self.documents)
        if not frequency:
            return 0.0
        weight = 0.0
        for field, (boost, slope) in FIELDS.items():
            count = len(document.texts[field].get(term, ()))
            if count:
                relative = document.length(field) / self.average[field]
                weight += boost * count / (1 - slope + slope * relative)
        rarity = math.log(1 + (len(self.documents) - frequency + 0.5) / (frequency + 0.5))
        return rarity * weight / (1.2 + weight)


def _phrase_bonus(document: AnalysedDocument, way: Way) -> float:
    bonuses = [
        max(
            most if _has_phrase(document, field, phrase) else 0.0
            for field, most in PHRASE_BONUS.items()
        )
        for phrase in way.phrases
    ]
    return sum(bonuses) / max(1, len(bonuses))


def _title_share(document: AnalysedDocument, way: Way) -> float:
    share = sum(term in document.texts["title"] for term in way.terms) / len(way.terms)
    return share * min(1.0, share * way.length / max(1, document.length("title")))


def _freshness(document: AnalysedDocument, today: int) -> float:
    """News of a year ago: 0.8, of two years ago: 0.7, of long ago: 0.6."""
    if not today or "news" not in document.filters["kind"]:
        return 1.0
    years = max(0, today - document.stamp) / (365 * 24 * 60)
    return float(0.6 + 0.4 * 0.5**years)


def _passes(document: AnalysedDocument, filters: Mapping[str, str]) -> bool:
    return all(value in document.filters[name] for name, value in filters.items())


def _holds(document: AnalysedDocument, node: Node) -> bool:
    match node:
        case Term(text):
            return _has_term(document, text)
        case Phrase():
            return any(_has_phrase(document, field, node) for field in FIELDS)
        case AtLeast(needed, children):
            return sum(_holds(document, child) for child in children) >= needed


def _has_term(document: AnalysedDocument, term: str) -> bool:
    return any(term in document.texts[field] for field in FIELDS)


def _has_phrase(document: AnalysedDocument, field: str, phrase: Phrase) -> bool:
    terms = document.texts[field]
    (first_offset, first), *rest = phrase.terms
    return any(
        all(start - first_offset + offset in terms.get(term, ()) for offset, term in rest)
        for start in terms.get(first, ())
    )
