"""The outermost layer of the application: no failure reaches a log with a person's text in it.

Exceptions quote values, and servers print exceptions. Here they end: the log gets the kind
of the exception and the place in the code, the person a page that says what to do.
"""

import logging
import traceback
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("relay.service")


class Shield:
    """Answers with `failure_page` where the application inside fails."""

    def __init__(self, app: ASGIApp, failure_page: Callable[[Request], Response]) -> None:
        self._app = app
        self._failure_page = failure_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        has_failed = False
        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:  # noqa: BLE001  # that is what a shield is for
            _log.error("failed: %s", describe_error(error))
            has_failed = True
        # After the block: an exception from here must not carry the first one along with it.
        if has_failed and not has_begun:
            await self._make_page(Request(scope))(scope, receive, send)

    def _make_page(self, request: Request) -> Response:
        try:
            return self._failure_page(request)
        except Exception as error:  # noqa: BLE001  # the page itself may be what is broken
            _log.error("the page of a failure failed: %s", describe_error(error))
            return PlainTextResponse("Something went wrong. Nothing was stored.\n", 500)


def describe_error(error: BaseException) -> str:
    """The kind of an exception and where it arose, without a word of its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    ours = [one for one in frames if "/relay/" in one.filename]
    near = f", from {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__} at {place}{near}"
