# Whoosh tells no types; everything that leaves this module is typed.
# mypy: allow-untyped-calls
"""Guard: with schema.py the only module that touches Whoosh 2.7.4; it owns the traps.

- Searchers are never refreshed or shared: `IndexReader` is opened fresh for one thread.
- No Whoosh query, matcher tree or collector is used: with a limit they return a wrong top N for
  Or inside And/Or. Postings are read block by block, and evaluation.py combines them.
- The writer gets documents already analysed and with unique keys, deletes by document number,
  and is cancelled on any error. Segments are never compound files, which every reader would
  copy to the heap.
- Whoosh syncs nothing: here segments reach the disk before the table of contents that names
  them, and that before its rename.
- Whoosh leaves files open for the garbage collector: the storage here closes all it opened.
- Schema, segments and formats are pickled by class name (search/schema.py), so an index
  directory is trusted.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError, clean_files
from whoosh.matching import ListMatcher
from whoosh.writing import SegmentWriter

from domain.disk import sync
from search.documents import AnalysedDocument
from search.schema import as_fields, filter_field, length_field, make_schema

_POOL_MEGABYTES: Final = 128


class IndexBusyError(Exception):
    """Another process is writing to this index."""


class UnreadableIndexError(Exception):
    """The index is missing or damaged."""


@contextmanager
def _damage_is_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as cause:
        raise UnreadableIndexError(
            f"the index {folder.name} cannot be read ({type(cause).__name__})"
        ) from cause


class _Storage(FileStorage):
    """Files of one folder that reach the disk when Whoosh renames them, and are all closed."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(path, **options)
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """As in Whoosh."""
        self._opened.append(super().open_file(name, **options))
        return self._opened[-1]

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> Any:
        """As in Whoosh."""
        self._opened.append(super().create_file(name, excl, mode, **options))
        return self._opened[-1]

    def temp_storage(self, name: str | None = None) -> "_Storage":
        """As in Whoosh, but of this class."""
        inner = _Storage(super().temp_storage(name).folder)
        self._opened.append(inner)
        return inner

    def close_files(self) -> None:
        """Every file opened through this storage is closed."""
        for opened in self._opened:
            if isinstance(opened, _Storage):
                opened.close_files()
            else:
                opened.file.close()
        self._opened.clear()

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """As in Whoosh, which so puts its table of contents in place; now it survives."""
        folder = Path(self.folder)
        sync(folder / oldname)
        super().rename_file(oldname, newname, safe=safe)
        sync(folder)


class _DurableWriter(SegmentWriter):
    def _commit_toc(self, segments: list[Any]) -> None:
        folder = Path(self.storage.folder)
        new = f"{self.newsegment.segment_id()}."
        for path in folder.iterdir():
            if path.name.startswith(new):
                sync(path)
        sync(folder)
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)
        clean_files(self.storage, self.indexname, self.generation, segments)


def create_index(folder: Path) -> None:
    """An empty index stands in the folder, which must be there."""
    storage = _Storage(str(folder))
    try:
        FileIndex.create(storage, make_schema())
    finally:
        storage.close_files()


def write_batch(
    folder: Path,
    documents: Iterable[AnalysedDocument],
    deleted: Iterable[str],
) -> None:
    """The index has these documents more and those with a `deleted` key less, or all as before.

    The keys of `documents` differ, and who replaces a document names its key among the deleted.
    Documents are taken one at a time, so a generator of any length will do. Raises
    IndexBusyError when another process is writing, ValueError when a key comes twice.
    """
    _remove_leftovers(folder)
    storage = _Storage(str(folder))
    try:
        _write(storage, documents, deleted)
    finally:
        storage.close_files()


def _write(
    storage: _Storage, documents: Iterable[AnalysedDocument], deleted: Iterable[str]
) -> None:
    try:
        writer = _DurableWriter(
            FileIndex(storage),
            timeout=10.0,
            compound=False,
            limitmb=_POOL_MEGABYTES,
            codec=_codec(),
        )
    except LockError as cause:
        raise IndexBusyError(storage.folder) from cause
    try:
        _delete_keys(writer, set(deleted))
        seen: set[str] = set()
        for document in documents:
            if document.key in seen:
                raise ValueError(f"two documents of one batch have the key {document.key}")
            seen.add(document.key)
            writer.add_document(**as_fields(document))
        writer.commit()
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise


def _codec() -> W3Codec:
    # Most terms are in one document; compressing each of their blocks costs half the commit.
    codec = W3Codec(blocklimit=512, compression=0)
    # Else every posting would look on the disk for a table of lengths, which the columns hold.
    codec.length_stats = False
    return codec


