"""Live reload and the problems of a failed build, under /_preview/.

A page listens to /_preview/events and reloads itself when the site was built anew. Without
JavaScript the banner still shows, and /_preview/problems lists everything.
"""

import json
from collections.abc import AsyncIterator
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from domain.problems import Problem, format_problem
from publishing.preview.state import PreviewState
from publishing.response_headers import content_type_of

HEARTBEAT_SECONDS = 0.5
SHOWN_IN_BANNER = 3

SCRIPT = """\
"use strict";
{
  const shown = new URL(document.currentScript.src).searchParams.get("revision");
  const events = new EventSource("/_preview/events");
  events.onmessage = (event) => {
    if (JSON.parse(event.data) !== shown) location.reload();
  };
  addEventListener("pagehide", () => events.close());
}
"""
STYLE = """\
.preview-problems { position: static; margin: 0; padding: 1rem; border-top: 4px solid #8a1c1c;
  background: #fff; color: #1c1c1c; font: 1rem/1.5 sans-serif; }
.preview-problems pre { white-space: pre-wrap; font: 0.9rem/1.5 monospace; }
.preview-problems a { color: #0b5563; }
"""


def make_routes(state: PreviewState) -> list[Route]:
    """The addresses under /_preview/ that concern builds."""

    async def script(_request: Request) -> Response:
        return Response(SCRIPT, headers={"content-type": content_type_of("live.js")})

    async def style(_request: Request) -> Response:
        return Response(STYLE, headers={"content-type": content_type_of("live.css")})

    async def problems(_request: Request) -> Response:
        return HTMLResponse(problems_page(state.outcome.problems))

    async def events(_request: Request) -> Response:
        return StreamingResponse(
            stream_revisions(state),
            headers={"content-type": "text/event-stream", "cache-control": "no-store"},
        )

    return [
        Route("/_preview/live.js", script),
        Route("/_preview/live.css", style),
        Route("/_preview/problems", problems),
        Route("/_preview/events", events),
    ]


async def stream_revisions(state: PreviewState) -> AsyncIterator[str]:
    """Server-sent events: the present revision, then each new one, until the server stops."""
    sent = ""
    yield "retry: 500\n\n"
    while not state.is_closing:
        if state.revision != sent:
            sent = state.revision
            yield f"data: {json.dumps(sent)}\n\n"
        await state.wait_for_build(HEARTBEAT_SECONDS)


def page_addition(state: PreviewState) -> str:
    """What goes into each page: the script and, where the last build failed, the banner."""
    script = f'<script src="/_preview/live.js?revision={state.revision}"></script>'
    return script if state.outcome.is_built else banner(state.outcome.problems) + script


def banner(problems: tuple[Problem, ...]) -> str:
    """The first problems as a section of HTML, with a link to all of them."""
    shown = "\n\n".join(format_problem(problem) for problem in problems[:SHOWN_IN_BANNER])
    return (
        '<link rel="stylesheet" href="/_preview/live.css">'
        '<section class="preview-problems" lang="en" aria-label="Preview">'
        "<p><strong>The site was not built anew: this page is as it was before.</strong> "
        f'<a href="/_preview/problems">Problems: {len(problems)}</a></p>'
        f"<pre>{escape(shown)}</pre></section>"
    )


def problems_page(problems: tuple[Problem, ...]) -> str:
    """All problems as a page of its own."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/assets/favicon.svg">'
        '<link rel="stylesheet" href="/_preview/live.css">'
        '<body class="preview-problems"><h1>Problems</h1>'
        f"<pre>{escape(problems_text(problems))}</pre></body></html>"
    )


def problems_text(problems: tuple[Problem, ...]) -> str:
    """All problems as an editor reads them on the terminal, sorted, with a count."""
    if not problems:
        return "No problems.\n"
    parts = [format_problem(problem) for problem in sorted(problems)]
    return "\n\n".join([*parts, f"Problems: {len(problems)}"]) + "\n"
