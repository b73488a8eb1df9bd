"""Views of the homes of departments and counties."""

from __future__ import annotations

from collections.abc import Callable

from domain.addresses import column_url, county_url, department_url, form_url, page_url
from domain.vocabulary.model import Body
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.archives import period_links
from plugins.portal.rendering.fronts import links_to
from plugins.portal.rendering.posts import heads_of
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.subscriptions import alternates, follow_context
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Translate,
    Viewer,
    all_languages,
    described,
    due_context,
    entries_context,
    link,
    name_in,
    page_context,
)

APART_ENTRIES = 5
"""Entries of a kind that has a list of its own here."""


def view_department(viewer: Viewer, lang: str, id_: str) -> HtmlView:
    """The home of a department."""
    department = viewer.reads.department(id_)
    return _view_body(viewer, lang, "department", department, department_url)


def view_county(viewer: Viewer, lang: str, id_: str) -> HtmlView:
    """The home of a county."""
    return _view_body(viewer, lang, "county", viewer.reads.county(id_), county_url)


def _view_body(
    viewer: Viewer,
    lang: str,
    family: str,
    body: Body,
    url_of: Callable[[str, str], str],
) -> HtmlView:
    reads, words = viewer.reads, viewer.words(lang)
    url, name = url_of(lang, body.id), name_in(body.names, lang, reads)
    listing = f"{family}/{body.id}"
    all_of_them = {
        "department": (words("Departments"), page_url(lang, "departments")),
        "county": (words("Counties"), page_url(lang, "counties")),
    }[family]
    facts = PageFacts(
        kind=family,
        url=url,
        title=name,
        description=name_in(body.functions or body.descriptions, lang, reads),
        breadcrumbs=[(words("Home"), page_url(lang)), all_of_them, (name, url)],
        translations=all_languages(lambda other: url_of(other, body.id), reads),
        feeds=alternates(lang, listing, name, reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "body": _body_context(body, family, lang, reads),
        "due": due_context(lang, listing, reads),
        "entries": entries_context(reads.latest(lang, listing)),
        "apart": _kinds_apart(f"{family}-kind/{body.id}", lang, words, reads),
        "years": period_links(lang, listing, "", reads),
        "total": reads.ask(f"total:{listing}"),
        "follow": follow_context(lang, listing, reads),
        "forms": _forms_of(body.id, lang, reads) if family == "department" else [],
        "columns": _columns_of(body.id, lang, reads) if family == "department" else [],
        "counties": _counties_but(body.id if family == "county" else "", lang, reads),
    }
    return HtmlView(f"{family}.html", lang, context)


def _body_context(body: Body, family: str, lang: str, reads: Reads) -> Context:
    term = reads.department if family == "department" else reads.county
    url_of = department_url if family == "department" else county_url
    today = reads.ask("setting:today")
    return {
        "name": name_in(body.names, lang, reads),
        "phone": body.phone,
        "email": body.email_public,
        "postcode": body.postcode,
        "address": name_in(body.address, lang, reads),
        "hours": name_in(body.hours, lang, reads),
        **described(body.functions or body.descriptions, lang, reads, "functions"),
        "successors": links_to(body.successors, term, url_of, lang, reads),
        "is_dissolved": body.valid_until is not None and body.valid_until.isoformat() < today,
        "posts": heads_of(f"{family}/{body.id}", lang, reads),
    }


def _kinds_apart(listings: str, lang: str, words: Translate, reads: Reads) -> list[Context]:
    """The newest of each kind that has a list of its own on these pages, where there are any."""
    found = []
    for name, kind in KINDS.items():
        if kind.is_apart:
            entries = reads.latest(lang, f"{listings}/{name}")[:APART_ENTRIES]
            if entries:
                found.append({"name": words(kind.label), "entries": entries_context(entries)})
    return found


def _forms_of(department: str, lang: str, reads: Reads) -> list[Context]:
    """The open forms whose letters this department answers."""
    forms = [(id_, *reads.form(id_)) for id_ in reads.terms("form")]
    return [
        link(name_in(form.names, lang, reads), form_url(lang, id_))
        for id_, form, state in forms
        if state == "open" and form.department == department
    ]


def _columns_of(department: str, lang: str, reads: Reads) -> list[Context]:
    """The columns that the department answers for."""
    columns = reads.ask(f"owned:{department}")
    return links_to(columns, reads.column, column_url, lang, reads)


def _counties_but(county: str, lang: str, reads: Reads) -> list[Context]:
    """The counties, without the one whose page this is."""
    ids = (id_ for id_ in reads.terms("county") if id_ != county)
    return links_to(ids, reads.county, county_url, lang, reads)
