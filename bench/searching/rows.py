"""Search rows of the corpus, as a build would hand them over, without building pages.

Of the translations every third is Tibetan, put together from the sentences of the shipped pages
in that language; the others are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from bench import ROOT
from bench.corpus import Corpus
from bench.documents import Document
from domain.search_rows import RowStore, SearchRow

BODY_BYTES = 3_600
VALIDITY = ("in-force", "in-force", "in-force", "in-force", "repealed", "expired")
AUDIENCES = ("public", "business", "tourists", "officials")

_TIBETAN = re.compile("[\u0f40-\u0fbc][\u0f0b-\u0fbc]{12,}")
_BATCH = 5_000


def write_rows(corpus: Corpus, build: Path) -> None:
    """The store of rows of a build folder has a row for each document of the corpus."""
    with RowStore(build / "search" / "rows.sqlite") as store:
        for count, row in enumerate(make_rows(corpus), 1):
            store.put(row.key, row.to_json())
            if count % _BATCH == 0:
                store.commit()


def make_rows(corpus: Corpus) -> Iterator[SearchRow]:
    """A row for each document, in the order of the corpus."""
    return map(make_row, corpus.documents())


def make_row(document: Document) -> SearchRow:
    """The row of one document."""
    facts = document.facts
    lang = "bo" if document.lang == "en" and facts.number % 3 == 0 else document.lang
    random = Random(f"row {facts.number}")
    title, summary, body = document.title, document.summary, _body(document)
    if lang == "bo":
        body = _tibetan_text(random)
        title, summary = body.split("\n")[0][:80], body.split("\n")[1]
    is_document = facts.kind == "document"
    return SearchRow(
        key=f"{facts.id}.{lang}",
        id=facts.id,
        lang=lang,
        url=f"/{lang}/{facts.column}/{facts.id}/",
        title=title,
        kind=facts.kind,
        column=facts.column,
        columns=(facts.column,),
        audiences=tuple(random.sample(AUDIENCES, random.randint(1, 2))),
        departments=tuple(document.departments),
        counties=tuple(document.counties),
        year=str(facts.year),
        date=f"{facts.date:%Y-%m-%d %H:%M}",
        number=facts.official_number if is_document else "",
        index=f"513200000/{facts.year}-{facts.number + 1:07}" if is_document else "",
        subject=document.subject,
        issuers=(facts.issuer,),
        validity=random.choice(VALIDITY) if is_document else "",
        summary=summary,
        keywords=("公告",),
        body=body,
    )


def _body(document: Document) -> str:
    table = ["\t".join(row) for row in document.table]
    return "\n".join([*(text.replace("## ", "") for text in document.paragraphs), *table])


@cache
def tibetan_sentences() -> tuple[str, ...]:
    """Runs of Tibetan of the shipped content, in a fixed order."""
    paths = sorted((ROOT / "content").glob("**/*.bo.md"))
    texts = [path.read_text("utf-8") for path in paths]
    return tuple(dict.fromkeys(run for text in texts for run in _TIBETAN.findall(text)))


def _tibetan_text(random: Random) -> str:
    sentences: list[str] = []
    while sum(len(each.encode()) for each in sentences) < BODY_BYTES:
        sentences.append(random.choice(tibetan_sentences()))
    return "\n".join(sentences)
