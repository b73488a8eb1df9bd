"""PostgreSQL as a backend: a table of pages, terms as arrays under GIN indexes.

Found, facets and order are one server's answer to SQL; a commit is one transaction, so readers
see the pages before or after it. Sets and counts are those of our own backend; the score has the
same weights, phrases and factors but does not count how often a word stands or how long a text
is, so the order may differ a little. Everything that comes from a query is a parameter.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from search.backend import (
    FoundDocument,
    Health,
    SearchRequest,
    SearchResult,
    SearchUnavailableError,
)
from search.documents import FILTERS, SORTS, TEXT_FIELDS, VOID_STATES, AnalysedDocument, Title
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

TABLE_VERSION: Final = 2
_EXACT: Final = ("whole_title", "whole_number", "whole_index")
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS search_state (version int, revision bigint, followed jsonb);
CREATE TABLE IF NOT EXISTS search_page (
    key text COLLATE "C" PRIMARY KEY, id text, lang text, title text, sound text, title_length int, stored text,
    stamp bigint, order_number text COLLATE "C", {", ".join(f"{name} text" for name in _EXACT)},
    filters jsonb, places jsonb, {", ".join(f"in_{name} text[]" for name in TEXT_FIELDS)}
);
{"".join(f"CREATE INDEX IF NOT EXISTS search_{n} ON search_page USING gin (in_{n});" for n in TEXT_FIELDS)}
{"".join(f"CREATE INDEX IF NOT EXISTS search_{n} ON search_page USING hash ({n});" for n in _EXACT)}
CREATE INDEX IF NOT EXISTS search_filters ON search_page USING gin (filters jsonb_path_ops);
"""
_COLUMNS: Final = (
    *(
        "key",
        "id",
        "lang",
        "title",
        "sound",
        "title_length",
        "stored",
        "stamp",
        "order_number",
        *_EXACT,
    ),
    *("filters", "places", *(f"in_{name}" for name in TEXT_FIELDS)),
)
_INSERT: Final = (
    f"INSERT INTO search_page ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
)
Noted = Callable[[], Mapping[str, object]]
"""What a commit notes, asked when all its documents were taken."""


class PostgresBackend:
    """A search.backend.SearchBackend in the database that `address` (a libpq string) names.

    Each thread has a connection of its own.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._local = threading.local()
        self._changes: dict[str, AnalysedDocument | None] = {}
        self._titles: tuple[int, tuple[Title, ...]] = (-1, ())

    def prepare(self) -> None:
        """The tables are there; those of another version are made anew, and empty."""
        with self._connection() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS search_state (version int, revision bigint, followed jsonb)"
            )
            found = connection.execute("SELECT version FROM search_state").fetchone()
            if found is not None and found[0] == TABLE_VERSION:
                return
            connection.execute("DROP TABLE IF EXISTS search_state, search_page")
            connection.execute(_SCHEMA)
            connection.execute("INSERT INTO search_state VALUES (%s, 0, '{}')", (TABLE_VERSION,))

    def index(self, documents: Iterable[AnalysedDocument]) -> None:
        """See SearchBackend; within a batch the last document of a key counts."""
        for document in documents:
            self._changes[document.key] = document

    def delete(self, keys: Iterable[str]) -> None:
        """See SearchBackend."""
        self._changes.update(dict.fromkeys(keys))

    def commit(self, followed: Noted | None = None) -> None:
        """See SearchBackend; `followed` is noted in the same transaction."""
        documents = [each for each in self._changes.values() if each is not None]
        with self._connection() as connection:
            connection.execute(
                "DELETE FROM search_page WHERE key = ANY(%s)", (list(self._changes),)
            )
            self._write(connection, documents, followed)
        self._changes.clear()

    def rebuild(self, documents: Iterable[AnalysedDocument], followed: Noted | None = None) -> None:
        """See SearchBackend; readers go on with the pages before until all are there."""
        with self._connection() as connection:
            connection.execute("DELETE FROM search_page")
            self._write(connection, documents, followed)

    def _write(
        self,
        connection: "psycopg.Connection[Any]",
        documents: Iterable[AnalysedDocument],
        followed: Noted | None,
    ) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, map(_values, documents))
        connection.execute(
            "UPDATE search_state SET revision = revision + 1, followed = coalesce(%s, followed)",
            (Jsonb(followed()) if followed is not None else None,),
        )

    def followed(self) -> dict[str, Any]:
        """What the last commit noted."""
        with self._connection() as connection:
            found = connection.execute("SELECT followed FROM search_state").fetchone()
        return dict(found[0]) if found else {}

    def search(self, request: SearchRequest) -> SearchResult:
        """See SearchBackend."""
        with self._reading() as connection:
            return _Question(connection, request).answer()

    def rows(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """See SearchBackend."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT key, stored FROM search_page WHERE key = ANY(%s)", (list(keys),)
            ).fetchall()
        return {key: json.loads(stored) for key, stored in found}

    def titles(self) -> tuple[Title, ...]:
        """See SearchBackend."""
        with self._reading() as connection:
            ((revision,),) = connection.execute("SELECT revision FROM search_state").fetchall()
            if self._titles[0] != revision:
                found = connection.execute(
                    "SELECT title, lang, sound FROM search_page ORDER BY stamp DESC, key"
                ).fetchall()
                self._titles = (revision, tuple(map(Title._make, found)))
        return self._titles[1]

    def health(self) -> Health:
        """See SearchBackend."""
        try:
            with self._reading() as connection:
                ((documents,),) = connection.execute("SELECT count(*) FROM search_page").fetchall()
        except SearchUnavailableError as cause:
            return Health(False, reason=str(cause))
        return Health(True, documents)

    def close(self) -> None:
        """The calling thread has no connection any more."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()

    def _reading(self) -> "_Transaction":
        return _Transaction(self, is_reading=True)

    def _connection(self) -> "_Transaction":
        return _Transaction(self, is_reading=False)

    def open_connection(self) -> "psycopg.Connection[Any]":
        """This thread's connection, opened anew when it was lost."""
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self._address)
            self._local.connection = connection
        return connection


