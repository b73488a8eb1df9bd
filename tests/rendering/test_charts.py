"""Charts: readable without colour and by a screen reader, in any size, under the strict policy."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal

from plugins.portal.rendering.charts import WIDEST_BAR, Bar, BarGroup, draw_bars

SVG = "{http://www.w3.org/2000/svg}"


def bar(value: str) -> Bar:
    return Bar(Decimal(value), value)


def draw(*groups: BarGroup) -> ET.Element:
    return ET.fromstring(draw_bars("x", "A & <b>", "What it says", ["Plan", "Spent"], groups))


def widths(drawn: ET.Element) -> list[str]:
    """Of the bars; those of the legend are left out."""
    found = [each.get("width", "") for each in drawn.iter(f"{SVG}rect")]
    return [width for width in found if width.endswith("%")]


def test_it_has_a_name_and_a_description_for_those_who_cannot_see_it() -> None:
    drawn = draw(BarGroup("甲", [bar("1"), bar("2")]))
    assert drawn.get("role") == "img"
    by_id = {each.get("id"): each.text for each in drawn.iter() if each.get("id")}
    assert by_id[drawn.get("aria-labelledby")] == "A & <b>"
    assert by_id[drawn.get("aria-describedby")] == "What it says"


def test_series_differ_by_pattern_and_every_bar_says_its_figure() -> None:
    drawn = draw(BarGroup("甲", [bar("1"), bar("2")]), BarGroup("乙", [None, bar("3")]))
    fills = [each.get("fill") for each in drawn.iter(f"{SVG}rect")]
    # The legend's two, then the bars.
    assert fills == ["#0b5563", "url(#x-hatched)"] * 2 + ["url(#x-hatched)"]
    assert drawn.find(f".//{SVG}pattern[@id='x-hatched']") is not None
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert texts == ["Plan", "Spent", "甲", "1", "2", "乙", "3"]


def test_bars_are_as_long_as_what_they_show() -> None:
    drawn = draw(BarGroup("甲", [bar("400"), bar("100")]), BarGroup("乙", [bar("0"), bar("-5")]))
    assert widths(drawn) == [f"{WIDEST_BAR}.0%", f"{WIDEST_BAR / 4}%"]


def test_nothing_but_nothing_is_drawn_too() -> None:
    assert widths(draw(BarGroup("甲", [bar("0"), None]))) == []
    assert widths(draw()) == []


def test_it_has_no_style_no_script_and_the_same_bytes_each_time() -> None:
    groups = [BarGroup("<script>", [bar("1"), None], "zh-CN")]
    made = draw_bars("x", "t", "d", ["a", "b"], groups)
    assert made == draw_bars("x", "t", "d", ["a", "b"], groups)
    names = {each.tag.removeprefix(SVG) for each in ET.fromstring(made).iter()}
    assert names == {"svg", "title", "desc", "defs", "pattern", "path", "rect", "text"}
    assert "style=" not in made
    assert "<script" not in made


def test_a_label_in_another_language_says_so() -> None:
    drawn = draw(BarGroup("甲", [bar("1")], "zh-CN"), BarGroup("B", [bar("1")]))
    labels = [t for t in drawn.iter(f"{SVG}text") if t.get("class") == "chart-label"]
    assert [label.get("lang") for label in labels] == ["zh-CN", None]
