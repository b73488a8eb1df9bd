"""A result becomes a table: medians, ratios within a turn, counts that must agree."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import BenchError
from bench.systems import EDIT, FULL
from bench.table import BEGIN, END, print_table, put_tables


def row(system: str, size: int, step: str, turn: int, seconds: float, written: int = 0) -> Any:
    counts = {"outputs_written": written, "outputs_removed": 0, "views_computed": written}
    return {
        "system": system,
        "size": size,
        "step": step,
        "turn": turn,
        "seconds": seconds,
        "processor_seconds": seconds,
        "peak_pss_mb": 100.0,
        "peak_rss_mb": 150.0,
        "pressure": 0.1,
        "pages": 10,
        "files": 12,
        "counts": counts if system == "ours" else {},
    }


def write_result(folder: Path, edits: tuple[int, int]) -> Path:
    steps = [
        row("ours", 1_000, EDIT, 0, 0.5, edits[0]),
        row("ours", 10_000, EDIT, 0, 0.6, edits[1]),
    ]
    for turn, (ours, pelican) in enumerate([(2.0, 8.0), (4.0, 8.0), (1.0, 5.0)]):
        steps += [
            row("ours", 1_000, FULL, turn, ours, 20),
            row("pelican", 1_000, FULL, turn, pelican),
        ]
    machine = dict.fromkeys(("processor", "cores", "memory", "system", "file system"), "x")
    result = {
        "taken": "2026-03-01T00:00:00Z",
        "machine": {**machine, "load before": "0.1"},
        "versions": dict.fromkeys(("python", "pelican", "markdown", "project"), "1"),
        "corpus": {"seed": 1, "prose": "abc"},
        "repeat": 3,
        "jobs": 2,
        "systems": {"ours": "this project", "pelican": "stock Pelican"},
        "steps": steps,
    }
    path = folder / "2026-03-01.json"
    path.write_text(json.dumps(result), "utf-8")
    return path


def test_medians_and_ratios_of_the_same_turn(tmp_path: Path) -> None:
    table = print_table(write_result(tmp_path, (3, 3)))
    assert "| 1,000 | this project | 2.00 (1.00 to 4.00) | 1.00 |" in table
    assert "| 1,000 | stock Pelican | 8.00 (5.00 to 8.00) | 4.00 |" in table


def test_counts_that_agree_and_counts_that_differ(tmp_path: Path) -> None:
    agree = print_table(write_result(tmp_path, (3, 3)))
    assert "After one edit, 3 outputs are written and 3 views computed, the same at" in agree
    differ = print_table(write_result(tmp_path, (3, 4)))
    assert "after one edit differ at 1,000 and 10,000: 3 and 3, 4 and 4.**" in differ


def test_the_table_goes_between_its_marks(tmp_path: Path) -> None:
    result = write_result(tmp_path, (3, 3))
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    put_tables([result], page)
    text = page.read_text("utf-8")
    assert text.startswith(f"before\n{BEGIN}\nTaken 2026-03-01")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "![Seconds of a full build" in text
    picture = (tmp_path / "bench.svg").read_text("utf-8")
    assert "stock Pelican: 8 s" in picture
    assert "this project, one edit: 0.6 s" in picture
    page.write_text("no marks", "utf-8")
    with pytest.raises(BenchError, match="nothing was changed"):
        put_tables([result], page)
