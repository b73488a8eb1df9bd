"""The search of one build folder: labels, the live index, and the answer to one request.

Used by the service for every request and by `find` for the command line.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.clock import local_text, to_utc_text
from domain.languages import LANGUAGES
from search.answers import Answer, Labels, make_answer
from search.backend import Health, SearchBackend, SearchRequest, WhooshBackend
from search.comparison import keys_of, make_comparison
from search.indexing import current_generation
from search.parameters import Parameters
from search.query import parse_query
from search.words import SearchWordsFile


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
            return {}
        return self._labels[1]

    def close(self) -> None:
        """The calling thread holds no file of the index any more."""
        self._backend.close()

    def health(self) -> Health:
        """Whether the current index answers."""
        return self._backend.health()

    def answer(self, parameters: Parameters, lang: str) -> Answer:
        """One page of results; search.backend.SearchUnavailableError without an index."""
        words = self._words.words()
        query = parse_query(parameters.text, None if parameters.is_literal else words)
        pinned = words.pinned(parameters.text, self._today())
        default = default_language(self.labels())
        result = self._backend.search(
            SearchRequest(
                query=query,
                filters=parameters.filters,
                offset=parameters.offset,
                limit=parameters.size,
                preferred_language=lang,
                first=tuple(keys_of(id_, lang, default) for id_ in pinned.first),
                last=tuple(f"{id_}.{each}" for id_ in pinned.last for each in LANGUAGES),
            )
        )
        return make_answer(
            result,
            query,
            lang=lang,
            labels=self.labels(),
            filters=parameters.filters,
            page=parameters.page,
            size=parameters.size,
        )

    def _today(self) -> str:
        """The day by the site's clock, by which pins begin and end."""
        timezone = str(self.labels().get("site", {}).get("timezone", "UTC"))
        return local_text(to_utc_text(self._clock()), timezone)[:10]

    def compare(self, ids: Sequence[str], lang: str) -> dict[str, Any]:
        """The comparison of these pages; search.backend.SearchUnavailableError without an index.

        Those that are not released, or have nothing to compare, are left out.
        """
        labels = self.labels()
        wanted = [keys_of(id_, lang, default_language(labels)) for id_ in ids]
        rows = self._backend.rows([key for keys in wanted for key in keys])
        chosen = [next((rows[key] for key in keys if key in rows), None) for keys in wanted]
        return make_comparison(filter(None, chosen), lang, labels)


def default_language(labels: Labels) -> str:
    """The language of the site where a request names none."""
    return str(labels.get("site", {}).get("default_language", "zh"))
