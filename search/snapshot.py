"""Snapshot: one commit of the index as evaluation reads it, for any number of threads.

Documents of all segments are numbered through. A set of documents is an array of ascending
numbers, or one bit or truth value for each document. What is read of terms and phrases is kept
within a budget, and everything that only depends on the commit is worked out once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, overload

import numpy as np

from search.columns import Array
from search.documents import FILTERS, TEXT_FIELDS, Title
from search.guard import SegmentNote
from search.kept import Kept
from search.positions import distinct, phrase_in
from search.segments import Segment

_KEPT_BYTES: Final = 48_000_000
# Fewer numbers than this share of all documents are sorted rather than marked.
_FEW: Final = 1 / 8


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
class FoundTerm:
    """A term: its postings in each field that has it, and the documents that have it in a text."""

    fields: Mapping[str, Postings]
    documents: Array

    @property
    def nbytes(self) -> int:
        """Its memory."""
        shared = any(each.documents is self.documents for each in self.fields.values())
        own = 0 if shared else int(self.documents.nbytes)
        return 200 + own + sum(postings.nbytes for postings in self.fields.values())


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
        self._kept = Kept(_KEPT_BYTES)
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

    def term(self, text: str) -> FoundTerm:
        """A term as the documents have it that are there."""
        return self._kept.get(("term", text), lambda: self._read_term(text), _term_bytes)

    def _read_term(self, text: str) -> FoundTerm:
        parts: dict[str, list[tuple[Array, Array]]] = {}
        for base, segment in zip(self._bases, self._segments, strict=False):
            for field, entry in segment.entries(text).items():
                documents, counts = segment.postings(entry)
                parts.setdefault(field, []).append((documents.astype(np.int64) + base, counts))
        found = {field: self._alive(pairs) for field, pairs in parts.items()}
        fields = {field: postings for field, postings in found.items() if len(postings.documents)}
        return FoundTerm(fields, self._united(fields))

    def _united(self, fields: Mapping[str, Postings]) -> Array:
        """The documents of all fields that are texts."""
        texts = [fields[field].documents for field in TEXT_FIELDS if field in fields]
        if len(texts) == 1:
            return texts[0]
        if sum(map(len, texts)) < _FEW * self.size:
            documents = np.concatenate([np.empty(0, np.int64), *texts])
            documents.sort(kind="stable")
            return distinct(documents)
        found = np.zeros(self.size, bool)
        for documents in texts:
            found[documents] = True
        return np.flatnonzero(found)

    def _alive(self, pairs: Sequence[tuple[Array, Array]]) -> Postings:
        documents = np.concatenate([documents for documents, _ in pairs])
        counts = np.concatenate([counts for _, counts in pairs])
        if self.count < self.size:
            kept = self.live[documents]
            documents, counts = documents[kept], counts[kept]
        return Postings(documents, counts)

    def documents(self, field: str, text: str) -> Array:
        """The documents with the term in the field, of which nothing else is read."""
        return self.kept(("documents", field, text), lambda: self._read_documents(field, text))

    def _read_documents(self, field: str, text: str) -> Array:
        parts = [np.empty(0, np.int64)]
        for base, segment in zip(self._bases, self._segments, strict=False):
            entry = segment.entries(text).get(field)
            if entry is not None:
                parts.append(segment.documents(entry).astype(np.int64) + base)
        documents: Array = np.concatenate(parts)
        return documents[self.live[documents]] if self.count < self.size else documents

    def phrase(self, terms: tuple[tuple[int, str], ...], field: str) -> Array:
        """The documents that have each term in the field at its offset from some place."""
        return self.kept(("phrase", field, terms), lambda: self._read_phrase(terms, field))

    def kept(self, key: tuple[object, ...], make: Callable[[], Array]) -> Array:
        """An array that only depends on the commit and the key, made anew when it was let go."""
        return self._kept.get(key, make, _array_bytes)

    def _read_phrase(self, terms: tuple[tuple[int, str], ...], field: str) -> Array:
        if not all(field in self.term(text).fields for _, text in terms):
            return np.empty(0, np.int64)
        parts = [
            phrase_in(segment, terms, field) + base
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
            self._in_one_language[languages] = self._first_of_each_page(languages)
        return self._in_one_language[languages]

    def _first_of_each_page(self, languages: Sequence[str]) -> Array:
        place = np.full(self.size, len(languages), np.uint8)
        for rank, lang in enumerate(languages):
            place[self.with_value("in", lang)] = rank
        numbers = np.flatnonzero(self.live)
        pages = self._joined([each.pages for each in self._segments], np.uint64)
        order = np.lexsort((place[numbers], pages[numbers]))
        numbers = numbers[order]
        is_first = np.ones(len(numbers), bool)
        is_first[1:] = pages[numbers[1:]] != pages[numbers[:-1]]
        marked = np.zeros(self.size, bool)
        marked[numbers[is_first]] = True
        return marked

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


def _term_bytes(found: FoundTerm) -> int:
    return found.nbytes


def _array_bytes(found: Array) -> int:
    return 200 + int(found.nbytes)
