"""Workers: results in order, and no failure of theirs that the caller does not hear of."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pytest

from plugins.portal.building.workers import PIPE_BYTES, WorkerLostError, started_chunks


def run_chunks(task: Callable[[int], Any], chunks: Sequence[int], jobs: int) -> Iterator[Any]:
    """All the results."""
    with started_chunks(lambda: nullcontext(task), chunks, jobs) as results:
        yield from results


def slowest_first(number: int) -> tuple[int, int]:
    time.sleep(0.2 if number == 0 else 0)
    return number, os.getpid()


def test_results_come_in_the_order_of_the_chunks_whoever_is_done_first() -> None:
    results = list(run_chunks(slowest_first, range(40), 3))
    assert [number for number, _ in results] == list(range(40))
    assert os.getpid() not in {process for _, process in results}


def test_one_job_works_in_the_process_itself() -> None:
    assert {process for _, process in run_chunks(slowest_first, range(3), 1)} == {os.getpid()}


def test_results_larger_than_a_pipe_arrive_whole() -> None:
    results = run_chunks(lambda number: bytes([number]) * PIPE_BYTES * 3, range(4), 2)
    assert [(result[0], len(result)) for result in results] == [
        (number, PIPE_BYTES * 3) for number in range(4)
    ]


def test_what_a_task_opened_in_the_process_itself_is_closed_with_the_block() -> None:
    open_now = []

    @contextmanager
    def opened() -> Iterator[Callable[[int], list[str]]]:
        open_now.append("database")
        yield lambda _number: list(open_now)
        open_now.clear()

    with started_chunks(opened, range(3), 1) as results:
        assert list(results) == [["database"]] * 3
    assert open_now == []


def fail_at_the_third(number: int) -> int:
    if number == 3:
        raise LookupError("the third")
    return number


def open_nothing() -> AbstractContextManager[Callable[[int], int]]:
    raise LookupError("no database")


def test_a_failure_is_the_callers_and_tells_where_it_was() -> None:
    with pytest.raises(LookupError, match="the third") as failure:
        list(run_chunks(fail_at_the_third, range(8), 2))
    assert "fail_at_the_third" in failure.value.__notes__[0]


def test_a_worker_that_cannot_start_is_a_failure_too() -> None:
    with (
        pytest.raises(LookupError, match="no database"),
        started_chunks(open_nothing, range(8), 2) as results,
    ):
        list(results)


def die_at_the_third(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_worker_that_was_killed_is_not_waited_for() -> None:
    with pytest.raises(WorkerLostError, match="memory ran out"):
        list(run_chunks(die_at_the_third, range(40), 2))


def test_no_worker_outlives_the_caller_who_has_enough() -> None:
    with started_chunks(lambda: nullcontext(slowest_first), range(1000), 2) as results:
        processes = {next(results)[1]}
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
