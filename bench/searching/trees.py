"""Our tree of terms for engines that have And, Or and phrases but no "at least so many of"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

from search.documents import AnalysedDocument
from search.query import AtLeast, Node

MOST_COMBINATIONS = 20


def spell_out(node: Node) -> Node:
    """The same tree with only all or any: some of few as every combination, of many as any."""
    if not isinstance(node, AtLeast):
        return node
    children = tuple(map(spell_out, node.children))
    if node.needed in (1, len(children)):
        return AtLeast(node.needed, children)
    if comb(len(children), node.needed) > MOST_COMBINATIONS:
        return AtLeast(1, children)
    chosen = combinations(children, node.needed)
    return AtLeast(1, tuple(AtLeast(node.needed, each) for each in chosen))


def written_terms(document: AnalysedDocument, field: str) -> Iterator[tuple[int, str]]:
    """(position, term) of a field, in order of position."""
    terms = document.texts[field]
    return iter(sorted((at, term) for term, places in terms.items() for at in places))
