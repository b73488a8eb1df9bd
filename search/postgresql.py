"""PostgreSQL as a backend: a table of pages, terms as arrays under GIN indexes.

Found, facets and order are one server's answer to SQL; a commit is one transaction, so readers
see the pages before or after it. Sets and counts are those of our own backend; the score has the
same weights, phrases and factors but does not count how often a word stands or how long a text
is, so the order may differ a little. Everything that comes from a query is a parameter.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from search.backend import (
    Health,
    SearchRequest,
    SearchResult,
    SearchUnavailableError,
)
from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument, Title
from search.postgresql_questions import EXACT, Question

TABLE_VERSION: Final = 2
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS search_state (version int, revision bigint, followed jsonb);
CREATE TABLE IF NOT EXISTS search_page (
    key text COLLATE "C" PRIMARY KEY, id text, lang text, title text, sound text, title_length int, stored text,
    stamp bigint, order_number text COLLATE "C", {", ".join(f"{name} text" for name in EXACT)},
    filters jsonb, places jsonb, {", ".join(f"in_{name} text[]" for name in TEXT_FIELDS)}
);
{"".join(f"CREATE INDEX IF NOT EXISTS search_{n} ON search_page USING gin (in_{n});" for n in TEXT_FIELDS)}
{"".join(f"CREATE INDEX IF NOT EXISTS search_{n} ON search_page USING hash ({n});" for n in EXACT)}
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
        *EXACT,
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
            return Question(connection, request).answer()

    def count(self, request: SearchRequest) -> int:
        """See SearchBackend."""
        with self._reading() as connection:
            return Question(connection, request).totals()[0]

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
