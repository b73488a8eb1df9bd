"""Views of archives: a year of a listing, and where it is long, its months and days.

An archive lists all of its period and never shifts: a new document changes its own period's
page alone, and no address of a list ever means something else later.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.addresses import column_url, county_url, department_url, page_url
from domain.languages import Text
from plugins.portal.catalogue.periods import ArchiveAnswer
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Viewer,
    column_breadcrumbs,
    column_meta,
    entries_context,
    in_another_language,
    link,
    name_in,
    page_context,
)

_FRONTS: dict[str, Callable[[str, str], str]] = {
    "column": column_url,
    "department": department_url,
    "county": county_url,
}


def view_archive(viewer: Viewer, lang: str, listing: str, period: str) -> HtmlView:
    """The page of a period ("2026", "2026/03", "2026/03/09") of a listing."""
    reads, words = viewer.reads, viewer.words(lang)
    family, _, term = listing.partition("/")
    front = _FRONTS[family]
    name = name_in(_names(family, term, reads), lang, reads)
    shown = period.replace("/", "-")
    heading = words("%(name)s: %(period)s") % {"name": name, "period": shown}
    answer = reads.archive(lang, listing, period)
    if family == "column":
        above = column_breadcrumbs(term, lang, words("Home"), reads)
    else:
        above = [(words("Home"), page_url(lang)), (name, front(lang, term))]
    facts = PageFacts(
        kind="archive",
        url=f"{front(lang, term)}{period}/",
        title=heading,
        breadcrumbs=[*above, *_period_trail(front(lang, term), period)],
        translations=[(other, f"{front(other, term)}{period}/") for other in answer.languages],
        switch=_switch(lambda other: front(other, term), period, answer, reads),
        meta=column_meta(term, lang, reads) if family == "column" else (),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "heading": heading,
        "period": shown,
        "entries": None if answer.parts else entries_context(answer.entries),
        "parts": period_links(lang, listing, period, reads) if answer.parts else None,
    }
    return HtmlView("archive.html", lang, context)


def _names(family: str, term: str, reads: Reads) -> Text:
    if family == "column":
        return reads.column(term).names
    return (reads.department(term) if family == "department" else reads.county(term)).names


def _period_trail(front: str, period: str) -> list[tuple[str, str]]:
    parts = period.split("/")
    periods = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return [(shown.replace("/", "-"), f"{front}{shown}/") for shown in periods]


def period_links(lang: str, listing: str, period: str, reads: Reads) -> list[Context]:
    """The parts of a period, of "" the years; in the site's own language where no document of
    a part has a text in `lang`."""
    family, _, term = listing.partition("/")
    return [
        link(
            part.replace("/", "-"),
            f"{_FRONTS[family](own, term)}{part}/",
            **({} if own == lang else in_another_language(own)),
        )
        for part, own in reads.ask(f"archives:{lang}:{listing}:{period}")
    ]


def _switch(
    front_of: Callable[[str], str], period: str, answer: ArchiveAnswer, reads: Reads
) -> list[tuple[str, str]]:
    """The same period; in a language that has no page of it, the front."""
    return [
        (lang, f"{front_of(lang)}{period}/" if lang in answer.languages else front_of(lang))
        for lang in reads.site().languages
    ]
