"""What the page of a budget shows besides its text: tables, changes, chart, files, data set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from domain.addresses import budgets_url
from domain.clock import local_with_offset
from domain.languages import HTML_LANG, SEPARATORS, text_in
from plugins.portal.catalogue.questions import DocumentAnswer
from plugins.portal.kinds.budget import owner_of
from plugins.portal.reading.document import Document
from plugins.portal.rendering.charts import Bar, BarGroup, draw_bars
from plugins.portal.rendering.figures import (
    AMOUNT_LABELS,
    UNIT_LABELS,
    FigureLine,
    Figures,
    change_in_words,
    codes_of,
    file_links,
    in_time_order,
    label_of,
    make_figures,
    shown_amount,
)
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import (
    Context,
    Translate,
    entry_context,
    marked_name,
)

CHART_BARS = 12
_SPENDING = "2"


def main_column_of(column: str, reads: Reads) -> str:
    """The main column that a column belongs to, itself when it is one."""
    return (column, *reads.ancestors(column))[-1]


def read_figures(id_: str, reads: Reads) -> Figures | None:
    """A budget's figures; None where it has no lines or is not to be seen."""
    answer = reads.ask(f"figures:{id_}")
    figures = make_figures(answer) if answer and answer.year and answer.stage else None
    return figures if figures and figures.lines else None


def read_year(listing: str, year: str, reads: Reads) -> dict[str, str]:
    """stage -> id of the newest budget of one owner in a year."""
    ids: dict[str, str] = {}
    for stage, id_ in reads.ask(f"budgets:{listing}:{year}"):
        ids.setdefault(stage, id_)
    return ids


# The page of one budget


def budget_context(answer: DocumentAnswer, words: Translate, reads: Reads) -> Context:
    """`budget` as budget.html reads it."""
    document = answer.document
    own = read_figures(document.id, reads)
    column, owner = main_column_of(document.column, reads), owner_of(document)
    context: Context = {
        "all_years_url": budgets_url(document.lang, column, owner),
        "table": None,
    }
    if own is None:
        return context
    others = _read_others(f"budget/{column}/{owner}", own, reads)
    compared = [figures for _, figures in others]
    lang, default = document.lang, reads.site().default_language
    return context | {
        "unit": words(UNIT_LABELS[own.unit]) if own.unit else "",
        "table": _table_context(own, compared, words, lang, default),
        "proof": proof_in_words(own, words),
        "rounded": _rounded_contexts(own, words, lang, default),
        **_chart_context(document, own, compared, words, default),
        "compared": _compared_links(compared, lang, words, reads),
        "files": file_links(document.id, words),
    }


def _read_others(listing: str, own: Figures, reads: Reads) -> list[tuple[str, Figures]]:
    """What stands beside a budget: the other stage of its year, and the same stage a year before."""
    same_year = read_year(listing, own.year, reads)
    year_before = read_year(listing, str(int(own.year) - 1), reads)
    wanted = {
        "budget": ("final",),
        "adjustment": ("budget",),
        "final": ("adjustment", "budget"),
    }[own.stage]
    ids = [same_year[stage] for stage in wanted if stage in same_year][:1]
    ids += [year_before[own.stage]] if own.stage in year_before else []
    found = [(id_, read_figures(id_, reads)) for id_ in ids if id_ != own.id]
    scaled = [(id_, figures.in_unit(own.unit)) for id_, figures in found if figures]
    return [(id_, figures) for id_, figures in scaled if figures and figures.lines]


def _table_context(
    own: Figures, compared: Sequence[Figures], words: Translate, lang: str, default: str
) -> Context:
    """Head and rows; a row's cells follow the columns: amounts, then others with their changes."""
    parts = own.columns[1:]
    head = [heading(label_of(own, words)), *(heading(words(AMOUNT_LABELS[p])) for p in parts)]
    for other in compared:
        earlier, later = sorted((own, other), key=in_time_order)
        values = {"earlier": label_of(earlier, words), "later": label_of(later, words)}
        change = words("From %(earlier)s to %(later)s") % values
        head += [heading(label_of(other, words)), heading(change, words("Change"))]
    places = max(figures.places for figures in (own, *compared))
    rows = []
    for code in codes_of((own, *compared)):
        line = own.lines.get(code)
        amounts = [line.amounts[name] if line else None for name in own.columns]
        cells = [cell(shown_amount(amount, own.places)) for amount in amounts]
        for other in compared:
            amount = other.amount_of(code)
            before, after = (f.amount_of(code) for f in sorted((own, other), key=in_time_order))
            change = change_in_words(before, after, places, words)
            cells += [cell(shown_amount(amount, other.places)), cell(change, is_words=True)]
        rows.append(row_context(code, (own, *compared), cells, lang, default))
    return {"head": head, "rows": rows}


def heading(text: str, label: str = "") -> Context:
    """The head of a column: of amounts, or with a `label` of what changed; on a phone, where
    rows are lists, the label stands before each change."""
    return {"text": text, "label": label or text, "is_words": bool(label)}


