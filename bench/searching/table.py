"""A result of `bench search` as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from bench.searching.child import ENGINES

BEGIN, END = "<!-- search:begin -->", "<!-- search:end -->"
PERCENTILES = (50, 95, 99)

Row = dict[str, Any]


def print_search(path: Path) -> str:
    """The whole result as Markdown."""
    result = json.loads(path.read_text("utf-8"))
    rows: list[Row] = result["engines"]
    return "\n\n".join(
        [
            _conditions(result),
            _answers(rows),
            _indexing(rows, result["taken"][:10]),
            _in_words(rows),
        ]
    )


def percentile(values: Iterable[float], share: int) -> float:
    """The least value that `share` per cent of the values do not exceed."""
    ordered = sorted(values)
    return float(ordered[ceil(len(ordered) * share / 100) - 1])


def _conditions(result: Row) -> str:
    machine, versions = result["machine"], result["versions"]
    return (
        f"Taken {result['taken'][:10]} on {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory']}, {machine['file system']}, load before {machine['load before']}; "
        f"Python {versions['python']}; project {versions['project']}. Corpus: seed "
        f"{result['corpus']['seed']}, prose {result['corpus']['prose']}; "
        f"{result['questions']['count']:,} questions, ten facets with each answer."
    )


def _answers(rows: Sequence[Row]) -> str:
    names = ["documents", "engine", "p50 ms", "p95 ms", "p99 ms", "times ours at p95"]
    names += ["two workers, questions a second", "memory, MB", "totals as ours"]
    return _table(names, [_answer_line(rows, row) for row in rows])


def _answer_line(rows: Sequence[Row], row: Row) -> list[str]:
    ours = _ours(rows, row["size"])
    mine = [percentile(row["milliseconds"], share) for share in PERCENTILES]
    ratio = mine[1] / percentile(ours["milliseconds"], 95) if ours else 0.0
    return [
        f"{row['size']:,}",
        _title(row) + (f" (each {row['every']}th question)" if row["every"] > 1 else ""),
        *(f"{value:,.1f}" for value in mine),
        f"{ratio:.2f}" if ours else "",
        f"{row['questions_per_second_of_two']:,.0f}",
        f"{row['ask_peak_pss_mb']:,.0f}",
        f"{_agreement(row, ours):.0%}" if ours else "",
    ]


def _indexing(rows: Sequence[Row], day: str) -> str:
    """Where an index was made on another day and kept, that day stands beside it."""
    names = ["documents", "engine", "all indexed, s", "processor s", "memory, MB", "index, MB"]
    lines = [
        [
            f"{row['size']:,}",
            _title(row) + _made_on(row, day),
            f"{row['index_seconds']:,.1f}",
            f"{row['index_processor_seconds']:,.1f}",
            f"{row['index_peak_pss_mb']:,.0f}",
            f"{row['index_mb']:,.0f}",
            f"{median(row['updates']):.3f} (to {max(row['updates']):.3f})",
        ]
        for row in rows
    ]
    return _table([*names, "a change is found after, s"], lines)


def _made_on(row: Row, day: str) -> str:
    made = row.get("index_day", day)
    return "" if made == day else f" (indexed {made})"


def _in_words(rows: Sequence[Row]) -> str:
    """Which questions take ours longest."""
    ours = [row for row in rows if row["engine"] == "ours"]
    parts = [
        f"{row['size']:,}: most {max(row['milliseconds']):.1f} ms, "
        f"mean {sum(row['milliseconds']) / len(row['milliseconds']):.1f} ms"
        for row in ours
    ]
    return f"Ours, {'; '.join(parts)}." if parts else ""


def _agreement(row: Row, ours: Row) -> float:
    """The share of questions for which this engine finds as many documents as ours."""
    expected = ours["totals"][:: row["every"]]
    same: int = sum(mine == other for mine, other in zip(row["totals"], expected, strict=True))
    return float(same / len(expected))


def _ours(rows: Sequence[Row], size: int) -> Row:
    return next((row for row in rows if (row["engine"], row["size"]) == ("ours", size)), {})


def _title(row: Row) -> str:
    module, _, kind = ENGINES[row["engine"]].partition(":")
    return str(getattr(import_module(f"bench.searching.{module}"), kind).title)


def _table(names: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", "---", *["---:"] * (len(names) - 2)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, rule, *lines))
