"""Figures of budgets as files: one record for each line, in CSV for spreadsheets and in JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from plugins.portal.rendering.budgets import read_figures, read_year
from plugins.portal.rendering.figures import AMOUNT_LABELS, Figures, in_time_order
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import TextView, Viewer


def view_figures(viewer: Viewer, id_: str, form: str) -> TextView:
    """/figures/<id>.csv and .json: the figures of one budget."""
    figures = read_figures(id_, viewer.reads)
    return figures_file([figures] if figures else [], form, viewer.reads)


def view_all_figures(viewer: Viewer, column: str, owner: str, form: str) -> TextView:
    """/figures/<column>/<owner>.csv and .json: all years of one owner, in the order of time."""
    listing = f"budget/{column}/{owner}"
    ids = [
        id_
        for year in viewer.reads.ask(f"years:{listing}")
        for id_ in read_year(listing, year, viewer.reads).values()
    ]
    found = [read_figures(id_, viewer.reads) for id_ in ids]
    figures = sorted((f for f in found if f), key=in_time_order)
    return figures_file(figures, form, viewer.reads)


def figures_file(figures: Sequence[Figures], form: str, reads: Reads) -> TextView:
    """One record for each line: year, stage, unit, code, item in each language, amounts."""
    site = reads.site()
    items = {"item": site.default_language}
    items |= {f"item_{lang}": lang for lang in site.languages if lang != site.default_language}
    named = {lang for f in figures for line in f.lines.values() for lang in line.names}
    items = {name: lang for name, lang in items.items() if lang in named or name == "item"}
    amounts = [name for name in AMOUNT_LABELS if any(name in f.columns for f in figures)]
    records = [
        {
            "year": f.year,
            "stage": f.stage,
            "unit": f.unit,
            "code": line.code,
            **{name: line.names.get(lang, "") for name, lang in items.items()},
            **{
                name: f"{line.amounts[name]:.{f.places}f}" if name in line.amounts else ""
                for name in amounts
            },
        }
        for f in figures
        for line in f.lines.values()
    ]
    if form == "json":
        return TextView(json.dumps({"figures": records}, ensure_ascii=False, indent=1) + "\n")
    text = io.StringIO()
    names = ["year", "stage", "unit", "code", *items, *(amounts or ["amount"])]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(records)
    # Spreadsheets take a CSV without this mark for the encoding of their own system.
    return TextView("\ufeff" + text.getvalue())
