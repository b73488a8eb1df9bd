"""The figures of `make bench-letters`: a table that judges them, and a tiny run of it all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench import BenchError
from bench.letters import measure_letters, service
from bench.letters.table import BEGIN, END, print_table
from bench.table import put_between
from tests.relay.harness import REPOSITORY, write_build


def result(**changed: Any) -> dict[str, Any]:
    speed = {"accepted": 1_500, "letters": 400.0, "p50": 100.0, "p99": 300.0}
    service = {
        "warm": speed,
        "empty": speed,
        "full": {**speed, "letters": 380.0},
        "slow": speed,
        "stored": 100_000,
        "closed": 500,
        "memory": 80,
    }
    machine = {
        "cores": "2",
        "processor": "a processor",
        "memory": "8 GB",
        "file system": "ext4",
        "load before": "0.1",
    }
    return {
        "taken": "2026-11-12T01:30:00+00:00",
        "machine": machine,
        "project": "abc",
        "seconds": 5.0,
        "store": {"fsyncs": 500.0, "rates": [{"writers": 1, "letters": 300.0}, {"writers": 32, "letters": 1500.0}]},
        "service": {**service, **changed},
    }  # fmt: skip


def test_each_figure_stands_beside_what_was_asked_for() -> None:
    text = print_table(result())
    assert "| store alone, one writer | 300 letters a second, 0.60 of the fsyncs |  |  |" in text
    assert (
        "32 writers that wait together | 1,500 letters a second, 3.00 of the fsyncs | 0.5 | met |"
        in text
    )
    assert "400 letters a second, p50 100 ms, p99 300 ms | 300 a second | met |" in text
    assert "0.95 of the rate before" in text
    assert "not met" not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"memory": 151},
        {"closed": 499},
        {"empty": {"letters": 299.0, "p50": 1.0, "p99": 1.0}},
        {"full": {"letters": 200.0, "p50": 1.0, "p99": 1.0}},
    ],
)
def test_what_is_not_reached_is_said(changed: dict[str, Any]) -> None:
    assert print_table(result(**changed)).count("**not met**") == 1


def test_the_page_has_a_place_for_the_table(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_bytes((REPOSITORY / "docs" / "performance.md").read_bytes())
    put_between("new figures", page, BEGIN, END)
    assert "new figures" in page.read_text("utf-8")


@pytest.mark.slow
def test_a_tiny_run_measures_and_finds_each_accepted_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SLOW_CLIENTS", 3)
    build = write_build(tmp_path / "build")
    # In a thread: the browser of other tests keeps a loop of events in this one.
    with ThreadPoolExecutor(1) as thread:
        measuring = thread.submit(measure_letters, tmp_path, build, stored=300, seconds=0.3)
        measured = measuring.result()
    assert measured["service"]["closed"] == 3
    assert measured["service"]["slow"]["accepted"] > 0
    assert "letters a second" in print_table(measured)


def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="build the site first"):
        service.measure_service(tmp_path, tmp_path, 1, 0.1)
