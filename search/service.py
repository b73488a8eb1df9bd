"""The search service: results as a page that needs no JavaScript, and as JSON.

    GET /<lang>/search/    the page, inside the frame that the build left
    GET /<lang>/search/compare    up to four policies side by side
    GET /<lang>/search/documents    the document inquiry; documents.csv: all that it found
    GET /<lang>/search/feed.atom    the newest results of a query, to subscribe to
    GET /<lang>/search/opensearch.xml    the search described for browsers
    GET /api/openapi.json  the API described for programs
    GET /api/search        the same as JSON
    GET /api/suggest       what the first letters of a query may become
    GET /healthz           this process runs
    GET /metrics           figures for a monitor, not for the public
    GET /readyz            it can answer: 200, or 503 with the reason

Served beside the static files by the preview or behind the web server. What people ask is
written to no log: messages name the kind of an error and where it arose, nothing else.
"""

import asyncio
import json
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from domain.languages import LANGUAGES
from search.answers import Answer, answer_json
from search.backend import SearchBackend, SearchUnavailableError
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
from search.watch import Limits, Watch

# Each thread holds its own searcher; more threads than cores only wait for each other.
SEARCH_THREADS: Final = 2

SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # What one person asked is no business of a shared cache, nor of other search engines.
    "cache-control": "private, max-age=60",
    "x-robots-tag": "noindex",
}

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


def make_application(
    build: Path,
    theme: Path,
    limits: Limits | None = None,
    backend: SearchBackend | None = None,
) -> Starlette:
    """The service over a build folder and the product's theme; the guard has tested itself.

    `limits`: how much one client may ask, None for no limit. `backend`: the index of the build
    folder if not said.
    search.selftest.GuardError where the installed engine does not do what the guard relies on.
    """
    _check_guard_once()
    engine = SearchEngine(build, backend)
    unanswered = Unanswered(build, engine.today, time.monotonic)
    service = _Service(engine, ResultsPages(build, theme), unanswered)
    application = Starlette(
        routes=[*_routes(service)],
        exception_handlers={Exception: _tell_failure},
        lifespan=service.lifespan,
    )
    paths = [route.path for route in application.routes if isinstance(route, Route)]
    service.watch = Watch(application.build_middleware_stack(), paths, limits)
    application.middleware_stack = service.watch
    return application


def _routes(service: "_Service") -> Iterator[Route]:
    pages = {
        "": service.page,
        "compare": service.comparison,
        "documents": service.inquiry,
        "documents.csv": service.inquiry_csv,
        "feed.atom": service.feed,
        "opensearch.xml": service.opensearch,
    }
    for lang in LANGUAGES:
        for name, answer in pages.items():
            yield Route(f"/{lang}/search/{name}", partial(answer, lang))
    yield Route("/api/openapi.json", service.openapi)
    yield Route("/api/search", service.api)
    yield Route("/api/suggest", service.suggest)
    yield Route("/healthz", service.healthz)
    yield Route("/readyz", service.readyz)
    yield Route("/metrics", service.metrics)


@cache
def _check_guard_once() -> None:
    from search.selftest import check_guard

    check_guard()


