"""Rebuilding: all rows become a new index, in as many processes as there are processors.

Each process analyses a stretch of the rows and writes it as segments of bounded size; in the end
these become one, as far as one may hold them.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from domain.search_rows import RowStore
from search.documents import AnalysedDocument, analyse_row
from search.guard import adopt_segments, create_index, segment_path
from search.merging import MergeSource, may_merge, merge_segments
from search.row_reading import RowReading, rows_path
from search.segments import Segment, SegmentBuilder
from search.texts import opened_texts

_STRETCH: Final = 5_000
"""Rows of one task, and the most that this process indexes alone."""
_MOST_WEIGHT: Final = 12_000_000
"""Places of terms in memory before a segment is written: about half a gigabyte in each process."""

Part = tuple[Path, int]
"""A segment on the disk and its number of documents."""


def rebuild_index(folder: Path, build: Path, processes: int | None = None) -> RowReading:
    """The index in the folder, which is empty, has the rows of the build; what was read.

    The texts of attachments are those that are kept already.
    """
    create_index(folder)
    reading = RowReading(0)
    parts: list[Part] = []
    for found, read in _read_stretches(folder, build, processes or len(os.sched_getaffinity(0))):
        parts += found
        reading.add(read)
    adopt_segments(folder, merge_parts(folder, parts))
    return reading


def fill_index(folder: Path, documents: Iterable[AnalysedDocument]) -> None:
    """The index in the folder, which is empty, has these documents, whose keys differ."""
    create_index(folder)
    adopt_segments(folder, merge_parts(folder, list(write_parts(folder, documents))))


def _read_stretches(
    folder: Path, build: Path, processes: int
) -> Iterator[tuple[list[Part], RowReading]]:
    store = RowStore(rows_path(build), is_read_only=True)
    try:
        ends = store.numbers()[_STRETCH - 1 :: _STRETCH]
        last = store.last_seq()
    finally:
        store.close()
    stretches = [
        (folder, build, first, end) for first, end in zip([0, *ends], [*ends, last], strict=True)
    ]
    if processes < 2 or len(stretches) < 2:
        yield from (_write_stretch(*each) for each in stretches)
        return
    # Not forked: whoever calls may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(_write_stretch, *zip(*stretches, strict=True))


def _write_stretch(
    folder: Path, build: Path, first: int, end: int
) -> tuple[list[Part], RowReading]:
    """The rows after number `first` up to `end` are on the disk as segments."""
    reading = RowReading(first)
    store = RowStore(rows_path(build), is_read_only=True)
    try:
        with opened_texts(build) as texts:
            rows = (row for _, row in reading.rows(store, end) if row is not None)
            documents = (analyse_row(texts.add_to(row)) for row in rows)
            return list(write_parts(folder, documents)), reading
    finally:
        store.close()


def write_parts(folder: Path, documents: Iterable[AnalysedDocument]) -> Iterator[Part]:
    """The documents are on the disk as segments of bounded size."""
    builder = SegmentBuilder()
    for document in documents:
        builder.add(document)
        if builder.weight > _MOST_WEIGHT:
            yield _write_part(folder, builder)
            builder = SegmentBuilder()
    if builder.size:
        yield _write_part(folder, builder)


def _write_part(folder: Path, builder: SegmentBuilder) -> Part:
    path = segment_path(folder)
    builder.write(path)
    return path, builder.size


def merge_parts(folder: Path, parts: list[Part]) -> list[Part]:
    """The parts as few segments as may be."""
    merged: list[Part] = []
    group: list[Part] = []
    for part in parts:
        if group and not may_merge([Segment(path) for path, _ in (*group, part)]):
            merged.append(_merge_group(folder, group))
            group = []
        group.append(part)
    return [*merged, *([_merge_group(folder, group)] if group else [])]


def _merge_group(folder: Path, group: list[Part]) -> Part:
    if len(group) == 1:
        return group[0]
    path = segment_path(folder)
    size = merge_segments(path, [MergeSource(Segment(source)) for source, _ in group])
    for source, _ in group:
        source.unlink()
    return path, size
