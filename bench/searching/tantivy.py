"""tantivy on the same terms: its BM25 over boosted fields, facets as aggregations of fast fields."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from bench.searching.engines import PAGE
from bench.searching.questions import Question
from bench.searching.trees import written_terms
from domain.search_rows import SearchRow
from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument, analyse_row
from search.query import Node, Phrase, Term, parse_query
from search.ranking import FIELD_WEIGHTS

_HEAP_BYTES = 256_000_000
_MOST_VALUES = 500
_COUNTS = {name: {"terms": {"field": f"by_{name}", "size": _MOST_VALUES}} for name in FILTERS}


class Tantivy:
    """Its own threads index; a question is answered by one."""

    title = "tantivy"
    step = 0
    is_kept = False

    def __init__(self) -> None:
        self._index: Any = None
        self._schema = _schema()

    def index(self, rows: Iterable[SearchRow], folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        writer = tantivy.Index(self._schema, path=str(folder)).writer(_HEAP_BYTES)
        for row in rows:
            writer.add_document(_document(analyse_row(row)))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index(self._schema, path=str(folder))
        self.ask(Question("word", "first question"))

    def ask(self, question: Question) -> int:
        searcher = self._index.searcher()
        root = parse_query(question.text).root
        asked = tantivy.Query.empty_query() if root is None else self._node(root)
        must = tantivy.Occur.Must
        parts = [(must, asked)] + [
            (must, self._term(f"by_{name}", value)) for name, value in question.filters.items()
        ]
        query = tantivy.Query.boolean_query(parts)
        found = searcher.search(query, PAGE, offset=(question.page - 1) * PAGE)
        searcher.aggregate(query, _COUNTS)
        for _, address in found.hits:
            searcher.doc(address)["stored"]
        return int(found.count)

    def replace(self, row: SearchRow, _: Path) -> None:
        writer = self._index.writer(_HEAP_BYTES)
        writer.delete_documents_by_term("key", row.key)
        writer.add_document(_document(analyse_row(row)))
        writer.commit()
        self._index.reload()
        writer.wait_merging_threads()

    def _term(self, field: str, text: str) -> Any:
        return tantivy.Query.term_query(self._schema, field, text)

    def _node(self, node: Node) -> Any:
        any_of = tantivy.Occur.Should
        match node:
            case Term(text):
                parts = [
                    tantivy.Query.boost_query(self._term(field, text), FIELD_WEIGHTS[field][0])
                    for field in TEXT_FIELDS
                ]
                return tantivy.Query.boolean_query([(any_of, part) for part in parts])
            case Phrase(terms):
                words: list[Any] = [term for _, term in terms]
                return tantivy.Query.boolean_query(
                    [
                        (any_of, tantivy.Query.phrase_query(self._schema, field, words))
                        for field in TEXT_FIELDS
                    ]
                )
            case _:
                children = [(any_of, self._node(each)) for each in node.children]
                return tantivy.Query.boolean_query(
                    children, minimum_number_should_match=node.needed
                )


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw")
    builder.add_text_field("stored", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in FILTERS:
        builder.add_text_field(f"by_{name}", tokenizer_name="raw", fast=True)
    return builder.build()


def _document(document: AnalysedDocument) -> Any:
    made = tantivy.Document()
    made.add_text("key", document.key)
    made.add_text("stored", document.stored)
    for name in TEXT_FIELDS:
        made.add_text(name, " ".join(term for _, term in written_terms(document, name)))
    for name in FILTERS:
        for value in document.filters[name]:
            made.add_text(f"by_{name}", value)
    return made
