"""The closed lists that the corpus uses: those that come with the product."""

from __future__ import annotations

from bench import ROOT, BenchError
from bench.documents import Lists
from domain.vocabulary import load_vocabulary
from plugins.portal.kinds import KINDS

CORPUS_KINDS = ("document", "news")


def shipped_lists() -> Lists:
    """Columns for documents and news, departments, counties and subjects of content/."""
    shipped = ROOT / "content"
    vocabulary, problems = load_vocabulary(shipped, shipped, kinds=KINDS)
    if vocabulary is None:
        raise BenchError(f"content/ has problems, the first: {problems[0]}")
    columns = vocabulary.columns.values()
    return Lists(
        columns=tuple(
            (column.id, column.kind) for column in columns if column.kind in CORPUS_KINDS
        ),
        departments=tuple(vocabulary.departments),
        counties=tuple(vocabulary.counties),
        subjects=tuple(vocabulary.subjects),
    )
