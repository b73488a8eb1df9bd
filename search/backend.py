"""Backends: what the portal asks of a search engine, and Whoosh as the one that ships.

Analysis, query reading, snippets and pages are ours and the same for every backend; an engine
gets terms and gives back stored rows in order, with exact totals and counts.
"""

import functools
import json
import operator
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from search.documents import SORTS, AnalysedDocument, Title
from search.query import Query

if TYPE_CHECKING:
    from search.columns import Array
    from search.evaluation import Evaluation
    from search.snapshot import Snapshot
    from search.snapshot_pool import SnapshotPool


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to find: the query, one value for each filter that is set, and the page of it.

    `first`: for each page that editors put first its keys, of which the first that there is
    counts; it is found whether it has the words or not. `last`: keys of pages that come last.

    Only pages with a stamp from `since` on and below `before`; with these values, whole, of
    `whole_number` and `whole_index`; with `languages`, each page only in the first that it has.
    `today`: the stamp from which the age of news counts, 0 where age does not.
    """

    query: Query
    filters: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    limit: int = 10
    preferred_language: str = ""
    first: tuple[tuple[str, ...], ...] = ()
    last: tuple[str, ...] = ()
    sort: str = SORTS[0]
    since: int = 0
    before: int | None = None
    whole: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    today: int = 0


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One result: its stored row, its score, whether the query named its number, and whether it
    is first because editors say so."""

    row: dict[str, Any]
    score: float
    is_exact: bool
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of results, the exact number of all, and for each filter its values' counts.

    The counts of a filter leave that filter itself out: they say what choosing another value
    would give.
    """

    total: int
    documents: tuple[FoundDocument, ...]
    facets: dict[str, dict[str, int]]
    exact_total: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """Whether queries are answered, from how many documents, or why not."""

    is_ready: bool
    documents: int = 0
    reason: str = ""


class SearchUnavailableError(Exception):
    """There is no index to search, or it cannot be read."""


class SearchBackend(Protocol):
    """An engine: changes are collected by index and delete and happen at commit."""

    def index(self, documents: Iterable[AnalysedDocument]) -> None:
        """After the next commit these are found, each instead of the one with its key."""

    def delete(self, keys: Iterable[str]) -> None:
        """After the next commit these are not found."""

    def commit(self) -> None:
        """All changes since the last commit hold, durably, or none does and it raises."""

    def rebuild(self, documents: Iterable[AnalysedDocument]) -> None:
        """Exactly these documents are found, of which no two have one key."""

    def search(self, request: SearchRequest) -> SearchResult:
        """The answer, from one commit; SearchUnavailableError without an index."""

    def count(self, request: SearchRequest) -> int:
        """The total of that answer alone."""

    def rows(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The stored rows of these keys, from one commit; those that there are."""

    def titles(self) -> Sequence[Title]:
        """The title of every document, the newest first; the same object until another commit is
        read."""

    def health(self) -> Health:
        """Whether search would answer."""

    def close(self) -> None:
        """What the calling thread holds of the engine is let go."""


