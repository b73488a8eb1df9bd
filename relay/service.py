"""The relay's web application: from the posted form to the receipt, and the lookup.

`make_application` is what `python -m relay serve` and the preview run. Everything a request
needs is handed to it: the build's forms and frames, the theme, the store, the keys, the clock.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from relay.clocks import Clocks
from relay.configuration import Configuration
from relay.form_flow import FormFlow
from relay.keys import Keyring, load_keys
from relay.lookup_pages import LookupPages
from relay.metrics import CONTENT_TYPE, render_metrics
from relay.moments import Clock, local_day, system_clock, to_milliseconds
from relay.pages import REFUSALS, PageMaker
from relay.postgres_store import PostgresStore
from relay.published import PublishedSite, is_language
from relay.shield import Shield
from relay.sqlite_store import SqliteStore
from relay.staff_pages import StaffPages
from relay.store import Store, StoreError
from relay.submission import LetterDesk

Endpoint = Callable[[Request], Awaitable[Response]]


def open_store(configuration: Configuration) -> Store:
    """The store of this configuration; it is made where there is none."""
    limits = configuration.limits
    if configuration.database:
        return PostgresStore(
            configuration.database,
            busy_seconds=limits.busy_seconds,
            reserve_bytes=limits.reserve_bytes,
            store_bytes=limits.store_bytes,
        )
    return SqliteStore(
        configuration.store_file,
        busy_seconds=limits.busy_seconds,
        reserve_bytes=limits.reserve_bytes,
        store_bytes=limits.store_bytes,
    )


def make_application(
    configuration: Configuration,
    build: Path,
    theme: Path,
    *,
    store: Store | None = None,
    keyring: Keyring | None = None,
    clock: Clock = system_clock,
    on_letter: Callable[[], None] = lambda: None,
) -> Starlette:
    """The application. `on_letter` is called from a worker thread after each stored letter."""
    keyring = keyring or load_keys(configuration.keys_file)
    store = store or open_store(configuration)
    site = PublishedSite(build)
    pages = PageMaker(site, theme)
    clocks = Clocks(site, configuration.timezone)
    desk = LetterDesk(
        store, keyring, configuration, pages.translate(configuration.staff_language), clocks
    )
    flow = FormFlow(configuration, site, pages, desk, keyring, clock, on_letter)
    staff = StaffPages(configuration, site, pages, store, keyring, clock, on_letter)
    lookup = LookupPages(configuration, site, pages, store, keyring, clock)
    return Starlette(
        routes=[
            Route("/{lang}/relay/status", _speaking(lookup.show_form), methods=["GET"]),
            Route("/{lang}/relay/status", _speaking(lookup.look_up), methods=["POST"]),
            Route(
                "/{lang}/relay/receipt/{sealed}", _speaking(lookup.show_receipt), methods=["GET"]
            ),
            Route("/{lang}/relay/staff/{link}", _speaking(staff.show), methods=["GET"]),
            Route("/{lang}/relay/staff/{link}", _speaking(staff.act), methods=["POST"]),
            Route("/{lang}/relay/{form}/check", _speaking(flow.check), methods=["POST"]),
            Route("/{lang}/relay/{form}/submit", _speaking(flow.submit), methods=["POST"]),
            # Somebody reloads the address: the form itself is what they look for.
            Route("/{lang}/relay/{form}/check", _speaking(flow.lead_to_form), methods=["GET"]),
            Route("/{lang}/relay/{form}/submit", _speaking(flow.lead_to_form), methods=["GET"]),
            Route("/healthz", _health, methods=["GET"]),
            Route(
                "/metrics", partial(_metrics, store, clock, configuration, clocks), methods=["GET"]
            ),
            Route("/readyz", partial(_readiness, store), methods=["GET"]),
        ],
        middleware=[Middleware(Shield, failure_page=partial(_refusal, pages, 500))],
        exception_handlers={HTTPException: partial(_http_refusal, pages)},
    )


def _speaking(endpoint: Endpoint) -> Endpoint:
    """The endpoint, for the portal's languages only."""

    async def speak(request: Request) -> Response:
        if not is_language(request.path_params["lang"]):
            raise HTTPException(404)
        return await endpoint(request)

    return speak


def _refusal(
    pages: PageMaker, status: int, request: Request, headers: Mapping[str, str] | None = None
) -> Response:
    lang = request.url.path.split("/")[1]
    return pages.problem(lang if is_language(lang) else "zh", REFUSALS[status], headers=headers)


def _http_refusal(pages: PageMaker, request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _refusal(pages, 500, request)
    status = error.status_code if error.status_code in REFUSALS else 404
    return _refusal(pages, status, request, error.headers)


async def _health(request: Request) -> Response:
    _check_is_local(request)
    return PlainTextResponse("ok\n")


async def _readiness(store: Store, request: Request) -> Response:
    _check_is_local(request)
    is_ready = await asyncio.to_thread(store.is_ready)
    return PlainTextResponse("ready\n" if is_ready else "not ready\n", 200 if is_ready else 503)


async def _metrics(
    store: Store, clock: Clock, configuration: Configuration, clocks: Clocks, request: Request
) -> Response:
    _check_is_local(request)
    now = to_milliseconds(clock())
    today = local_day(now, configuration.timezone)
    missing = len(clocks.missing_years(today))
    try:
        text = await asyncio.to_thread(render_metrics, store, now, today.isoformat(), missing)
    except StoreError:
        text = "relay_ready 0\n"
    return Response(text, media_type=CONTENT_TYPE)


def _check_is_local(request: Request) -> None:
    peer = request.client.host if request.client else ""
    try:
        is_loopback = ipaddress.ip_address(peer).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback or "x-forwarded-for" in request.headers:
        raise HTTPException(404)
