"""Workers: one way to run a task over chunks, in this process or in forked ones.

A worker's failure is the caller's exception. Results come in the order of the chunks, so
that one job and two leave the same ledger.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

_task: Callable[[Any], Any] | None = None


def run_chunks(
    make_task: Callable[[], Callable[[Chunk], Result]], chunks: Sequence[Chunk], jobs: int
) -> Iterator[Result]:
    """The results of a task for each chunk.

    `make_task` runs once in each process that works, after the fork: it opens what may not
    be shared between processes, as database connections.
    """
    with started_chunks(make_task, chunks, jobs) as results:
        yield from results


@contextmanager
def started_chunks(
    make_task: Callable[[], Callable[[Chunk], Result]], chunks: Sequence[Chunk], jobs: int
) -> Iterator[Iterator[Result]]:
    """As `run_chunks`, but the workers are at work while the caller does something else."""
    if jobs < 2 or len(chunks) < 2:
        yield map(make_task(), chunks)
        return
    gc.freeze()  # what is here now is shared with the workers, not copied into each
    context = multiprocessing.get_context("fork")
    with context.Pool(min(jobs, len(chunks)), _start, (make_task,)) as pool:
        yield pool.imap(_work, chunks)
    gc.unfreeze()


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """Documents and views make no cycles, and looking for some took a tenth of a build."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _start(make_task: Callable[[], Callable[[Any], Any]]) -> None:
    global _task  # noqa: PLW0603 - the one state of a worker
    _task = make_task()


def _work(chunk: Any) -> Any:
    if _task is None:
        raise RuntimeError("a worker was asked to work before it was started")
    return _task(chunk)


def into_chunks(items: Sequence[Chunk], size: int) -> list[Sequence[Chunk]]:
    """The items in runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
