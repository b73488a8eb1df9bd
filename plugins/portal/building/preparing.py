"""Preparing: the facts and derivatives of files that documents show or offer, before planning ends.

Done in forked workers, by need: what no document shows is not looked at. A file that cannot be
prepared is a problem like any other, so a site with a broken picture is refused whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from domain.problems import Problem
from plugins.portal.building.workers import into_chunks, started_chunks
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.files.facts import Facts

CHUNK = 4
"""Files that a worker takes at a time: few, for one may take as long as a hundred others."""

CACHE = "cache/pictures"

Work = tuple[str, str, str]
"""(content path, hash, role)"""

PreparedFile = tuple[Facts | None, list[Problem]]
"""What a file is, None where it cannot be shown; and what there is to say of it."""


def _note(
    store: CatalogueStore,
    chunks: Sequence[Sequence[Work]],
    results: Iterable[Sequence[PreparedFile]],
) -> list[Problem]:
    problems: list[Problem] = []
    for chunk, found in zip(chunks, results, strict=True):
        for (path, content_hash, role), (facts, said) in zip(chunk, found, strict=True):
            problems += said
            if facts is not None:
                store.note_facts(path, role, content_hash, facts.to_json())
    return problems


@dataclass(frozen=True, slots=True)
class Preparer:
    """Where files are and where their derivatives go; handed to workers by fork."""

    content: Path
    build: Path
    jobs: int

    def prepare(self, store: CatalogueStore, paths: Iterable[str] | None = None) -> list[Problem]:
        """Every file of `paths` (of all, without them) that is used has facts in the catalogue;
        the problems of the others."""
        with self.started(store, paths) as finish:
            return finish()

    @contextmanager
    def started(
        self, store: CatalogueStore, paths: Iterable[str] | None = None
    ) -> Iterator[Callable[[], list[Problem]]]:
        """Workers prepare while the caller does something else; then it calls what it was given."""
        chunks = into_chunks(store.unprepared(paths), CHUNK)
        with started_chunks(lambda: nullcontext(self._prepare_chunk), chunks, self.jobs) as results:
            yield lambda: _note(store, chunks, results)

    def _prepare_chunk(self, chunk: Sequence[Work]) -> list[PreparedFile]:
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
