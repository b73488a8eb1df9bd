"""Builds anew whenever the content or the theme changes, in a process of its own.

The build forks workers, and forking from the threads of a running web server may deadlock;
so one child process, started before there are any threads, builds again and again and keeps
its imports warm.
"""

import asyncio
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

from watchfiles import awatch

from domain.problems import Problem, format_problem
from publishing.preview.state import BuildOutcome, PreviewState

# Called in the child process, so it must be picklable: a module's function or a partial of one.
Build = Callable[[], BuildOutcome]
# An editor's "save all" comes as one change, and a single save is built almost at once.
DEBOUNCE_MILLISECONDS = 300
STEP_MILLISECONDS = 50


class BuildProcess:
    """The child process that runs `build`; replaced by a new one when it dies."""

    def __init__(self, build: Build) -> None:
        """Nothing is started before the first build."""
        self._build = build
        self._pool = self._start()

    def __enter__(self) -> Self:
        """The process, ended with the block."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        """Wait for a build under way: a build is never cut in two by Ctrl-C."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self) -> BuildOutcome:
        """Build once. A child that was killed, or a bug in the build, is a problem too.

        The bug's traceback is printed whole; the preview goes on, so that the next save builds.
        """
        running = self._pool.submit(self._build)
        error = running.exception()
        if error is None:
            return running.result()
        if isinstance(error, BrokenProcessPool):
            self._pool.shutdown(wait=False)
            self._pool = self._start()
            return BuildOutcome(is_built=False, problems=(_killed_problem(),))
        traceback.print_exception(error)
        return BuildOutcome(is_built=False, problems=(_bug_problem(error),))

    @staticmethod
    def _start() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1, mp_context=get_context("spawn"), initializer=_ignore_interrupt
        )


def _ignore_interrupt() -> None:
    # Ctrl-C reaches the whole process group; the parent decides when the child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _killed_problem() -> Problem:
    return Problem(
        file="build",
        line=0,
        code="build-killed",
        message="the process that builds was ended from outside",
        why="The site stays as it was after the last good build.",
        remedy="Save any file to build again; if it happens again, look at the memory left.",
    )


def _bug_problem(error: BaseException) -> Problem:
    return Problem(
        file="build",
        line=0,
        code="build-bug",
        message=f"the build stopped with {type(error).__name__}: {error}",
        why="This is a mistake in the portal itself; the site stays as it was.",
        remedy="Report it with the lines above it on the terminal, and undo the last change.",
    )


async def rebuild_on_change(
    folders: Sequence[Path], process: BuildProcess, state: PreviewState, stop: asyncio.Event
) -> None:
    """Until `stop` is set: build after each change below `folders`, record and report it."""
    changes = awatch(
        *folders,
        stop_event=stop,
        debounce=DEBOUNCE_MILLISECONDS,
        step=STEP_MILLISECONDS,
        recursive=True,
    )
    async for _changed in changes:
        outcome = await asyncio.to_thread(process.run)
        state.record_build(outcome)
        report(outcome)


def report(outcome: BuildOutcome) -> None:
    """One line for a good build; every problem, then a count, for one that was stopped."""
    for problem in sorted(outcome.problems):
        print(format_problem(problem), end="\n\n", flush=True)
    if outcome.is_built:
        print(
            f"Built: {outcome.outputs_written} files written, {outcome.seconds:.1f} s",
            flush=True,
        )
    else:
        print(f"Not built, the site stays as it was. Problems: {len(outcome.problems)}", flush=True)
