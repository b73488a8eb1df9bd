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
import logging
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain.languages import LANGUAGES
from search.backend import SearchBackend
from search.engine import SearchEngine
from search.replies import Replies, Reply
from search.results_page import ResultsPages
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
    service = _Service(engine, unanswered)
    replies = Replies(engine, ResultsPages(build, theme), unanswered)
    application = Starlette(
        routes=[*_routes(service, replies)],
        exception_handlers={Exception: _tell_failure},
        lifespan=service.lifespan,
    )
    paths = [route.path for route in application.routes if isinstance(route, Route)]
    service.watch = Watch(application.build_middleware_stack(), paths, limits)
    application.middleware_stack = service.watch
    return application


def _routes(service: "_Service", replies: Replies) -> Iterator[Route]:
    pages = {
        "": replies.results,
        "compare": replies.comparison,
        "documents": replies.inquiry,
        "documents.csv": replies.inquiry_csv,
        "feed.atom": replies.feed,
        "opensearch.xml": replies.opensearch,
    }
    for lang in LANGUAGES:
        for name, reply in pages.items():
            yield Route(f"/{lang}/search/{name}", service.answering(partial(reply, lang)))
    yield Route("/api/openapi.json", service.answering(replies.openapi))
    yield Route("/api/search", service.answering(replies.api))
    yield Route("/api/suggest", service.answering(replies.suggest))
    yield Route("/readyz", service.answering(replies.readyz))
    yield Route("/healthz", service.healthz)
    yield Route("/metrics", service.metrics)


@cache
def _check_guard_once() -> None:
    from search.selftest import check_guard

    check_guard()


class _Service:
    """Replies are made in threads, so that the event loop waits for none."""

    watch: Watch

    def __init__(self, engine: SearchEngine, unanswered: Unanswered) -> None:
        self._unanswered = unanswered
        self._engine = engine
        self._threads = ThreadPoolExecutor(SEARCH_THREADS, thread_name_prefix="search")

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Threads end with the application."""
        self._threads.submit(self._engine.prepare)
        yield
        self._threads.shutdown()
        self._engine.close()
        self._unanswered.close()

    def answering(self, make: Callable[[bytes], Reply]) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint that answers with what `make` says to the query string."""

        async def answer(request: Request) -> Response:
            reply = await self._run(partial(make, request.scope["query_string"]))
            headers = {**SECURITY_HEADERS, **reply.headers}
            return Response(reply.content, reply.status, headers, reply.media_type)

        return answer

    async def healthz(self, _: Request) -> Response:
        """GET /healthz."""
        return PlainTextResponse("ok\n", headers=SECURITY_HEADERS)

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

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _tell_failure(_: Request, error: Exception) -> Response:
    """A bug: told with its place but without its message, which may quote what was asked."""
    places = traceback.extract_tb(error.__traceback__)[-3:]
    _log.error(
        "search failed: %s at %s",
        type(error).__name__,
        " < ".join(f"{Path(place.filename).name}:{place.lineno}" for place in reversed(places)),
    )
    return PlainTextResponse("The search failed.\n", 500, SECURITY_HEADERS)
