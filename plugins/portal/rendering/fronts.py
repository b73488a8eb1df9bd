"""Views of fronts: audiences, columns, directories, site map."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.addresses import budgets_url, column_url, county_url, department_url, form_url, page_url
from domain.vocabulary import Column
from domain.vocabulary.model import Body
from plugins.portal.checking.lists import INDEXES
from plugins.portal.rendering.archives import period_links
from plugins.portal.rendering.facets import compare_url, facet_groups, is_compared
from plugins.portal.rendering.pictures import gallery_context
from plugins.portal.rendering.posts import register_of_all
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.subscriptions import alternates, follow_context
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Translate,
    Viewer,
    all_languages,
    breadcrumb_json,
    column_breadcrumbs,
    column_meta,
    described,
    due_context,
    entries_context,
    link,
    name_in,
    page_context,
)


def column_link(id_: str, lang: str, reads: Reads) -> Context:
    """A column as a described link."""
    column = reads.column(id_)
    description = described(column.descriptions, lang, reads)
    return link(name_in(column.names, lang, reads), column_url(lang, id_), **description)


def form_links(lang: str, reads: Reads) -> list[Context]:
    """The forms that are open; that for errors on the site stands at the end of every page."""
    for_errors = reads.site().report_error.strip("/")
    wanted = [id_ for id_ in reads.terms("form") if f"forms/{id_}" != for_errors]
    forms = [(id_, *reads.form(id_)) for id_ in wanted]
    return [
        link(name_in(form.names, lang, reads), form_url(lang, id_))
        for id_, form, state in forms
        if state == "open"
    ]


def links_to(
    ids: Iterable[str],
    term: Callable[[str], Body | Column],
    url: Callable[[str, str], str],
    lang: str,
    reads: Reads,
) -> list[Context]:
    """Terms as plain links."""
    return [link(name_in(term(id_).names, lang, reads), url(lang, id_)) for id_ in ids]


def audience_context(id_: str, lang: str, reads: Reads) -> Context:
    """An audience with its tasks."""
    audience = reads.audience(id_)
    return {
        "id": id_,
        "name": name_in(audience.names, lang, reads),
        **described(audience.descriptions, lang, reads),
        "url": page_url(lang, id_),
        "tasks": [
            link(name_in(task.names, lang, reads), f"/{lang}/{task.link.strip('/')}/")
            for task in audience.tasks
            if is_front(task.link, reads)
        ],
    }


def is_front(path: str, reads: Reads) -> bool:
    """Whether a task's link leads to a column or form of this site.

    A site with columns of its own may still have the product's audiences.
    """
    target = path.strip("/")
    if target.startswith("forms/"):
        return target.removeprefix("forms/") in reads.terms("form")
    return target in reads.terms("column") or target in INDEXES


def view_audience(viewer: Viewer, lang: str, id_: str) -> HtmlView:
    """The front of one of the four audiences."""
    reads, words = viewer.reads, viewer.words(lang)
    audience = audience_context(id_, lang, reads)
    url = page_url(lang, id_)
    trail = [(words("Home"), page_url(lang)), (audience["name"], url)]
    columns = [c for c in reads.children("") if id_ in reads.column(c).audiences]
    facts = PageFacts(
        kind="audience",
        url=url,
        title=audience["name"],
        description=audience["description"],
        breadcrumbs=trail,
        translations=all_languages(lambda other: page_url(other, id_), reads),
        feeds=alternates(lang, f"audience/{id_}", audience["name"], reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "audience": audience,
        "due": due_context(lang, f"audience/{id_}", reads),
        "entries": entries_context(reads.latest(lang, f"audience/{id_}")),
        "columns": [column_link(column, lang, reads) for column in columns],
        "forms": form_links(lang, reads),
        "follow": follow_context(lang, f"audience/{id_}", reads),
    }
    return HtmlView("audience.html", lang, context)


def view_column(viewer: Viewer, lang: str, id_: str) -> HtmlView:
    """The front of a column at any level."""
    reads, words = viewer.reads, viewer.words(lang)
    column = reads.column(id_)
    url, name = column_url(lang, id_), name_in(column.names, lang, reads)
    description = name_in(column.descriptions, lang, reads)
    listing = f"column/{id_}"
    trail = column_breadcrumbs(id_, lang, words("Home"), reads)
    facts = PageFacts(
        kind="column",
        url=url,
        title=name,
        description=description,
        breadcrumbs=trail,
        translations=all_languages(lambda other: column_url(other, id_), reads),
        meta=column_meta(id_, lang, reads),
        json_ld={"@context": "https://schema.org", **breadcrumb_json(trail, reads)},
        feeds=alternates(lang, listing, name, reads),
    )
    newest, pages = reads.latest(lang, listing), reads.pages(lang, id_)
    context = {
        "page": page_context(facts, lang, reads),
        "column": {
            "id": id_,
            "name": name,
            **described(column.descriptions, lang, reads),
            "url": url,
            "level": len(reads.ancestors(id_)) + 1,
        },
        "children": column_tree(id_, lang, reads),
        "due": due_context(lang, listing, reads),
        "overviews": _overview_links(id_, lang, words, reads),
        "gallery": gallery_context([*pages, *newest], lang, reads),
        "entries": entries_context(newest),
        "years": period_links(lang, listing, "", reads),
        "total": reads.ask(f"total:{listing}"),
        "owners": links_to(column.owners, reads.department, department_url, lang, reads),
        "update": _update_rule(column, words),
        "pages": entries_context(pages),
        "follow": follow_context(lang, listing, reads),
        "facets": facet_groups(column, lang, words, reads),
        "compare_url": compare_url(lang) if is_compared(column) else "",
        "register": register_of_all(lang, reads) if column.shows == "register-of-posts" else None,
    }
    return HtmlView("column.html", lang, context)


def _overview_links(id_: str, lang: str, words: Translate, reads: Reads) -> list[Context]:
    """The tables over all documents of a column's kind."""
    main_column = (id_, *reads.ancestors(id_))[-1]
    if reads.column(id_).kind != "budget" or reads.column(main_column).kind != "budget":
        return []
    heading = words("Budgets and final accounts by department")
    return [link(heading, budgets_url(lang, main_column))]


