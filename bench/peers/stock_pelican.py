"""Stock Pelican on the corpus: a full build; it has no other that is worth measuring.

Its cache of parsed texts (one pickle) still renders and writes every page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import ROOT, BenchError
from bench.corpus import Corpus
from bench.forms import write_corpus
from bench.measuring import measure
from bench.systems import FULL, Step, count_documents, new_folder, step_of

SETTINGS = ROOT / "bench" / "peers" / "pelican" / "pelicanconf.py"


@dataclass(frozen=True, slots=True)
class StockPelican:
    """Pelican without plugins, with the templates in bench/peers/pelican/templates."""

    title: str = "stock Pelican"

    def prepare(self, corpus: Corpus, folder: Path) -> None:
        write_corpus(corpus, "pelican", folder / "content")

    def steps(self, corpus: Corpus, folder: Path) -> Iterator[Step]:
        output = new_folder(folder, "output")
        command = [sys.executable, "-m", "pelican", str(folder / "content")]
        command += ["--output", str(output), "--settings", str(SETTINGS), "--quiet"]
        measured = measure(command, folder, {})
        documents = count_documents(output)
        if documents != corpus.size:
            # Pelican drops what it cannot read and still ends with 0.
            raise BenchError(f"stock Pelican made {documents} of {corpus.size} documents")
        yield step_of(FULL, measured, output)
