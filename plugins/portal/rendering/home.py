"""The view of a language's home: doors, what is due, news and documents, and what columns add.

Which columns stand in the lower parts is said by `home:` in columns.yaml; a part without a
column is left out, so that a small site has a small home.
"""

from __future__ import annotations

from urllib.parse import quote

from domain.addresses import column_url, county_url, page_url
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.budget_glance import budget_glance
from plugins.portal.rendering.fronts import (
    audience_context,
    column_link,
    form_links,
    links_to,
)
from plugins.portal.rendering.pictures import GALLERY_ENTRIES, gallery_context
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.subscriptions import alternates
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Translate,
    Viewer,
    all_languages,
    due_context,
    entries_context,
    name_in,
    page_context,
)

NEWS_ENTRIES = 7
DOCUMENT_ENTRIES = 5
PART_ENTRIES = 3
"""Entries of each column in a part of the home page."""


def view_home(viewer: Viewer, lang: str, url: str) -> HtmlView:
    """A language's home; for the root "/" the default language's, canonical to its own address."""
    reads, words = viewer.reads, viewer.words(lang)
    site = reads.site()
    name = name_in(site.names, lang, reads)
    facts = PageFacts(
        kind="home",
        url=url,
        canonical=page_url(lang),
        title=name,
        description=words("Government information and services of %(name)s") % {"name": name},
        translations=all_languages(page_url, reads),
        json_ld={
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization",
            "name": name,
            "url": site.url + page_url(lang),
        },
        feeds=alternates(lang, "site/all", name, reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "common_searches": _common_searches(lang, reads),
        "audiences": [audience_context(id_, lang, reads) for id_ in reads.terms("audience")],
        "due": due_context(lang, "site/all", reads),
        "news": entries_context(reads.latest(lang, "kind/news")[:NEWS_ENTRIES]),
        "news_url": _main_column_url("news", lang, reads),
        "documents": entries_context(reads.latest(lang, "kind/document")[:DOCUMENT_ENTRIES]),
        "documents_url": _main_column_url("document", lang, reads),
        "government": _columns_at("open-government", lang, reads),
        "glance": _glance(lang, words, reads),
        "taking_part": _columns_at("take-part", lang, reads),
        "letters": [_newest(id_, lang, reads) for id_ in reads.at_home("letters")],
        "pictures": [_gallery(id_, lang, reads) for id_ in reads.at_home("pictures")],
        "videos": _columns_at("video", lang, reads),
        "columns": [column_link(id_, lang, reads) for id_ in reads.children("")],
        "forms": form_links(lang, reads),
        "counties": links_to(reads.terms("county"), reads.county, county_url, lang, reads),
    }
    return HtmlView("home.html", lang, context)


def _common_searches(lang: str, reads: Reads) -> list[Context]:
    searches = reads.site().common_searches.get(lang, ())
    return [{"text": text, "url": f"/{lang}/search/?q={quote(text)}"} for text in searches]


def _main_column_url(kind: str, lang: str, reads: Reads) -> str:
    """The front where documents of a kind are at home, "" where the site has no such column."""
    column = KINDS[kind].main_column
    return column_url(lang, column) if column in reads.children("") else ""


def _glance(lang: str, words: Translate, reads: Reads) -> Context | None:
    columns = reads.at_home("budget-chart")
    newest = [e for id_ in columns for e in reads.latest(lang, f"column/{id_}")[:PART_ENTRIES]]
    return budget_glance(newest, lang, words, reads)


def _gallery(id_: str, lang: str, reads: Reads) -> Context:
    """A column of pictures: its newest with a picture; where none has one, its newest."""
    newest = reads.latest(lang, f"column/{id_}")
    shown = gallery_context(newest, lang, reads) or entries_context(newest)
    return {**column_link(id_, lang, reads), "id": id_, "entries": shown[:GALLERY_ENTRIES]}


def _newest(id_: str, lang: str, reads: Reads) -> Context:
    """A column and its newest entry, whose summary is to be read."""
    newest = reads.latest(lang, f"column/{id_}")[:1]
    return {**column_link(id_, lang, reads), "id": id_, "entries": entries_context(newest)}


def _columns_at(place: str, lang: str, reads: Reads) -> list[Context]:
    """The columns of a part of the home page, each with what is due in it, else its newest."""
    found = []
    for id_ in reads.at_home(place):
        due = due_context(lang, f"column/{id_}", reads)[:PART_ENTRIES]
        newest = () if due else reads.latest(lang, f"column/{id_}")[:PART_ENTRIES]
        column = {**column_link(id_, lang, reads), "id": id_, "due": due}
        found.append({**column, "entries": entries_context(newest)})
    return found