def column_tree(id_: str, lang: str, reads: Reads) -> list[Context]:
    """The columns below a column, described, each with those below it."""
    return [
        {**column_link(child, lang, reads), "children": column_tree(child, lang, reads)}
        for child in reads.children(id_)
    ]


def _update_rule(column: Column, words: Translate) -> str:
    if column.update_days:
        return words("at least every %(days)s days") % {"days": column.update_days}
    return words("whenever there is something new")


def view_directory(viewer: Viewer, lang: str, family: str) -> HtmlView:
    """The index of `departments`, `counties` or `forms`."""
    reads, words = viewer.reads, viewer.words(lang)
    heading = words(
        {"departments": "Departments", "counties": "Counties", "forms": "Forms"}[family]
    )
    url = page_url(lang, family)
    facts = PageFacts(
        kind="directory",
        url=url,
        title=heading,
        breadcrumbs=[(words("Home"), page_url(lang)), (heading, url)],
        translations=all_languages(lambda other: page_url(other, family), reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "heading": heading,
        "groups": [{"name": "", "entries": _directory_entries(family, lang, reads)}],
    }
    return HtmlView("directory.html", lang, context)


def _directory_entries(family: str, lang: str, reads: Reads) -> list[Context]:
    if family == "forms":
        forms = {id_: reads.form(id_)[0] for id_ in reads.terms("form")}
        return [
            link(
                name_in(form.names, lang, reads),
                form_url(lang, id_),
                **described(form.introduction, lang, reads),
            )
            for id_, form in forms.items()
        ]
    one, term, url_of = {
        "departments": ("department", reads.department, department_url),
        "counties": ("county", reads.county, county_url),
    }[family]
    bodies: list[Body] = [term(id_) for id_ in reads.terms(one)]
    return [
        link(
            name_in(body.names, lang, reads),
            url_of(lang, body.id),
            **described(body.functions or body.descriptions, lang, reads),
        )
        for body in bodies
    ]


def view_site_map(viewer: Viewer, lang: str) -> HtmlView:
    """Every standing page of a language."""
    reads, words = viewer.reads, viewer.words(lang)
    heading, url = words("Site map"), page_url(lang, "site-map")
    facts = PageFacts(
        kind="site-map",
        url=url,
        title=heading,
        breadcrumbs=[(words("Home"), page_url(lang)), (heading, url)],
        translations=all_languages(lambda other: page_url(other, "site-map"), reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "columns": column_tree("", lang, reads),
        "audiences": [audience_context(id_, lang, reads) for id_ in reads.terms("audience")],
        "departments": links_to(
            reads.terms("department"), reads.department, department_url, lang, reads
        ),
        "counties": links_to(reads.terms("county"), reads.county, county_url, lang, reads),
        "forms": form_links(lang, reads),
    }
    return HtmlView("site_map.html", lang, context)
