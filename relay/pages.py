"""The relay's pages: theme templates in the portal's frame, with headers that keep them private."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import escape
from starlette.responses import HTMLResponse

from domain.frames import fill_frame
from domain.languages import HTML_LANG, LANGUAGES, OWN_NAMES
from domain.templating import load_translations, make_environment
from relay.published import PublishedSite

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Same-origin, not no-referrer: with that, browsers would send "Origin: null" with the
    # next post, and our own pages could not be told from a stranger's.
    "Referrer-Policy": "same-origin",
}
_HEAD = '<meta name="robots" content="noindex">'


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that says what went wrong and what to do; msgids, put into words by `PageMaker`."""

    status: int
    heading: str
    what: str


REFUSALS = {
    400: Problem(
        400,
        "Your answers did not arrive complete",
        "Go back, where your browser has kept what you wrote, and send it again.",
    ),
    403: Problem(
        403,
        "This did not come from our own form",
        "Nothing was stored. Open the form on this site and send your answers from there.",
    ),
    404: Problem(
        404,
        "There is no such page",
        "The address may be mistyped, or the form has gone.",
    ),
    405: Problem(
        405,
        "There is no such page",
        "The address may be mistyped, or the form has gone.",
    ),
    408: Problem(
        408,
        "Your answers arrived too slowly",
        "Nothing was stored. Go back, where your browser has kept what you wrote, "
        "and send it again when the connection is better.",
    ),
    413: Problem(
        413,
        "Your answers are too large",
        "Nothing was stored. Go back, where your browser has kept what you wrote, and shorten it.",
    ),
    415: Problem(
        415,
        "Your answers came in a form that we cannot read",
        "Nothing was stored. Open the form on this site and send your answers from there.",
    ),
    422: Problem(
        422,
        "Your answers cannot be read",
        "Nothing was stored. Go back, where your browser has kept what you wrote, "
        "remove unusual characters and send it again.",
    ),
    429: Problem(
        429,
        "Very many forms came from your connection just now",
        "Nothing was stored. Please wait a minute and send it again.",
    ),
    503: Problem(
        503,
        "Too many files are on their way just now",
        "Nothing was stored. Go back, where your browser has kept what you wrote, "
        "and send it again in a few minutes.",
    ),
    500: Problem(
        500,
        "Something went wrong on our side",
        "Nothing was stored. Go back, where your browser has kept what you wrote, "
        "and try again later.",
    ),
}


class PageMaker:
    """Renders the service templates of the theme in each language."""

    def __init__(self, site: PublishedSite, theme: Path) -> None:
        self._site = site
        self._theme = theme
        self.environment: Callable[[str], jinja2.Environment] = cache(self._make_environment)
        self.translate: Callable[[str], Callable[[str], str]] = cache(self._load_translate)

    def page(
        self,
        lang: str,
        template: str,
        title: str,
        *,
        status: int = 200,
        same_page: str = "",
        headers: Mapping[str, str] | None = None,
        **view: Any,
    ) -> HTMLResponse:
        """The filled frame. `same_page` is the address in each language, with {lang} in it."""
        environment = self.environment(lang)
        main = environment.get_template(f"services/{template}.html").render(
            lang=lang, html_lang=HTML_LANG[lang], **view
        )
        slots = {
            "title": str(escape(title)),
            "head": _HEAD,
            "main": main,
            "languages": self._language_links(environment, lang, same_page or "/{lang}/"),
        }
        page = fill_frame(self._site.get_frame(lang), slots)
        return HTMLResponse(page, status, {**SECURITY_HEADERS, **(headers or {})})

    def problem(
        self,
        lang: str,
        problem: Problem,
        *,
        form_id: str = "",
        headers: Mapping[str, str] | None = None,
        **view: Any,
    ) -> HTMLResponse:
        """The page of a problem, with a way back to the form where there is one."""
        translate = self.translate(lang)
        heading = translate(problem.heading)
        return self.page(
            lang,
            "problem",
            heading,
            status=problem.status,
            headers=headers,
            same_page=f"/{{lang}}/forms/{form_id}/" if form_id else "",
            heading=heading,
            what=translate(problem.what),
            code=problem.status,
            form_url=f"/{lang}/forms/{form_id}/" if form_id else "",
            **{"reference": "", "kept": {}, "action": "", **view},
        )

    def _make_environment(self, lang: str) -> jinja2.Environment:
        return make_environment([self._theme / "templates"], self._theme / "translations", lang)

    def _load_translate(self, lang: str) -> Callable[[str], str]:
        return load_translations(self._theme / "translations", lang).gettext

    def _language_links(self, environment: jinja2.Environment, lang: str, same_page: str) -> str:
        languages = [
            {
                "lang": other,
                "html_lang": HTML_LANG[other],
                "name": OWN_NAMES[other],
                "url": same_page.replace("{lang}", other),
                "is_current": other == lang,
            }
            for other in LANGUAGES
        ]
        module = environment.get_template("parts/languages.html").module
        return str(module.language_links(languages))  # type: ignore[attr-defined]