def _delete_keys(writer: SegmentWriter, keys: set[str]) -> None:
    reader = IndexReader(Path(writer.storage.folder))
    try:
        numbers = [number for key in keys for number in reader.postings("key", key).ids]
    finally:
        reader.close()
    for number in numbers:
        writer.delete_document(number)


def _remove_leftovers(folder: Path) -> None:
    """What a killed writer left and Whoosh would never clean: half a table of contents."""
    for path in folder.glob("_MAIN_*.toc.*"):
        path.unlink(missing_ok=True)
    if (folder / "MAIN.tmp").is_dir():
        shutil.rmtree(folder / "MAIN.tmp", ignore_errors=True)


def latest_commit(folder: Path) -> int:
    """Number of the last commit, -1 when there is no index; cheap enough for every query."""
    with _damage_is_told(folder):
        return int(TOC._latest_generation(FileStorage(str(folder)), "MAIN"))


class Postings:
    """One term's postings: ascending document numbers, frequencies, packed positions."""

    __slots__ = ("counts", "ids", "values")

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.counts: list[float] = []
        self.values: list[bytes] = []


class IndexReader:
    """One commit of an index, for one thread; `deleted` numbers are still among the postings.

    Every question raises UnreadableIndexError where the files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.commit = latest_commit(folder)
        self._folder = folder
        self._storage = _Storage(str(folder), readonly=True)
        try:
            self._open(folder)
        except UnreadableIndexError:
            self._storage.close_files()
            raise

    def _open(self, folder: Path) -> None:
        with _damage_is_told(folder):
            self._reader = FileIndex(self._storage).reader()
            is_empty = self._reader.doc_count_all() == 0
            self._leaves = [] if is_empty else list(self._reader.leaf_readers())
            self.size = sum(leaf.doc_count_all() for leaf, _ in self._leaves)
            self.deleted = [
                base + number for leaf, base in self._leaves for number in _deleted_in(leaf)
            ]

    def close(self) -> None:
        """The files are no longer held."""
        self._storage.close_files()

    def postings(self, field: str, term: str) -> Postings:
        """All postings of the term, those of deleted documents too."""
        found = Postings()
        with _damage_is_told(self._folder):
            for leaf, base in self._leaves:
                _read_postings(leaf, base, field, term.encode(), found)
        return found

    def filter_values(self, name: str) -> list[str]:
        """Every value of a filter that some document has or had."""
        field = filter_field(name)
        with _damage_is_told(self._folder):
            seen = {value for leaf, _ in self._leaves for value in leaf.lexicon(field)}
        return [bytes(value).decode() for value in sorted(seen)]

    def documents_with(self, name: str, value: str) -> list[int]:
        """The documents with this value of a filter."""
        return self.postings(filter_field(name), value).ids

    def keys(self) -> list[str]:
        """Key of each document number."""
        return self._texts("key_column")

    def titles(self) -> list[str]:
        """Title of each document number."""
        return self._texts("title_column")

    def order_numbers(self) -> list[str]:
        """What each document number sorts by where document numbers decide."""
        return self._texts("order_number")

    def stamps(self) -> list[int]:
        """Stamp of each document number."""
        return self._column("stamp")

    def lengths(self, field: str) -> list[int]:
        """Number of terms in the field of each document number."""
        return self._column(length_field(field))

    def stored(self, number: int) -> str:
        """The stored row of a document."""
        with _damage_is_told(self._folder):
            return str(self._reader.stored_fields(number)["stored"])

    def _texts(self, field: str) -> list[str]:
        return [bytes(value).decode() for value in self._column(field)]

    def _column(self, field: str) -> list[Any]:
        values: list[Any] = []
        with _damage_is_told(self._folder):
            for leaf, _ in self._leaves:
                column = leaf.column_reader(field)
                values += [column[number] for number in range(leaf.doc_count_all())]
        return values


def _deleted_in(leaf: Any) -> list[int]:
    return sorted(leaf.segment().deleted_docs()) if leaf.has_deletions() else []


def _read_postings(leaf: Any, base: int, field: str, term: bytes, found: Postings) -> None:
    terms = leaf._terms
    if (field, term) not in terms:
        return
    matcher = terms.matcher(field, term, leaf.schema[field].format)
    if isinstance(matcher, ListMatcher):
        raise TypeError("postings inside the term table, which this writer never makes")
    while matcher.is_active():
        matcher._read_data()
        deltas, weights, values = matcher._data
        count = len(deltas)
        # The first delta is counted from 0, or from the segment's place among all.
        found.ids.extend(accumulate((deltas[0] + base, *deltas[1:])))
        found.counts.extend(
            weights if isinstance(weights, tuple) else [1.0 if weights is None else weights] * count
        )
        found.values.extend(values or ())
        matcher._next_block()
