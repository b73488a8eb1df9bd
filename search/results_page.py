"""The results page: an answer as HTML inside the frame of its language."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from domain.frames import UnknownSlotError, fill_frame
from domain.languages import HTML_LANG, LANGUAGES, OWN_NAMES
from domain.templating import make_environment
from search.answers import Answer
from search.comparison import MOST_COMPARED, Choice
from search.documents import SORTS
from search.inquiry import make_fields
from search.parameters import ParameterProblem, Parameters
from search.subscriptions import feed_address
from search.words import language_of

if TYPE_CHECKING:
    import jinja2

_TEMPLATE: Final = "services/search.html"
_INQUIRY: Final = "services/inquiry.html"
_COMPARISON: Final = "services/compare.html"
# Filters in the order in which people narrow down; as many values of each as help.
_SHOWN_FACETS: Final = (
    "audience",
    "column",
    "kind",
    "year",
    "department",
    "county",
    "validity",
    "subject",
    "issuer",
    "in",
)
_SHOWN_VALUES: Final = 10
_NEAR_PAGES: Final = 2
_HEAD: Final = (
    '<meta name="robots" content="noindex">'
    '<link rel="search" type="application/opensearchdescription+xml"'
    ' href="/{lang}/search/opensearch.xml">'
)


class FrameMissingError(Exception):
    """The build has not left the frame of a language, or not all of it."""


class ResultsPages:
    """Renders the pages of the search in every language."""

    def __init__(self, build: Path, theme: Path) -> None:
        self._frames = build / "frames"
        self._theme = theme
        self._environment = cache(self._make_environment)

    def problem(self) -> str:
        """Why pages cannot be rendered, "" when they can."""
        for lang in LANGUAGES:
            if not (self._frames / f"{lang}.html").is_file():
                return f"the frame {lang}.html is missing"
        return ""

    def render_start(self, lang: str) -> str:
        """The page before anything was asked."""
        return self._render(lang, Parameters(), answer=None)

    def render_answer(self, lang: str, parameters: Parameters, answer: Answer) -> str:
        """The page with results."""
        return self._render(lang, parameters, answer=answer)

    def render_problems(
        self, lang: str, parameters: Parameters, problems: Iterable[ParameterProblem]
    ) -> str:
        """The page that says which parameters are wrong."""
        return self._render(lang, parameters, answer=None, problems=tuple(problems))

    def render_unavailable(self, lang: str, parameters: Parameters | None = None) -> str:
        """The page while there is no index; what was asked can be asked again from it."""
        return self._render(lang, parameters or Parameters(), answer=None, is_unavailable=True)

    def _render(
        self,
        lang: str,
        parameters: Parameters,
        *,
        answer: Answer | None,
        problems: tuple[ParameterProblem, ...] = (),
        is_unavailable: bool = False,
    ) -> str:
        base = f"/{lang}/search/"
        view = {
            "lang": lang,
            "base": base,
            "parameters": parameters,
            "answer": answer,
            "problems": problems,
            "is_unavailable": is_unavailable,
            "html_lang_of": lambda text: HTML_LANG[language_of(text)],
            "feed_url": feed_address(parameters, lang),
            "sorts": _sort_links(base, parameters),
            "facets": _facet_links(base, parameters, answer) if answer else [],
            "pages": _page_links(base, parameters, answer) if answer else None,
            "languages": _language_links(lang, parameters),
        }
        return self._fill(lang, _TEMPLATE, view)

    def render_comparison(
        self, lang: str, choice: Choice, comparison: dict[str, Any], missing: int
    ) -> str:
        """The page with policies side by side; `missing`: of how many nothing can be shown."""
        view = {
            "lang": lang,
            "html_lang": HTML_LANG[lang],
            "problem": choice.problem,
            "most": MOST_COMPARED,
            "missing": missing,
            **comparison,
            "languages": _links_in_languages(lang, choice.address),
        }
        return self._fill(lang, _COMPARISON, view)

    def render_inquiry(
        self,
        lang: str,
        parameters: Parameters,
        choices: Answer,
        answer: Answer | None,
        problems: Sequence[ParameterProblem] = (),
    ) -> str:
        """The form of the document inquiry, with the documents that it found."""
        base = f"/{lang}/search/documents"
        view = {
            "lang": lang,
            "base": base,
            "parameters": parameters,
            **make_fields(parameters, choices),
            "answer": answer,
            "problems": problems,
            "csv_url": parameters.address(f"{base}.csv"),
            "pages": _page_links(base, parameters, answer) if answer else None,
            "languages": _links_in_languages(
                lang, lambda each: parameters.address(f"/{each}/search/documents")
            ),
        }
        return self._fill(lang, _INQUIRY, view)

    def _fill(self, lang: str, template: str, view: dict[str, Any]) -> str:
        module = self._environment(lang).get_template(template).make_module(view)
        # What the template sets at its top level: its pieces for the other slots.
        parts = vars(module)
        return self._in_frame(
            lang,
            {
                "title": str(parts["title"]).strip(),
                "head": _HEAD.format(lang=lang) + str(parts.get("head_html", "")),
                "languages": str(parts["languages_html"]),
                "main": str(module),
            },
        )

    def _in_frame(self, lang: str, slots: dict[str, str]) -> str:
        try:
            frame = (self._frames / f"{lang}.html").read_text(encoding="utf-8")
            return fill_frame(frame, slots)
        except (FileNotFoundError, UnknownSlotError) as cause:
            raise FrameMissingError(f"frames/{lang}.html: {cause}") from cause

    def _make_environment(self, lang: str) -> "jinja2.Environment":
        return make_environment([self._theme / "templates"], self._theme / "translations", lang)


def _facet_links(base: str, parameters: Parameters, answer: Answer) -> list[dict[str, Any]]:
    """Filters as links: a chosen value's link takes the filter off again."""
    facets = []
    for name in _SHOWN_FACETS:
        values = answer.facets[name]
        # A filter with one value that everything has would change nothing.
        is_chosen = name in parameters.filters
        if not is_chosen and len(values) < 2:
            continue
        links = [
            {
                "name": each.name,
                "html_lang": each.html_lang,
                "count": each.count,
                "is_chosen": each.is_chosen,
                "url": parameters.address(base, **{name: None if each.is_chosen else each.value}),
            }
            for each in values[:_SHOWN_VALUES]
        ]
        facets.append({"id": name, "values": links, "is_chosen": is_chosen})
    return facets


