"""Fronts of budgets: which department has published what, and one owner's years side by side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.addresses import budgets_url, column_url
from plugins.portal.kinds.budget import GOVERNMENT, STAGES
from plugins.portal.rendering.budgets import (
    cell,
    heading,
    read_figures,
    read_year,
    row_context,
)
from plugins.portal.rendering.charts import Bar, BarGroup, draw_bars
from plugins.portal.rendering.figures import (
    STAGE_LABELS,
    UNIT_LABELS,
    Figures,
    change_in_words,
    codes_of,
    file_links,
    in_time_order,
    label_of,
    owner_name,
    shown_amount,
)
from plugins.portal.rendering.reads import Reads
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
    name_in,
    page_context,
)

YEARS_SHOWN = 5
"""Columns of years in a table; the files have all years, and so have the archives."""

_EXPECTED = ("budget", "final")
_MISSING = {"budget": "no budget", "final": "no final accounts"}


def view_departments(viewer: Viewer, lang: str, column: str) -> HtmlView:
    """Department by year: what has been published, and in words what has not."""
    reads, words = viewer.reads, viewer.words(lang)
    title = words("Budgets and final accounts by department")
    url = budgets_url(lang, column)
    years = tuple(reads.ask(f"years:budget/{column}"))[:YEARS_SHOWN]
    published = {year: _published(column, year, reads) for year in years}
    owners = _owners(column, reads)
    rows = [_owner_row(owner, column, lang, published, reads, words) for owner in owners]
    trail = [*column_breadcrumbs(column, lang, words("Home"), reads), (title, url)]
    facts = PageFacts(
        kind="budget-departments",
        url=url,
        title=title,
        breadcrumbs=trail,
        translations=all_languages(lambda other: budgets_url(other, column), reads),
        meta=column_meta(column, lang, reads),
        json_ld={"@context": "https://schema.org", **breadcrumb_json(trail, reads)},
    )
    departments = [owner for owner in owners if owner.startswith("department/")]
    context = {
        "page": page_context(facts, lang, reads),
        "heading": title,
        "years": list(years),
        "rows": rows,
        "summary": [_summary(year, published[year], departments, words) for year in years],
    }
    return HtmlView("budget_departments.html", lang, context)


def _owners(column: str, reads: Reads) -> list[str]:
    """The government, every department, and counties that have budgets here."""
    known = reads.ask(f"budget-owners:{column}")
    departments = [f"department/{id_}" for id_ in reads.terms("department")]
    counties = [f"county/{id_}" for id_ in reads.terms("county")]
    government = [GOVERNMENT] if GOVERNMENT in known else []
    return [*government, *departments, *(county for county in counties if county in known)]


def _published(column: str, year: str, reads: Reads) -> dict[str, dict[str, str]]:
    """owner -> stage -> id of what was published for a year."""
    found: dict[str, dict[str, str]] = {}
    for place, id_ in reads.ask(f"budgets:budget/{column}:{year}"):
        owner, _, stage = place.rpartition("/")
        found.setdefault(owner, {}).setdefault(stage, id_)
    return found


def _owner_row(
    owner: str,
    column: str,
    lang: str,
    published: dict[str, dict[str, dict[str, str]]],
    reads: Reads,
    words: Translate,
) -> Context:
    has_any = any(owner in by_owner for by_owner in published.values())
    return {
        "name": owner_name(owner, lang, words, reads),
        "url": budgets_url(lang, column, owner) if has_any else "",
        "cells": [
            _year_cells(by_owner.get(owner, {}), year, lang, reads, words)
            for year, by_owner in published.items()
        ],
    }


def _year_cells(
    ids: dict[str, str], year: str, lang: str, reads: Reads, words: Translate
) -> list[Context]:
    """A link for each stage that is published, and in words what is not; none where nothing is.

    Final accounts are not expected before the year is over.
    """
    found = {stage: reads.entry(ids[stage], lang) for stage in STAGES if stage in ids}
    is_over = year < str(reads.ask("setting:today"))[:4]
    expected = _EXPECTED if is_over else ("budget",)
    if not any(found.values()):
        return []
    lines = []
    for stage in STAGES:
        entry = found.get(stage)
        if entry:
            lines.append(_line(words(STAGE_LABELS[stage]), entry.url))
        elif stage in expected:
            lines.append(_line(words(_MISSING[stage])))
    return lines


def _line(text: str, url: str = "") -> Context:
    return {"text": text, "url": url, "is_missing": not url}


def _summary(
    year: str, by_owner: dict[str, dict[str, str]], departments: Sequence[str], words: Translate
) -> str:
    counts = {
        stage: sum(stage in by_owner.get(department, {}) for department in departments)
        for stage in _EXPECTED
    }
    return words(
        "%(year)s: %(budgets)s of %(all)s departments have published their budget, "
        "%(finals)s their final accounts."
    ) % {
        "year": year,
        "budgets": counts["budget"],
        "finals": counts["final"],
        "all": len(departments),
    }


# One owner's years


def view_years(viewer: Viewer, lang: str, column: str, owner: str) -> HtmlView:
    """The years of one owner side by side, the newest first, with its files."""
    reads, words = viewer.reads, viewer.words(lang)
    name = owner_name(owner, lang, words, reads)
    title = words("%(name)s: budgets and final accounts by year") % {"name": name}
    url, listing = budgets_url(lang, column, owner), f"budget/{column}/{owner}"
    years = tuple(reads.ask(f"years:{listing}"))
    ids = {year: read_year(listing, year, reads) for year in years[:YEARS_SHOWN]}
    by_department = (words("By department"), budgets_url(lang, column))
    trail = [
        *column_breadcrumbs(column, lang, words("Home"), reads),
        by_department,
        (name, url),
    ]
    facts = PageFacts(
        kind="budget-years",
        url=url,
        title=title,
        breadcrumbs=trail,
        translations=all_languages(lambda other: budgets_url(other, column, owner), reads),
        meta=column_meta(column, lang, reads),
        json_ld={"@context": "https://schema.org", **breadcrumb_json(trail, reads)},
    )
    context = {
        "page": page_context(facts, lang, reads),
        "heading": title,
        "years": [
            {"year": year, "lines": _year_cells(ids[year], year, lang, reads, words)}
            for year in ids
        ],
        "is_cut": len(years) > YEARS_SHOWN,
        "shown": YEARS_SHOWN,
        "of": {
            "name": name_in(reads.column(column).names, lang, reads),
            "url": column_url(lang, column),
        },
        "files": file_links(f"{column}/{owner}", words),
        **_side_by_side(ids, lang, words, reads),
    }
    return HtmlView("budget_years.html", lang, context)


def _side_by_side(
    ids: dict[str, dict[str, str]], lang: str, words: Translate, reads: Reads
) -> Context:
    """The table and chart of an owner's years, all in the unit of the newest."""
    found = [read_figures(id_, reads) for by_stage in ids.values() for id_ in by_stage.values()]
    figures = sorted((f for f in found if f), key=in_time_order, reverse=True)
    if not figures:
        return {"table": None, "chart": None, "unit": ""}
    unit = figures[0].unit
    shown = [scaled for f in figures if (scaled := f.in_unit(unit))]
    unit_name = words(UNIT_LABELS[unit]) if unit else ""
    return {
        "table": _years_table(shown, lang, words, reads.site().default_language),
        "chart": _years_chart(shown, unit_name, words),
        "unit": unit_name,
    }


