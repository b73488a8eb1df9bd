"""Page families: for each sort of output its address, its view, and the templates it uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.addresses import budgets_url, figures_url, form_url, page_url
from domain.vocabulary import Vocabulary
from plugins.portal.catalogue.footprint import Page
from plugins.portal.kinds import KINDS
from plugins.portal.rendering import (
    agendas,
    archives,
    attachments,
    bodies,
    budget_fronts,
    data_catalogue,
    documents,
    facets,
    feeds,
    figure_files,
    fronts,
    home,
    open_data,
    pictures,
    services,
    subscriptions,
)
from plugins.portal.rendering.services import ERRORS
from plugins.portal.rendering.views import WORDS, View, Viewer

ROW = "row:"
"""Paths with this prefix are no files but search rows."""


@dataclass(frozen=True, slots=True)
class Family:
    """A sort of output. `path` is below build/; arguments are the page's after its family."""

    path: Callable[..., str]
    view: Callable[..., View]
    templates: Sequence[str] = ()


def _index(url: str) -> str:
    """The file of an address; an old one may name a file itself (/zh/old/page.html)."""
    return f"site{url}index.html" if url.endswith("/") else f"site{url}"


def _index_of_last(*arguments: str) -> str:
    """For pages whose last argument is their address."""
    return _index(arguments[-1])


def _feed_path(lang: str, listing: str, form: str) -> str:
    name = "feed.xml" if form == "atom" else "feed.json"
    return f"site{feeds.front_of(lang, listing)}{name}"


FAMILIES: dict[str, Family] = {
    "document": Family(
        _index_of_last,
        documents.view_document,
        tuple(sorted({kind.template for kind in KINDS.values()})),
    ),
    "row": Family(lambda id_, lang: f"{ROW}{id_}.{lang}", documents.view_row),
    "file": Family(lambda id_, name: f"site/files/{id_}/{name}", attachments.view_file),
    "picture": Family(
        lambda id_, name, size: f"site/pictures/{id_}/{name}/{size}", pictures.view_picture
    ),
    "redirect": Family(_index, documents.view_redirect, ("redirect.html",)),
    "withdrawn": Family(_index, documents.view_withdrawn, ("withdrawn.html",)),
    "archive": Family(
        lambda lang, listing, period: _index(f"{feeds.front_of(lang, listing)}{period}/"),
        archives.view_archive,
        ("archive.html",),
    ),
    "facet": Family(
        lambda lang, listing, period: _index(
            f"{feeds.front_of(lang, listing)}{period}/" if period else feeds.front_of(lang, listing)
        ),
        facets.view_facet,
        ("facet.html",),
    ),
    "feed": Family(_feed_path, feeds.view_feed),
    "agenda": Family(
        lambda lang, listing: f"site{agendas.agenda_path(lang, listing)}",
        agendas.view_agenda,
        (WORDS,),
    ),
    "data": Family(
        lambda listing, period, form: f"site{open_data.data_url(listing, period, form)}",
        open_data.view_data,
    ),
    "data-catalogue": Family(lambda: f"site{open_data.INDEX}", data_catalogue.view_data_catalogue),
    "figures": Family(lambda id_, form: f"site{figures_url(id_, form)}", figure_files.view_figures),
    "budget-years": Family(
        lambda lang, column, owner: _index(budgets_url(lang, column, owner)),
        budget_fronts.view_years,
        ("budget_years.html",),
    ),
    "budget-figures": Family(
        lambda column, owner, form: f"site{figures_url(f'{column}/{owner}', form)}",
        figure_files.view_all_figures,
    ),
    "budget-departments": Family(
        lambda lang, column: _index(budgets_url(lang, column)),
        budget_fronts.view_departments,
        ("budget_departments.html",),
    ),
    "sitemap": Family(
        lambda column, month: f"site/sitemaps/{feeds.sitemap_name(column, month)}.xml",
        feeds.view_sitemap,
    ),
    "sitemap-index": Family(lambda: "site/sitemap.xml", feeds.view_sitemap_index),
    "sitemap-fronts": Family(lambda: "site/sitemaps/fronts.xml", feeds.view_sitemap_of_fronts),
    "home": Family(_index_of_last, home.view_home, ("home.html",)),
    "audience": Family(
        lambda lang, id_: _index(page_url(lang, id_)), fronts.view_audience, ("audience.html",)
    ),
    "column": Family(
        lambda lang, id_: _index(page_url(lang, id_)), fronts.view_column, ("column.html",)
    ),
    "department": Family(
        lambda lang, id_: _index(page_url(lang, f"departments/{id_}")),
        bodies.view_department,
        ("department.html",),
    ),
    "county": Family(
        lambda lang, id_: _index(page_url(lang, f"counties/{id_}")),
        bodies.view_county,
        ("county.html",),
    ),
    "directory": Family(
        lambda lang, family: _index(page_url(lang, family)),
        fronts.view_directory,
        ("directory.html",),
    ),
    "site-map": Family(
        lambda lang: _index(page_url(lang, "site-map")), fronts.view_site_map, ("site_map.html",)
    ),
    "feeds": Family(
        lambda lang: _index(page_url(lang, "feeds")),
        subscriptions.view_subscriptions,
        ("feeds.html",),
    ),
    "form": Family(
        lambda lang, id_: _index(form_url(lang, id_)), services.view_form, ("form.html",)
    ),
    "form-definition": Family(lambda id_: f"forms/{id_}.json", services.view_form_definition),
    "frame": Family(lambda lang: f"frames/{lang}.html", services.view_frame, ("frame.html",)),
    "labels": Family(lambda: "frames/labels.json", services.view_labels, (WORDS,)),
    "search-words": Family(lambda: "frames/search.json", services.view_search_words),
    "error": Family(lambda code: f"site/errors/{code}.html", services.view_error, ("error.html",)),
    "robots": Family(lambda: "site/robots.txt", services.view_robots),
    "asset": Family(lambda name: f"site/assets/{name}", services.view_asset),
}

