"""How well the search ranks: nDCG@10 over judged queries (`make relevance`).

Judged are the shipped pages, and real regulations that are no part of the project (`PROSE=DIR`, as for
the bench). A page is judged in all its languages at once; of several on one page of results the
first counts.
"""

import json
import math
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.prose import DEFAULT_FOLDER
from domain.clock import parse_local
from domain.search_rows import RowStore
from plugins.portal.building.build import BuildRequest, build_site
from publishing.settings import SHIPPED_CONTENT, SHIPPED_THEME
from search import apply_rows
from search.engine import SearchEngine
from search.following import follow_rows
from search.parameters import Parameters
from search.postgresql import PostgresBackend
from search.row_reading import rows_path

AT = 10
NOW = parse_local("2026-11-27 09:00", "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Judged:
    """One query of a reader of a language: grades of pages, and which must come first, if any."""

    query: str
    lang: str
    pages: Mapping[str, int]
    first: str = ""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A folder of content and what should be found in it; `by_file`: pages are named by their
    files, else by their ids. The mean is to be `least` or more."""

    name: str
    content: Path
    judgements: str
    least: float
    by_file: bool = False

    def read(self) -> list[Judged]:
        """The judged queries."""
        written = Path(__file__).with_name(self.judgements).read_text(encoding="utf-8")
        return [Judged(**each) for each in yaml.safe_load(written)]


SHIPPED = JudgedSet("shipped pages", SHIPPED_CONTENT, "judgements.yaml", 0.97)


def regulations(folder: Path = DEFAULT_FOLDER) -> JudgedSet:
    """The regulations in this folder, which need not be there."""
    return JudgedSet("regulations", folder, "judgements-regulations.yaml", 0.95, by_file=True)


class JudgedSite:
    """The pages of a set, built in a folder and indexed there, or in the database."""

    def __init__(
        self, judged_set: JudgedSet, folder: Path, backend: PostgresBackend | None = None
    ) -> None:
        request = BuildRequest(
            content=judged_set.content,
            shipped=SHIPPED_CONTENT,
            build=folder,
            themes=(SHIPPED_THEME,),
            now=NOW,
            jobs=2,
        )
        build_site(request)
        if backend is None:
            apply_rows(folder)
        else:
            follow_rows(folder, backend)
        store = RowStore(rows_path(folder), is_read_only=True)
        rows = [json.loads(body) for _, _, body in store.since(0) if body is not None]
        store.close()
        self._names = {
            row["url"]: row["url"].rstrip("/").rpartition("/")[2]
            if judged_set.by_file
            else row["id"]
            for row in rows
        }
        self._engine = SearchEngine(folder, backend, clock=lambda: NOW)

    @property
    def names(self) -> set[str]:
        """Of all pages that can be found."""
        return set(self._names.values())

    def found(self, judged: Judged) -> list[str]:
        """Names of the first results, each once."""
        parameters = Parameters(text=judged.query, size=3 * AT)
        answer = self._engine.answer(parameters, judged.lang)
        return list(dict.fromkeys(self._names[result.url] for result in answer.results))[:AT]

    def close(self) -> None:
        """Nothing of the index is held any more."""
        self._engine.close()


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """1.0 where the best pages come first in order of their grades, 0.0 where none is there."""
    best = _gain(sorted(grades.values(), reverse=True)[:AT])
    return _gain(grades.get(name, 0) for name in found[:AT]) / best


def _gain(grades: Iterable[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def judge(judged_set: JudgedSet, site: JudgedSite) -> Iterator[tuple[Judged, list[str]]]:
    """Each judged query with what is found for it."""
    for judged in judged_set.read():
        yield judged, site.found(judged)


def find_faults(judged_set: JudgedSet, site: JudgedSite) -> list[str]:
    """What is not as it was judged: pages that are not there, such as should come first and do
    not, a mean below the least. Prints the worth of each query, and the mean."""
    faults, worths = [], []
    for judged, found in judge(judged_set, site):
        worths.append(ndcg(found, judged.pages))
        print(f"{worths[-1]:.3f}  {judged.lang}  {judged.query}: {', '.join(found[:6])}")
        faults += [f"{name}: no such page" for name in judged.pages if name not in site.names]
        if judged.first and found[:1] != [judged.first]:
            faults.append(f"{judged.query}: {judged.first} does not come first")
    mean = sum(worths) / len(worths)
    print(f"nDCG@{AT} of {len(worths)} queries on the {judged_set.name}: {mean:.3f}")
    return faults if mean >= judged_set.least else [*faults, f"the mean is {mean:.3f}"]


def main(*folders: str) -> int:
    """1 with what is wrong, where the shipped pages, or the regulations where these are, are not
    found as they were judged."""
    faults = []
    for judged_set in (SHIPPED, regulations(*map(Path, folders))):
        if not judged_set.content.is_dir():
            print(f"{judged_set.name}: not judged, {judged_set.content} is not there")
            continue
        with tempfile.TemporaryDirectory() as folder:
            site = JudgedSite(judged_set, Path(folder))
            faults += find_faults(judged_set, site)
            site.close()
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
