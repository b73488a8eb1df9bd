"""Positions: in which documents of a segment terms stand at their distances from each other.

Positions are slots, ascending numbers for the whole segment (search/segments.py), so that a phrase
is an intersection of sorted arrays.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from search.columns import Array
from search.segments import Segment

# Above this share of its other side, two ascending arrays are merged instead of looked up.
_MERGED_FROM: Final = 1 / 4


def phrase_in(segment: Segment, terms: Sequence[tuple[int, str]], field: str) -> Array:
    """Documents of a segment with the phrase."""
    entries = [(offset, segment.entries(text).get(field)) for offset, text in terms]
    if any(entry is None for _, entry in entries):
        return np.empty(0, np.int64)
    ordered = sorted(
        (segment.count_slots(entry), offset, entry)
        for offset, entry in entries
        if entry is not None
    )
    starts = np.empty(0, np.uint32)
    for place, (_, offset, entry) in enumerate(ordered):
        # No distance leads below 0: slots begin at FIRST_SLOT.
        slots = segment.slots(entry) - np.uint32(offset)
        starts = intersect(starts, slots) if place else slots
        if not len(starts):
            return np.empty(0, np.int64)
    return _documents_of(starts, max(offset for offset, _ in terms), segment.first_slots[field])


def intersect(few: Array, many: Array) -> Array:
    """What is in both of two ascending arrays without repetitions."""
    if len(few) > len(many):
        few, many = many, few
    if len(few) > _MERGED_FROM * len(many):
        # Two ascending runs are what this sort merges in one pass.
        both: Array = np.concatenate((few, many))
        both.sort(kind="stable")
        again: Array = both[1:][both[1:] == both[:-1]]
        return again
    places = np.searchsorted(many, few)
    places[places == len(many)] = 0
    known: Array = few[many[places] == few] if len(many) else few[:0]
    return known


def _documents_of(starts: Array, last_offset: int, first_slots: Array) -> Array:
    """The documents within which a phrase from one of these slots on also ends."""
    if len(starts) < len(first_slots):
        documents = np.searchsorted(first_slots, starts, "right") - 1
        ends = starts.astype(np.int64) + last_offset
        return distinct(documents[ends < first_slots[documents + 1]])
    # A start in each document: fewer questions the other way round. Of one type with the starts,
    # which would else be converted to that of the questions.
    low = np.searchsorted(starts, first_slots[:-1].astype(starts.dtype))
    high = np.searchsorted(starts, (first_slots[1:] - last_offset).astype(starts.dtype))
    return np.flatnonzero(high > low)


def distinct(ascending: Array) -> Array:
    """Each of these ascending numbers once."""
    is_new = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=is_new[1:])
    return ascending[is_new]
