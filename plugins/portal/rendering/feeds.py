"""Feeds (Atom and JSON Feed 1.1) and sitemaps; their dates are the texts' own."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.addresses import (
    budgets_url,
    column_url,
    county_url,
    department_url,
    form_url,
    page_url,
)
from domain.clock import get_timezone, local_with_offset, parse_utc
from domain.languages import HTML_LANG
from plugins.portal.catalogue.entries import Entry
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import TextView, Viewer, name_in


def view_feed(viewer: Viewer, lang: str, listing: str, form: str) -> TextView:
    """The feed of a listing, `form` being "atom" or "json"."""
    reads = viewer.reads
    title, front = _title_and_front(lang, listing, reads)
    entries = reads.latest(lang, listing)
    if form == "json":
        return TextView(_json_feed(title, front, lang, entries, reads))
    return TextView(_atom_feed(title, front, lang, entries, reads))


def front_of(lang: str, listing: str) -> str:
    """The front whose feed a listing's is."""
    family, _, term = listing.partition("/")
    fronts = {"column": column_url, "department": department_url, "county": county_url}
    if family in fronts:
        return fronts[family](lang, term)
    return page_url(lang, term if family == "audience" else "")


def _title_and_front(lang: str, listing: str, reads: Reads) -> tuple[str, str]:
    family, _, term = listing.partition("/")
    site_name = name_in(reads.site().names, lang, reads)
    if family == "site":
        return site_name, front_of(lang, listing)
    term_name = name_in(reads.ask(f"term:{family}/{term}").names, lang, reads)
    return f"{term_name} - {site_name}", front_of(lang, listing)


def _updated(entry: Entry) -> datetime:
    """When an entry's text last said something new: its date, or its last correction's day."""
    text = entry.updated if "T" in entry.updated else f"{entry.updated}T00:00:00Z"
    return parse_utc(text)


def _atom_feed(title: str, front: str, lang: str, entries: tuple[Entry, ...], reads: Reads) -> str:
    # Only feeds need it, so it is loaded here; it has no types of its own.
    from feedgenerator import Atom1Feed

    site = reads.site()
    zone = get_timezone(site.timezone)
    feed: Any = Atom1Feed(  # type: ignore[no-untyped-call]  # the library has no types
        title=title,
        link=site.url + front,
        description=None,
        language=HTML_LANG[lang],
        feed_url=f"{site.url}{front}feed.xml",
        author_name=name_in(site.names, lang, reads),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=site.url + entry.url,
            description=entry.summary,
            unique_id=site.url + entry.url,
            pubdate=parse_utc(entry.moment).astimezone(zone),
            updateddate=_updated(entry).astimezone(zone),
        )
    text = io.StringIO()
    feed.write(text, "utf-8")
    return text.getvalue() + "\n"


def _json_feed(title: str, front: str, lang: str, entries: tuple[Entry, ...], reads: Reads) -> str:
    site = reads.site()
    zone = get_timezone(site.timezone)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": site.url + front,
        "feed_url": f"{site.url}{front}feed.json",
        "language": HTML_LANG[lang],
        "items": [
            {
                "id": site.url + entry.url,
                "url": site.url + entry.url,
                "title": entry.title,
                "language": HTML_LANG[entry.lang],
                "content_text": entry.summary or entry.title,
                "date_published": local_with_offset(entry.moment, site.timezone),
                "date_modified": _updated(entry).astimezone(zone).isoformat(),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def view_sitemap_index(viewer: Viewer) -> TextView:
    """/sitemap.xml: the fronts' sitemap and one for each main column and year (or month)."""
    base = viewer.reads.site().url
    parts = ["fronts", *(sitemap_name(*part) for part in viewer.reads.ask("periods:sitemap"))]
    lines = [
        f"<sitemap><loc>{_escape(f'{base}/sitemaps/{part}.xml')}</loc></sitemap>" for part in parts
    ]
    return TextView(_xml("sitemapindex", lines))


def sitemap_name(column: str, period: str) -> str:
    """The name of a period's sitemap: "news-2026", "news-2026-03"."""
    return f"{column}-{period.replace('/', '-')}"


def view_sitemap(viewer: Viewer, column: str, period: str) -> TextView:
    """The documents of a main column published in one period, with their translations."""
    base = viewer.reads.site().url
    rows = viewer.reads.ask(f"sitemap:{column}:{period}")
    by_id: dict[str, list[tuple[str, str]]] = {}
    for id_, lang, url, _ in rows:
        by_id.setdefault(id_, []).append((lang, url))
    lines = [
        f"<url><loc>{_escape(base + url)}</loc><lastmod>{updated[:10]}</lastmod>"
        f"{_alternates(base, by_id[id_])}</url>"
        for id_, _, url, updated in rows
    ]
    return TextView(_xml("urlset", lines))


_FRONTS_OF_TERMS = (
    ("column", column_url),
    ("department", department_url),
    ("county", county_url),
    ("form", form_url),
)


def view_sitemap_of_fronts(viewer: Viewer) -> TextView:
    """Homes, audiences, columns, departments, counties, forms and standing pages."""
    reads = viewer.reads
    base = reads.site().url
    slugs = ["", *reads.terms("audience"), "departments", "counties", "forms", "site-map"]
    fronts: list[tuple[Callable[[str, str], str], str]] = [(page_url, slug) for slug in slugs]
    for family, url_of in _FRONTS_OF_TERMS:
        fronts += [(url_of, id_) for id_ in reads.terms(family)]
    for column in reads.terms("column"):
        if reads.column(column).kind == "budget" and not reads.ancestors(column):
            owners = ("", *reads.ask(f"budget-owners:{column}"))
            fronts += [(_budget_front(column), owner) for owner in owners]
    lines = []
    for front, id_ in fronts:
        urls = [(lang, front(lang, id_)) for lang in reads.site().languages]
        lines += [
            f"<url><loc>{_escape(base + url)}</loc>{_alternates(base, urls)}</url>"
            for _, url in urls
        ]
    for lang in reads.site().languages:
        lines += [
            f"<url><loc>{_escape(base + entry.url)}</loc></url>"
            for entry in reads.pages(lang, "all")
            if entry.lang == lang
        ]
    return TextView(_xml("urlset", lines))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _budget_front(column: str) -> Callable[[str, str], str]:
    return lambda lang, owner: budgets_url(lang, column, owner)


def _alternates(base: str, urls: list[tuple[str, str]]) -> str:
    if len(urls) < 2:
        return ""
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{HTML_LANG[lang]}" href="{_escape(base + url)}"/>'
        for lang, url in urls
    )


def _xml(root: str, lines: list[str]) -> str:
    opening = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}'
        ' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return opening + "".join(f"{line}\n" for line in lines) + f"</{root}>\n"
