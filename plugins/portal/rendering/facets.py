"""Facets: pages of a column's documents by one value, and the links to them on its front.

A facet's page lists all its documents up to the limit of archives, above it its years, and these
their months and days as archives do; so it never grows without bound.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from domain.addresses import facet_url, page_url
from domain.languages import Text
from domain.vocabulary import Column
from plugins.portal.catalogue.periods import ArchiveAnswer
from plugins.portal.kinds import KINDS, Kind
from plugins.portal.kinds.appointment import ORGANISATION_FAMILIES
from plugins.portal.kinds.policy import STATES, WHOLE_PREFECTURE
from plugins.portal.rendering.posts import COLUMN as APPOINTMENTS
from plugins.portal.rendering.posts import organisation_names, register_of
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    Translate,
    Viewer,
    all_languages,
    column_breadcrumbs,
    column_meta,
    entries_context,
    link,
    marked_name,
    page_context,
)

FACET_LABELS = {
    "state": "State",
    "industry": "Industry",
    "incentive": "What it offers",
    "level": "Made by",
    "county": "County",
    "department": "Department",
    "organisation": "Other organisations",
}

VALUE_LABELS = {**FACET_LABELS, "organisation": "Organisation"}
"""What one value is; `FACET_LABELS` head the list of all."""

STATE_LABELS = {"open": "In force", "coming": "Not yet in force", "closed": "No longer in force"}


def faceted_kind(column: Column) -> Kind | None:
    """The kind whose facets a column's front shows: that of which it is the main column."""
    kind = KINDS.get(column.kind)
    return kind if kind and kind.facets and kind.main_column == column.id else None


def is_compared(column: Column) -> bool:
    """Whether a column's documents can be put side by side."""
    return column.kind == "policy"


def compare_url(lang: str) -> str:
    """Where the search answers with the comparison."""
    return f"/{lang}/search/compare"


def facet_groups(column: Column, lang: str, words: Translate, reads: Reads) -> list[Context]:
    """The facets of a front: their values in the order of the vocabulary, with how many each has."""
    kind = faceted_kind(column)
    if not kind:
        return []
    totals = {(facet, value): n for facet, value, n in reads.ask(f"facets:{column.id}")}
    groups = []
    for facet in kind.facets:
        values = [value for found, value in totals if found == facet]
        links = [
            link(
                value_name(facet, value, lang, words, reads),
                facet_url(lang, column.id, f"{facet}/{value}"),
                count=totals[facet, value],
            )
            for value in _in_order(facet, values, reads)
        ]
        if links:
            groups.append({"id": facet, "name": words(FACET_LABELS[facet]), "values": links})
    return groups


def _in_order(facet: str, values: list[str], reads: Reads) -> list[str]:
    if facet == "organisation":
        return sorted(values)
    order = STATES if facet == "state" else reads.terms(facet)
    places = {value: place for place, value in enumerate(order)}
    # What names no county comes first: it holds in every county.
    return sorted(values, key=lambda value: places.get(value, -1))


def value_name(facet: str, value: str, lang: str, words: Translate, reads: Reads) -> Markup:
    """What readers call a value of a facet, as HTML."""
    if facet == "state":
        return escape(words(STATE_LABELS[value]))
    if facet == "county" and value == WHOLE_PREFECTURE:
        return escape(words("The whole prefecture"))
    return marked_name(_names(facet, value, reads), lang, reads.site().default_language)


def _names(facet: str, value: str, reads: Reads) -> Text:
    if facet in ORGANISATION_FAMILIES:
        return organisation_names(f"{facet}/{value}", reads)
    names: Text = reads.ask(f"term:{facet}/{value}").names
    return names


def view_facet(viewer: Viewer, lang: str, listing: str, period: str) -> HtmlView:
    """The page of a facet's value, or of a period of it."""
    reads, words = viewer.reads, viewer.words(lang)
    _, column_id, facet, value = listing.split("/", 3)
    column = reads.column(column_id)
    own = f"{facet}/{value}"
    front = facet_url(lang, column_id, own)
    name = value_name(facet, value, lang, words, reads)
    shown = period.replace("/", "-")
    is_register = column_id == APPOINTMENTS and not period
    column_name = marked_name(column.names, lang, reads.site().default_language)
    heading = _heading(column_name, facet, name, words)
    if is_register:
        heading = escape(words("%(name)s: posts and who holds them")) % {"name": name}
    elif period:
        heading = escape(words("%(heading)s, %(period)s")) % {"heading": heading, "period": shown}
    answer: ArchiveAnswer = reads.ask(f"facet:{lang}:{listing}:{period}")
    trail = [*column_breadcrumbs(column_id, lang, words("Home"), reads), (name, front)]
    facts = PageFacts(
        kind="facet",
        url=f"{front}{period}/" if period else front,
        title=heading.striptags(),
        breadcrumbs=[*trail, *([(shown, f"{front}{period}/")] if period else [])],
        translations=all_languages(
            lambda other: facet_url(other, column_id, own) + (f"{period}/" if period else ""), reads
        ),
        meta=column_meta(column_id, lang, reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "heading": heading,
        "about": _body_link(facet, value, name, lang, words),
        "posts": register_of(own, lang, reads) if is_register else [],
        "entries": entries_context(answer.entries),
        "parts": [link(part.replace("/", "-"), f"{front}{part}/") for part in answer.parts],
        "compare_url": compare_url(lang) if is_compared(column) else "",
    }
    return HtmlView("facet.html", lang, context)


def _heading(column: Markup, facet: str, name: Markup, words: Translate) -> Markup:
    """What the list is: "Investment policies – Industry: Clean energy"."""
    values = {"column": column, "facet": words(VALUE_LABELS[facet]), "value": name}
    return escape(words("%(column)s – %(facet)s: %(value)s")) % values


def _body_link(facet: str, value: str, name: Markup, lang: str, words: Translate) -> Context | None:
    """The page of the department or county itself."""
    folders = {"department": "departments", "county": "counties"}
    if facet not in folders or value == WHOLE_PREFECTURE:
        return None
    label = words(VALUE_LABELS[facet])
    return link(name, page_url(lang, f"{folders[facet]}/{value}"), label=label)
