"""Merging: several segments become one, without the documents that were deleted.

Terms are merged by name; postings and slots are then copied to their places, some millions at a
time, so that memory does not grow with the segments.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from search.columns import Array, Columns, ColumnsWriter
from search.documents import TEXT_FIELDS
from search.segments import (
    DOCUMENT_TEXTS,
    FIELDS,
    FIRST_SLOT,
    MOST_SLOTS,
    Segment,
    ranges,
    write_entries,
)

_AT_A_TIME: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class MergeSource:
    """A segment and the numbers of its documents that are deleted."""

    segment: Segment
    deleted: Collection[int] = ()


def may_merge(segments: Sequence[Segment]) -> bool:
    """Whether one segment has slots for all of these."""
    ends = ((each.first_slots[name][-1] for each in segments) for name in TEXT_FIELDS)
    return all(sum(map(int, end)) < MOST_SLOTS for end in ends)


def merge_segments(path: Path, sources: Sequence[MergeSource]) -> int:
    """One segment with the documents of all is on the disk, in their order; how many they are."""
    parts = _make_parts(sources)
    names, places = _merge_terms([part.segment for part in parts])
    for part, place in zip(parts, places, strict=True):
        part.place_entries(place)
    keys = np.unique(np.concatenate([part.keys for part in parts])) if parts else np.array([])
    rows = [np.searchsorted(keys, part.keys) for part in parts]
    with ColumnsWriter(path) as file:
        file.put_texts("terms", names)
        postings = _write_column(file, "documents", np.uint32, parts, rows, len(keys))
        kind = max((part.columns.dtype("counts") for part in parts), key=lambda each: each.itemsize)
        _write_column(file, "counts", kind, parts, rows, len(keys))
        slots = _write_column(file, "slots", np.uint32, parts, rows, len(keys))
        # What only deleted documents had stays as an entry without postings, and does no harm.
        write_entries(file, keys, postings, slots, len(names))
        _write_documents(file, parts)
    return sum(len(part.kept) for part in parts)


class _Part:
    """A segment on its way into another."""

    def __init__(self, source: MergeSource, base: int, shifts: Sequence[int]) -> None:
        self.segment = source.segment
        self.columns: Columns = source.segment.columns
        is_kept = np.ones(self.segment.size, bool)
        is_kept[list(source.deleted)] = False
        self.kept = np.flatnonzero(is_kept)
        # Where a document is deleted its place is not read.
        self._numbers = (np.cumsum(is_kept) - 1 + base).astype(np.uint32)
        self._is_kept = is_kept
        self._is_whole = len(self.kept) == self.segment.size
        self._shifts = np.array([*shifts, *[0] * (len(FIELDS) - len(shifts))], np.int64)
        self.shifts = shifts
        self.keys = np.array([], np.int64)

    def place_entries(self, place: Array) -> None:
        """`keys` are those of the merged segment; `place` is the new number of each term."""
        counts: Array = np.diff(self.columns.mapped("term_entries").astype(np.int64))
        terms = np.repeat(place, counts)
        self.keys = terms * len(FIELDS) + self.segment.entry_field

    def lengths(self, column: str, first: int, end: int) -> Array:
        """How many items of a column these entries have."""
        segment = self.segment
        starts = segment.entry_slots if column == "slots" else segment.entry_postings
        if self._is_whole:
            return np.diff(starts[first : end + 1])
        kept = self._keeps(column, first, end)
        before = np.append(0, np.cumsum(kept, dtype=np.int64))
        return np.diff(before[starts[first : end + 1] - starts[first]])

    def items(self, column: str, first: int, end: int) -> Array:
        """The items of these entries as they are in the merged segment."""
        segment = self.segment
        starts = segment.entry_slots if column == "slots" else segment.entry_postings
        found = self.columns.read(column, int(starts[first]), int(starts[end]))
        if column == "documents":
            found = self._numbers[found]
        if column == "slots":
            shift = self._shifts[segment.entry_field[first:end]]
            found = (found + np.repeat(shift, np.diff(starts[first : end + 1]))).astype(np.uint32)
        return found if self._is_whole else found[self._keeps(column, first, end)]

    def _keeps(self, column: str, first: int, end: int) -> Array:
        postings = self.segment.entry_postings
        begin, stop = int(postings[first]), int(postings[end])
        kept = self._is_kept[self.columns.read("documents", begin, stop)]
        if column != "slots":
            return kept
        return np.repeat(kept, self.columns.read("counts", begin, stop))


def _make_parts(sources: Sequence[MergeSource]) -> list[_Part]:
    parts: list[_Part] = []
    base, shifts = 0, [0] * len(TEXT_FIELDS)
    for source in sources:
        part = _Part(source, base, shifts)
        parts.append(part)
        base += len(part.kept)
        ends = [int(source.segment.first_slots[name][-1]) for name in TEXT_FIELDS]
        shifts = [shift + end - FIRST_SLOT for shift, end in zip(shifts, ends, strict=True)]
    return parts


def _merge_terms(segments: Sequence[Segment]) -> tuple[list[bytes], list[Array]]:
    """All terms in order, and for each segment the new number of each of its terms."""
    # Most terms are in many of them: each is kept once, under the number by which it came.
    numbers: dict[bytes, int] = {}
    came = [
        np.fromiter(
            (
                numbers.setdefault(each.terms[place], len(numbers))
                for place in range(len(each.terms))
            ),
            np.int64,
            len(each.terms),
        )
        for each in segments
    ]
    names = sorted(numbers)
    rank = np.empty(len(names), np.int64)
    rank[np.fromiter(map(numbers.__getitem__, names), np.int64, len(names))] = np.arange(len(names))
    places = [rank[each] for each in came]
    return names, places


def _write_column(
    file: ColumnsWriter,
    column: str,
    dtype: "np.typing.DTypeLike",
    parts: Sequence[_Part],
    rows: Sequence[Array],
    entries: int,
) -> Array:
    """One column of all postings is written; where each entry begins, and the end of the last."""
    file.begin(column, dtype)
    starts = [np.zeros(1, np.int64)]
    for first, end in _stretches(column, parts, rows, entries):
        spans = [np.searchsorted(row, (first, end)).tolist() for row in rows]
        lengths = [part.lengths(column, *span) for part, span in zip(parts, spans, strict=True)]
        totals = np.zeros(end - first, np.int64)
        for row, (low, high), length in zip(rows, spans, lengths, strict=True):
            totals[row[low:high] - first] += length
        ends = np.cumsum(totals)
        free = ends - totals
        merged = np.empty(int(ends[-1]) if len(ends) else 0, dtype)
        for part, row, (low, high), length in zip(parts, rows, spans, lengths, strict=True):
            mine = row[low:high] - first
            merged[ranges(free[mine], length)] = part.items(column, low, high)
            free[mine] += length
        file.append(merged)
        starts.append(ends + starts[-1][-1])
    return np.concatenate(starts)


def _stretches(
    column: str, parts: Sequence[_Part], rows: Sequence[Array], entries: int
) -> Iterator[tuple[int, int]]:
    """Entries in stretches of some millions of items, at least one entry each."""
    totals = np.zeros(entries, np.int64)
    for part, row in zip(parts, rows, strict=True):
        segment = part.segment
        starts = segment.entry_slots if column == "slots" else segment.entry_postings
        totals[row] += np.diff(starts)
    ends = np.cumsum(totals)
    first = 0
    while first < entries:
        before = int(ends[first - 1]) if first else 0
        end = int(np.searchsorted(ends, before + _AT_A_TIME, "right"))
        end = min(max(end, first + 1), entries)
        yield first, end
        first = end


def _write_documents(file: ColumnsWriter, parts: Sequence[_Part]) -> None:
    for name in DOCUMENT_TEXTS:
        file.put_texts(name, _texts(name, parts))
    file.put("stamp", np.concatenate([part.segment.stamps[part.kept] for part in parts]))
    file.put("page", np.concatenate([part.segment.pages[part.kept] for part in parts]))
    for field, name in enumerate(TEXT_FIELDS):
        lengths = [part.segment.lengths[name][part.kept] for part in parts]
        file.put(f"length_{name}", np.concatenate(lengths))
        firsts = [part.segment.first_slots[name][part.kept] + part.shifts[field] for part in parts]
        last = parts[-1].segment.first_slots[name][-1] + parts[-1].shifts[field]
        file.put(f"first_slot_{name}", np.append(np.concatenate(firsts), last))


def _texts(name: str, parts: Sequence[_Part]) -> Iterator[bytes]:
    for part in parts:
        texts: Callable[[int], bytes] = part.columns.texts(name).__getitem__
        yield from map(texts, part.kept.tolist())
