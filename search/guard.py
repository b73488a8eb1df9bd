# Whoosh tells no types; everything that leaves this module is typed.
# mypy: allow-untyped-calls
"""Guard: with schema.py the only module that touches Whoosh 2.7.4; it owns the traps.

Whoosh has the commits: a table of contents names the segments and what is deleted of them, and
replaces the one before at once. What a segment holds is ours (search/segments.py).

- No searcher, query, matcher or collector of Whoosh is used: with a limit they return a wrong top
  N for Or inside And/Or, DisjunctionMax and Require are wrong, a shared searcher and `refresh()`
  give silently wrong results.
- No writer of Whoosh is used: documents come analysed and with unique keys, a batch with an error
  leaves nothing behind, and a segment never is a compound file, which readers would copy.
- Whoosh syncs nothing: here segments reach the disk before the table of contents that names
  them, and that before its rename.
- Whoosh leaves files open for the garbage collector: the storage here closes all it opened.
- Schema and segments are pickled by class name (search/schema.py), so an index directory is
  trusted.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.util.filelock import try_for

from domain.disk import sync
from search.documents import AnalysedDocument
from search.merging import MergeSource, may_merge, merge_segments
from search.schema import make_schema, new_segment
from search.segments import SUFFIX, Segment, SegmentBuilder

_NAME: Final = "MAIN"
_LOCK_SECONDS: Final = 10.0
# Segments are kept in tiers by their documents, each _TIER times the one before; when a tier has
# more than _MOST_IN_TIER, they become one. Those from _LARGEST_MERGED on are left alone.
_TIER: Final = 16
_MOST_IN_TIER: Final = 3
_LARGEST_MERGED: Final = 4_096


class IndexBusyError(Exception):
    """Another process is writing to this index."""


class UnreadableIndexError(Exception):
    """The index is missing or damaged."""


@contextmanager
def damage_is_told(folder: Path) -> Iterator[None]:
    """What goes wrong in here is the index's fault: UnreadableIndexError."""
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

    def close_files(self) -> None:
        """Every file opened through this storage is closed."""
        for opened in self._opened:
            opened.file.close()
        self._opened.clear()

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """As in Whoosh, which so puts its table of contents in place; now it survives."""
        folder = Path(self.folder)
        sync(folder / oldname)
        super().rename_file(oldname, newname, safe=safe)
        sync(folder)


@dataclass(frozen=True, slots=True)
class SegmentNote:
    """A segment as a commit names it: its file, its documents, those deleted."""

    path: Path
    size: int
    deleted: tuple[int, ...]


def create_index(folder: Path) -> None:
    """An empty index stands in the folder, which must be there."""
    storage = _Storage(str(folder))
    try:
        FileIndex.create(storage, make_schema())
    finally:
        storage.close_files()


def segment_path(folder: Path) -> Path:
    """Where a new segment may be written, to be named by a later commit."""
    return folder / f"{new_segment(_NAME, 0).segment_id()}{SUFFIX}"


def adopt_segments(folder: Path, parts: Iterable[tuple[Path, int]]) -> None:
    """The index consists of these segments: files on the disk with so many documents each."""
    with _writing(folder) as (storage, contents):
        segments = []
        for path, size in parts:
            segments.append(new_segment(_NAME, size))
            segments[-1].segid = path.name.removesuffix(SUFFIX).removeprefix(f"{_NAME}_")
        _commit(storage, contents, segments)


def write_batch(
    folder: Path,
    documents: Iterable[AnalysedDocument],
    deleted: Iterable[str],
) -> None:
    """The index has these documents more and those with a `deleted` key less, or all as before.

    The keys of `documents` differ, and who replaces a document names its key among the deleted.
    Raises IndexBusyError when another process is writing, ValueError when a key comes twice.
    """
    with _writing(folder) as (storage, contents):
        segments = contents.segments
        _delete_keys(folder, segments, set(deleted))
        builder = _build(documents)
        if builder.size:
            made = new_segment(_NAME, builder.size)
            builder.write(folder / _file_name(made))
            segments.append(made)
        segments = _merge(folder, [each for each in segments if _left(each)])
        _commit(storage, contents, segments)


