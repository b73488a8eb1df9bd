"""Segments: the inverted index of some documents, as columns of one file.

A *posting* is a term in a field of a document: document number and frequency; its positions are
*slots*. Every document has so many slots in a field as it has positions there, one document after
the other, so that slots of a whole segment are ascending numbers and a phrase is found by
intersecting them. An *entry* is all postings of one term in one field.

    terms            sorted; term t has the entries term_entries[t] to term_entries[t + 1]
    entry_field      number in FIELDS;  entry_postings, entry_slots: where its postings, slots begin
    documents        of all postings, ascending within an entry;  counts: frequency of each
    slots            of all postings
    key, title, sound, order_number, row         texts by document; row is compressed
    stamp, page, length_<field>, first_slot_<field>    numbers by document; translations have one page

Raise search.indexing.SCHEMA_VERSION with every change.
"""

import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np

from search.columns import Array, Columns, ColumnsWriter
from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument

EXACT_FIELDS: Final = ("key", "whole_title", "whole_number", "whole_index")
FIELDS: Final = (*TEXT_FIELDS, *EXACT_FIELDS, *(f"by_{name}" for name in FILTERS))
"""All that has terms: texts, what is matched whole, values of filters."""

DOCUMENT_TEXTS: Final = ("key", "title", "sound", "order_number", "row")
# A term of a phrase is looked for at its distance from another: below the first slot of all
# there is room, so that no distance leads below 0.
FIRST_SLOT: Final = 1 << 14
MOST_SLOTS: Final = (1 << 32) - 2 * FIRST_SLOT
SUFFIX: Final = ".columns"
_ROW_LEVEL: Final = 1


class SegmentBuilder:
    """Takes documents and writes them as one segment."""

    def __init__(self) -> None:
        self._vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms = array("I")
        self._counts = array("I")
        self._places = array("I")
        # For each field of each document that has terms: field, document, postings, slots, and
        # its first slot.
        self._runs: list[tuple[int, int, int, int, int]] = []
        self._next_slot = [FIRST_SLOT] * len(TEXT_FIELDS)
        self._texts: dict[str, list[bytes]] = {name: [] for name in DOCUMENT_TEXTS}
        self._stamps = array("q")
        self._pages = array("Q")
        self._lengths = [array("I") for _ in TEXT_FIELDS]
        self._first_slots = [array("q") for _ in TEXT_FIELDS]

    @property
    def size(self) -> int:
        """How many documents it has."""
        return len(self._stamps)

    @property
    def weight(self) -> int:
        """How many places of terms it holds in memory, about twelve bytes each."""
        return len(self._places)

    def add(self, document: AnalysedDocument) -> None:
        """One document more; keys are the caller's affair."""
        for field, name in enumerate(TEXT_FIELDS):
            terms = document.texts[name]
            self._first_slots[field].append(self._next_slot[field])
            self._lengths[field].append(document.length(name))
            self._add_terms(field, terms)
            extent = 1 + max(map(max, terms.values()), default=-1)
            self._next_slot[field] += extent
        whole = (document.key, document.whole_title, document.whole_number, document.whole_index)
        values: list[tuple[str, ...]] = [(text,) if text else () for text in whole]
        values += [document.filters[name] for name in FILTERS]
        for field, names in enumerate(values, len(TEXT_FIELDS)):
            self._add_terms(field, {name: [0] for name in names})
        self._stamps.append(document.stamp)
        self._pages.append(_page_of(document.key))
        texts = (document.key, document.title, document.sound, document.order_number)
        for name, text in zip(DOCUMENT_TEXTS, texts, strict=False):
            self._texts[name].append(text.encode())
        self._texts["row"].append(zlib.compress(document.stored.encode(), _ROW_LEVEL))

    def _add_terms(self, field: int, terms: dict[str, list[int]]) -> None:
        if not terms:
            return
        before = len(self._places)
        self._terms.extend(map(self._vocabulary.__getitem__, terms))
        self._counts.extend(map(len, terms.values()))
        self._places.extend(chain.from_iterable(terms.values()))
        base = self._next_slot[field] if field < len(TEXT_FIELDS) else 0
        self._runs.append((field, self.size, len(terms), len(self._places) - before, base))

    def write(self, path: Path) -> None:
        """The segment is on the disk."""
        with ColumnsWriter(path) as file:
            self._write_postings(file)
            for name in DOCUMENT_TEXTS:
                file.put_texts(name, self._texts[name])
            file.put("stamp", np.array(self._stamps, np.int64))
            file.put("page", np.array(self._pages, np.uint64))
            for field, name in enumerate(TEXT_FIELDS):
                file.put(f"length_{name}", np.array(self._lengths[field], np.uint32))
                slots = np.array([*self._first_slots[field], self._next_slot[field]], np.int64)
                file.put(f"first_slot_{name}", slots)

    def _write_postings(self, file: ColumnsWriter) -> None:
        names = sorted(self._vocabulary)
        rank = np.empty(len(names), np.uint64)
        rank[[self._vocabulary[name] for name in names]] = np.arange(len(names), dtype=np.uint64)
        runs = np.array(self._runs, np.int64).reshape(-1, 5)
        fields, documents, postings, slots, bases = runs.T
        counts = np.array(self._counts, np.uint32)
        keys = rank[np.array(self._terms, np.uint32)] * np.uint64(len(FIELDS))
        keys += np.repeat(fields, postings).astype(np.uint64)
        # Sorted with its own place in the low half, a number needs no stable sort, and that
        # place is the order.
        keys = (keys << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64)
        keys.sort()
        order = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
        keys >>= np.uint64(32)
        entries = np.flatnonzero(np.diff(keys, prepend=np.uint64(0xFFFFFFFFFFFFFFFF)))
        ordered_counts = counts[order]
        ends = np.cumsum(ordered_counts, dtype=np.int64)
        file.put_texts("terms", (name.encode() for name in names))
        write_entries(
            file,
            keys[entries],
            np.append(entries, len(keys)),
            np.append((ends - ordered_counts)[entries], ends[-1] if len(ends) else 0),
            len(names),
        )
        file.put("documents", np.repeat(documents, postings).astype(np.uint32)[order])
        file.put("counts", ordered_counts.astype(count_type(counts)))
        taken = np.array(self._places, np.uint32) + np.repeat(bases, slots).astype(np.uint32)
        before = np.cumsum(counts, dtype=np.int64) - counts
        file.put("slots", taken[ranges(before[order], ordered_counts)])


