"""One application for the whole portal: the built site, the services, the preview's own pages."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publishing.preview import preferences, reload
from publishing.preview.pages import BuiltSite
from publishing.preview.state import PreviewState
from publishing.response_headers import SECURITY_HEADERS

FAVICON: Final = "/assets/favicon.svg"
# Runs beside the server until the event is set.
Companion = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class SecurityHeaders:
    """Adds the portal's headers to each answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` is the application inside."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, headers added to the start of an HTTP answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class ServiceRoute(BaseRoute):
    """Every address that `service` knows, answered by the service whole: its guards included."""

    def __init__(self, service: Starlette) -> None:
        """`service` keeps its own routes and middleware."""
        self.service = service

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full where a route of the service has the path, be it for another method."""
        for route in self.service.routes:
            match, _child_scope = route.matches(scope)
            if match is not Match.NONE:
                return Match.FULL, {}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the service answer."""
        await self.service(scope, receive, send)


def make_application(
    site: Path,
    state: PreviewState,
    services: Sequence[Starlette] = (),
    companions: Sequence[Companion] = (),
) -> Starlette:
    """The preview over the built `site`; `services` answer before its files."""
    routes: list[BaseRoute] = [
        *reload.make_routes(state),
        *preferences.make_routes(site / "assets"),
        # Browsers ask for it where a page cannot name an icon: feeds, attachments.
        Route("/favicon.ico", lambda _request: RedirectResponse(FAVICON, 301)),
    ]
    routes += [ServiceRoute(service) for service in services]
    routes.append(Mount("/", BuiltSite(site, partial(reload.page_addition, state))))
    return Starlette(
        routes=routes,
        middleware=[Middleware(SecurityHeaders)],
        lifespan=partial(_lifespan, services, companions),
    )


@asynccontextmanager
async def _lifespan(
    services: Sequence[Starlette], companions: Sequence[Companion], _application: Starlette
) -> AsyncIterator[None]:
    """Start what the services start with, and the companions; end all of them in reverse."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        for service in services:
            await stack.enter_async_context(service.router.lifespan_context(service))
        for companion in companions:
            tasks.create_task(companion(stop))
        yield
        stop.set()
