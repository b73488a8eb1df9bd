"""The tables of the catalogue: one SQLite file that holds every document read.

Opened for writing by the building process alone; forked workers open it read-only.
SCHEMA_VERSION changes with any table, and a catalogue of another version is rebuilt.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 10

TABLES = """
-- One row a source file. `entry` is its line in lists (JSON), `record` that of an id in open data,
-- `data` the pickled Document without its HTML; `digest` covers data and text.
CREATE TABLE document(
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    lang TEXT NOT NULL,
    url TEXT NOT NULL,
    folded_url TEXT NOT NULL,
    is_visible INTEGER NOT NULL DEFAULT 0,
    is_primary INTEGER NOT NULL DEFAULT 0,
    validity TEXT NOT NULL DEFAULT '',
    entry TEXT NOT NULL DEFAULT '',
    record TEXT NOT NULL DEFAULT '',
    data BLOB NOT NULL,
    digest BLOB NOT NULL
);
CREATE INDEX document_id ON document(id, lang);
CREATE INDEX document_folded_url ON document(folded_url);
CREATE INDEX document_url ON document(url);
CREATE TABLE body(number INTEGER PRIMARY KEY, html TEXT NOT NULL);

-- Names by which texts refer to a document: its id, its number ("no:..."), its source path.
CREATE TABLE name(name TEXT, document INTEGER, PRIMARY KEY(name, document)) WITHOUT ROWID;
CREATE INDEX name_document ON name(document);
CREATE TABLE reference(document INTEGER, relation TEXT, target TEXT,
    PRIMARY KEY(document, relation, target)) WITHOUT ROWID;
CREATE INDEX reference_target ON reference(target);
CREATE TABLE link(document INTEGER, target TEXT, PRIMARY KEY(document, target)) WITHOUT ROWID;
CREATE INDEX link_target ON link(target);

-- Where a document's id is listed; `listing` is "column/news", `day` "03/09" in site time.
-- Lists without a year: "pages/...", "dates/..." (day: "2026-04-01 what"), "en:...": catalogue/listings.py.
CREATE TABLE member(
    listing TEXT, year TEXT, day TEXT, moment TEXT, id TEXT, document INTEGER NOT NULL,
    PRIMARY KEY(listing, year, day, moment, id)
) WITHOUT ROWID;
CREATE INDEX member_moment ON member(listing, moment, id);
-- How many members a listing has in a period: "" for all, "2026", "2026/03", "2026/03/09".
CREATE TABLE tally(listing TEXT, period TEXT, total INTEGER NOT NULL,
    PRIMARY KEY(listing, period)) WITHOUT ROWID;
-- What refresh() placed for an id, so that it can be taken back: JSON list of members.
CREATE TABLE placement(id TEXT PRIMARY KEY, members TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE transition(moment TEXT, id TEXT, PRIMARY KEY(moment, id)) WITHOUT ROWID;
CREATE INDEX transition_id ON transition(id);

-- Files served beside documents: attachments and what texts link to.
CREATE TABLE attachment(id TEXT, name TEXT, path TEXT, document INTEGER,
    PRIMARY KEY(id, name, path, document)) WITHOUT ROWID;
CREATE INDEX attachment_path ON attachment(path);
CREATE INDEX attachment_document ON attachment(document);
CREATE TABLE picture(id TEXT, name TEXT, path TEXT, document INTEGER,
    PRIMARY KEY(id, name, path, document)) WITHOUT ROWID;
CREATE INDEX picture_path ON picture(path);
CREATE INDEX picture_document ON picture(document);
-- What preparing found of a file that is shown ("picture") or offered ("offered"), by content.
CREATE TABLE fact(path TEXT, role TEXT, hash TEXT NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY(path, role)) WITHOUT ROWID;
-- Files that a document was read from besides its own source, there or not.
CREATE TABLE beside(path TEXT, document INTEGER, PRIMARY KEY(path, document)) WITHOUT ROWID;
CREATE INDEX beside_document ON beside(document);
CREATE TABLE file(path TEXT PRIMARY KEY, size INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE alias(url TEXT, document INTEGER, PRIMARY KEY(url, document)) WITHOUT ROWID;
CREATE INDEX alias_document ON alias(document);

-- Decisions about posts, in the order of their notice: `organisation` "department/finance", `post` an
-- id or "=" and a name, `data` the decision as JSON.
CREATE TABLE decision(document INTEGER, place INTEGER, organisation TEXT NOT NULL,
    post TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY(document, place)) WITHOUT ROWID;
CREATE INDEX decision_post ON decision(organisation, post);

-- content/register/: addresses once released, and what became of those that went.
CREATE TABLE released(url TEXT PRIMARY KEY, source TEXT NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE redirect(url TEXT PRIMARY KEY, target TEXT NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE withdrawal(url TEXT PRIMARY KEY, date TEXT NOT NULL, reason TEXT NOT NULL,
    line INTEGER NOT NULL) WITHOUT ROWID;

-- Every source file as last seen, and the warnings its reading gave (JSON).
CREATE TABLE seen(source TEXT PRIMARY KEY, size INTEGER NOT NULL, changed_ns INTEGER NOT NULL,
    hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE warning(source TEXT PRIMARY KEY, problems TEXT NOT NULL) WITHOUT ROWID;
"""


def open_catalogue(path: Path) -> sqlite3.Connection:
    """A connection for the one writer; the tables are there afterwards.

    A file of another SCHEMA_VERSION, or one that is no catalogue, is replaced by an empty one:
    everything in it can be read again from the sources. A new one is written beside its place,
    and is nothing until `settle_catalogue`.
    """
    discard_unsettled(path)
    connection = _open_current(path)
    if connection:
        return connection
    discard_database(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(_beside(path), isolation_level=None)
    # Nobody knows of the file yet: it need not be kept whole while it is being written.
    connection.execute("PRAGMA page_size = 8192")  # most rows with a text's record fit into one
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -65536")
    connection.executescript(TABLES)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return connection


def settle_catalogue(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A catalogue that was written anew is in its place, whole; the connection to go on with.

    It is not synced: the caller has marked the build as one that is not (building/unsynced.py).
    """
    new = _beside(path)
    if not new.exists():
        return connection
    connection.close()
    os.replace(new, path)
    return _connect(path)


def discard_database(path: Path) -> None:
    """The file is gone, and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def discard_unsettled(path: Path) -> None:
    """What a build that was refused or killed wrote beside the catalogue's place is gone."""
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _open_current(path: Path) -> sqlite3.Connection | None:
    if not path.is_file():
        return None
    connection = None
    try:
        connection = _connect(path)
        if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
            return connection
    except sqlite3.DatabaseError:
        pass
    if connection:
        connection.close()
    return None


def open_catalogue_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection, for a worker; to be opened after the fork."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA cache_size = -32768")
    return connection


@contextmanager
def one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """A block in which the catalogue is seen as it was at its first question, whatever is written
    meanwhile: so it locks once, and keeps what it has read.

    Not to be long: what is written since cannot be folded out of the log before its end.
    """
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def open_catalogue_in_memory() -> sqlite3.Connection:
    """An empty catalogue that is gone when it is closed: for checks without a build."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(TABLES)
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    # Write-ahead log without a sync for each commit: after a power cut the last builds may be
    # forgotten, never half-remembered, and the next build makes again what they made.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection
