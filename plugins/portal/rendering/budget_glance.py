"""The newest budget at a glance: the one small chart of the home page.

A list of items with their amounts, each with a bar that a template draws as one rectangle: the
home page is made anew with almost every edit, so it must not load what larger charts need.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.languages import HTML_LANG, text_in
from plugins.portal.catalogue.entries import Entry
from plugins.portal.rendering.budgets import read_figures
from plugins.portal.rendering.figures import UNIT_LABELS, Figures, shown_amount
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, link

BARS = 5
_SPENDING = "2"


def budget_glance(
    entries: Iterable[Entry], lang: str, words: Translate, reads: Reads
) -> Context | None:
    """The first of these budgets that has items: {of {name,url,html_lang}, unit, lines}."""
    for entry in entries:
        figures = read_figures(entry.id, reads)
        lines = _largest_items(figures, lang, reads) if figures else []
        if figures and lines:
            html_lang = "" if entry.lang == lang else HTML_LANG[entry.lang]
            return {
                "of": link(entry.title, entry.url, html_lang=html_lang),
                "unit": words(UNIT_LABELS[figures.unit]) if figures.unit else "",
                "lines": lines,
            }
    return None


def _largest_items(figures: Figures, lang: str, reads: Reads) -> list[Context]:
    """The largest items of spending below the total: name, html_lang, amount, and the percent
    that its bar has of the longest."""
    lines = [line for line in figures.lines.values() if line.level == 2]
    spending = [line for line in lines if line.code.startswith(_SPENDING)]
    ordered = sorted(spending, key=lambda line: (-line.amounts["amount"], line.code))[:BARS]
    longest = ordered[0].amounts["amount"] if ordered else 0
    found = []
    for line in ordered:
        name, own = text_in(line.names, lang, reads.site().default_language)
        amount = line.amounts["amount"]
        found.append(
            {
                "name": name,
                "html_lang": "" if own == lang else HTML_LANG[own],
                "amount": shown_amount(amount, figures.places),
                "percent": max(0, round(100 * amount / longest)) if longest > 0 else 0,
            }
        )
    return found
