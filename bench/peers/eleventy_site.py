"""Eleventy on the corpus: a full build, as each of its runs is.

Site and templates are bench/peers/eleventy, Eleventy itself what `make eleventy` installs.
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

SITE = ROOT / "bench" / "peers" / "eleventy"
INSTALLED = ROOT / ".venv" / "eleventy"


@dataclass(frozen=True, slots=True)
class Eleventy:
    """Eleventy, run by the Node of Playwright's package."""

    title: str = "Eleventy"

    def prepare(self, corpus: Corpus, folder: Path) -> None:
        find_eleventy()  # before anything is written
        site = folder / "site"
        shutil.copytree(SITE, site, ignore=shutil.ignore_patterns("install", "*.md"))
        write_corpus(corpus, "eleventy", site / "content" / "texts")
        write_lists_and_words(site)

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        output = new_folder(folder, "output")
        command = [str(find_node()), str(find_eleventy()), f"--output={output}", "--quiet"]
        measured = measure(command, folder / "site", {})
        documents = count_documents(output)
        if documents != corpus.size:
            raise BenchError(f"Eleventy made {documents} of {corpus.size} documents")
        yield step_of(FULL, measured, output)


def find_eleventy(installed: Path = INSTALLED) -> Path:
    """Its command, of the version that is pinned here."""
    locked, found = SITE / "package-lock.json", installed / "installed.json"
    if not found.is_file() or found.read_bytes() != locked.read_bytes():
        raise BenchError(
            f"Eleventy is not installed in {installed.name}/, or not as it is pinned"
            "\n  Run: make eleventy, or name the others: --systems"
        )
    return installed / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"


def find_node(package: str = "playwright") -> Path:
    """The Node that a package brings, the same on every machine."""
    try:
        return Path(str(distribution(package).locate_file("playwright/driver/node")))
    except PackageNotFoundError as cause:
        raise BenchError(
            f"{package}, which brings Node, is not installed\n  Run: make setup"
        ) from cause
