"""Workers: one way to run a task over chunks, in this process or in forked ones.

A worker's failure is the caller's exception, and so is its death. Results come in the order of
the chunks, so that one job and two leave the same ledger.
"""

from __future__ import annotations

import fcntl
import gc
import multiprocessing
import pickle
import selectors
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from domain.problems import PortalError

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

PIPE_BYTES = 1 << 20
"""What a worker may have sent and go on, while the caller is at something else."""

_FORK = multiprocessing.get_context("fork")


class WorkerLostError(PortalError):
    """A worker ended before its work was done: killed, most likely for want of memory."""

    def __init__(self) -> None:
        super().__init__(
            "build: stopped: one of its worker processes was ended from outside,"
            " most likely because the memory ran out\n"
            "  What was made is kept. Look at the memory that is left, and build again."
        )


@contextmanager
def started_chunks(
    opened_task: Callable[[], AbstractContextManager[Callable[[Chunk], Result]]],
    chunks: Sequence[Chunk],
    jobs: int,
) -> Iterator[Iterator[Result]]:
    """The results of a task for each chunk; workers are at it whatever the caller does meanwhile,
    and none is left when the block ends.

    `opened_task` is entered once in each process that works, after the fork: it opens what may
    not be shared between processes, as database connections, and closes it at the end.
    """
    if jobs < 2 or len(chunks) < 2:
        with opened_task() as task:
            yield map(task, chunks)
        return
    gc.freeze()  # what is here now is shared with the workers, not copied into each
    crew = _Crew(opened_task, chunks, min(jobs, len(chunks)))
    try:
        yield crew.results()
    finally:
        crew.dismiss()
        gc.unfreeze()


class _Crew:
    """Forked workers, each with a pipe of its own; each takes the next chunk that nobody has.

    Not `multiprocessing.Pool`: it waits for ever for the work of a worker that was killed, and
    its three threads took a second of each build of 10,000 documents for themselves.
    """

    def __init__(
        self,
        opened_task: Callable[[], AbstractContextManager[Callable[[Any], Any]]],
        chunks: Sequence[Any],
        size: int,
    ) -> None:
        self._total = len(chunks)
        self._taken = _FORK.Value("q", 0)
        self._readers: list[Connection] = []
        self._processes = []
        for _ in range(size):
            reader, writer = _FORK.Pipe(duplex=False)
            fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            process = _FORK.Process(
                target=self._work, args=(opened_task, chunks, writer), daemon=True
            )
            process.start()
            writer.close()  # so that the reader sees the end when the worker is gone
            self._readers.append(reader)
            self._processes.append(process)

    def results(self) -> Iterator[Any]:
        """The result of each chunk, in the order of the chunks."""
        early: dict[int, Any] = {}
        arrived = self._arrivals()
        for place in range(self._total):
            while place not in early:
                number, result = next(arrived)
                early[number] = result
            yield early.pop(place)

    def dismiss(self) -> None:
        """No worker is left, whether its work is done or not."""
        for process in self._processes:
            process.terminate()
            process.join()
        for reader in self._readers:
            reader.close()

    def _arrivals(self) -> Iterator[tuple[int, Any]]:
        with selectors.DefaultSelector() as selector:
            for reader in self._readers:
                selector.register(reader, selectors.EVENT_READ, reader)
            while True:
                for key, _ in selector.select():
                    number, result, error = _receive(key.data)
                    if error is not None:
                        raise error
                    if number < self._total:
                        yield number, result
                    else:
                        selector.unregister(key.data)

    def _work(
        self,
        opened_task: Callable[[], AbstractContextManager[Callable[[Any], Any]]],
        chunks: Sequence[Any],
        writer: Connection,
    ) -> None:
        """In a worker: chunks until none is left, then the total to say so."""
        number = 0
        try:
            with opened_task() as task:
                while (number := self._take()) < self._total:
                    _send(writer, number, task(chunks[number]), None)
            _send(writer, self._total, None, None)
        except Exception as error:  # noqa: BLE001 - the caller is to have whatever it is
            error.add_note(f"In a worker of the build:\n{traceback.format_exc()}")
            _send(writer, number, None, error)

    def _take(self) -> int:
        with self._taken.get_lock():
            number: int = self._taken.value
            self._taken.value += 1
        return number


def _send(writer: Connection, number: int, result: Any, error: Exception | None) -> None:
    writer.send_bytes(pickle.dumps((number, result, error), protocol=5))


def _receive(reader: Connection) -> tuple[int, Any, Exception | None]:
    try:
        received: tuple[int, Any, Exception | None] = pickle.loads(reader.recv_bytes())
    except EOFError as error:
        raise WorkerLostError from error
    return received


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """Documents and views make no cycles, and looking for some took a tenth of a build."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def into_chunks(items: Sequence[Chunk], size: int) -> list[Sequence[Chunk]]:
    """The items in runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
