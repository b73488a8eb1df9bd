"""Large text and contrast without JavaScript: a form sets a cookie, the cookie picks the CSS.

Pages stay the same bytes for everybody. They link /assets/preferences.css, and the server
answers with the style sheet of the theme that the cookies name. The choice stands in the form's address
(`/preferences?text=large`), so that a plain web server can do the same without a program.
A cookie holds one of these words and nothing else: it needs no consent and follows no one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from publishing.response_headers import content_type_of

# Cookie -> the value that changes something, and its word in the names of the style sheets:
# large-text.css, contrast.css, large-text-contrast.css; preferences.css where neither is set.
PREFERENCES: Final = {"text": ("large", "large-text"), "contrast": ("high", "contrast")}
COOKIE_SECONDS: Final = 365 * 24 * 3600


def make_routes(assets: Path) -> list[Route]:
    """POST /preferences and GET /assets/preferences.css, over the style sheets in `assets`."""

    async def style(request: Request) -> Response:
        headers = {
            "content-type": content_type_of("preferences.css"),
            "cache-control": "private, no-cache",
            "vary": "Cookie",
        }
        sheet = assets / style_sheet_name(request.cookies)
        return Response(sheet.read_bytes() if sheet.is_file() else b"", headers=headers)

    return [
        Route("/preferences", set_preferences, methods=["POST"]),
        Route("/assets/preferences.css", style, methods=["GET"]),
    ]


def style_sheet_name(cookies: Mapping[str, str]) -> str:
    """The theme's style sheet for the preferences in `cookies`."""
    words = [word for name, (value, word) in PREFERENCES.items() if cookies.get(name) == value]
    return f"{'-'.join(words) or 'preferences'}.css"


async def set_preferences(request: Request) -> Response:
    """Back to the page that the form stood on, with the cookies it asked for.

    A preference that the form does not name stays; any value but the known one ends it.
    """
    response = RedirectResponse(path_of_referring_page(request), status_code=303)
    for cookie, (value, _word) in PREFERENCES.items():
        chosen = request.query_params.get(cookie)
        if chosen == value:
            response.set_cookie(
                cookie,
                value,
                max_age=COOKIE_SECONDS,
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        elif chosen is not None:
            response.delete_cookie(cookie, httponly=True, samesite="lax")
    return response


def path_of_referring_page(request: Request) -> str:
    """The path and query of the page that sent the form; "/" unless it is a page of this site."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.url.netloc:
        return "/"
    # Two slashes at the start would name another host.
    path = "/" + parts.path.lstrip("/\\")
    return f"{path}?{parts.query}" if parts.query else path
