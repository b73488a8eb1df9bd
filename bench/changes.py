"""What is changed between two of our builds: in the content by an editor, in the product by us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bench.corpus import Corpus
from bench.documents import Document
from bench.forms import write_document
from bench.systems import (
    ADD,
    AGAIN,
    BACKDATE,
    COLUMN,
    DELETE,
    EDIT,
    FOOTER,
    FULL,
    INDEX,
    RENAME,
    REPEAL,
    STYLE,
    TEN,
)

Change = Callable[[Path], None]
"""Makes a change in a content folder."""

EDITS = tuple("一二三四五六七八九")
"""The same text is edited so often in each turn: it is the figure that editors feel."""

DOCUMENTS_MORE = {
    **dict.fromkeys((FULL, AGAIN, INDEX, EDIT, TEN), 0),
    **dict.fromkeys((ADD, RENAME, BACKDATE), 1),
    REPEAL: 2,
    **dict.fromkeys((DELETE, STYLE, COLUMN, FOOTER), 1),
}
"""Documents after each step, beyond those of the corpus."""

CHANGES_OF_PRODUCT = (
    (STYLE, "theme/static/site.css", "\n", "\n/* another style */\n"),
    (COLUMN, "content/columns.yaml", "zh: 公示公告", "zh: 公示与公告"),
    (FOOTER, "theme/templates/parts/footer.html", "</footer>", "<p>1</p></footer>"),
)
"""(step, file of the project, what stands there, what takes its place)"""


def changes_of_content(corpus: Corpus) -> Iterator[tuple[str, Change]]:
    """Each step with its change; one after the other, each upon the last."""
    for days in EDITS:
        yield EDIT, _writing(corpus.edited(days=days))
    yield TEN, _writing(*(corpus.edited(place) for place in range(1, 11)))
    yield ADD, _writing(corpus.added())
    yield RENAME, lambda content: _rename(content, corpus.renamed())
    yield BACKDATE, lambda content: _backdate(content, *corpus.backdated())
    yield REPEAL, _writing(corpus.repealing())
    yield DELETE, lambda content: (content / corpus.deleted().source_path).unlink()


def _writing(*documents: Document) -> Change:
    def write(content: Path) -> None:
        for document in documents:
            write_document(document, "portal", content)

    return write


def _rename(content: Path, document: Document) -> None:
    path = content / document.source_path
    path.rename(path.with_stem(f"{path.stem}-renamed"))


def _backdate(content: Path, document: Document, earlier: Document) -> None:
    (content / document.source_path).unlink()
    write_document(earlier, "portal", content)
