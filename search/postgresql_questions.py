"""Questions to PostgreSQL: one request as SQL over the table of pages (postgresql.py).

The tree of the query becomes conditions, the figures of ranking.py an expression. Everything that
comes from a query is a parameter.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from search.backend import FoundDocument, SearchRequest, SearchResult
from search.documents import FILTERS, SORTS, TEXT_FIELDS, VOID_STATES
from search.query import AtLeast, Node, Phrase, Query, Term, Way
from search.ranking import (
    FADED_FACTOR,
    FADING_KINDS,
    FADING_MINUTES,
    FIELD_WEIGHTS,
    K1,
    PHRASE_BONUS,
    PREFERRED_LANGUAGE_FACTOR,
    TITLE_BONUS,
    VOID_FACTOR,
    WHOLE_TITLE_FACTOR,
    rarity_of,
)

EXACT: Final = ("whole_title", "whole_number", "whole_index")
"""Columns that are compared whole."""


@dataclass(slots=True)
class Sql:
    """Pieces of SQL whose values are parameters by name."""

    values: dict[str, object] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    def put(self, value: object) -> str:
        """The place of a value."""
        name = f"v{next(self._numbers)}"
        self.values[name] = value
        return f"%({name})s"

    def term_in(self, field_name: str, text: str) -> str:
        """Whether a page has the term in a field."""
        return f"in_{field_name} @> ARRAY[{self.put(text)}]::text[]"

    def term(self, text: str) -> str:
        """Whether a page has the term anywhere."""
        return f"({' OR '.join(self.term_in(name, text) for name in TEXT_FIELDS)})"

    def phrase_in(self, field_name: str, terms: Sequence[tuple[int, str]]) -> str:
        """Whether in the field each term stands at its offset from some place."""
        every = self.put([text for _, text in terms])
        (first_offset, first), *rest = terms
        places = f"places->'{field_name}'"
        others = "".join(
            f" AND {places}->{self.put(text)} @> to_jsonb(at.place::int + {offset - first_offset})"
            for offset, text in rest
        )
        return (
            f"(in_{field_name} @> {every}::text[] AND EXISTS (SELECT 1 FROM jsonb_array_elements("
            f"{places}->{self.put(first)}) AS at(place) WHERE true{others}))"
        )

    def node(self, node: Node) -> str:
        """Whether the tree holds for a page."""
        match node:
            case Term(text):
                return self.term(text)
            case Phrase(terms):
                found = (self.phrase_in(name, terms) for name in TEXT_FIELDS)
                return f"({' OR '.join(found)})"
            case AtLeast(needed, children):
                parts = [self.node(child) for child in children]
                if needed == len(parts):
                    return f"({' AND '.join(parts)})"
                if needed == 1:
                    return f"({' OR '.join(parts)})"
                return f"({' + '.join(f'({part})::int' for part in parts)} >= {needed})"

    def query(self, query: Query) -> str:
        """Whether the query finds a page."""
        if query.is_empty:
            return "true"
        return self.node(query.root) if query.root is not None else "false"

    def filter(self, name: str, value: str) -> str:
        """Whether a page has this value of a filter."""
        return f"filters @> {self.put(Jsonb({name: [value]}))}"


class Question:
    """One request, put to one commit."""

    def __init__(self, connection: "psycopg.Connection[Any]", request: SearchRequest) -> None:
        self._connection = connection
        self._request = request
        self._places = self._given_places()

    def answer(self) -> SearchResult:
        """See SearchBackend.search."""
        request = self._request
        total, exact_total = self.totals()
        facets = self._count_facets([name for name in FILTERS if name not in request.filters], "")
        for name in request.filters:
            facets |= self._count_facets([name], name)
        return SearchResult(total, tuple(self._page()), facets, exact_total)

    def totals(self) -> tuple[int, int]:
        """How many pages are found, and how many of them bear a number that was asked."""
        sql = Sql()
        exact, where = self._is_exact(sql), self._where(sql)
        ((total, exact_total),) = self._fetch(
            sql, f"SELECT count(*), count(*) FILTER (WHERE {exact}) FROM search_page WHERE {where}"
        )
        return total, exact_total

    def _fetch(self, sql: Sql, text: str) -> list[Any]:
        return self._connection.execute(text, sql.values).fetchall()

    def _given_places(self) -> dict[str, int]:
        """Key -> place that editors gave it: below 0 comes first, above 0 last."""
        wanted = [*self._request.last, *(key for keys in self._request.first for key in keys)]
        sql = Sql()
        there = {
            key
            for (key,) in self._fetch(
                sql, f"SELECT key FROM search_page WHERE key = ANY({sql.put(wanted)})"
            )
        }
        places = {key: 1 for key in self._request.last if key in there}
        for before, keys in enumerate(reversed(self._request.first), 1):
            chosen = [key for key in keys if key in there][:1]
            places.update(dict.fromkeys(chosen, -before))
        return places

    def _where(self, sql: Sql, left_out: str = "") -> str:
        request = self._request
        pinned = [key for key, place in self._places.items() if place < 0]
        parts = [f"({sql.query(request.query)} OR key = ANY({sql.put(pinned)}))"]
        if request.since or request.before is not None:
            parts.append(f"stamp >= {sql.put(request.since)}::bigint")
        if request.before is not None:
            parts.append(f"stamp < {sql.put(request.before)}::bigint")
        if request.languages:
            order = sql.put([*request.languages])
            parts.append(
                "NOT EXISTS (SELECT 1 FROM search_page AS other WHERE other.id = search_page.id AND"
                f" array_position({order}::text[], other.lang)"
                f" < array_position({order}::text[], search_page.lang))"
            )
        for name, value in request.whole.items():
            parts.append(f"{name} = {sql.put(value)}" if name in EXACT else "false")
        for name, value in request.filters.items():
            if name != left_out:
                parts.append(sql.filter(name, value))
        return " AND ".join(parts)

    def _is_exact(self, sql: Sql) -> str:
        numbers = sql.put([*self._request.query.numbers])
        return f"(whole_number <> '' AND whole_number = ANY({numbers}::text[]))"

    def _count_facets(self, names: Sequence[str], left_out: str) -> dict[str, dict[str, int]]:
        sql = Sql()
        where = self._where(sql, left_out)
        found = self._fetch(
            sql,
            "SELECT each.name, value, count(*) FROM search_page,"
            " jsonb_each(filters) AS each(name, its), jsonb_array_elements_text(its) AS value"
            f" WHERE {where} AND each.name = ANY({sql.put(list(names))}) GROUP BY 1, 2",
        )
        counts: dict[str, dict[str, int]] = {name: {} for name in names}
        for name, value, number in found:
            counts[name][value] = number
        return counts

    def _page(self) -> Iterable[FoundDocument]:
        request, sql = self._request, Sql()
        exact, place, score = self._is_exact(sql), self._place(sql), self._score(sql)
        own = f"{sql.filter('in', request.preferred_language)} DESC"
        orders = {
            "date": f"stamp DESC, {own}, key",
            "number": f"order_number, stamp DESC, {own}, key",
        }
        order = orders.get(request.sort, "is_exact DESC, place, score DESC, stamp DESC, key")
        found = self._fetch(
            sql,
            f"SELECT key, stored, {score} AS score, {exact} AS is_exact, {place} AS place, stamp,"
            f" order_number FROM search_page WHERE {self._where(sql)} ORDER BY {order}"
            f" LIMIT {sql.put(request.limit)} OFFSET {sql.put(request.offset)}",
        )
        for key, stored, its_score, is_exact, *_ in found:
            is_pinned = request.sort == SORTS[0] and self._places.get(key, 0) < 0
            yield FoundDocument(json.loads(stored), float(its_score), is_exact, is_pinned)

    def _place(self, sql: Sql) -> str:
        cases = [f"WHEN key = {sql.put(key)} THEN {place}" for key, place in self._places.items()]
        return f"(CASE {' '.join(cases)} ELSE 0 END)" if cases else "0"

    def _score(self, sql: Sql) -> str:
        query = self._request.query
        shares = dict.fromkeys(query.scored, 1.0) | dict.fromkeys(query.akin, query.akin_weight)
        rarities = self._rarities(list(shares))
        parts = [
            self._term_score(sql, text, share * rarities[text])
            for text, share in shares.items()
            if rarities[text]
        ]
        factors = [*self._factors(sql), *self._standing_factors(sql)]
        return (
            f"({' + '.join(parts) or '0'})::float8 * {' * '.join(f'({each})' for each in factors)}"
        )

    def _factors(self, sql: Sql) -> Iterator[str]:
        """By what a page's score is multiplied because of the query."""
        query = self._request.query
        if query.ways:
            bonuses = ", ".join(self._phrase_bonus(sql, way.phrases) for way in query.ways)
            yield f"1 + greatest({bonuses})"
            shares = ", ".join(self._title_share(sql, way) for way in query.ways)
            yield f"1 + {TITLE_BONUS} * greatest({shares})"
        if query.title:
            titled = f"whole_title = {sql.put(query.title)}"
            yield f"CASE WHEN {titled} THEN {WHOLE_TITLE_FACTOR} ELSE 1 END"

    def _title_share(self, sql: Sql, way: Way) -> str:
        found = " + ".join(f"({sql.term_in('title', term)})::int" for term in way.terms)
        return (
            f"(SELECT s * least(1, s * {way.length} / greatest(title_length, 1))"
            f" FROM (SELECT ({found}) / {len(way.terms)}::float8 AS s) AS t)"
        )

    def _standing_factors(self, sql: Sql) -> Iterator[str]:
        """By what it is multiplied in any case: language, what no longer holds, age."""
        request = self._request
        if request.preferred_language:
            preferred = sql.filter("in", request.preferred_language)
            yield f"CASE WHEN {preferred} THEN {PREFERRED_LANGUAGE_FACTOR} ELSE 1 END"
        void = " OR ".join(sql.filter("validity", state) for state in VOID_STATES)
        yield f"CASE WHEN {void} THEN {VOID_FACTOR} ELSE 1 END"
        for kind in FADING_KINDS if request.today else ():
            age = (
                f"greatest(0, {sql.put(request.today)}::bigint - stamp) / {FADING_MINUTES}::float8"
            )
            faded = f"{FADED_FACTOR} + {1 - FADED_FACTOR} * power(0.5::float8, {age})"
            yield f"CASE WHEN {sql.filter('kind', kind)} THEN {faded} ELSE 1 END"

    def _term_score(self, sql: Sql, text: str, rarity: float) -> str:
        weights = " + ".join(
            f"{weight} * ({sql.term_in(name, text)})::int"
            for name, (weight, _) in FIELD_WEIGHTS.items()
        )
        return (
            f"(SELECT {sql.put(rarity)}::float8 * w / ({K1} + w) FROM (SELECT {weights} AS w) AS t)"
        )

    def _rarities(self, terms: Sequence[str]) -> dict[str, float]:
        """How rare each term is; 0.0 for what no page has."""
        if not terms:
            return {}
        sql = Sql()
        counts = ", ".join(
            f"(SELECT count(*) FROM search_page WHERE {sql.term(text)})" for text in terms
        )
        ((total, *found),) = self._fetch(
            sql, f"SELECT (SELECT count(*) FROM search_page), {counts}"
        )
        return {
            text: rarity_of(number, total) if number else 0.0
            for text, number in zip(terms, found, strict=True)
        }

    def _phrase_bonus(self, sql: Sql, phrases: Sequence[Phrase]) -> str:
        parts = []
        for phrase in phrases:
            best = ", ".join(
                f"{most} * ({sql.phrase_in(name, phrase.terms)})::int"
                for name, most in PHRASE_BONUS.items()
            )
            parts.append(f"greatest({best})")
        return f"({' + '.join(parts)}) / {len(phrases)}" if parts else "0"
