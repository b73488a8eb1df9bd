"""What a budget costs: its chart, and the proof of its figures, in one process; and the library.

A chart may take 5 milliseconds (docs/performance.md). The chart is the one that pages get, with as
many bars as they have at most; the figures are of a size that large departments publish.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from bench import ROOT
from bench.machine import describe_machine
from domain.fields import Report
from plugins.portal.kinds.budget_csv import read_table
from plugins.portal.kinds.budget_sums import prove_sums
from plugins.portal.rendering.budgets import CHART_BARS
from plugins.portal.rendering.charts import Bar, BarGroup, draw_bars

LIMIT_MS = 5.0
ROUNDS = 7
BEGIN, END = "<!-- charts:begin -->", "<!-- charts:end -->"


def measure_charts(number: int) -> str:
    """A Markdown table of medians over ROUNDS rounds of `number` each; least and most beside."""
    text = sample_figures()
    lines = text.count("\n") - 1
    acts: dict[str, Callable[[], object]] = {
        "a chart of 4 items in two series": lambda: draw_sample(4),
        f"a chart of {CHART_BARS} items in two series": lambda: draw_sample(CHART_BARS),
        f"reading and proving figures of {lines} lines": lambda: prove_sample(text),
    }
    measured = [(name, *_milliseconds(act, number)) for name, act in acts.items()]
    measured.append(("loading svg.py, once in a process that draws", *_loading()))
    head = ["| what | ms (least to most) |", "| --- | ---: |"]
    shown = [
        f"| {name} | {middle:.2f} ({low:.2f} to {high:.2f}) |"
        for name, middle, low, high in measured
    ]
    worst = max(high for _, _, _, high in measured[:2])
    verdict = "within" if worst <= LIMIT_MS else "above"
    said = f"The slowest round of charts took {worst:.2f} ms each, {verdict} the {LIMIT_MS:.0f} ms allowed."
    return "\n".join([_taken(number), "", *head, *shown, "", said])


def _taken(number: int) -> str:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    machine = describe_machine(ROOT)
    return (
        f"Taken {day} on {machine['cores']} cores of {machine['processor']}, load before "
        f"{machine['load before']}; median of {ROUNDS} rounds of {number}, one process."
    )


def draw_sample(groups: int) -> str:
    """A chart with so many items, each with two bars."""
    bars = [Bar(Decimal(1200 - 7 * n), f"{1200 - 7 * n:,}.00") for n in range(groups)]
    pairs = [BarGroup(f"社会保障和就业支出 {n}", [bar, bar]) for n, bar in enumerate(bars)]
    return draw_bars("figures", "2026年预算", "条形图", ["2026年预算", "2025年预算"], pairs)


def sample_figures() -> str:
    """A CSV of 20 classes with 5 items of 3 lines each, and its total."""
    leaves = {
        f"2{cls:02}{item:02}{leaf:02}": Decimal(cls * 997 + item * 31 + leaf).scaleb(-2)
        for cls in range(1, 21)
        for item in range(1, 6)
        for leaf in range(1, 4)
    }
    sums: dict[str, Decimal] = {}
    for code, amount in leaves.items():
        for length in (1, 3, 5, 7):
            sums[code[:length]] = sums.get(code[:length], Decimal(0)) + amount
    lines = [f"{code},科目{code},Item {code},{amount}" for code, amount in sorted(sums.items())]
    return "\n".join(["code,item,item_en,amount", *lines, ""])


def prove_sample(text: str) -> int:
    """The number of sums that were proven; raises where one is wrong."""
    report = Report("figures.csv")
    table = read_table(text, ("zh", "en", "bo"), "zh", report)
    proof = prove_sums(table, report) if table else None
    if proof is None or report.problems:
        raise ValueError(f"the figures of the bench are wrong: {report.problems}")
    return proof.sums


def _milliseconds(act: Callable[[], object], number: int) -> tuple[float, float, float]:
    act()
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(number):
            act()
        rounds.append((time.perf_counter() - started) / number * 1_000)
    return statistics.median(rounds), min(rounds), max(rounds)


def _loading() -> tuple[float, float, float]:
    """Loading in processes of their own, for a module is loaded only once in each."""
    script = "import time; t = time.perf_counter(); import svg; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", script]
    rounds = [
        float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        * 1_000
        for _ in range(ROUNDS)
    ]
    return statistics.median(rounds), min(rounds), max(rounds)
