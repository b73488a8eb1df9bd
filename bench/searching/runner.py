"""A run over the engines: index, ask the log, ask it with two processes, change documents.

What is indexed already in the work folder is not indexed again: its figures lie beside it, so a
run can be taken in several goes. Asking and changing is always done anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import ROOT, BenchError
from bench.corpus import Corpus
from bench.lists import shipped_lists
from bench.machine import describe_machine, describe_versions
from bench.measuring import Measured, measure
from bench.prose import load_prose
from bench.searching.child import ENGINES, make_engine
from bench.searching.keeping import KeptIndex
from bench.searching.questions import SHARES, make_questions, write_questions
from bench.searching.rows import write_rows

FORMAT = 1
WORKERS = 2
SLOW_SAMPLE = 10
"""An engine that takes long is asked each tenth question, by two at once each twentieth; the sorts
stay in their shares."""
SLOW = ("whoosh", "fts5")


@dataclass(frozen=True, slots=True)
class SearchRun:
    """What to measure; `work` None means a temporary folder, removed afterwards. In `kept` are
    indexes that take long, from one run to the next."""

    sizes: Sequence[int]
    questions: int
    engines: Sequence[str]
    seed: int
    prose: Path
    out: Path
    work: Path | None
    kept: Path
    only_index: bool = False


def run_search(request: SearchRun) -> Path | None:
    """The result is in `request.out`, named by the day; its path, None where only indexed."""
    unknown = sorted(set(request.engines) - set(ENGINES))
    if unknown:
        raise BenchError(f"no engine {unknown[0]}; there are: {', '.join(ENGINES)}")
    prose, lists = load_prose(request.prose), shipped_lists()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        work = request.work or Path(temporary)
        result: dict[str, Any] = {
            "format": FORMAT,
            "taken": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "machine": describe_machine(work),
            "versions": describe_versions(),
            "corpus": {"seed": request.seed, "prose": prose.digest},
            "questions": {"count": request.questions, "shares": dict(SHARES)},
            "engines": [],
        }
        for size in request.sizes:
            corpus = Corpus(size, request.seed, prose, lists)
            place = _Place(work / str(size), request.kept)
            place.prepare(corpus, request.questions)
            for name in request.engines:
                _say(f"{size:,} {name}: indexing")
                measured = {"engine": name, "size": size, **place.indexed(name, size)}
                if not request.only_index:
                    measured |= place.asked(name) | place.changed(name)
                    result["engines"].append(measured)
    return None if request.only_index else _write_result(result, request.out)


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder of one size: rows, log, and an index of each engine."""

    folder: Path
    kept: Path

    @property
    def build(self) -> Path:
        return self.folder / "ours"

    def prepare(self, corpus: Corpus, questions: int) -> None:
        """Rows and log are there."""
        if not (self.folder / "rows.done").exists():
            _say(f"{corpus.size:,}: writing rows")
            write_rows(corpus, self.build)
            (self.folder / "rows.done").touch()
        write_questions(make_questions(corpus, questions), self.folder / "log.json")

    def indexed(self, name: str, size: int) -> dict[str, Any]:
        """What indexing took, now or when it was done; in as many processes as the engine wants."""
        figures = self.folder / f"{name}.indexed.json"
        kept = self._kept_index(name, size)
        is_kept = figures.exists() or (
            kept is not None and kept.restore(self._index_folder(name), figures)
        )
        done: list[dict[str, Any]] = json.loads(figures.read_text("utf-8")) if is_kept else []
        step = make_engine(name).step or size
        for first in range(len(done) * step, size, step):
            measured = self._run(name, "index", str(first), str(min(size, first + step)))
            done.append(
                {
                    "day": time.strftime("%Y-%m-%d", time.gmtime()),
                    "seconds": measured.seconds,
                    "processor_seconds": measured.processor_seconds,
                    "peak_pss_mb": measured.peak_pss_mb,
                }
            )
            figures.write_text(json.dumps(done), "utf-8")
        if kept is not None and not is_kept:
            kept.store(self._index_folder(name), figures)
        return {
            "index_day": done[-1]["day"],
            "index_seconds": round(sum(each["seconds"] for each in done), 1),
            "index_processor_seconds": round(sum(each["processor_seconds"] for each in done), 1),
            "index_peak_pss_mb": max(each["peak_pss_mb"] for each in done),
            "index_mb": round(_megabytes(self._index_folder(name)), 1),
        }

    def _kept_index(self, name: str, size: int) -> KeptIndex | None:
        if not make_engine(name).is_kept:
            return None
        return KeptIndex(self.kept, name, size, self.build, ENGINES[name].partition(":")[0])

    def asked(self, name: str) -> dict[str, Any]:
        """What the log took: one process, then two at once with half of it each."""
        every = SLOW_SAMPLE if name in SLOW else 1
        _say(f"{self.folder.name} {name}: asking")
        alone = self._run(name, "ask", str(self.folder / "log.json"), str(every), "0")
        answers = json.loads(alone.output)
        return {
            "every": every,
            "milliseconds": answers["milliseconds"],
            "totals": answers["totals"],
            "ask_peak_pss_mb": alone.peak_pss_mb,
            "ask_peak_rss_mb": alone.peak_rss_mb,
            "pressure": alone.pressure,
            "questions_per_second_of_two": round(self._throughput(name, every), 1),
        }

    def _throughput(self, name: str, every: int) -> float:
        stride = every * WORKERS * (2 if name in SLOW else 1)

        def ask(part: int) -> Any:
            log = str(self.folder / "log.json")
            return json.loads(self._run(name, "ask", log, str(stride), str(part * every)).output)

        with ThreadPoolExecutor(WORKERS) as workers:
            parts = list(workers.map(ask, range(WORKERS)))
        count = sum(len(part["milliseconds"]) for part in parts)
        return count / float(max(part["seconds"] for part in parts))

    def changed(self, name: str) -> dict[str, Any]:
        """Seconds until a change is found."""
        _say(f"{self.folder.name} {name}: changing")
        updates: dict[str, Any] = json.loads(self._run(name, "update").output)
        return updates

    def _run(self, name: str, step: str, *further: str) -> Measured:
        command = [sys.executable, "-m", "bench.searching.child", name, step]
        command += [str(self.build), str(self._index_folder(name)), *further]
        return measure(command, ROOT, {})

    def _index_folder(self, name: str) -> Path:
        return self.folder / name


def _megabytes(folder: Path) -> float:
    """Size of the files of an index; the store of rows is none of it."""
    sizes = (
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("rows.sqlite")
    )
    return sum(sizes) / 1e6


def _write_result(result: dict[str, Any], out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    name = f"search-{time.strftime('%Y-%m-%d', time.gmtime())}"
    taken = len(list(out.glob(f"{name}*.json")))
    path = out / (f"{name}-{taken + 1}.json" if taken else f"{name}.json")
    path.write_text(json.dumps(result, ensure_ascii=False) + "\n", "utf-8")
    return path


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
