"""Our build: in full, again, and after each of the changes in `bench.changes`.

The content is a Git repository, as it is for whoever uses the product; each change is
committed before the build that is measured. What builds is a copy of the project, made when
the run begins: whoever goes on working in the meantime would otherwise change the engine, and
with it make everything stale.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench import BenchError
from bench.changes import CHANGES_OF_PRODUCT, DOCUMENTS_MORE, Change, changes_of_content
from bench.corpus import LAST_DAY, Corpus
from bench.forms import write_corpus
from bench.measuring import Measured, measure
from bench.systems import AGAIN, FULL, INDEX, Step, last_folder, new_folder, step_of

COUNTS = (
    "documents",
    "added",
    "changed",
    "removed",
    "outputs_written",
    "outputs_removed",
    "views_computed",
)
PARTS = (
    "publish.py",
    "domain",
    "plugins",
    "publishing",
    "search",
    "relay",
    "theme",
    "content",
    "requirements",
)
# One moment for all builds: the corpus ends before it, and midnight may pass during a run.
AS_OF = f"{LAST_DAY + timedelta(days=1):%Y-%m-%d %H:%M}"

_GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    # After a commit of thousands of files Git would pack them by itself, beside what is measured.
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "gc.auto",
    "GIT_CONFIG_VALUE_0": "0",
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "bench"), ("EMAIL", "bench@bench.example"))
    },
}


@dataclass(frozen=True, slots=True)
class Ours:
    """`publish.py build` of the project in a folder: in full and after changes of the product
    without the index, after changes of the content with it."""

    project: Path
    jobs: int
    title: str = "this project"

    def prepare(self, corpus: Corpus, folder: Path) -> None:
        content = folder / "content"
        write_corpus(corpus, "portal", content, begun=folder / "begun")
        shutil.rmtree(content / ".git", ignore_errors=True)  # of a commit that was cut off
        _git(content, "init", "--quiet")
        _commit(content, "corpus")
        _git(content, "gc", "--quiet")  # packed, as a repository is that people use
        _git(content, "tag", _state(0))

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        content, build = folder / "content", new_folder(folder, "build")
        _reset(content, _state(0))
        yield self._build(FULL, corpus, content, build)
        yield from self._steps_from(1, corpus, content, build)

    def steps_after(self, corpus: Corpus, folder: Path, taken: int) -> Iterator[Step]:
        """What of the next step was done already must not shorten it: what the last step left (of
        a change of the product, without it) is built first, and not measured."""
        content, build = folder / "content", last_folder(folder, "build")
        changed = len(_steps_of_content(corpus))
        _reset(content, _state(min(taken - 1, changed)))
        self._run(content, build, *(_options(taken - 1) if taken - 1 <= changed else ()))
        yield from self._steps_from(taken, corpus, content, build)

    def _steps_from(self, first: int, corpus: Corpus, content: Path, build: Path) -> Iterator[Step]:
        changes = _steps_of_content(corpus)
        for number, (step, change) in list(enumerate(changes, 1))[first - 1 :]:
            if change:
                change(content)
                _commit(content, step)
            _git(content, "tag", "--force", _state(number))
            yield self._build(step, corpus, content, build, *_options(number))
        left = CHANGES_OF_PRODUCT[max(first - 1 - len(changes), 0) :]
        for place, (step, path, before, after) in enumerate(left):
            if place:
                self._run(content, build)  # the last one is taken back: each is measured by itself
            with _replaced(self.project / path, before, after):
                yield self._build(step, corpus, content, build)

    def _build(self, step: str, corpus: Corpus, content: Path, build: Path, *options: str) -> Step:
        measured = self._run(content, build, *options)
        report = json.loads(measured.output.splitlines()[-1])
        counts = {name: int(report[name]) for name in COUNTS}
        expected = corpus.size + DOCUMENTS_MORE[step]
        if counts["documents"] != expected:
            raise BenchError(f"{step}: {counts['documents']} documents built, not {expected}")
        return step_of(step, measured, build / "site", counts)

    def _run(self, content: Path, build: Path, *options: str) -> Measured:
        command = [sys.executable, "publish.py", "build"]
        command += ["--content", str(content), "--build", str(build)]
        command += ["--jobs", str(self.jobs), "--as-of", AS_OF, "--json", *options]
        return measure(command, self.project, {})


def _steps_of_content(corpus: Corpus) -> list[tuple[str, Change | None]]:
    """Those after the first full build until the product changes, in their order."""
    return [(AGAIN, None), (INDEX, None), *changes_of_content(corpus)]


def _options(number: int) -> tuple[str, ...]:
    """Of the step with this number, the full build being 0: once there is an index it is kept."""
    return ("--index",) if number > 1 else ()


@contextmanager
def _replaced(path: Path, before: str, after: str) -> Iterator[None]:
    """The file has other text, until it has its own again."""
    own = path.read_text("utf-8")
    if before not in own:
        raise BenchError(f"{path.name}: there is no {before!r} to change")
    path.write_text(own.replace(before, after, 1), "utf-8")
    try:
        yield
    finally:
        path.write_text(own, "utf-8")


def kept_project(project: Path, work: Path) -> Path:
    """A copy of the project as it was when the run began, the changes of its steps taken back."""
    own, target = work / "as-it-was", work / "project"
    if not own.exists():
        shutil.rmtree(work / "as-it-is", ignore_errors=True)  # a copy that was cut off
        copy_project(project, work / "as-it-is")
        (work / "as-it-is").rename(own)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(own, target)
    return target


def copy_project(project: Path, target: Path) -> Path:
    """A copy of all that a build reads of the project; `target`, its folder."""
    for name in PARTS:
        part = project / name
        if part.is_dir():
            shutil.copytree(part, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(part, target / name)
    if not (target / "publish.py").is_file():
        raise BenchError("publish.py is missing: there is nothing of ours to measure")
    # Compiled once here, as it is after the first command that anybody gives.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(target)], check=True)
    return target


def _state(number: int) -> str:
    """The tag of the content after so many steps that follow the full build."""
    return f"state-{number}"


def _reset(content: Path, state: str) -> None:
    """The content is as it was then; of a command that was cut off nothing is left."""
    (content / ".git" / "index.lock").unlink(missing_ok=True)
    _git(content, "reset", "--quiet", "--hard", state)
    _git(content, "clean", "--quiet", "--force", "-d")


def _commit(content: Path, message: str) -> None:
    _git(content, "add", "--all")
    _git(content, "commit", "--quiet", "--message", message)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **_GIT_ENVIRONMENT}, check=True
    )