def _page_of(key: str) -> int:
    """A number for what the key says before the language; that two pages have the same one is as
    likely as one in four thousand million for a hundred thousand pages."""
    page = key.rpartition(".")[0]
    return int.from_bytes(blake2b(page.encode(), digest_size=8).digest())


def count_type(counts: Array) -> "np.dtype[np.unsignedinteger]":
    """The narrowest type that holds all these frequencies."""
    return np.min_scalar_type(int(counts.max()) if len(counts) else 0)


def ranges(starts: Array, lengths: Array) -> Array:
    """The numbers of each range (start, length), one after the other."""
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total, dtype=np.int64)


def write_entries(
    file: ColumnsWriter, keys: Array, postings: Array, slots: Array, terms: int
) -> None:
    """The columns of entries; a key is the number of the term times FIELDS plus the field."""
    of_term, fields = np.divmod(keys.astype(np.int64), len(FIELDS))
    file.put("term_entries", np.searchsorted(of_term, np.arange(terms + 1)).astype(np.uint32))
    file.put("entry_field", fields.astype(np.uint8))
    file.put("entry_postings", postings.astype(np.int64))
    file.put("entry_slots", slots.astype(np.int64))


class Segment:
    """A segment as it is read, by any number of threads."""

    def __init__(self, path: Path) -> None:
        self.columns = Columns(path)
        self.stamps = self.columns.mapped("stamp")
        self.pages = self.columns.mapped("page")
        self.size = len(self.stamps)
        self.terms = self.columns.texts("terms")
        self._term_entries = self.columns.mapped("term_entries")
        self.entry_field = self.columns.mapped("entry_field")
        self.entry_postings = self.columns.mapped("entry_postings")
        self.entry_slots = self.columns.mapped("entry_slots")
        self.lengths = {name: self.columns.mapped(f"length_{name}") for name in TEXT_FIELDS}
        self.first_slots = {name: self.columns.mapped(f"first_slot_{name}") for name in TEXT_FIELDS}
        self.keys = self.columns.texts("key")
        self.titles = self.columns.texts("title")
        self.sounds = self.columns.texts("sound")
        self.order_numbers = self.columns.texts("order_number")
        self._row_starts = self.columns.mapped("row:starts")

    def entries(self, term: str) -> dict[str, int]:
        """Field -> entry of the term there."""
        number = self.terms.find(term.encode())
        if number < 0:
            return {}
        first, end = self._term_entries[number : number + 2].tolist()
        fields = self.entry_field[first:end].tolist()
        return {FIELDS[field]: entry for entry, field in enumerate(fields, first)}

    def postings(self, entry: int) -> tuple[Array, Array]:
        """Document numbers and frequencies of an entry."""
        first, end = self.entry_postings[entry : entry + 2].tolist()
        read = self.columns.read
        return read("documents", first, end), read("counts", first, end)

    def documents(self, entry: int) -> Array:
        """Document numbers of an entry."""
        first, end = self.entry_postings[entry : entry + 2].tolist()
        return self.columns.read("documents", first, end)

    def count_slots(self, entry: int) -> int:
        """How often the term is in the field."""
        first, end = self.entry_slots[entry : entry + 2].tolist()
        return int(end - first)

    def slots(self, entry: int) -> Array:
        """Ascending slots of an entry."""
        first, end = self.entry_slots[entry : entry + 2].tolist()
        return self.columns.read("slots", first, end)

    def values(self, name: str) -> Iterator[tuple[str, int]]:
        """(value, entry) of each value of a filter."""
        field = FIELDS.index(f"by_{name}")
        entries = np.flatnonzero(self.entry_field == field)
        terms = np.searchsorted(self._term_entries, entries, "right") - 1
        for entry, term in zip(entries.tolist(), terms.tolist(), strict=True):
            yield self.terms[term].decode(), entry

    def row(self, number: int) -> str:
        """The stored row, as JSON."""
        # Read, not mapped: rows are long, and each is wanted once.
        first, end = self._row_starts[number : number + 2].tolist()
        return zlib.decompress(self.columns.read("row", first, end).tobytes()).decode()


def write_segment(path: Path, documents: Iterable[AnalysedDocument]) -> int:
    """The documents are on the disk as one segment; how many they are."""
    builder = SegmentBuilder()
    for document in documents:
        builder.add(document)
    builder.write(path)
    return builder.size