def cell(text: str, note: str = "", *, is_words: bool = False) -> Context:
    """A cell: an amount, perhaps with a note below it, or words."""
    return {"text": text, "note": note, "is_words": is_words}


def row_context(
    code: str, figures: Iterable[Figures], cells: Sequence[Context], lang: str, default: str
) -> Context:
    """A row as tables of figures read it; the item's name is that of the first who has it."""
    line = next(each.lines[code] for each in figures if code in each.lines)
    name, own_lang = text_in(line.names, lang, default)
    return {
        "code": code,
        "level": line.level,
        "name": name,
        "html_lang": "" if own_lang == lang else HTML_LANG[own_lang],
        "cells": cells,
    }


def proof_in_words(own: Figures, words: Translate) -> str:
    """How many sums were added up, and what rounding was allowed."""
    values = {"count": own.sums}
    if not own.rounded:
        return words("All %(count)s sums were added up and agree exactly.") % values
    return (
        words(
            "All %(count)s sums were added up. These differ by what rounding explains "
            "(at most half a unit in the last place for each line added):"
        )
        % values
    )


def _rounded_contexts(own: Figures, words: Translate, lang: str, default: str) -> list[Markup]:
    """What rounding leaves, a line of HTML each."""
    lines = []
    for code, column, difference in own.rounded:
        name = marked_name(own.lines[code].names, lang, default)
        parts = [name] if column in ("amount", "parts") else [name, words(AMOUNT_LABELS[column])]
        what = Markup(SEPARATORS[lang]).join(parts)  # noqa: S704 - our own constant
        values = {"item": f"{code} " + what, "difference": f"{Decimal(difference):+,}"}
        lines.append(escape(words("%(item)s: the parts differ from it by %(difference)s")) % values)
    return lines


def _chart_context(
    document: Document, own: Figures, compared: Sequence[Figures], words: Translate, default: str
) -> Context:
    """Spending (else revenue) by its first level, beside the first of what is compared."""
    lines = [line for line in own.lines.values() if line.level == 2]
    spending = [line for line in lines if line.code.startswith(_SPENDING)]
    ordered = sorted(spending or lines, key=lambda line: (-line.amounts["amount"], line.code))
    if not ordered:
        return {"chart": None, "chart_note": ""}
    is_cut = len(ordered) > CHART_BARS
    note = words("Smaller items are in the table only.") if is_cut else ""
    groups = _bar_groups(ordered[:CHART_BARS], [own, *compared[:1]], document.lang, default)
    labels = [label_of(figures, words) for figures in (own, *compared[:1])]
    title = words("%(what)s: the items of the first level") % {"what": " / ".join(labels)}
    description = " ".join(_describe(len(groups), note, own, words))
    return {
        "chart": draw_bars("figures", title, description, labels, groups),
        "chart_note": note,
    }


def _bar_groups(
    lines: Sequence[FigureLine], shown: Sequence[Figures], lang: str, default: str
) -> list[BarGroup]:
    groups = []
    for line in lines:
        name, own_lang = text_in(line.names, lang, default)
        amounts = [figures.amount_of(line.code) for figures in shown]
        bars = [
            None if amount is None else Bar(amount, shown_amount(amount, figures.places))
            for amount, figures in zip(amounts, shown, strict=True)
        ]
        groups.append(BarGroup(name, bars, HTML_LANG[own_lang] if own_lang != lang else ""))
    return groups


def _describe(count: int, note: str, own: Figures, words: Translate) -> Iterator[str]:
    """The chart in sentences."""
    yield words("Bar chart of %(count)s items, the largest first.") % {"count": count}
    if note:
        yield note
    if own.unit:
        yield words("Unit: %(unit)s.") % {"unit": words(UNIT_LABELS[own.unit])}
    yield words("The table on this page has the same figures.")


def _compared_links(
    compared: Iterable[Figures], lang: str, words: Translate, reads: Reads
) -> list[Context]:
    links = []
    for figures in compared:
        entry = reads.entry(figures.id, lang)
        if entry:
            links.append({"label": label_of(figures, words), "entry": entry_context(entry)})
    return links


def item_names(document: Document, reads: Reads) -> list[str]:
    """What the lines of a budget are called in the document's language."""
    lines = (document.fields.get("figures") or {}).get("lines", ())
    default = reads.site().default_language
    return [text_in(names, document.lang, default)[0] for _, names, _ in lines]


# Data


def budget_json_ld(document: Document, reads: Reads) -> Context:
    """What makes the page's structured data a data set."""
    base, fields = reads.site().url, document.fields
    facts: Context = {}
    if fields.get("year"):
        facts["temporalCoverage"] = fields["year"]
    if fields.get("figures"):
        facts["distribution"] = [
            {
                "@type": "DataDownload",
                "encodingFormat": file["type"],
                "contentUrl": base + file["url"],
            }
            for file in file_links(document.id, str)
        ]
    if fields.get("unit"):
        facts["variableMeasured"] = {
            "@type": "PropertyValue",
            "name": "amount",
            "unitText": UNIT_LABELS[fields["unit"]],
        }
    if document.date:
        facts["dateModified"] = local_with_offset(document.date, reads.site().timezone)
    return facts
