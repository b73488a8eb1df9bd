"""Hugo on the corpus: a full build, which is what each of its runs is.

Site and templates are bench/peers/hugo; the lists that they read are ours, as plain data.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bench import ROOT, BenchError
from bench.corpus import Corpus
from bench.forms import write_corpus
from bench.measuring import measure
from bench.peers.words import write_lists_and_words
from bench.systems import FULL, Step, count_documents, new_folder, step_of

SITE = ROOT / "bench" / "peers" / "hugo"


@dataclass(frozen=True, slots=True)
class Hugo:
    """Hugo's own binary, as the package of that name brings it."""

    title: str = "Hugo"

    def prepare(self, corpus: Corpus, folder: Path) -> None:
        find_hugo()  # before anything is written
        site = folder / "site"
        shutil.copytree(SITE, site)
        write_corpus(corpus, "hugo", site / "content")
        data = site / "data"
        data.mkdir()
        write_lists_and_words(data)

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        output = new_folder(folder, "output")
        command = [str(find_hugo()), "--source", str(folder / "site")]
        command += ["--destination", str(output), "--logLevel", "error", "--panicOnWarning"]
        # Nothing is left of one build that the next could take.
        command += ["--cacheDir", str(new_folder(folder, "cache"))]
        measured = measure(command, folder, {})
        documents = count_documents(output)
        if documents != corpus.size:
            raise BenchError(f"Hugo made {documents} of {corpus.size} documents")
        yield step_of(FULL, measured, output)


def find_hugo(package: str = "hugo") -> Path:
    """The binary that a package brings; the command of that name is a Python program before it."""
    try:
        return Path(str(distribution(package).locate_file("hugo/binaries/hugo")))
    except PackageNotFoundError as cause:
        raise BenchError(
            f"{package} is not installed\n  Run: make setup, or name the others: --systems"
        ) from cause
