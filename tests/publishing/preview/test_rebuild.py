"""The build process of the preview: whatever a build does, the preview goes on."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from publishing.preview.rebuild import BuildProcess
from publishing.preview.state import BuildOutcome


def build_as_told(order: Path) -> BuildOutcome:
    """What the file `order` says; runs in the child process."""
    match order.read_text(encoding="utf-8"):
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fail":
            raise ValueError("a mistake of ours")
    return BuildOutcome(is_built=True, outputs_written=os.getpid())


@pytest.fixture
def order(tmp_path: Path) -> Path:
    order = tmp_path / "order"
    order.write_text("build", encoding="utf-8")
    return order


@pytest.fixture
def process(order: Path) -> Iterator[BuildProcess]:
    with BuildProcess(partial(build_as_told, order)) as process:
        yield process


def test_builds_run_one_after_the_other_in_one_process(process: BuildProcess) -> None:
    first, second = process.run(), process.run()
    assert first.outputs_written == second.outputs_written != os.getpid()


def test_a_bug_is_shown_and_the_next_build_runs(
    process: BuildProcess, order: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    order.write_text("fail", encoding="utf-8")
    (problem,) = process.run().problems
    assert problem.code == "build-bug"
    assert problem.message == "the build stopped with ValueError: a mistake of ours"
    assert "in build_as_told" in capfd.readouterr().err
    order.write_text("build", encoding="utf-8")
    assert process.run().is_built


def test_a_killed_build_is_said_and_the_next_one_runs(process: BuildProcess, order: Path) -> None:
    order.write_text("die", encoding="utf-8")
    (problem,) = process.run().problems
    assert problem.code == "build-killed"
    order.write_text("build", encoding="utf-8")
    assert process.run().is_built
