"""Bar charts as SVG, drawn when a page is made; without colour, script or style of their own.

Lengths are in percent of the width and in the size of the letters, so that a chart fits a phone
and large text alike. Series differ by pattern, every bar has its figure beside it, and a table
on the page says the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    import svg

WIDEST_BAR = 66
"""Percent of the width that the longest bar has: the rest is for its figure."""

_LABEL, _BAR, _GAP = 1.5, 1.25, 0.6
_PATTERNS = ("solid", "hatched")


class Bar(NamedTuple):
    """One bar: its length follows `value`, its figure is `text`."""

    value: Decimal
    text: str


class BarGroup(NamedTuple):
    """What is compared: a label, and one bar for each series, None where it has none.

    `html_lang` where the label is in another language than the page.
    """

    label: str
    bars: Sequence[Bar | None]
    html_lang: str = ""


def draw_bars(
    name: str, title: str, description: str, series: Sequence[str], groups: Sequence[BarGroup]
) -> Markup:
    """The chart as an <svg> for a page; `name` makes its ids the only ones there.

    At most two series. Negative values have no bar, only their figure.
    """
    # Loading it takes longer than drawing a hundred charts, and most builds draw none.
    import svg

    longest = max((b.value for g in groups for b in g.bars if b), default=Decimal(0))
    elements: list[svg.Element] = [
        svg.Title(id=f"{name}-title", text=escape(title)),
        svg.Desc(id=f"{name}-desc", text=escape(description)),
        svg.Defs(elements=[_hatching(name)]),
    ]
    top = 0.0
    for position, label in enumerate(series):
        elements += _legend(name, position, label, top)
        top += _LABEL
    for group in groups:
        top += _GAP
        elements.append(_text(group.label, 0, top, "chart-label", group.html_lang))
        top += _LABEL
        for position, bar in enumerate(group.bars):
            if bar:
                elements += _bar(name, position, bar, longest, top)
                top += _BAR
    drawn = svg.SVG(
        class_=["chart"],
        width=svg.Length(100, "%"),
        height=svg.Length(round(top + _GAP, 2), "em"),
        elements=elements,
        extra={
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-desc",
        },
    )
    return Markup(drawn.as_str())  # noqa: S704 - every text in it is escaped here


def _hatching(name: str) -> svg.Element:
    import svg

    lines = svg.Path(
        d=[svg.M(0, 6), svg.L(6, 0)],
        class_=["chart-hatch"],
        stroke="#0b5563",
        stroke_width=Decimal("1.5"),
    )
    return svg.Pattern(
        id=f"{name}-hatched", width=6, height=6, patternUnits="userSpaceOnUse", elements=[lines]
    )


def _legend(name: str, position: int, label: str, top: float) -> list[svg.Element]:
    return [
        _rect(name, position, width=1.6, unit="em", top=top),
        _text(label, 2.1, top, "chart-series"),
    ]


def _bar(name: str, position: int, bar: Bar, longest: Decimal, top: float) -> list[svg.Element]:
    share = max(bar.value, Decimal(0)) * WIDEST_BAR / longest if longest > 0 else Decimal(0)
    width = float(round(share, 2))
    found = [_rect(name, position, width=width, unit="%", top=top)] if width else []
    return [*found, _text(bar.text, width, top, "chart-value", unit="%", dx=0.4)]


def _rect(name: str, position: int, *, width: float, unit: Any, top: float) -> svg.Element:
    import svg

    pattern = _PATTERNS[position]
    return svg.Rect(
        class_=[f"chart-{pattern}"],
        x=0,
        y=svg.Length(round(top + 0.15, 2), "em"),
        width=svg.Length(width, unit),
        height=svg.Length(Decimal("0.95"), "em"),
        fill=f"url(#{name}-hatched)" if pattern == "hatched" else "#0b5563",
        stroke="#0b5563",
    )


def _text(
    text: str,
    x: float,
    top: float,
    class_: str,
    html_lang: str = "",
    *,
    unit: Any = "em",
    dx: float = 0,
) -> svg.Element:
    import svg

    return svg.Text(
        text=escape(text),
        class_=[class_],
        x=svg.Length(x, unit),
        dx=svg.Length(dx, "em") if dx else None,
        y=svg.Length(round(top + 1, 2), "em"),
        extra={"lang": html_lang} if html_lang else {},
    )
