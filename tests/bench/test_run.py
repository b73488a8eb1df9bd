"""A whole run of the bench, small: its counts are judged, its times are only told."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bench.runner import SYSTEMS, RunRequest, run
from bench.systems import AGAIN, EDIT, STEPS, STYLE, TEN
from bench.table import print_table

SIZES = [160, 240]
CONSTANT = {AGAIN: (0, 0), EDIT: (2, 2), TEN: (20, 20), STYLE: (1, 1)}
"""Outputs written and views computed by these steps, whatever the size of the site."""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result(prose_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    request = RunRequest(
        sizes=SIZES,
        repeat=1,
        seed=1,
        prose=prose_folder,
        out=folder / "results",
        work=folder,
        systems=list(SYSTEMS),
        jobs=2,
    )
    return run(request)


def test_what_a_change_costs_does_not_grow(result: Path) -> None:
    rows = [row for row in json.loads(result.read_text("utf-8"))["steps"] if row["counts"]]
    assert {(row["size"], row["step"]) for row in rows} == set(product(SIZES, STEPS))
    for row in rows:
        counts = row["counts"]["outputs_written"], row["counts"]["views_computed"]
        assert counts == CONSTANT.get(row["step"], counts), row


def test_the_times_are_told(result: Path, record_property: Any) -> None:
    table = print_table(result)
    assert "stock Pelican" in table
    record_property("told", table)
