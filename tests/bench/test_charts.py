"""What is measured of budgets is what pages do: a whole chart, and figures that are right."""

from pathlib import Path

import pytest

from bench import BenchError
from bench.charts import BEGIN, END, draw_sample, measure_charts, prove_sample, sample_figures
from bench.table import put_between


def test_the_chart_has_every_bar() -> None:
    drawn = draw_sample(12)
    # Two rectangles more for the legend.
    assert drawn.count("<rect") == 2 * 12 + 2


def test_the_figures_are_right_and_every_sum_is_proven() -> None:
    text = sample_figures()
    # The total, 20 classes, 100 items.
    assert prove_sample(text) == 1 + 20 + 100
    with pytest.raises(ValueError, match="budget-sum"):
        prove_sample(text.replace("Item 2,", "Item 2,1"))


def test_the_table_names_what_it_measured_and_goes_between_the_marks(tmp_path: Path) -> None:
    text = measure_charts(1)
    assert "a chart of 12 items" in text
    assert "figures of 421 lines" in text
    page = tmp_path / "page.md"
    page.write_text(f"a\n{BEGIN}\nold\n{END}\nb\n", "utf-8")
    put_between(text, page, BEGIN, END)
    assert page.read_text("utf-8") == f"a\n{BEGIN}\n{text}\n{END}\nb\n"
    page.write_text("no marks", "utf-8")
    with pytest.raises(BenchError, match="nothing was changed"):
        put_between(text, page, BEGIN, END)