class _Transaction:
    """One transaction; what a server cannot do is SearchUnavailableError for those who read."""

    def __init__(self, backend: PostgresBackend, *, is_reading: bool) -> None:
        self._backend = backend
        self._is_reading = is_reading

    def __enter__(self) -> "psycopg.Connection[Any]":
        try:
            self._connection = self._backend.open_connection()
            if self._is_reading:
                # All questions of one answer are put to the same commit.
                self._connection.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
        except psycopg.Error as cause:
            raise SearchUnavailableError("the database cannot be reached") from cause
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if self._connection.closed:
            pass
        elif kind is None:
            self._connection.commit()
        else:
            self._connection.rollback()
        if self._is_reading and isinstance(error, psycopg.Error):
            raise SearchUnavailableError(f"the database cannot answer ({type(error).__name__})")


def _values(document: AnalysedDocument) -> tuple[object, ...]:
    id_, _, lang = document.key.rpartition(".")
    return (
        *(
            document.key,
            id_,
            lang,
            document.title.replace("\0", " "),
            document.sound,
            document.length("title"),
            document.stored,
            document.stamp,
        ),
        *(document.order_number, document.whole_title, document.whole_number, document.whole_index),
        Jsonb({name: list(document.filters[name]) for name in FILTERS}),
        Jsonb({name: document.texts[name] for name in TEXT_FIELDS}),
        *(list(document.texts[name]) for name in TEXT_FIELDS),
    )


@dataclass(slots=True)
class _Sql:
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


class _Question:
    """One request, put to one commit."""

    def __init__(self, connection: "psycopg.Connection[Any]", request: SearchRequest) -> None:
        self._connection = connection
        self._request = request
        self._places = self._given_places()

    def answer(self) -> SearchResult:
        """See SearchBackend.search."""
        request = self._request
        sql = _Sql()
        exact, where = self._is_exact(sql), self._where(sql)
        ((total, exact_total),) = self._fetch(
            sql, f"SELECT count(*), count(*) FILTER (WHERE {exact}) FROM search_page WHERE {where}"
        )
        facets = self._count_facets([name for name in FILTERS if name not in request.filters], "")
        for name in request.filters:
            facets |= self._count_facets([name], name)
        return SearchResult(total, tuple(self._page()), facets, exact_total)

    def _fetch(self, sql: _Sql, text: str) -> list[Any]:
        return self._connection.execute(text, sql.values).fetchall()

    def _given_places(self) -> dict[str, int]:
        """Key -> place that editors gave it: below 0 comes first, above 0 last."""
        wanted = [*self._request.last, *(key for keys in self._request.first for key in keys)]
        sql = _Sql()
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

    def _where(self, sql: _Sql, left_out: str = "") -> str:
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
            parts.append(f"{name} = {sql.put(value)}" if name in _EXACT else "false")
        for name, value in request.filters.items():
            if name != left_out:
                parts.append(sql.filter(name, value))
        return " AND ".join(parts)

    def _is_exact(self, sql: _Sql) -> str:
        numbers = sql.put([*self._request.query.numbers])
        return f"(whole_number <> '' AND whole_number = ANY({numbers}::text[]))"

    def _count_facets(self, names: Sequence[str], left_out: str) -> dict[str, dict[str, int]]:
        sql = _Sql()
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
        request, sql = self._request, _Sql()
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

    def _place(self, sql: _Sql) -> str:
        cases = [f"WHEN key = {sql.put(key)} THEN {place}" for key, place in self._places.items()]
        return f"(CASE {' '.join(cases)} ELSE 0 END)" if cases else "0"

    def _score(self, sql: _Sql) -> str:
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

    def _factors(self, sql: _Sql) -> Iterator[str]:
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

    def _title_share(self, sql: _Sql, way: Way) -> str:
        found = " + ".join(f"({sql.term_in('title', term)})::int" for term in way.terms)
        return (
            f"(SELECT s * least(1, s * {way.length} / greatest(title_length, 1))"
            f" FROM (SELECT ({found}) / {len(way.terms)}::float8 AS s) AS t)"
        )

    def _standing_factors(self, sql: _Sql) -> Iterator[str]:
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

    def _term_score(self, sql: _Sql, text: str, rarity: float) -> str:
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
        sql = _Sql()
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

    def _phrase_bonus(self, sql: _Sql, phrases: Sequence[Phrase]) -> str:
        parts = []
        for phrase in phrases:
            best = ", ".join(
                f"{most} * ({sql.phrase_in(name, phrase.terms)})::int"
                for name, most in PHRASE_BONUS.items()
            )
            parts.append(f"greatest({best})")
        return f"({' + '.join(parts)}) / {len(phrases)}" if parts else "0"
