"""Snapshot: one commit of the index as evaluation reads it, for any number of threads.

Documents of all segments are numbered through. A set of documents is an array of ascending
numbers, or one bit or truth value for each document. What is read of terms and phrases is kept
within a budget, and everything that only depends on the commit is worked out once.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar, overload

import numpy as np

from search.columns import Array
from search.documents import FILTERS, Title
from search.guard import SegmentNote, damage_is_told, read_commit
from search.segments import Segment

_KEPT_BYTES: Final = 48_000_000
# Above this share of its other side, two ascending arrays are merged instead of looked up.
_MERGED_FROM: Final = 1 / 4

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Postings:
    """One term in one field: ascending numbers of documents that are there, and frequencies."""

    documents: Array
    counts: Array

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return int(self.documents.nbytes + self.counts.nbytes)


@dataclass(frozen=True, slots=True)
class FilterValues:
    """All values of a filter, and for each the set of its documents, a bit for each document."""

    names: tuple[str, ...]
    bits: Array

    def count(self, among: Array) -> dict[str, int]:
        """How many documents of `among` (bits) have each value; values with none are left out."""
        counts = np.bitwise_count(self.bits & among).sum(axis=1, dtype=np.int64).tolist()
        return {name: count for name, count in zip(self.names, counts, strict=True) if count}


class Snapshot:
    """What one commit says."""

    def __init__(self, segments: Sequence[Segment], notes: Sequence[SegmentNote]) -> None:
        self._segments = tuple(segments)
        self._bases = np.cumsum([0, *(each.size for each in segments)]).tolist()
        self.size: int = self._bases[-1]
        self.live = np.ones(self.size, bool)
        for base, note in zip(self._bases, notes, strict=False):
            self.live[[base + number for number in note.deleted]] = False
        self.count = int(np.count_nonzero(self.live))
        self.stamps = self._joined([each.stamps for each in segments], np.int64)
        self._kept = _Kept(_KEPT_BYTES)
        self._in_one_language: dict[tuple[str, ...], Array] = {}
        self._norms: dict[str, Array] = {}

    def _joined(self, parts: Sequence[Array], dtype: type) -> Array:
        return np.concatenate([np.empty(0, dtype), *parts])

    def key(self, number: int) -> str:
        """Key of a document."""
        segment, inner = self._place(number)
        return segment.keys[inner].decode()

    def stored(self, number: int) -> str:
        """The stored row, as JSON."""
        segment, inner = self._place(number)
        return segment.row(inner)

    def _place(self, number: int) -> tuple[Segment, int]:
        place = int(np.searchsorted(self._bases, number, "right")) - 1
        return self._segments[place], number - self._bases[place]

    # Terms

    def term(self, text: str) -> Mapping[str, Postings]:
        """Field -> postings of a term, for the fields in which some document has it."""
        return self._kept.get(("term", text), lambda: self._read_term(text), _term_bytes)

    def _read_term(self, text: str) -> dict[str, Postings]:
        parts: dict[str, list[tuple[Array, Array]]] = {}
        for base, segment in zip(self._bases, self._segments, strict=False):
            for field, entry in segment.entries(text).items():
                documents, counts = segment.postings(entry)
                parts.setdefault(field, []).append((documents.astype(np.int64) + base, counts))
        found = {field: self._alive(pairs) for field, pairs in parts.items()}
        return {field: postings for field, postings in found.items() if len(postings.documents)}

    def _alive(self, pairs: Sequence[tuple[Array, Array]]) -> Postings:
        documents = np.concatenate([documents for documents, _ in pairs])
        counts = np.concatenate([counts for _, counts in pairs])
        if self.count < self.size:
            kept = self.live[documents]
            documents, counts = documents[kept], counts[kept]
        return Postings(documents, counts)

    def documents(self, field: str, text: str) -> Array:
        """The documents with the term in the field."""
        found = self.term(text).get(field)
        return found.documents if found else np.empty(0, np.int64)

    def phrase(self, terms: tuple[tuple[int, str], ...], field: str) -> Array:
        """The documents that have each term in the field at its offset from some place."""
        return self.kept(("phrase", field, terms), lambda: self._read_phrase(terms, field))

    def kept(self, key: tuple[object, ...], make: Callable[[], Array]) -> Array:
        """An array that only depends on the commit and the key, made anew when it was let go."""
        return self._kept.get(key, make, _array_bytes)

    def _read_phrase(self, terms: tuple[tuple[int, str], ...], field: str) -> Array:
        if not all(field in self.term(text) for _, text in terms):
            return np.empty(0, np.int64)
        parts = [
            _phrase_in(segment, terms, field) + base
            for base, segment in zip(self._bases, self._segments, strict=False)
        ]
        documents: Array = np.concatenate(parts)
        return documents[self.live[documents]]

    def lengths(self, field: str) -> Array:
        """For each document how many terms the field has, each occurrence counted."""
        return self.kept(
            ("lengths", field),
            lambda: self._joined([each.lengths[field] for each in self._segments], np.uint32),
        )

    def norms(self, field: str, weight: float, slope: float) -> Array:
        """For each document what one occurrence in the field counts: less, the longer the field."""
        if field not in self._norms:
            lengths = self.lengths(field)
            average = float(lengths[self.live].mean()) if self.count else 0.0
            self._norms[field] = weight / (1 - slope + slope / (average or 1.0) * lengths)
        return self._norms[field]

    # Values

    @cached_property
    def filters(self) -> dict[str, FilterValues]:
        """The values of each of FILTERS."""
        return {name: self._filter_values(name) for name in FILTERS}

    def _filter_values(self, name: str) -> FilterValues:
        masks: dict[str, Array] = {}
        for base, segment in zip(self._bases, self._segments, strict=False):
            for value, entry in segment.values(name):
                if value not in masks:
                    masks[value] = np.zeros(self.size, bool)
                masks[value][segment.postings(entry)[0] + np.int64(base)] = True
        bits = [pack(mask & self.live) for mask in masks.values()]
        empty = np.empty((0, len(pack(self.live))), np.uint64)
        return FilterValues(tuple(masks), np.stack(bits) if bits else empty)

    def with_value(self, name: str, value: str) -> Array:
        """For each document whether it has this value of a filter."""
        values = self.filters[name]
        if value not in values.names:
            return np.zeros(self.size, bool)
        bits = values.bits[values.names.index(value)]
        return np.unpackbits(bits.view(np.uint8), count=self.size, bitorder="little").view(bool)

    def between(self, first: int, end: int | None) -> Array:
        """For each document whether its stamp is from `first` on and below `end`."""
        found = self.stamps >= first
        return found if end is None else found & (self.stamps < end)

    @cached_property
    def order_of_numbers(self) -> Array:
        """For each document its place where document numbers decide."""
        written = [
            each.order_numbers[number] for each in self._segments for number in range(each.size)
        ]
        place = {text: rank for rank, text in enumerate(sorted(set(written)))}
        return np.fromiter((place[text] for text in written), np.int64, self.size)

    def in_one_language(self, languages: tuple[str, ...]) -> Array:
        """One document of each page is marked: that in the first of these languages that it has."""
        if languages not in self._in_one_language:
            place = {lang: rank for rank, lang in enumerate(languages)}
            chosen: dict[str, tuple[int, int]] = {}
            for number in np.flatnonzero(self.live).tolist():
                id_, _, lang = self.key(number).rpartition(".")
                candidate = (place.get(lang, len(languages)), number)
                chosen[id_] = min(chosen.get(id_, candidate), candidate)
            marked = np.zeros(self.size, bool)
            marked[[number for _, number in chosen.values()]] = True
            self._in_one_language[languages] = marked
        return self._in_one_language[languages]

    @cached_property
    def titles(self) -> Sequence[Title]:
        """The title of each document that is there, the newest first; one and the same object for
        a commit, which reads them as they are asked for."""
        numbers = np.flatnonzero(self.live)
        return _Titles(self, numbers[np.argsort(-self.stamps[numbers], kind="stable")])

    def title(self, number: int) -> Title:
        """The title of a document."""
        segment, inner = self._place(number)
        lang = self.key(number).rpartition(".")[2]
        return Title(segment.titles[inner].decode(), lang, segment.sounds[inner].decode())


class _Titles(Sequence[Title]):
    def __init__(self, snapshot: Snapshot, numbers: Array) -> None:
        self._snapshot = snapshot
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> Title: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Title]: ...

    def __getitem__(self, place: int | slice) -> Title | Sequence[Title]:
        if isinstance(place, slice):
            return _Titles(self._snapshot, self._numbers[place])
        return self._snapshot.title(int(self._numbers[place]))


def pack(mask: Array) -> Array:
    """Truth values as bits in words of 64."""
    packed = np.packbits(mask, bitorder="little")
    return np.concatenate((packed, np.zeros(-len(packed) % 8, np.uint8))).view(np.uint64)


def _phrase_in(segment: Segment, terms: Sequence[tuple[int, str]], field: str) -> Array:
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
        return np.unique(documents[ends < first_slots[documents + 1]])
    # A start in each document: fewer questions the other way round.
    low = np.searchsorted(starts, first_slots[:-1])
    high = np.searchsorted(starts, first_slots[1:] - last_offset)
    return np.flatnonzero(high > low)


class _Kept:
    """What was read, the most recently used within so many bytes; for any number of threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._found: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, read: Callable[[], _Read], weigh: Callable[[_Read], int]) -> _Read:
        """What is kept under the key, or is read now."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                kept: _Read = self._found[key][0]
                return kept
        # Two threads may read the same at once; neither waits for the other's disk.
        found = read()
        with self._lock:
            self._bytes += weigh(found) - self._found.pop(key, (None, 0))[1]
            self._found[key] = (found, weigh(found))
            while self._bytes > self._most_bytes and len(self._found) > 1:
                self._bytes -= self._found.popitem(last=False)[1][1]
        return found


def _term_bytes(found: Mapping[str, Postings]) -> int:
    return 200 + sum(postings.nbytes for postings in found.values())


def _array_bytes(found: Array) -> int:
    return 200 + int(found.nbytes)


class SnapshotPool:
    """The newest commit that could be read; segments that stay are not read again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._place: tuple[str, int] | None = None
        self._segments: dict[str, Segment] = {}
        self.last: Snapshot | None = None

    def snapshot(self, folder: Path, commit: int) -> Snapshot:
        """Of this commit in the folder.

        search.guard.UnreadableIndexError when that cannot be read; the one before then stays
        as `last`.
        """
        with self._lock:
            if self.last is not None and self._place == (str(folder), commit):
                return self.last
            snapshot = self._read(folder)
            self._place = (str(folder), commit)
            return snapshot

    def _read(self, folder: Path) -> Snapshot:
        notes = read_commit(folder)
        with damage_is_told(folder):
            segments = {
                str(note.path): self._segments.get(str(note.path)) or Segment(note.path)
                for note in notes
            }
            snapshot = Snapshot(list(segments.values()), notes)
            # Read now what every answer needs, so that damage shows before it is in use.
            _ = snapshot.filters
        self._segments, self.last = segments, snapshot
        return snapshot

    def forget(self) -> None:
        """Nothing of the index is held any more."""
        with self._lock:
            self._place = self.last = None
            self._segments = {}