def _years_table(shown: Sequence[Figures], lang: str, words: Translate, default: str) -> Context:
    """A column for each budget; totals say how they changed from the year before."""
    rows = []
    for code in codes_of(shown):
        cells = [
            cell(shown_amount(f.amount_of(code), f.places), _since(f, code, shown, words))
            for f in shown
        ]
        rows.append(row_context(code, shown, cells, lang, default))
    return {"head": [heading(label_of(f, words)) for f in shown], "rows": rows}


def _since(figures: Figures, code: str, shown: Sequence[Figures], words: Translate) -> str:
    """For a total, the change from the same stage a year before."""
    if len(code) > 1:
        return ""
    before = [f for f in shown if f.stage == figures.stage and int(f.year) == int(figures.year) - 1]
    if not before or before[0].amount_of(code) is None or figures.amount_of(code) is None:
        return ""
    places = max(figures.places, before[0].places)
    change = change_in_words(before[0].amount_of(code), figures.amount_of(code), places, words)
    return words("%(change)s on %(before)s") % {
        "change": change,
        "before": label_of(before[0], words),
    }


def _years_chart(shown: Sequence[Figures], unit: str, words: Translate) -> object:
    """Total spending (else revenue) of each year: planned beside spent."""
    code = "2" if any(f.amount_of("2") is not None for f in shown) else "1"
    years = sorted({f.year for f in shown}, reverse=True)
    amounts: dict[tuple[str, str], tuple[Decimal, int]] = {}
    for f in shown:
        amount = f.amount_of(code)
        if amount is not None:
            amounts[f.year, f.stage] = amount, f.places
    if not amounts:
        return None
    groups = [
        BarGroup(
            year,
            [
                Bar(amounts[year, stage][0], shown_amount(*amounts[year, stage]))
                if (year, stage) in amounts
                else None
                for stage in _EXPECTED
            ],
        )
        for year in years
    ]
    what = words("Total spending by year") if code == "2" else words("Total revenue by year")
    text = words("Bar chart of %(count)s years, the newest first.") % {"count": len(years)}
    if unit:
        text += " " + words("Unit: %(unit)s.") % {"unit": unit}
    text += " " + words("The table on this page has the same figures.")
    return draw_bars("years", what, text, [words(STAGE_LABELS[s]) for s in _EXPECTED], groups)
