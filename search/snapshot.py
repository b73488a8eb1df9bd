"""Snapshot: one commit of the index as evaluation reads it, with what is read once kept.

A snapshot belongs to one thread, because Whoosh's files have one read position; the tables that
only depend on the commit are shared by all threads.
"""

import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Set
from functools import cached_property
from pathlib import Path

from search.bitsets import full_bitset, iterate_bitset, make_bitset
from search.documents import FILTERS, TEXT_FIELDS
from search.guard import IndexReader, Postings, UnreadableIndexError, latest_commit
from search.schema import PackedPositions

# Postings kept per thread; about 100 bytes each.
_KEPT_POSTINGS = 300_000


class Tables:
    """What one commit says of each document: keys, dates, field lengths, filter values."""

    def __init__(self, reader: IndexReader) -> None:
        self.size = reader.size
        self.live = full_bitset(self.size) & ~make_bitset(reader.deleted, self.size)
        self.keys = reader.keys()
        self.stamps = array("L", reader.stamps())
        self.order_numbers = reader.order_numbers()
        self._titles = reader.titles()
        self._in_one_language: dict[tuple[str, ...], int] = {}
        self.lengths = {field: array("L", reader.lengths(field)) for field in TEXT_FIELDS}
        self.filters = {name: self._filter_values(reader, name) for name in FILTERS}

    def _filter_values(self, reader: IndexReader, name: str) -> dict[str, int]:
        found = {
            value: make_bitset(reader.documents_with(name, value), self.size) & self.live
            for value in reader.filter_values(name)
        }
        return {value: bits for value, bits in found.items() if bits}

    @cached_property
    def _by_stamp(self) -> tuple[list[int], list[int]]:
        """All stamps ascending, and the document of each."""
        numbers = sorted(range(self.size), key=self.stamps.__getitem__)
        return [self.stamps[number] for number in numbers], numbers

    def between(self, first: int, end: int | None) -> int:
        """Bitset of the documents with a stamp from `first` on and below `end`."""
        stamps, numbers = self._by_stamp
        stop = len(stamps) if end is None else bisect_left(stamps, end)
        return make_bitset(numbers[bisect_left(stamps, first) : stop], self.size) & self.live

    def in_one_language(self, languages: tuple[str, ...]) -> int:
        """Bitset with one document of each page: in the first of these languages that it has."""
        if languages not in self._in_one_language:
            place = {lang: rank for rank, lang in enumerate(languages)}
            chosen: dict[str, tuple[int, int]] = {}
            for number in iterate_bitset(self.live):
                id_, _, lang = self.keys[number].rpartition(".")
                candidate = (place.get(lang, len(languages)), number)
                chosen[id_] = min(chosen.get(id_, candidate), candidate)
            numbers = (number for _, number in chosen.values())
            self._in_one_language[languages] = make_bitset(numbers, self.size)
        return self._in_one_language[languages]

    @cached_property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """(title, language) of each document that is there; one and the same tuple for a commit."""
        return tuple(
            (self._titles[number], lang)
            for lang, numbers in self.filters["in"].items()
            for number in iterate_bitset(numbers)
        )

    @cached_property
    def average_lengths(self) -> dict[str, float]:
        """Mean number of terms of each field among the documents that are there."""
        numbers = list(iterate_bitset(self.live))
        return {
            field: (sum(map(lengths.__getitem__, numbers)) / len(numbers) if numbers else 0.0)
            for field, lengths in self.lengths.items()
        }


class Snapshot:
    """Postings, tables and stored rows of one commit, for one thread."""

    def __init__(self, reader: IndexReader, tables: Tables) -> None:
        self.tables = tables
        self.size = tables.size
        self.live = tables.live
        self._reader = reader
        self._postings: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._kept = 0

    def close(self) -> None:
        """The index files are no longer held."""
        self._reader.close()

    def postings(self, field: str, term: str) -> Postings:
        """The term's postings, those of deleted documents among them."""
        key = (field, term)
        found = self._postings.get(key)
        if found is not None:
            self._postings.move_to_end(key)
            return found
        found = self._postings[key] = self._reader.postings(field, term)
        self._kept += len(found.ids) + 1
        while self._kept > _KEPT_POSTINGS and len(self._postings) > 1:
            self._kept -= len(self._postings.popitem(last=False)[1].ids) + 1
        return found

    def documents(self, field: str, term: str) -> int:
        """Bitset of the documents with the term in the field."""
        ids = self.postings(field, term).ids
        return make_bitset(ids, self.size) & self.live if ids else 0

    def positions(self, field: str, term: str, wanted: Set[int]) -> dict[int, "array[int]"]:
        """Positions of the term in each of the `wanted` documents that have it."""
        found = self.postings(field, term)
        decode = PackedPositions.decode
        return {
            number: decode(value)
            for number, value in zip(found.ids, found.values, strict=True)
            if number in wanted
        }

    def stored(self, number: int) -> str:
        """The stored row, as JSON."""
        return self._reader.stored(number)


class SnapshotPool:
    """A snapshot of the newest commit for each thread that asks; never refreshed, always new."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()
        self._tables: tuple[tuple[str, int], Tables] | None = None

    def snapshot(self, folder: Path) -> Snapshot:
        """This thread's snapshot of the newest commit in the folder.

        search.guard.UnreadableIndexError when that cannot be read; the one before then stays
        as `last`.
        """
        place = (str(folder), latest_commit(folder))
        if getattr(self._local, "place", None) != place:
            fresh = self._open(folder)
            self.close_own()
            self._local.snapshot = fresh
            self._local.place = place
        snapshot: Snapshot = self._local.snapshot
        return snapshot

    def _open(self, folder: Path) -> Snapshot:
        reader = IndexReader(folder)
        try:
            return Snapshot(reader, self._shared_tables(str(folder), reader))
        except UnreadableIndexError:
            reader.close()
            raise

    @property
    def last(self) -> Snapshot | None:
        """The snapshot that this thread had last."""
        return getattr(self._local, "snapshot", None)

    def close_own(self) -> None:
        """This thread holds no index file any more."""
        snapshot = self.last
        self._local.snapshot = self._local.place = None
        if snapshot is not None:
            snapshot.close()

    def _shared_tables(self, folder: str, reader: IndexReader) -> Tables:
        place = (folder, reader.commit)
        with self._lock:
            if self._tables is None or self._tables[0] != place:
                self._tables = (place, Tables(reader))
            return self._tables[1]
