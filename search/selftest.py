"""The guard's self-test: what the guard relies on in Whoosh is tried when a service starts.

A few documents are written, replaced and deleted in a scratch folder through the very functions
that the index uses, and read back. It takes some hundredths of a second.
"""

import tempfile
from pathlib import Path
from typing import Final

import whoosh

from domain.search_rows import SearchRow
from search.documents import AnalysedDocument, analyse_row
from search.guard import IndexReader, create_index, write_batch
from search.schema import PackedPositions

TESTED_VERSION: Final = (2, 7, 4)
_DOCUMENTS: Final = 530  # more than a block of postings, so that block borders are crossed


class GuardError(Exception):
    """The installed Whoosh does not do what the guard relies on."""


def check_guard() -> None:
    """Nothing happens; GuardError where an expectation does not hold."""
    _expect(tuple(whoosh.__version__[:2]) == TESTED_VERSION[:2], f"version {whoosh.__version__}")
    with tempfile.TemporaryDirectory(prefix="search-selftest-") as folder:
        _check_in(Path(folder))


def _check_in(folder: Path) -> None:
    create_index(folder)
    empty = IndexReader(folder)
    _expect(empty.postings("title", "甲乙").ids == [], "an empty index is empty")
    empty.close()
    first = [_document(f"d{number}", number) for number in range(_DOCUMENTS)]
    write_batch(folder, first, [])
    before = IndexReader(folder)
    write_batch(folder, [_document("d3", 3)], ["d3", "d5", "never there"])
    after = IndexReader(folder)
    try:
        _check_postings(before)
        _expect(before.deleted == [], "an open reader keeps its commit")
        live = _live_keys(after)
        expected = sorted(each.key for each in first if each.key != "d5")
        _expect(sorted(live) == expected, "replaced once, deleted for good")
    finally:
        before.close()
        after.close()


def _check_postings(reader: IndexReader) -> None:
    found = reader.postings("body", "甲乙")
    _expect(found.ids == list(range(_DOCUMENTS)), "every posting is read, in order")
    counts = [float(1 + number % 3) for number in range(_DOCUMENTS)]
    _expect(found.counts == counts, "frequencies are exact")
    positions = PackedPositions.decode(found.values[2]).tolist()
    _expect(positions == [0, 3, 6], "positions come back")
    _expect(reader.keys()[7] == "d7", "columns stand in document order")
    _expect('"d7"' in reader.stored(7), "rows come back")


def _live_keys(reader: IndexReader) -> list[str]:
    deleted = set(reader.deleted)
    return [key for number, key in enumerate(reader.keys()) if number not in deleted]


def _document(key: str, number: int) -> AnalysedDocument:
    body = "甲乙。" * (1 + number % 3)
    return analyse_row(SearchRow(key=key, id=key, lang="zh", url="/", title="题目", body=body))


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise GuardError(f"the search engine is not as tested: {what}")
