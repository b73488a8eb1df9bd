"""Replies: what each address of the search answers to the query string of a request.

Blocking, and without HTTP: search.service puts a reply into a response, with its headers.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from search.answers import Answer, answer_json
from search.backend import SearchUnavailableError
from search.comparison import read_choice
from search.engine import SearchEngine, default_language
from search.inquiry import MOST_LINES, make_csv
from search.openapi import describe_api
from search.parameters import (
    API_PARAMETERS,
    CSV_PARAMETERS,
    FEED_PARAMETERS,
    INQUIRY_PARAMETERS,
    PAGE_PARAMETERS,
    SUGGEST_PARAMETERS,
    ParameterProblem,
    Parameters,
    read_parameters,
)
from search.results_page import FrameMissingError, ResultsPages
from search.subscriptions import (
    FEED_ENTRIES,
    FEED_TYPE,
    OPENSEARCH_TYPE,
    render_feed,
    render_opensearch,
)
from search.unanswered import Unanswered

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_NO_FRAME: Final = "<!doctype html><title>503</title><p>The search is being set up.\n"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, content and its type; `headers` that this content alone has."""

    status: int
    content: str | bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Replies:
    """The replies of one build folder's search; any number of threads may ask."""

    def __init__(self, engine: SearchEngine, pages: ResultsPages, unanswered: Unanswered) -> None:
        self._engine = engine
        self._pages = pages
        self._unanswered = unanswered

    def results(self, lang: str, raw_query: bytes) -> Reply:
        """/<lang>/search/"""
        return _framed(lambda: self._results_page(lang, raw_query))

    def comparison(self, lang: str, raw_query: bytes) -> Reply:
        """/<lang>/search/compare"""
        return _framed(lambda: self._comparison_page(lang, raw_query))

    def inquiry(self, lang: str, raw_query: bytes) -> Reply:
        """/<lang>/search/documents"""
        return _framed(lambda: self._inquiry_page(lang, raw_query))

    def inquiry_csv(self, lang: str, raw_query: bytes) -> Reply:
        """/<lang>/search/documents.csv"""

        def make(parameters: Parameters) -> Reply:
            answer = self._engine.inquire(parameters, lang, MOST_LINES, with_snippets=False)
            table = make_csv(answer.results, self._engine.labels())
            named = {"content-disposition": 'attachment; filename="documents.csv"'}
            return Reply(200, table, "text/csv; charset=utf-8", named)

        return self._for_programs(raw_query, CSV_PARAMETERS, make)

    def feed(self, lang: str, raw_query: bytes) -> Reply:
        """/<lang>/search/feed.atom"""

        def make(parameters: Parameters) -> Reply:
            newest = replace(parameters, sort="date", size=FEED_ENTRIES)
            answer = self._engine.answer(newest, lang)
            feed = render_feed(parameters, answer, lang, self._engine.labels())
            return Reply(200, feed, FEED_TYPE)

        return self._for_programs(raw_query, FEED_PARAMETERS, make)

    def opensearch(self, lang: str, _: bytes) -> Reply:
        """/<lang>/search/opensearch.xml"""
        return Reply(200, render_opensearch(lang, self._engine.labels()), OPENSEARCH_TYPE)

    def openapi(self, _: bytes) -> Reply:
        """/api/openapi.json"""
        return _json(200, describe_api())

    def api(self, raw_query: bytes) -> Reply:
        """/api/search"""

        def make(parameters: Parameters) -> Reply:
            return _json(200, answer_json(self._answer(parameters, self._language(parameters))))

        return self._for_programs(raw_query, API_PARAMETERS, make)

    def suggest(self, raw_query: bytes) -> Reply:
        """/api/suggest"""

        def make(parameters: Parameters) -> Reply:
            found = self._engine.suggest(parameters.text, self._language(parameters))
            texts = [{"text": each.text, "lang": each.lang} for each in found]
            return _json(200, {"suggestions": texts})

        return self._for_programs(raw_query, SUGGEST_PARAMETERS, make)

    def readyz(self, _: bytes) -> Reply:
        """/readyz"""
        health = self._engine.health()
        problem = health.reason or self._pages.problem()
        if problem:
            return _json(503, {"ready": False, "reason": problem})
        return _json(200, {"ready": True, "documents": health.documents})

    def _language(self, parameters: Parameters) -> str:
        return parameters.lang or default_language(self._engine.labels())

    def _answer(self, parameters: Parameters, lang: str) -> Answer:
        """The answer to a query; one without result is counted."""
        answer = self._engine.answer(parameters, lang)
        if not answer.total and parameters.text and not parameters.is_narrowed:
            self._unanswered.note(parameters.text)
        return answer

    def _results_page(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        parameters, problems = read_parameters(raw_query, PAGE_PARAMETERS, self._engine.labels())
        try:
            if problems:
                return 422, self._pages.render_problems(lang, parameters, problems)
            if parameters.asks_nothing:
                return 200, self._pages.render_start(lang)
            answer = self._answer(parameters, lang)
            return _status_of(answer), self._pages.render_answer(lang, parameters, answer)
        except SearchUnavailableError:
            return 503, self._pages.render_unavailable(lang, parameters)

    def _comparison_page(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        choice = read_choice(raw_query)
        try:
            comparison = self._engine.compare(choice.ids, lang)
        except SearchUnavailableError:
            return 503, self._pages.render_unavailable(lang)
        missing = len(choice.ids) - len(comparison["pages"])
        status = 422 if choice.problem else 404 if missing and not comparison["pages"] else 200
        return status, self._pages.render_comparison(lang, choice, comparison, missing)

    def _inquiry_page(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        engine = self._engine
        parameters, problems = read_parameters(raw_query, INQUIRY_PARAMETERS, engine.labels())
        try:
            choices = engine.inquire(Parameters(), lang, 0)
            if problems or parameters.asks_nothing:
                page = self._pages.render_inquiry(lang, parameters, choices, None, problems)
                return 422 if problems else 200, page
            answer = engine.inquire(parameters, lang, parameters.size)
        except SearchUnavailableError:
            return 503, self._pages.render_unavailable(lang)
        return _status_of(answer), self._pages.render_inquiry(lang, parameters, choices, answer)

    def _for_programs(
        self, raw_query: bytes, allowed: Sequence[str], make: Callable[[Parameters], Reply]
    ) -> Reply:
        """What `make` says to sound parameters; wrong ones and a missing index are told as JSON."""
        parameters, problems = read_parameters(raw_query, allowed, self._engine.labels())
        if problems:
            return _json(422, {"error": "parameters", "problems": [*map(_problem, problems)]})
        try:
            return make(parameters)
        except SearchUnavailableError as cause:
            return _json(503, {"error": "unavailable", "message": str(cause)})


def _framed(make: Callable[[], tuple[int, str]]) -> Reply:
    try:
        return Reply(*make(), _HTML)
    except FrameMissingError as cause:
        _log.error("search page: %s", cause)
        return Reply(503, _NO_FRAME, _HTML)


def _status_of(answer: Answer) -> int:
    """404 for a page past the last one."""
    return 404 if answer.total and answer.page > answer.pages else 200


def _problem(problem: ParameterProblem) -> dict[str, str]:
    return {"parameter": problem.parameter, "code": problem.code, "message": problem.message}


def _json(status: int, content: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(content, ensure_ascii=False), _JSON)
