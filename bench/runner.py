"""A run: every system on the same corpora, by turns, so that a busy moment hits them alike."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import ROOT, BenchError
from bench.corpus import SHARES, Corpus
from bench.lists import shipped_lists
from bench.machine import describe_machine, describe_versions
from bench.ours import Ours, kept_project
from bench.peers.eleventy_site import Eleventy
from bench.peers.hugo_site import Hugo
from bench.peers.stock_pelican import StockPelican
from bench.progress import Progress
from bench.prose import load_prose
from bench.systems import Resumable, Step, System

FORMAT = 2


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to measure; `work` None means a temporary folder, removed afterwards.

    With `keep`, everything is in that folder and stays, and a run that was cut off goes on there.
    """

    sizes: Sequence[int]
    repeat: int
    seed: int
    prose: Path
    out: Path
    work: Path | None
    systems: Sequence[str]
    jobs: int
    keep: Path | None = None


SYSTEMS: Mapping[str, Callable[[Path, int], System]] = {
    "ours": lambda work, jobs: Ours(kept_project(ROOT, work), jobs),
    "pelican": lambda _work, _jobs: StockPelican(),
    "hugo": lambda _work, _jobs: Hugo(),
    "eleventy": lambda _work, _jobs: Eleventy(),
}
"""All that can be measured, ours first: each made from the work folder and the number of jobs."""

LARGEST: Mapping[str, int] = {"eleventy": 10_000}
"""The most documents that a system is given, where it is not given all."""


def run(request: RunRequest) -> Path:
    """The run's result is in `request.out`, named by the day; its path."""
    unknown = sorted(set(request.systems) - set(SYSTEMS))
    if unknown:
        raise BenchError(f"no system {unknown[0]}; there are: {', '.join(SYSTEMS)}")
    prose, lists = load_prose(request.prose), shipped_lists()
    corpora = [Corpus(size, request.seed, prose, lists) for size in request.sizes]
    with _work_folder(request) as work:
        systems = {name: SYSTEMS[name](work, request.jobs) for name in request.systems}
        result: dict[str, Any] = {
            "format": FORMAT,
            "taken": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "machine": describe_machine(work),
            "corpus": {"seed": request.seed, "prose": prose.digest, "shares": SHARES},
            "repeat": request.repeat,
            "jobs": request.jobs,
            "systems": {name: system.title for name, system in systems.items()},
        }
        progress = _begin(request, result, work)
        result["versions"] = dict(progress.versions)
        _prepare(systems, corpora, work)
        _measure(systems, corpora, work, progress, request.repeat)
        result["steps"] = progress.rows
    return _write_result(result, request.out)


@contextmanager
def _work_folder(request: RunRequest) -> Iterator[Path]:
    if request.keep:
        request.keep.mkdir(parents=True, exist_ok=True)
        yield request.keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-", dir=request.work) as folder:
        yield Path(folder)


def _begin(request: RunRequest, result: dict[str, Any], work: Path) -> Progress:
    """What a run of the same has measured in a folder that is kept; else nothing yet."""
    names = ("corpus", "repeat", "jobs", "systems")
    run = {"sizes": list(request.sizes), **{name: result[name] for name in names}}
    place = work / "progress.json" if request.keep else None
    progress = Progress(place, run, describe_versions())
    progress.load()
    return progress


def _prepare(systems: dict[str, System], corpora: Sequence[Corpus], work: Path) -> None:
    for corpus in corpora:
        for name in names_taking_part(systems, corpus):
            system, folder = systems[name], _folder(work, name, corpus)
            is_prepared = folder.with_name(f"{folder.name}-prepared")
            if is_prepared.exists():
                continue
            _say(f"writing {corpus.size:,} documents for {system.title}")
            if not isinstance(system, Resumable):
                shutil.rmtree(folder, ignore_errors=True)
            system.prepare(corpus, folder)
            is_prepared.touch()


def names_taking_part(systems: Mapping[str, System], corpus: Corpus) -> list[str]:
    """The systems that are given a corpus of this size."""
    return [name for name in systems if corpus.size <= LARGEST.get(name, corpus.size)]


def _measure(
    systems: dict[str, System],
    corpora: Sequence[Corpus],
    work: Path,
    progress: Progress,
    repeat: int,
) -> None:
    for turn in range(repeat):
        for corpus in corpora:
            # The order changes from turn to turn: who comes second finds a warmer disk cache.
            names = names_taking_part(systems, corpus)
            for name in names if turn % 2 == 0 else reversed(names):
                folder = _folder(work, name, corpus)
                # What others wrote goes to the disk now, and not while this one is measured.
                os.sync()
                for step in _steps_left(systems[name], corpus, folder, progress, (name, turn)):
                    _say(
                        f"{turn + 1}/{repeat} {corpus.size:,} {name} {step.name}: {_in_words(step)}"
                    )
                    progress.add(
                        {"system": name, "size": corpus.size, "turn": turn, **_as_row(step)}
                    )


def _steps_left(
    system: System, corpus: Corpus, folder: Path, progress: Progress, whose: tuple[str, int]
) -> Iterator[Step]:
    """The steps that are not measured yet; a peer has one alone."""
    name, turn = whose
    taken = progress.taken(name, corpus.size, turn)
    if not taken:
        return system.steps(corpus, folder)
    if isinstance(system, Resumable):
        return system.steps_after(corpus, folder, len(taken))
    return iter(())


def _as_row(step: Step) -> dict[str, Any]:
    values = asdict(step)
    took = values.pop("measured")
    del took["output"]
    return {"step": values.pop("name"), **took, **values}


def _in_words(step: Step) -> str:
    words = f"{step.measured.seconds:.2f} s, {step.measured.peak_pss_mb:.0f} MB"
    written = step.counts.get("outputs_written")
    return words if written is None else f"{words}, {written:,} outputs written"


def _folder(work: Path, system: str, corpus: Corpus) -> Path:
    return work / f"{system}-{corpus.size}"


def _write_result(result: dict[str, Any], out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    day = result["taken"][:10]
    names = [f"{day}.json", *(f"{day}-{number}.json" for number in range(2, 1_000))]
    path = next(out / name for name in names if not (out / name).exists())
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
