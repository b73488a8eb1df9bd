"""Preparing: the facts and derivatives of files that documents show or offer, before planning ends.

Done in forked workers, by need: what no document shows is not looked at. A file that cannot be
prepared is a problem like any other, so a site with a broken picture is refused whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.problems import Problem
from plugins.portal.building.workers import into_chunks, run_chunks
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.files.facts import Facts

CHUNK = 4
"""Files that a worker takes at a time: few, for one may take as long as a hundred others."""

CACHE = "cache/pictures"

Work = tuple[str, str, str]
"""(content path, hash, role)"""


@dataclass(frozen=True, slots=True)
class Preparer:
    """Where files are and where their derivatives go; handed to workers by fork."""

    content: Path
    build: Path
    jobs: int

    def prepare(self, store: CatalogueStore, paths: Iterable[str] | None = None) -> list[Problem]:
        """Every file of `paths` (of all, without them) that is used has facts in the catalogue;
        the problems of the others."""
        works = store.unprepared(paths)
        problems: list[Problem] = []
        chunks = into_chunks(works, CHUNK)
        for chunk, found in zip(
            chunks, run_chunks(lambda: self._prepare_chunk, chunks, self.jobs), strict=True
        ):
            for (path, content_hash, role), (facts, wrong) in zip(chunk, found, strict=True):
                problems += wrong
                if facts is not None:
                    store.note_facts(path, role, content_hash, facts.to_json())
        return problems

    def _prepare_chunk(self, chunk: Sequence[Work]) -> list[tuple[Facts | None, list[Problem]]]:
        # Loaded here: most builds have no new file, and this takes a tenth of their time.
        from plugins.portal.files.preparing import prepare_file

        return [
            prepare_file(path, self.content / path, content_hash, role, self.build / CACHE)
            for path, content_hash, role in chunk
        ]

    def find_derivative(self, path: str, role: str, content_hash: str, name: str) -> Path:
        """The derivative in the cache, made again where somebody emptied that."""
        from plugins.portal.files.preparing import prepare_file, prepared_folder

        folder = prepared_folder(self.build / CACHE, role, content_hash)
        if not (folder / name).is_file():
            prepare_file(path, self.content / path, content_hash, role, self.build / CACHE)
        return folder / name
