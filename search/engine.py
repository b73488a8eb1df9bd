"""The search of one build folder: labels, the live index, and the answer to one request.

Used by the service for every request and by `find` for the command line.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search.answers import Answer, Labels, make_answer
from search.backend import Health, SearchBackend, SearchRequest, WhooshBackend
from search.comparison import keys_of, make_comparison
from search.indexing import current_generation
from search.parameters import Parameters
from search.query import parse_query


class SearchEngine:
    """Answers from the generation that is current at each call; safe to use in threads."""

    def __init__(self, build: Path, backend: SearchBackend | None = None) -> None:
        self._build = build
        self._backend = backend or WhooshBackend(lambda: current_generation(build))
        self._labels: tuple[int, dict[str, Any]] = (-1, {})

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
        query = parse_query(parameters.text)
        result = self._backend.search(
            SearchRequest(
                query=query,
                filters=parameters.filters,
                offset=parameters.offset,
                limit=parameters.size,
                preferred_language=lang,
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
