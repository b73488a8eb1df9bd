"""How well the search ranks: nDCG@10 over judged queries on the shipped pages (`make relevance`).

A page is judged in all its languages at once; of several on one page of results the first counts.
"""

import json
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from domain.clock import parse_local
from domain.search_rows import RowStore
from plugins.portal.building.build import BuildRequest, build_site
from publishing.settings import SHIPPED_CONTENT, SHIPPED_THEME
from search import apply_rows
from search.engine import SearchEngine
from search.parameters import Parameters
from search.row_reading import rows_path

JUDGEMENTS = Path(__file__).parent / "judgements.yaml"
AT = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One query of a reader of a language: grades of pages, and which must come first, if any."""

    query: str
    lang: str
    pages: Mapping[str, int]
    first: str = ""


def read_judgements() -> list[Judged]:
    """The judged queries."""
    return [Judged(**each) for each in yaml.safe_load(JUDGEMENTS.read_text(encoding="utf-8"))]


class Shipped:
    """The shipped site, built and indexed in a folder."""

    def __init__(self, folder: Path) -> None:
        request = BuildRequest(
            content=SHIPPED_CONTENT,
            shipped=SHIPPED_CONTENT,
            build=folder,
            themes=(SHIPPED_THEME,),
            now=parse_local("2026-11-27 09:00", "Asia/Shanghai"),
            jobs=2,
        )
        build_site(request)
        apply_rows(folder)
        store = RowStore(rows_path(folder), is_read_only=True)
        rows = [json.loads(body) for _, _, body in store.since(0) if body is not None]
        store.close()
        self._ids = {row["url"]: row["id"] for row in rows}
        self._engine = SearchEngine(folder)

    @property
    def ids(self) -> set[str]:
        """Of all pages that can be found."""
        return set(self._ids.values())

    def found(self, judged: Judged) -> list[str]:
        """Ids of the first results, each once."""
        parameters = Parameters(text=judged.query, size=3 * AT)
        answer = self._engine.answer(parameters, judged.lang)
        return list(dict.fromkeys(self._ids[result.url] for result in answer.results))[:AT]

    def close(self) -> None:
        """Nothing of the index is held any more."""
        self._engine.close()


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """1.0 where the best pages come first in order of their grades, 0.0 where none is there."""
    best = _gain(sorted(grades.values(), reverse=True)[:AT])
    return _gain(grades.get(id_, 0) for id_ in found[:AT]) / best


def _gain(grades: Iterable[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def main() -> None:
    """Print nDCG@10 of each query and of all."""
    with tempfile.TemporaryDirectory() as folder:
        shipped = Shipped(Path(folder))
        worths = []
        for judged in read_judgements():
            found = shipped.found(judged)
            worths.append(ndcg(found, judged.pages))
            print(f"{worths[-1]:.3f}  {judged.lang}  {judged.query}")
            if worths[-1] < 0.9 or (judged.first and found[:1] != [judged.first]):
                print(f"         {', '.join(found[:6])}")
        shipped.close()
    print(f"nDCG@{AT} of {len(worths)} queries: {sum(worths) / len(worths):.3f}")


if __name__ == "__main__":
    main()
