"""Measuring one command: wall time of the whole process, processor time, memory of its tree.

Memory is sampled from /proc: the proportional share (PSS) counts pages that forked workers
have in common once, the resident size (RSS) counts them in each. Linux only.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import BenchError

PROC = Path("/proc")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
FIRST_SECONDS = 2.0
SHORT_INTERVAL_SECONDS = 0.05
LONG_INTERVAL_SECONDS = 0.25
SHARES_INTERVAL_SECONDS = 1.0
"""Adding up the shares of a large process stops it for a moment and takes a processor that it may
need: done where the resident size is more than it ever was, and once a second beside that."""
GROWTH = 1.05


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took; `output` is what it wrote to its standard output.

    `pressure`: the share of its time in which some process of the machine, its own or
    another's, waited for a processor. Well above that of a quiet run, the seconds say little.
    """

    seconds: float
    processor_seconds: float
    peak_pss_mb: float
    peak_rss_mb: float
    pressure: float
    output: str


def measure(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Measured:
    """The command, run to its end; BenchError with the end of its messages where it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as messages:
        waited = _waited_seconds()
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdout=out,
            stderr=messages,
            start_new_session=True,
        )
        memory = _MemorySampler(process.pid)
        memory.start()
        # Not process.wait(): wait4 also tells the processor time of all its descendants.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        waited = _waited_seconds() - waited
        process.returncode = os.waitstatus_to_exitcode(status)
        memory.stop()
        out.seek(0)
        messages.seek(0)
        text = out.read().decode("utf-8", "replace")
        if process.returncode:
            last = messages.read().decode("utf-8", "replace")[-2_000:]
            raise BenchError(f"{' '.join(command)} ended with {process.returncode}\n{last}")
    return Measured(
        round(seconds, 3),
        round(usage.ru_utime + usage.ru_stime, 3),
        round(memory.peak_pss_kb / 1024, 1),
        round(memory.peak_rss_kb / 1024, 1),
        round(waited / seconds, 2),
        text,
    )


class _MemorySampler(threading.Thread):
    """Samples the memory of all processes of a session until stopped."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.peak_pss_kb = 0
        self.peak_rss_kb = 0
        self._stopped = threading.Event()
        self._added_up_at = 0.0

    def run(self) -> None:
        started = time.monotonic()
        while not self._stopped.is_set():
            self._sample(list(_session_members(self.session)))
            is_young = time.monotonic() - started < FIRST_SECONDS
            self._stopped.wait(SHORT_INTERVAL_SECONDS if is_young else LONG_INTERVAL_SECONDS)

    def _sample(self, members: Sequence[int]) -> None:
        rss_kb = sum(map(_resident_kb, members))
        now = time.monotonic()
        is_time = now - self._added_up_at >= SHARES_INTERVAL_SECONDS
        if is_time or rss_kb > self.peak_rss_kb * GROWTH:
            self._added_up_at = now
            self.peak_pss_kb = max(self.peak_pss_kb, sum(map(_shared_out_kb, members)))
        self.peak_rss_kb = max(self.peak_rss_kb, rss_kb)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def _waited_seconds() -> float:
    """For how long, since the machine began, some process waited for a processor."""
    path = PROC / "pressure" / "cpu"
    try:
        return int(path.read_text("utf-8").partition("total=")[2].split()[0]) / 1e6
    except (OSError, IndexError):
        return 0.0  # a kernel without pressure stall information


def _session_members(session: int) -> Iterator[int]:
    """The processes of a session: the command, which began it, and all its descendants."""
    for name in os.listdir(PROC):
        if name.isdigit() and _session_of(name) == session:
            yield int(name)


def _session_of(pid: str) -> int:
    try:
        stat = (PROC / pid / "stat").read_text("utf-8", "replace")
    except OSError:
        return 0
    # The name in parentheses may hold anything; after it: state, parent, group, session.
    return int(stat.rpartition(")")[2].split()[3])


def _resident_kb(pid: int) -> int:
    """RSS; 0 for a process that has just ended."""
    try:
        pages = int((PROC / str(pid) / "statm").read_text("utf-8").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * _PAGE_KB


def _shared_out_kb(pid: int) -> int:
    """PSS; 0 for a process that has just ended."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    sizes = {line.split(":")[0]: line.split()[1] for line in text.splitlines() if " kB" in line}
    return int(sizes.get("Pss", 0))