def _sort_links(base: str, parameters: Parameters) -> list[dict[str, Any]]:
    """The orders of results as links; the first is that of an address without `sort`."""
    chosen = parameters.sort or SORTS[0]
    return [
        {
            "id": sort,
            "url": parameters.address(base, sort=sort if sort != SORTS[0] else None),
            "is_chosen": sort == chosen,
        }
        for sort in SORTS
    ]


def _page_links(base: str, parameters: Parameters, answer: Answer) -> dict[str, Any]:
    """What the theme's pager shows: first, last and the pages near this one."""
    last, here = answer.pages, parameters.page
    near = range(max(1, here - _NEAR_PAGES), min(last, here + _NEAR_PAGES) + 1)
    numbers: list[dict[str, Any] | None] = []
    previous = 0
    for number in sorted({1, last, *near} if last else ()):
        if number - previous > 1:
            numbers.append(None)
        numbers.append(
            {
                "number": number,
                "url": _page_address(base, parameters, number),
                "is_current": number == here,
            }
        )
        previous = number
    return {
        "previous": _page_address(base, parameters, min(here - 1, last))
        if here > 1 and last
        else None,
        "next": _page_address(base, parameters, here + 1) if here < last else None,
        "numbers": numbers,
    }


def _page_address(base: str, parameters: Parameters, number: int) -> str:
    return parameters.address(base, page=str(number) if number > 1 else None)


def _language_links(lang: str, parameters: Parameters) -> list[dict[str, Any]]:
    return _links_in_languages(lang, lambda each: parameters.address(f"/{each}/search/"))


def _links_in_languages(lang: str, address: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "html_lang": HTML_LANG[each],
            "name": OWN_NAMES[each],
            "url": address(each),
            "is_current": each == lang,
        }
        for each in LANGUAGES
    ]
