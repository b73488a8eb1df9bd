"""Invented views of budgets for the theme's tests; the chart is the one that pages get."""

from decimal import Decimal
from typing import Any

from domain.languages import HTML_LANG
from plugins.portal.rendering.charts import Bar, BarGroup, draw_bars

ITEMS = (
    ("2", {"zh": "支出总计", "en": "Total spending", "bo": "འགྲོ་སོང་བསྡོམས།"}),
    ("205", {"zh": "教育支出", "en": "Education", "bo": "སློབ་གསོ།"}),
    ("20502", {"zh": "普通教育"}),
)


def table(lang: str, columns: int) -> dict[str, Any]:
    """Three levels; the third item has only a Chinese name."""
    cells = [
        {"text": "1,204.50", "note": "+1.2%", "is_words": False},
        {"text": "no change", "note": "", "is_words": True},
    ]
    rows = [
        {
            "code": code,
            "level": level,
            "name": names.get(lang, names["zh"]),
            "html_lang": "" if lang in names else HTML_LANG["zh"],
            "cells": (cells * columns)[:columns],
        }
        for level, (code, names) in enumerate(ITEMS, 1)
    ]
    head = [
        {"text": f"Budget {2026 - column}", "label": "Budget", "is_words": bool(column % 2)}
        for column in range(columns)
    ]
    return {"head": head, "rows": rows}


def chart() -> Any:
    bars = [Bar(Decimal("12.5"), "12.50"), Bar(Decimal(9), "9.00")]
    groups = [BarGroup("Education <1>", bars), BarGroup("卫生", [None, bars[0]], "zh-CN")]
    return draw_bars("figures", "A & B", "Two", ["2026", "2025"], groups)


def files() -> list[dict[str, str]]:
    return [{"name": "CSV", "url": "/figures/x.csv", "type": "text/csv"}]


def year_lines(lang: str) -> list[dict[str, Any]]:
    return [
        {"text": "Budget", "url": f"/{lang}/budgets/2026/x/", "is_missing": False},
        {"text": "no final accounts", "url": "", "is_missing": True},
    ]


def budget_views(lang: str, document: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Template name -> what it reads."""
    budget = {
        "table": table(lang, 4),
        "unit": "yuan",
        "proof": "All 3 sums agree.",
        "rounded": ["205: 0.01"],
        "chart": chart(),
        "chart_note": "Smaller items are in the table only.",
        "compared": [{"label": "Budget 2025", "entry": entry}],
        "files": files(),
        "all_years_url": f"/{lang}/budgets/by-department/education/",
    }
    return {
        "budget.html": {"document": document | {"validity": None}, "budget": budget},
        "budget_years.html": {
            "heading": "Education: years",
            "years": [{"year": "2026", "lines": year_lines(lang)}],
            "is_cut": True,
            "shown": 5,
            "files": files(),
            "table": table(lang, 3),
            "chart": chart(),
            "unit": "yuan",
        },
        "budget_departments.html": {
            "heading": "By department",
            "years": ["2026", "2025"],
            "rows": [
                {"name": "Education", "url": f"/{lang}/x/", "cells": [year_lines(lang)] * 2},
                {"name": "Health", "url": "", "cells": [year_lines(lang), []]},
            ],
            "summary": ["2026: 1 of 44"],
        },
    }
