"""The guard's self-test: what the search relies on is tried when a service starts.

Some documents are written, replaced and deleted in a scratch folder through the very functions
that the index uses, and read back: commits as Whoosh makes them, segments as NumPy reads them.
It takes some hundredths of a second.
"""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import whoosh

from domain.search_rows import SearchRow
from search.documents import AnalysedDocument, analyse_row
from search.guard import create_index, read_commit, write_batch
from search.positions import intersect
from search.segments import Segment
from search.snapshot import Snapshot, pack

TESTED_VERSION: Final = (2, 7, 4)
_DOCUMENTS: Final = 200
_PHRASE: Final = ((0, "甲乙"), (2, "丙丁"))


class GuardError(Exception):
    """What is installed does not do what the guard relies on."""


def check_guard() -> None:
    """Nothing happens; GuardError where an expectation does not hold."""
    _expect(tuple(whoosh.__version__[:2]) == TESTED_VERSION[:2], f"version {whoosh.__version__}")
    _check_sorting()
    with tempfile.TemporaryDirectory(prefix="search-selftest-") as folder:
        _check_in(Path(folder))


def _check_sorting() -> None:
    evens, thirds = (np.arange(0, 6_000, step, dtype=np.uint32) for step in (2, 3))
    sixths = np.arange(0, 6_000, 6)
    _expect(np.array_equal(intersect(evens, thirds), sixths), "ascending numbers are intersected")
    _expect(np.array_equal(intersect(evens, sixths.astype(np.uint32)), sixths), "few are looked up")


def _check_in(folder: Path) -> None:
    create_index(folder)
    _expect(_open(folder).size == 0, "an empty index is empty")
    first = [_document(f"d{number}", number) for number in range(_DOCUMENTS)]
    write_batch(folder, first, [])
    before = _open(folder)
    write_batch(folder, [_document("d3", 3)], ["d3", "d5", "never there"])
    after = _open(folder)
    _check_postings(before)
    _expect(before.count == _DOCUMENTS, "an open snapshot keeps its commit")
    live = sorted(after.key(number) for number in np.flatnonzero(after.live).tolist())
    expected = sorted(each.key for each in first if each.key != "d5")
    _expect(live == expected, "replaced once, deleted for good")


def _open(folder: Path) -> Snapshot:
    notes = read_commit(folder)
    return Snapshot([Segment(note.path) for note in notes], notes)


def _check_postings(snapshot: Snapshot) -> None:
    found = snapshot.term("甲乙").fields["body"]
    _expect(found.documents.tolist() == list(range(_DOCUMENTS)), "every posting is read, in order")
    counts = [1 + number % 3 for number in range(_DOCUMENTS)]
    _expect(found.counts.tolist() == counts, "frequencies are exact")
    last = snapshot.phrase(_PHRASE, "body").tolist()
    _expect(last == [_DOCUMENTS - 1], "a phrase is found where it stands, and nowhere else")
    _expect(snapshot.filters["in"].count(pack(snapshot.live)) == {"zh": _DOCUMENTS}, "facets count")
    _expect(snapshot.key(7) == "d7", "keys stand in document order")
    _expect('"d7"' in snapshot.stored(7), "rows come back")


def _document(key: str, number: int) -> AnalysedDocument:
    body = "甲乙。" * (1 + number % 3) + ("丙丁" if number < _DOCUMENTS - 1 else "")
    if number == _DOCUMENTS - 1:
        body = body[:-1] + "丙丁"
    return analyse_row(SearchRow(key=key, id=key, lang="zh", url="/", title="题目", body=body))


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise GuardError(f"the search engine is not as tested: {what}")
