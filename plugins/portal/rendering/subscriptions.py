"""What a reader or a program can follow: feeds, calendars and open data, on fronts and on a page
of their own."""

from __future__ import annotations

from collections.abc import Sequence

from domain.addresses import page_url
from plugins.portal.catalogue.listings import ARCHIVED, CATALOGUE, DATED, family_of
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.agendas import agenda_path
from plugins.portal.rendering.feeds import front_of
from plugins.portal.rendering.open_data import INDEX, data_url
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Translate,
    Viewer,
    all_languages,
    link,
    name_in,
    page_context,
)

ATOM, JSON_FEED, CALENDAR = "application/atom+xml", "application/feed+json", "text/calendar"


def alternates(lang: str, listing: str, name: str, reads: Reads) -> list[Context]:
    """What <link rel="alternate"> of a listing's front names: feeds and calendar that there are."""
    follow = following(lang, listing, reads)
    types = (("atom", ATOM), ("json", JSON_FEED), ("agenda", CALENDAR))
    return [
        {"title": name, "url": follow[key], "type": type_} for key, type_ in types if follow[key]
    ]


def following(lang: str, listing: str, reads: Reads) -> Context:
    """The addresses of a listing's feeds and calendar, "" for what there is not.

    They are in the site's own language where the listing has no text in the reader's.
    """
    found = {"atom": "", "json": "", "agenda": ""}
    if feed_lang := reads.ask(f"feed:{lang}:{listing}"):
        front = front_of(feed_lang, listing)
        found |= {"atom": f"{front}feed.xml", "json": f"{front}feed.json"}
    if family_of(listing) in DATED and (own := reads.ask(f"agenda:{lang}:{listing}")):
        found["agenda"] = agenda_path(own, listing)
    return found


def data_links(listing: str, reads: Reads) -> list[Context]:
    """The files of each year of a listing, newest first; none where its data is not handed out."""
    family, _, term = listing.partition("/")
    if listing != CATALOGUE and not (
        family == "column" and KINDS[reads.column(term).kind].is_open_data
    ):
        return []
    return [
        {"year": year, **{form: data_url(listing, year, form) for form in ("csv", "json")}}
        for year in reads.ask(f"years:{listing}")
    ]


def view_subscriptions(viewer: Viewer, lang: str) -> HtmlView:
    """/zh/feeds/: every feed, calendar and file of open data."""
    reads, words = viewer.reads, viewer.words(lang)
    heading, url = words("Feeds, calendars and data"), page_url(lang, "feeds")
    facts = PageFacts(
        kind="feeds",
        url=url,
        title=heading,
        breadcrumbs=[(words("Home"), page_url(lang)), (heading, url)],
        translations=all_languages(lambda other: page_url(other, "feeds"), reads),
        feeds=alternates(lang, "site/all", name_in(reads.site().names, lang, reads), reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "heading": heading,
        "site_feeds": following(lang, "site/all", reads),
        "groups": _groups(lang, words, reads),
        "documents": data_links(CATALOGUE, reads),
        "data_index": INDEX,
    }
    return HtmlView("feeds.html", lang, context)


def _groups(lang: str, words: Translate, reads: Reads) -> list[Context]:
    headings = {
        "audience": words("For whom"),
        "column": words("Columns"),
        "department": words("Departments"),
        "county": words("Counties"),
    }
    return [
        {"id": family, "heading": heading, "rows": rows}
        for family, heading in headings.items()
        if (rows := _rows(lang, family, reads.terms(family), reads))
    ]


def _rows(lang: str, family: str, ids: Sequence[str], reads: Reads) -> list[Context]:
    rows = []
    for id_ in ids:
        listing = f"{family}/{id_}"
        follow = following(lang, listing, reads)
        if follow["atom"]:
            name = name_in(reads.ask(f"term:{listing}").names, lang, reads)
            rows.append({**link(name, front_of(lang, listing)), **follow})
    return rows


def follow_context(lang: str, listing: str, reads: Reads) -> Context:
    """`follow` as parts/follow.html reads it."""
    years = data_links(listing, reads) if family_of(listing) in ARCHIVED else []
    return {**following(lang, listing, reads), "data": years}
