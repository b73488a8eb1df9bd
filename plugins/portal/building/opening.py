"""Opening the ledger: the last build's where it can be trusted, else an empty one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.problems import PortalError
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.output import discard_unfinished
from plugins.portal.building.seal import Seal
from plugins.portal.building.unsynced import Unsynced
from plugins.portal.catalogue.schema import (
    discard_database,
    discard_unsettled,
    open_catalogue,
    settle_catalogue,
)

DATABASE = "portal.sqlite"
ROWS_PATH = "search/rows.sqlite"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(slots=True)
class OpenLedger:
    """A ledger at work; `distrust` says why it is an empty one, "" where that needs no word."""

    ledger: Ledger
    database: Path
    seal: Seal
    unsynced: Unsynced
    distrust: str

    def commit_plan(self) -> None:
        """The plan is in the ledger, whole; from here on outputs may be written by it."""
        self.ledger.note("name", self.seal.new_name)
        self.ledger.connection.execute("COMMIT")
        if self.ledger.is_new:
            self.unsynced.mark()
        self.ledger.connection = settle_catalogue(self.ledger.connection, self.database)
        self.seal.note_new_name()


@contextmanager
def opened_ledger(build: Path) -> Iterator[OpenLedger]:
    """The folder's ledger, for the one who has its lock. What was not committed is taken back."""
    unsynced = Unsynced(build, (DATABASE, ROWS_PATH))
    unsynced.discard_torn()
    seal = Seal(build, (DATABASE, ROWS_PATH))
    if seal.is_loose:
        discard_unfinished(build)
    strange = seal.find_strange()
    _discard(build, strange)
    seal.loosen()
    database = build / DATABASE
    ledger = Ledger(open_catalogue(database))
    if not ledger.is_new and not seal.is_of(ledger.get("name")):
        strange.append(DATABASE)
        ledger.connection.close()
        _discard(build, strange)
        ledger = Ledger(open_catalogue(database))
    try:
        yield OpenLedger(ledger, database, seal, unsynced, _in_words(build, strange))
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
        seal.tear()
        raise PortalError(
            f"build: stopped: {database} or {build / ROWS_PATH} is damaged: {error}\n"
            "  Nothing in them is lost that cannot be made again. Build again: all is made anew."
        ) from error
    finally:
        ledger.connection.close()
        discard_unsettled(database)
        seal.tighten()


def _discard(build: Path, strange: Sequence[str]) -> None:
    """These databases are gone; and with the rows the ledger, which says that they are there."""
    names = {*strange, DATABASE} if strange else set()
    for name in names:
        discard_database(build / name)


def _in_words(build: Path, strange: Sequence[str]) -> str:
    if not strange:
        return ""
    names = " and ".join(str(build / name) for name in sorted(set(strange)))
    return (
        f"build: {names}: not as the last build left it\n"
        "  It was damaged, deleted, or put back from a copy. Everything was made anew."
    )
