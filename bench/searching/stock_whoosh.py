# Whoosh tells no types.
# mypy: allow-untyped-calls
"""Whoosh 2.7.4 as its documentation shows it: its writer, its scorer, its facets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whoosh import fields, query, sorting
from whoosh.analysis import Token, Tokenizer
from whoosh.index import create_in, exists_in, open_dir

from bench.searching.engines import PAGE
from bench.searching.questions import Question
from bench.searching.trees import spell_out, written_terms
from domain.search_rows import SearchRow
from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument, analyse_row
from search.query import Node, Phrase, Term, parse_query
from search.ranking import FIELD_WEIGHTS

SEVERAL = ("audience", "column", "department", "county", "issuer")
_POOL_MEGABYTES = 256


class _Text(str):
    """A text that is analysed already; Whoosh takes nothing but text."""

    terms: Iterable[tuple[int, str]]


class _Analysed(Tokenizer):
    """The tokens of a _Text."""

    def __call__(self, value: _Text, positions: bool = False, **_: object) -> Iterator[Token]:
        token: Any = Token(positions)
        for token.pos, token.text in value.terms:
            yield token


class StockWhoosh:
    """One segment for each step."""

    title = "stock Whoosh 2.7.4"
    step = 10_000
    is_kept = True

    def __init__(self) -> None:
        self._searcher: Any = None

    def index(self, rows: Iterable[SearchRow], folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        index = open_dir(folder) if exists_in(folder) else create_in(folder, _schema())
        writer = index.writer(limitmb=_POOL_MEGABYTES)
        for row in rows:
            writer.add_document(**_values(analyse_row(row)))
        writer.commit(merge=False)

    def open(self, folder: Path) -> None:
        self._searcher = open_dir(folder).searcher()
        self.ask(Question("word", "first question"))

    def ask(self, question: Question) -> int:
        found = self._searcher.search(
            _query(question),
            limit=question.page * PAGE,
            filter=query.And([query.Term(f"by_{k}", v) for k, v in question.filters.items()])
            if question.filters
            else None,
            groupedby={
                name: sorting.FieldFacet(
                    f"by_{name}", allow_overlap=name in SEVERAL, maptype=sorting.Count
                )
                for name in FILTERS
            },
        )
        for name in FILTERS:
            found.groups(name)
        for hit in found[(question.page - 1) * PAGE :]:
            hit.fields()
        return len(found)

    def find_all(self, question: Question) -> list[str]:
        """The stored rows of all documents that have the words, in no order."""
        numbers = self._searcher.docs_for_query(_query(question))
        return [self._searcher.stored_fields(number)["stored"] for number in numbers]

    def close(self) -> None:
        """Its files are closed."""
        self._searcher.close()

    def replace(self, row: SearchRow, folder: Path) -> None:
        writer = open_dir(folder).writer()
        writer.update_document(**_values(analyse_row(row)))
        writer.commit()
        self._searcher = open_dir(folder).searcher()


def _schema() -> fields.Schema:
    schema = fields.Schema(key=fields.ID(unique=True), stored=fields.STORED())
    for name in TEXT_FIELDS:
        schema.add(name, fields.TEXT(analyzer=_Analysed(), field_boost=FIELD_WEIGHTS[name][0]))
    for name in FILTERS:
        several = name in SEVERAL
        schema.add(
            f"by_{name}", fields.KEYWORD(commas=True) if several else fields.ID(sortable=True)
        )
    return schema


def _values(document: AnalysedDocument) -> dict[str, Any]:
    values: dict[str, Any] = {"key": document.key, "stored": document.stored}
    for name in TEXT_FIELDS:
        values[name] = _Text(name)
        values[name].terms = written_terms(document, name)
    for name in FILTERS:
        values[f"by_{name}"] = ",".join(document.filters[name])
    return values


def _query(question: Question) -> Any:
    root = parse_query(question.text).root
    return query.NullQuery if root is None else _node(spell_out(root))


def _node(node: Node) -> Any:
    match node:
        case Term(text):
            return query.Or([query.Term(field, text) for field in TEXT_FIELDS])
        case Phrase(terms):
            words = [term for _, term in terms]
            return query.Or([query.Phrase(field, words) for field in TEXT_FIELDS])
        case _:
            children = [_node(each) for each in node.children]
            return query.And(children) if node.needed > 1 else query.Or(children)
