"""Time against size as SVG: both by powers of ten, so that what grows as the site is a slope of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape
from math import ceil, floor, log10
from statistics import median
from typing import Any

import svg

from bench.systems import EDIT, FULL

Points = list[tuple[int, float]]
"""(documents, seconds), by documents."""

LABELS = {
    "ours": "this project",
    "pelican": "stock Pelican",
    "hugo": "Hugo",
    "eleventy": "Eleventy",
}
_LINES: dict[str, tuple[str, list[Decimal | float | int] | None]] = {
    "ours": ("#0b5563", None),
    "pelican": ("#8a3b12", [2, 4]),
    "hugo": ("#5b3a8c", [8, 4]),
    "eleventy": ("#33691e", [8, 3, 2, 3]),
}
"""Colour and dashes of each system's line."""

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 440, 70, 190, 20, 50


def draw_times(rows: Iterable[Mapping[str, Any]]) -> str:
    """A line for each system's full builds and one for our edits, medians of all turns."""
    lines = _lines(list(rows))
    scale = _Scale([point for points in lines.values() for point in points])
    elements = list(_axes(scale))
    for (system, step), points in lines.items():
        elements += _line(system, step, points, scale)
    drawn = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, _HEIGHT),
        width=_WIDTH,
        height=_HEIGHT,
        elements=[
            svg.Rect(width=_WIDTH, height=_HEIGHT, fill="white"),
            svg.Style(
                text="text { font: 13px sans-serif; paint-order: stroke; stroke: white; stroke-width: 3px }"
            ),
            *elements,
        ],
    )
    return f"{drawn.as_str()}\n"


def _lines(rows: list[Mapping[str, Any]]) -> dict[tuple[str, str], Points]:
    wanted = [(system, FULL) for system in LABELS] + [("ours", EDIT)]
    lines = {}
    for system, step in wanted:
        found: dict[int, list[float]] = {}
        for row in rows:
            if (row["system"], row["step"]) == (system, step):
                found.setdefault(row["size"], []).append(row["seconds"])
        if found:
            lines[system, step] = [(size, median(found[size])) for size in sorted(found)]
    return lines


class _Scale:
    """From documents and seconds to places in the picture."""

    def __init__(self, points: Points) -> None:
        sizes, seconds = zip(*points, strict=True)
        self.sizes = range(floor(log10(min(sizes))), ceil(log10(max(sizes))) + 1)
        self.seconds = range(floor(log10(min(seconds))), ceil(log10(max(seconds))) + 1)

    def x(self, documents: float) -> float:
        share = (log10(documents) - self.sizes[0]) / max(1, len(self.sizes) - 1)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, seconds: float) -> float:
        share = (log10(seconds) - self.seconds[0]) / max(1, len(self.seconds) - 1)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _axes(scale: _Scale) -> Iterable[svg.Element]:
    left, right = _LEFT, _WIDTH - _RIGHT
    for power in scale.seconds:
        y = scale.y(10**power)
        yield svg.Line(x1=left, x2=right, y1=y, y2=y, stroke="#d0d0d0")
        yield svg.Text(x=left - 8, y=y + 4, text_anchor="end", text=f"{10**power:g} s")
    for power in scale.sizes:
        x = scale.x(10**power)
        yield svg.Line(x1=x, x2=x, y1=_TOP, y2=_HEIGHT - _BOTTOM, stroke="#d0d0d0")
        yield svg.Text(x=x, y=_HEIGHT - _BOTTOM + 20, text_anchor="middle", text=f"{10**power:,}")
    yield svg.Text(x=(left + right) / 2, y=_HEIGHT - 8, text_anchor="middle", text="documents")


def _line(system: str, step: str, points: Points, scale: _Scale) -> Iterable[svg.Element]:
    colour, dashes = _LINES[system]
    places = [(scale.x(size), scale.y(seconds)) for size, seconds in points]
    yield svg.Polyline(
        points=[svg.Point(*place) for place in places],
        fill="none",
        stroke=colour,
        stroke_width=2.5,
        stroke_dasharray=dashes,
    )
    for x, y in places:
        yield svg.Circle(cx=x, cy=y, r=4, fill=colour)
    label = f"{LABELS[system]}, one edit" if step == EDIT else LABELS[system]
    x, y = places[-1]
    last = points[-1][1]
    written = f"{last:.3g}" if last < 1_000 else f"{last:,.0f}"
    yield svg.Text(x=x + 10, y=y + 4, fill=colour, text=escape(f"{label}: {written} s"))