FIXED_FAMILIES = (
    "sitemap-index",
    "sitemap-fronts",
    "data-catalogue",
    "feeds",
    "home",
    "audience",
    "column",
    "department",
    "county",
    "budget-departments",
    "directory",
    "site-map",
    "form",
    "form-definition",
    "frame",
    "labels",
    "search-words",
    "error",
    "robots",
    "asset",
)
"""Families whose pages follow from vocabulary, forms and theme, not from documents."""


def output_path(page: Page) -> str:
    """Where a page's bytes go, below build/; "row:<key>" for a search row."""
    return FAMILIES[page[0]].path(*page[1:])


def page_view(page: Page, viewer: Viewer) -> View:
    """All that the page's bytes are made from."""
    return FAMILIES[page[0]].view(viewer, *page[1:])


def address_of(path: str) -> str:
    """The address that a visitor asks for, "" for outputs outside the site."""
    if not path.startswith("site/"):
        return ""
    return path[len("site") :].removesuffix("index.html")


def budget_columns(vocabulary: Vocabulary) -> list[str]:
    """The main columns of budgets: each has its table of departments and years."""
    return [c.id for c in vocabulary.columns.values() if c.kind == "budget" and c.level == 1]


def fixed_pages(vocabulary: Vocabulary, forms: Sequence[str], assets: Sequence[str]) -> set[Page]:
    """The pages of FIXED_FAMILIES."""
    pages: set[Page] = {("sitemap-index",), ("sitemap-fronts",), ("labels",), ("robots",)}
    pages |= {("data-catalogue",), ("search-words",)}
    pages |= {("asset", name) for name in assets}
    pages |= {("error", code) for code in ERRORS}
    pages |= {("form-definition", id_) for id_ in forms}
    pages.add(("home", vocabulary.site.default_language, "/"))
    for lang in vocabulary.site.languages:
        pages |= {("home", lang, page_url(lang)), ("site-map", lang), ("frame", lang)}
        pages.add(("feeds", lang))
        pages |= {("directory", lang, name) for name in ("departments", "counties", "forms")}
        pages |= {("audience", lang, id_) for id_ in vocabulary.audiences}
        pages |= {("column", lang, id_) for id_ in vocabulary.columns}
        pages |= {("budget-departments", lang, id_) for id_ in budget_columns(vocabulary)}
        pages |= {("department", lang, id_) for id_ in vocabulary.departments}
        pages |= {("county", lang, id_) for id_ in vocabulary.counties}
        pages |= {("form", lang, id_) for id_ in forms}
    return pages