def _build(documents: Iterable[AnalysedDocument]) -> SegmentBuilder:
    builder = SegmentBuilder()
    seen: set[str] = set()
    for document in documents:
        if document.key in seen:
            raise ValueError(f"two documents of one batch have the key {document.key}")
        seen.add(document.key)
        builder.add(document)
    return builder


@contextmanager
def _writing(folder: Path) -> Iterator[tuple[_Storage, TOC]]:
    """The last table of contents, while no other process may replace it."""
    storage = _Storage(str(folder))
    index = FileIndex(storage)
    lock = index.lock("WRITELOCK")
    if not try_for(lock.acquire, timeout=_LOCK_SECONDS, delay=0.1):
        raise IndexBusyError(str(folder))
    try:
        for path in folder.glob(f"_{_NAME}_*.toc.*"):
            # Half a table of contents of a killed writer, which Whoosh would never clean.
            path.unlink(missing_ok=True)
        yield storage, TOC.read(storage, _NAME)
    finally:
        lock.release()
        storage.close_files()


def _commit(storage: _Storage, contents: TOC, segments: list[Any]) -> None:
    sync(Path(storage.folder))
    TOC(contents.schema, segments, contents.generation + 1).write(storage, _NAME)
    clean_files(storage, _NAME, contents.generation + 1, segments)


def _delete_keys(folder: Path, segments: Sequence[Any], keys: set[str]) -> None:
    for each in segments if keys else ():
        segment = Segment(folder / _file_name(each))
        for key in keys:
            entry = segment.entries(key).get("key")
            if entry is not None:
                for number in segment.postings(entry)[0].tolist():
                    each.delete_document(number)


def _merge(folder: Path, segments: list[Any]) -> list[Any]:
    """The segments with those of each tier that is full made into one."""
    tiers: dict[int, list[Any]] = {}
    for each in segments:
        if _left(each) < _LARGEST_MERGED:
            tiers.setdefault((_left(each).bit_length() - 1) // (_TIER.bit_length() - 1), []).append(
                each
            )
    for tier in tiers.values():
        sources = [
            MergeSource(Segment(folder / _file_name(each)), list(each.deleted_docs()))
            for each in tier
            if len(tier) > _MOST_IN_TIER
        ]
        if sources and may_merge([source.segment for source in sources]):
            made = new_segment(_NAME, sum(map(_left, tier)))
            merge_segments(folder / _file_name(made), sources)
            segments = [*(each for each in segments if each not in tier), made]
    return segments


def _left(segment: Any) -> int:
    return int(segment.doc_count_all() - segment.deleted_count())


def _file_name(segment: Any) -> str:
    return f"{segment.segment_id()}{SUFFIX}"


def latest_commit(folder: Path) -> int:
    """Number of the last commit, -1 when there is no index; cheap enough for every query."""
    with damage_is_told(folder):
        return int(TOC._latest_generation(FileStorage(str(folder)), _NAME))


def toc_path(folder: Path, commit: int) -> Path:
    """Where the table of contents of a commit lies."""
    return folder / str(TOC._filename(_NAME, commit))


def remove_unnamed(folder: Path) -> None:
    """What the last commit does not name is gone; for a folder that nobody writes through
    Whoosh."""
    storage = _Storage(str(folder))
    try:
        contents = TOC.read(storage, _NAME)
        clean_files(storage, _NAME, contents.generation, contents.segments)
    finally:
        storage.close_files()


def read_commit(folder: Path, commit: int | None = None) -> list[SegmentNote]:
    """The segments of the last commit or of this; UnreadableIndexError where it cannot be read."""
    storage = _Storage(str(folder), readonly=True)
    try:
        with damage_is_told(folder):
            return [
                SegmentNote(
                    folder / _file_name(each),
                    each.doc_count_all(),
                    tuple(sorted(each.deleted_docs())),
                )
                for each in TOC.read(storage, _NAME, commit).segments
            ]
    finally:
        storage.close_files()
