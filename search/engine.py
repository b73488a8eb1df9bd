"""The search of one build folder: labels, the live index, and the answer to one request.

Used by the service for every request and by `find` for the command line.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import is_
from pathlib import Path
from typing import Any, Final

from domain.clock import get_timezone
from domain.languages import LANGUAGES
from search.answers import Answer, Labels, Names, make_answer
from search.backend import (
    Health,
    SearchBackend,
    SearchRequest,
    SearchResult,
    SearchUnavailableError,
    WhooshBackend,
)
from search.comparison import keys_of, make_comparison
from search.documents import SORTS, Title, minutes_of, whole_text
from search.indexing import current_generation
from search.parameters import Parameters
from search.phrases import Phrase, phrases_of_labels
from search.query import QUOTATION_MARKS, Query, loosen_query, parse_query
from search.suggestions import SuggestionIndex
from search.words import SearchWords, SearchWordsFile

# With more results than this, nobody is asked whether something else was meant.
FEW_RESULTS: Final = 2
# What was meant may be worked out from words that are a minute old: commits may come one after the
# other, and a hundred thousand titles take some seconds.
_MEANT_SECONDS: Final = 60.0

# The kind of page that the document inquiry is for.
INQUIRED_KIND: Final = "document"
_DAY_MINUTES: Final = 24 * 60
_NO_LABELS: Final[Labels] = {}


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class SearchEngine:
    """Answers from the generation that is current at each call; safe to use in threads."""

    def __init__(
        self,
        build: Path,
        backend: SearchBackend | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._build = build
        self._clock = clock
        self._backend = backend or WhooshBackend(lambda: current_generation(build))
        self._labels: tuple[int, dict[str, Any]] = (-1, {})
        self._names: dict[str, tuple[Labels, Names]] = {}
        # What the suggestions were made of, and they; kept, so that it is known by identity.
        self._suggested: tuple[tuple[object, ...], SuggestionIndex] = ((), SuggestionIndex(()))
        self._suggested_at = -math.inf
        self._renewal: threading.Thread | None = None
        self._renewing = threading.Lock()
        self._words = SearchWordsFile(build / "frames" / "search.json")

    def labels(self) -> Labels:
        """The names of columns, departments and the like; read again when they change.

        Empty where there are none yet, so that all is shown by its id.
        """
        source_path = self._build / "frames" / "labels.json"
        try:
            changed = source_path.stat().st_mtime_ns
            if self._labels[0] != changed:
                self._labels = (changed, json.loads(source_path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return _NO_LABELS
        return self._labels[1]

    def _names_in(self, lang: str) -> Names:
        labels = self.labels()
        named, names = self._names.get(lang, (None, None))
        if names is None or named is not labels:
            names = Names(labels, lang)
            self._names[lang] = labels, names
        return names

    def close(self) -> None:
        """The calling thread holds no file of the index any more, and no other is at work."""
        if self._renewal is not None:
            self._renewal.join()
        self._backend.close()

    def health(self) -> Health:
        """Whether the current index answers."""
        return self._backend.health()

    def answer(self, parameters: Parameters, lang: str) -> Answer:
        """One page of results; search.backend.SearchUnavailableError without an index."""
        words = self._words.words()
        query = parse_query(parameters.text, None if parameters.is_literal else words)
        query = replace(query, is_shortened=parameters.is_shortened or query.is_shortened)
        pinned = words.pinned(parameters.text, self.today().isoformat())
        default = default_language(self.labels())
        since, before = _stamps(parameters)
        request = SearchRequest(
            query=query,
            filters=parameters.filters,
            offset=parameters.offset,
            limit=parameters.size,
            preferred_language=lang,
            first=tuple(keys_of(id_, lang, default) for id_ in pinned.first),
            last=tuple(f"{id_}.{each}" for id_ in pinned.last for each in LANGUAGES),
            sort=parameters.sort or SORTS[0],
            since=since,
            before=before,
            today=minutes_of(self.today()),
        )
        result = self._backend.search(request)
        suggestion = self._meant(request, result.total)
        if not parameters.is_literal:
            query, result = self._with_most(request, result, words)
        return make_answer(
            result,
            query,
            suggestion=suggestion,
            names=self._names_in(lang),
            filters=parameters.filters,
            page=parameters.page,
            size=parameters.size,
        )

    def _with_most(
        self, request: SearchRequest, result: SearchResult, words: SearchWords
    ) -> tuple[Query, SearchResult]:
        """The request's query and result; where few pages have all of it, those with most as well.

        Few are counted whatever the filters: so that a filter never changes what the words find,
        and each facet's count is the total of choosing it.
        """
        everywhere = replace(request, filters={}, since=0, before=None)
        is_narrowed = everywhere != request
        asked = request.query, result
        if result.total > FEW_RESULTS:
            return asked
        total = self._backend.count(everywhere) if is_narrowed else result.total
        loosened = loosen_query(request.query, words) if total <= FEW_RESULTS else None
        if loosened is None:
            return asked
        found = self._backend.search(replace(request, query=loosened))
        everywhere = replace(everywhere, query=loosened)
        most = self._backend.count(everywhere) if is_narrowed else found.total
        return (loosened, found) if most > total else asked

    def _meant(self, request: SearchRequest, total: int) -> str:
        """What a query with few results may have meant: only what finds more; "" for nothing."""
        query = request.query
        if query.is_empty or query.numbers or total > FEW_RESULTS:
            return ""
        other = self._suggestions(_MEANT_SECONDS).correct(query.text)
        if not other:
            return ""
        return other if self._count(other, request) > self._count(query.text, request) else ""

    def _count(self, text: str, request: SearchRequest) -> int:
        """How many pages have these words exactly as they are written."""
        words = "".join(" " if each in QUOTATION_MARKS else each for each in text).split()
        quoted = parse_query(" ".join(f'"{word}"' for word in words))
        return self._backend.count(replace(request, query=quoted))

    def suggest(self, text: str, lang: str) -> list[Phrase]:
        """What these first letters of a query may become; SearchUnavailableError without an index."""
        return self._suggestions().suggest(text, lang)

    def prepare(self) -> None:
        """Suggestions are being made, so that no reader waits for the first ones."""
        try:
            self._renew(self._sources())
        except SearchUnavailableError:
            return

    def _suggestions(self, most_age_seconds: float = 0.0) -> SuggestionIndex:
        """Those of the newest commit; those before it while these are being made, and where they
        are not older than that."""
        if time.monotonic() < self._suggested_at + most_age_seconds:
            return self._suggested[1]
        sources = self._sources()
        if not _are_same(self._suggested[0], sources):
            renewal = self._renew(sources)
            if not self._suggested[0]:
                renewal.join()
        return self._suggested[1]

    def _sources(self) -> tuple[Sequence[Title], SearchWords, Labels]:
        return self._backend.titles(), self._words.words(), self.labels()

    def _renew(self, sources: tuple[Sequence[Title], SearchWords, Labels]) -> threading.Thread:
        """The thread that makes suggestions: one for these, or one that has not ended yet."""
        with self._renewing:
            if self._renewal is None or not self._renewal.is_alive():
                self._renewal = threading.Thread(
                    target=self._make_suggestions, args=sources, name="suggestions", daemon=True
                )
                self._renewal.start()
            return self._renewal

    def _make_suggestions(
        self, titles: Sequence[Title], words: SearchWords, labels: Labels
    ) -> None:
        editors = (Phrase(text, lang, 2) for text, lang in words.phrases())
        made = SuggestionIndex([*editors, *phrases_of_labels(labels)], titles)
        self._suggested = ((titles, words, labels), made)
        self._suggested_at = time.monotonic()

    def today(self) -> date:
        """The day by the site's clock, by which pins begin and end."""
        timezone = str(self.labels().get("site", {}).get("timezone", "UTC"))
        return self._clock().astimezone(get_timezone(timezone)).date()

    def inquire(
        self, parameters: Parameters, lang: str, limit: int, *, with_snippets: bool = True
    ) -> Answer:
        """Government documents with exactly these facts, the newest first, each in one language.

        search.backend.SearchUnavailableError without an index. With no facts and a limit of 0,
        its facets are all there is to choose from.
        """
        languages = dict.fromkeys((lang, default_language(self.labels()), *LANGUAGES))
        result = self._backend.search(
            SearchRequest(
                query=Query(),
                filters={**parameters.filters, "kind": INQUIRED_KIND},
                offset=parameters.offset,
                limit=limit,
                sort="date",
                whole={
                    f"whole_{name}": whole_text(value) for name, value in parameters.whole.items()
                },
                languages=tuple(languages),
            )
        )
        return make_answer(
            result,
            Query(),
            names=self._names_in(lang),
            filters=parameters.filters,
            page=parameters.page,
            size=parameters.size,
            with_snippets=with_snippets,
        )

    def compare(self, ids: Sequence[str], lang: str) -> dict[str, Any]:
        """The comparison of these pages; search.backend.SearchUnavailableError without an index.

        Those that are not released, or have nothing to compare, are left out.
        """
        labels = self.labels()
        wanted = [keys_of(id_, lang, default_language(labels)) for id_ in ids]
        rows = self._backend.rows([key for keys in wanted for key in keys])
        chosen = [next((rows[key] for key in keys if key in rows), None) for keys in wanted]
        return make_comparison(filter(None, chosen), lang, labels)


def _stamps(parameters: Parameters) -> tuple[int, int | None]:
    """The first stamp of the days asked for, and the first after them; pages without a date
    belong to no day."""
    first, last = parameters.first_day, parameters.last_day
    since = minutes_of(first) if first else 0
    return max(1, since) if first or last else 0, minutes_of(last) + _DAY_MINUTES if last else None


def _are_same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(some) == len(others) and all(map(is_, some, others))


def default_language(labels: Labels) -> str:
    """The language of the site where a request names none."""
    return str(labels.get("site", {}).get("default_language", "zh"))