class _Service:
    watch: Watch

    def __init__(self, engine: SearchEngine, pages: ResultsPages, unanswered: Unanswered) -> None:
        self._unanswered = unanswered
        self._engine = engine
        self._pages = pages
        self._threads = ThreadPoolExecutor(SEARCH_THREADS, thread_name_prefix="search")

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Threads end with the application."""
        self._threads.submit(self._engine.prepare)
        yield
        self._threads.shutdown()
        self._engine.close()
        self._unanswered.close()

    async def page(self, lang: str, request: Request) -> Response:
        """GET /<lang>/search/."""
        status, html = await self._run(self._make_page, lang, _raw_query(request))
        return HTMLResponse(html, status, SECURITY_HEADERS)

    async def comparison(self, lang: str, request: Request) -> Response:
        """GET /<lang>/search/compare."""
        status, html = await self._run(self._make_comparison, lang, _raw_query(request))
        return HTMLResponse(html, status, SECURITY_HEADERS)

    async def inquiry(self, lang: str, request: Request) -> Response:
        """GET /<lang>/search/documents."""
        status, html = await self._run(self._make_inquiry, lang, _raw_query(request))
        return HTMLResponse(html, status, SECURITY_HEADERS)

    async def inquiry_csv(self, lang: str, request: Request) -> Response:
        """GET /<lang>/search/documents.csv."""
        return await self._run(self._make_inquiry_csv, lang, _raw_query(request))

    async def feed(self, lang: str, request: Request) -> Response:
        """GET /<lang>/search/feed.atom."""
        return await self._run(self._make_feed, lang, _raw_query(request))

    async def opensearch(self, lang: str, _: Request) -> Response:
        """GET /<lang>/search/opensearch.xml."""
        labels = await self._run(self._engine.labels)
        return Response(
            render_opensearch(lang, labels), 200, SECURITY_HEADERS, media_type=OPENSEARCH_TYPE
        )

    async def openapi(self, _: Request) -> Response:
        """GET /api/openapi.json."""
        return _json(describe_api(), 200)

    async def api(self, request: Request) -> Response:
        """GET /api/search."""
        status, answer = await self._run(self._make_json, _raw_query(request))
        return _json(answer, status)

    async def suggest(self, request: Request) -> Response:
        """GET /api/suggest."""
        status, answer = await self._run(self._make_suggestions, _raw_query(request))
        return _json(answer, status)

    async def healthz(self, _: Request) -> Response:
        """GET /healthz."""
        return PlainTextResponse("ok\n", headers=SECURITY_HEADERS)

    async def readyz(self, _: Request) -> Response:
        """GET /readyz."""
        health = await self._run(self._engine.health)
        problem = health.reason or self._pages.problem()
        if problem:
            return _json({"ready": False, "reason": problem}, 503)
        return _json({"ready": True, "documents": health.documents}, 200)

    async def metrics(self, _: Request) -> Response:
        """GET /metrics, for the operators' monitor."""
        health = await self._run(self._engine.health)
        lines = [
            *self.watch.figures(),
            "# TYPE portal_search_unanswered_total counter",
            f"portal_search_unanswered_total {self._unanswered.total}",
            "# TYPE portal_search_documents gauge",
            f"portal_search_documents {health.documents}",
        ]
        return PlainTextResponse("\n".join(lines) + "\n", headers=SECURITY_HEADERS)

    def _answer(self, parameters: Parameters, lang: str) -> Answer:
        """The answer to a query; one without result is counted."""
        answer = self._engine.answer(parameters, lang)
        if not answer.total and parameters.text and not parameters.is_narrowed:
            self._unanswered.note(parameters.text)
        return answer

    async def _run(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *arguments))

    def _make_page(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        return self._framed(self._make_framed, lang, raw_query)

    def _make_comparison(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        return self._framed(self._make_framed_comparison, lang, raw_query)

    def _make_inquiry(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        return self._framed(self._make_framed_inquiry, lang, raw_query)

    def _make_framed_inquiry(self, lang: str, raw_query: bytes) -> tuple[int, str]:
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
        status = 404 if answer.total and parameters.page > answer.pages else 200
        return status, self._pages.render_inquiry(lang, parameters, choices, answer)

    def _make_inquiry_csv(self, lang: str, raw_query: bytes) -> Response:
        labels = self._engine.labels()
        parameters, problems = read_parameters(raw_query, CSV_PARAMETERS, labels)
        if problems:
            return _json(_problems_json(problems), 422)
        try:
            answer = self._engine.inquire(parameters, lang, MOST_LINES, with_snippets=False)
        except SearchUnavailableError as cause:
            return _json(_unavailable_json(cause), 503)
        headers = {
            **SECURITY_HEADERS,
            "content-disposition": 'attachment; filename="documents.csv"',
        }
        return Response(make_csv(answer.results, labels), 200, headers, "text/csv; charset=utf-8")

    def _make_feed(self, lang: str, raw_query: bytes) -> Response:
        labels = self._engine.labels()
        parameters, problems = read_parameters(raw_query, FEED_PARAMETERS, labels)
        if problems:
            return _json(_problems_json(problems), 422)
        newest = replace(parameters, sort="date", size=FEED_ENTRIES)
        try:
            answer = self._engine.answer(newest, lang)
        except SearchUnavailableError as cause:
            return _json(_unavailable_json(cause), 503)
        feed = render_feed(parameters, answer, lang, labels)
        return Response(feed, 200, SECURITY_HEADERS, media_type=FEED_TYPE)

    def _framed(
        self, make: Callable[[str, bytes], tuple[int, str]], lang: str, raw_query: bytes
    ) -> tuple[int, str]:
        try:
            return make(lang, raw_query)
        except FrameMissingError as cause:
            _log.error("search page: %s", cause)
            return 503, "<!doctype html><title>503</title><p>The search is being set up.\n"

    def _make_framed(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        parameters, problems = read_parameters(raw_query, PAGE_PARAMETERS, self._engine.labels())
        try:
            if problems:
                return 422, self._pages.render_problems(lang, parameters, problems)
            if parameters.asks_nothing:
                return 200, self._pages.render_start(lang)
            answer = self._answer(parameters, lang)
            status = 404 if answer.total and parameters.page > answer.pages else 200
            return status, self._pages.render_answer(lang, parameters, answer)
        except SearchUnavailableError:
            return 503, self._pages.render_unavailable(lang, parameters)

    def _make_framed_comparison(self, lang: str, raw_query: bytes) -> tuple[int, str]:
        choice = read_choice(raw_query)
        try:
            comparison = self._engine.compare(choice.ids, lang)
        except SearchUnavailableError:
            return 503, self._pages.render_unavailable(lang)
        missing = len(choice.ids) - len(comparison["pages"])
        status = 422 if choice.problem else 404 if missing and not comparison["pages"] else 200
        return status, self._pages.render_comparison(lang, choice, comparison, missing)

    def _make_json(self, raw_query: bytes) -> tuple[int, Mapping[str, Any]]:
        return self._as_json(
            raw_query,
            API_PARAMETERS,
            lambda parameters, lang: answer_json(self._answer(parameters, lang)),
        )

    def _make_suggestions(self, raw_query: bytes) -> tuple[int, Mapping[str, Any]]:
        return self._as_json(raw_query, SUGGEST_PARAMETERS, self._suggestions)

    def _suggestions(self, parameters: Parameters, lang: str) -> dict[str, Any]:
        found = self._engine.suggest(parameters.text, lang)
        return {"suggestions": [{"text": each.text, "lang": each.lang} for each in found]}

    def _as_json(
        self,
        raw_query: bytes,
        allowed: Sequence[str],
        make: Callable[[Parameters, str], dict[str, Any]],
    ) -> tuple[int, Mapping[str, Any]]:
        labels = self._engine.labels()
        parameters, problems = read_parameters(raw_query, allowed, labels)
        if problems:
            return 422, _problems_json(problems)
        try:
            return 200, make(parameters, parameters.lang or default_language(labels))
        except SearchUnavailableError as cause:
            return 503, _unavailable_json(cause)


def _raw_query(request: Request) -> bytes:
    raw: bytes = request.scope["query_string"]
    return raw


def _problems_json(problems: Sequence[ParameterProblem]) -> dict[str, Any]:
    return {"error": "parameters", "problems": [*map(_problem_json, problems)]}


def _unavailable_json(cause: SearchUnavailableError) -> dict[str, Any]:
    return {"error": "unavailable", "message": str(cause)}


def _problem_json(problem: ParameterProblem) -> dict[str, str]:
    return {"parameter": problem.parameter, "code": problem.code, "message": problem.message}


def _json(content: Mapping[str, Any], status: int) -> Response:
    body = json.dumps(content, ensure_ascii=False)
    return Response(body, status, SECURITY_HEADERS, "application/json; charset=utf-8")


async def _tell_failure(_: Request, error: Exception) -> Response:
    """A bug: told with its place but without its message, which may quote what was asked."""
    places = traceback.extract_tb(error.__traceback__)[-3:]
    _log.error(
        "search failed: %s at %s",
        type(error).__name__,
        " < ".join(f"{Path(place.filename).name}:{place.lineno}" for place in reversed(places)),
    )
    return PlainTextResponse("The search failed.\n", 500, SECURITY_HEADERS)