class WhooshBackend:
    """The index folder that `locate` names at each call: written by one process at most, read
    by any number of threads.

    When a newer commit cannot be read, a thread goes on with the one that it had.
    """

    def __init__(self, locate: Callable[[], Path]) -> None:
        self._locate = locate
        self._changes: dict[str, AnalysedDocument | None] = {}
        self._pool: SnapshotPool | None = None
        self._pool_lock = threading.Lock()

    def index(self, documents: Iterable[AnalysedDocument]) -> None:
        """See SearchBackend; within a batch the last document of a key counts."""
        for document in documents:
            self._changes[document.key] = document

    def delete(self, keys: Iterable[str]) -> None:
        """See SearchBackend."""
        self._changes.update(dict.fromkeys(keys))

    def commit(self) -> None:
        """See SearchBackend; search.guard.IndexBusyError when another process writes."""
        from search.guard import write_batch

        documents = [each for each in self._changes.values() if each is not None]
        if self._changes:
            write_batch(self._locate(), documents, self._changes)
        self._changes.clear()

    def rebuild(self, documents: Iterable[AnalysedDocument]) -> None:
        """See SearchBackend; the folder must be new, readers are led there afterwards."""
        from search.rebuilding import fill_index

        fill_index(self._locate(), documents)

    def search(self, request: SearchRequest) -> SearchResult:
        """See SearchBackend."""
        with self._reading() as snapshot:
            return _answer(snapshot, request)

    def count(self, request: SearchRequest) -> int:
        """See SearchBackend."""
        import numpy as np

        from search.evaluation import Evaluation

        with self._reading() as snapshot:
            places = _given_places(snapshot, request)
            found = _found(snapshot, request, Evaluation(snapshot, request.query), places)
            return int(np.count_nonzero(_within(found, _chosen(snapshot, request))))

    def rows(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """See SearchBackend."""
        with self._reading() as snapshot:
            return {
                key: json.loads(snapshot.stored(number))
                for key in keys
                for number in snapshot.documents("key", key).tolist()
            }

    def titles(self) -> Sequence[Title]:
        """See SearchBackend."""
        with self._reading() as snapshot:
            return snapshot.titles

    def health(self) -> Health:
        """See SearchBackend; not ready also while only an older commit can be read."""
        from search.guard import UnreadableIndexError

        try:
            return Health(True, self._newest().count)
        except (UnreadableIndexError, SearchUnavailableError) as cause:
            return Health(False, reason=str(cause))

    def close(self) -> None:
        """Nothing of the index is held any more."""
        if self._pool is not None:
            self._pool.forget()

    @contextmanager
    def _reading(self) -> Iterator["Snapshot"]:
        """The newest snapshot that can be read; damage found meanwhile is SearchUnavailableError."""
        from search.columns import ColumnsError
        from search.guard import UnreadableIndexError

        try:
            yield self._snapshot()
        except (UnreadableIndexError, ColumnsError) as cause:
            raise SearchUnavailableError(str(cause)) from cause

    def _snapshot(self) -> "Snapshot":
        from search.guard import UnreadableIndexError

        try:
            return self._newest()
        except (UnreadableIndexError, SearchUnavailableError):
            last = self._pool.last if self._pool else None
            if last is None:
                raise
            return last

    def _newest(self) -> "Snapshot":
        from search.guard import UnreadableIndexError, latest_commit
        from search.snapshot_pool import SnapshotPool

        with self._pool_lock:
            self._pool = self._pool or SnapshotPool()
        folder = self._locate()
        commit = latest_commit(folder)
        try:
            return self._pool.snapshot(folder, commit)
        except UnreadableIndexError:
            # A commit of this moment takes away the files of the one before.
            newer = latest_commit(folder)
            if newer == commit:
                raise
            return self._pool.snapshot(folder, newer)


def _answer(snapshot: "Snapshot", request: SearchRequest) -> SearchResult:
    import numpy as np

    from search.evaluation import Evaluation, Order

    evaluation = Evaluation(snapshot, request.query)
    places = _given_places(snapshot, request)
    found = _found(snapshot, request, evaluation, places)
    chosen = _chosen(snapshot, request)
    matching = _within(found, chosen)
    last = request.offset + request.limit
    order = Order(request.preferred_language, request.today, places, request.sort)
    hits = evaluation.best(matching, request.offset, last, order)
    return SearchResult(
        total=int(np.count_nonzero(matching)),
        documents=tuple(
            FoundDocument(
                json.loads(snapshot.stored(hit.number)),
                hit.score,
                hit.is_exact,
                request.sort == SORTS[0] and places.get(hit.number, 0) < 0,
            )
            for hit in hits
        ),
        facets=_count_facets(snapshot, found, chosen),
        exact_total=int(np.count_nonzero(evaluation.exact() & matching)),
    )


def _found(
    snapshot: "Snapshot",
    request: SearchRequest,
    evaluation: "Evaluation",
    places: Mapping[int, int],
) -> "Array":
    """What the request finds before its filters."""
    found = evaluation.found().copy()
    found[[number for number, place in places.items() if place < 0]] = True
    found &= _eligible(snapshot, request)
    return found


def _chosen(snapshot: "Snapshot", request: SearchRequest) -> "dict[str, Array]":
    """For each filter that is set the documents that it leaves."""
    return {name: snapshot.with_value(name, value) for name, value in request.filters.items()}


def _within(found: "Array", chosen: Mapping[str, "Array"]) -> "Array":
    return functools.reduce(operator.and_, chosen.values(), found)


def _eligible(snapshot: "Snapshot", request: SearchRequest) -> "Array":
    """The documents that a request can find at all, whatever its words and filters."""
    import numpy as np

    eligible = snapshot.live
    if request.since or request.before is not None:
        eligible = eligible & snapshot.between(request.since, request.before)
    if request.languages:
        eligible = eligible & snapshot.in_one_language(request.languages)
    for field_name, value in request.whole.items():
        having = np.zeros(snapshot.size, bool)
        having[snapshot.documents(field_name, value)] = True
        eligible = eligible & having
    return eligible


def _given_places(snapshot: "Snapshot", request: SearchRequest) -> dict[int, int]:
    """Document -> place that editors gave it: below 0 comes first, above 0 last."""

    def numbers(key: str) -> list[int]:
        found: list[int] = snapshot.documents("key", key).tolist()
        return found

    places = {number: 1 for key in request.last for number in numbers(key)}
    for before, keys in enumerate(reversed(request.first), 1):
        there = [number for key in keys for number in numbers(key)][:1]
        places.update(dict.fromkeys(there, -before))
    return places


def _count_facets(
    snapshot: "Snapshot", found: "Array", chosen: Mapping[str, "Array"]
) -> dict[str, dict[str, int]]:
    from search.snapshot import pack

    def among(left_out: str) -> "Array":
        others = {name: mask for name, mask in chosen.items() if name != left_out}
        return pack(_within(found, others))

    all_chosen = among("")
    return {
        name: values.count(among(name) if name in chosen else all_chosen)
        for name, values in snapshot.filters.items()
    }
