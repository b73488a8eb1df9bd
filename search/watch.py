"""Around the service: how much one client may ask, and figures for the operators' monitor.

Clients are counted in memory alone; figures have addresses of pages and never what was asked.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.clients import client_of

UNLIMITED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_MOST_CLIENTS: Final = 50_000
_BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


@dataclass(frozen=True, slots=True)
class Limits:
    """A client may ask `burst` times at once, and as often as `per_minute` for long.

    X-Forwarded-For is believed of `trusted_proxies` alone (addresses or networks).
    """

    per_minute: int = 300
    burst: int = 60
    trusted_proxies: Sequence[str] = ("127.0.0.1", "::1")


class Allowance:
    """What is left to each client; the ones who have not asked for longest are forgotten."""

    def __init__(self, limits: Limits, seconds: Callable[[], float]) -> None:
        self._limits = limits
        self._seconds = seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """0 when the client may ask, and has; else the seconds until it may."""
        now, rate = self._seconds(), self._limits.per_minute / 60
        left, then = self._left.get(client, (float(self._limits.burst), now))
        left = min(float(self._limits.burst), left + (now - then) * rate)
        if left < 1:
            return (1 - left) / rate
        self._left[client] = (left - 1, now)
        self._left.move_to_end(client)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0.0


class Watch:
    """The application with limits (None: without) and counts of its answers."""

    def __init__(
        self,
        application: ASGIApp,
        paths: Collection[str],
        limits: Limits | None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application = application
        self._paths = frozenset(paths)
        self._limits = limits
        self._allowance = Allowance(limits, seconds) if limits else None
        self._seconds = seconds
        self._answers: Counter[tuple[str, int]] = Counter()
        self._durations: Counter[float] = Counter()
        self._spent = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, counted."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        path = scope["path"] if scope["path"] in self._paths else "other"
        status = 500
        began = self._seconds()

        async def count(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            wait = 0.0 if path in UNLIMITED else self._wait(scope)
            answer = _refusal(wait) if wait else self._application
            await answer(scope, receive, count)
        finally:
            self._note(path, status, self._seconds() - began)

    def _wait(self, scope: Scope) -> float:
        if self._allowance is None or self._limits is None:
            return 0.0
        peer = (scope.get("client") or ("",))[0]
        headers = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        forwarded = b",".join(headers).decode("latin-1")
        return self._allowance.take(client_of(peer, forwarded, self._limits.trusted_proxies))

    def _note(self, path: str, status: int, seconds: float) -> None:
        self._answers[path, status] += 1
        self._spent += seconds
        self._durations[next((bound for bound in _BOUNDS if seconds <= bound), float("inf"))] += 1

    def figures(self) -> Iterator[str]:
        """The lines of /metrics in the text format of Prometheus."""
        yield "# TYPE portal_search_answers_total counter"
        for (path, status), count in sorted(self._answers.items()):
            yield f'portal_search_answers_total{{path="{path}",status="{status}"}} {count}'
        yield "# TYPE portal_search_seconds histogram"
        below = 0
        for bound in _BOUNDS:
            below += self._durations[bound]
            yield f'portal_search_seconds_bucket{{le="{bound:g}"}} {below}'
        total = self._durations.total()
        yield f'portal_search_seconds_bucket{{le="+Inf"}} {total}'
        yield f"portal_search_seconds_sum {self._spent:.6f}"
        yield f"portal_search_seconds_count {total}"


def _refusal(wait: float) -> ASGIApp:
    return PlainTextResponse(
        "Too many questions from one place. Please try again in a moment.\n",
        429,
        {"retry-after": str(int(wait) + 1), "cache-control": "no-store"},
    )
