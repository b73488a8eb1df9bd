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
from bench.changes import CHANGES_OF_PRODUCT, DOCUMENTS_MORE, changes_of_content
from bench.corpus import LAST_DAY, Corpus
from bench.forms import write_corpus
from bench.measuring import measure
from bench.systems import AGAIN, FULL, INDEX, Step, new_folder, step_of

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
        write_corpus(corpus, "portal", content)
        _git(content, "init", "--quiet")
        _commit(content, "corpus")
        _git(content, "tag", "corpus")

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        content, build = folder / "content", new_folder(folder, "build")
        _git(content, "reset", "--quiet", "--hard", "corpus")
        yield self._build(FULL, corpus, content, build)
        yield self._build(AGAIN, corpus, content, build)
        yield self._build(INDEX, corpus, content, build, "--index")
        for step, change in changes_of_content(corpus):
            change(content)
            _commit(content, step)
            yield self._build(step, corpus, content, build, "--index")
        for step, path, before, after in CHANGES_OF_PRODUCT:
            with _replaced(self.project / path, before, after):
                yield self._build(step, corpus, content, build)

    def _build(self, step: str, corpus: Corpus, content: Path, build: Path, *options: str) -> Step:
        command = [sys.executable, "publish.py", "build"]
        command += ["--content", str(content), "--build", str(build)]
        command += ["--jobs", str(self.jobs), "--as-of", AS_OF, "--json", *options]
        measured = measure(command, self.project, {})
        report = json.loads(measured.output.splitlines()[-1])
        counts = {name: int(report[name]) for name in COUNTS}
        expected = corpus.size + DOCUMENTS_MORE[step]
        if counts["documents"] != expected:
            raise BenchError(f"{step}: {counts['documents']} documents built, not {expected}")
        return step_of(step, measured, build / "site", counts)


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


def _commit(content: Path, message: str) -> None:
    _git(content, "add", "--all")
    _git(content, "commit", "--quiet", "--message", message)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **_GIT_ENVIRONMENT}, check=True
    )
