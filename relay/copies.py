"""Backup and restore: the whole store as one SQLite file, from either kind of store into either.

In a backup nothing waits to be sent: whatever the outbox held is stopped, so that a restored
backup sends nothing a second time until an operator has looked and says `resume`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from domain.disk import sync
from domain.problems import PortalError
from relay.events import find_broken_link
from relay.outbox import stop_mails
from relay.schema import FORMAT_MARK, KEYS, TABLES
from relay.sqlite_store import SqliteStore
from relay.store import Connection, Store, append_event, read_events, write_mark

_ROWS_AT_ONCE = 500
# Each may be as large as a letter with files is at most.
_ATTACHMENTS_AT_ONCE = 4


def back_up(store: Store, target: Path, now: int, *, replace: bool = False) -> int:
    """`target` is the store as it is at one moment, mails stopped; gives the number of letters.

    It is written beside its place and renamed: it is there whole, or not at all. Keys are not
    in it. Raises PortalError where the file is there, unless it is to be replaced.
    """
    if target.exists() and not replace:
        raise PortalError(f"{target} is there already; nothing was written")
    unfinished = target.with_name(f"{target.name}.unfinished")
    if not target.parent.is_dir():
        raise PortalError(f"{target.parent} is not a folder; nothing was written")
    for left in unfinished.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    copy = SqliteStore(unfinished)
    try:
        store.snapshot(lambda source: copy.write(lambda made: _copy(source, made)))
        copy.write(stop_mails)
        letters = int(copy.query("SELECT count(*) FROM letter")[0][0])
    finally:
        copy.close()
    unfinished.chmod(0o600)
    sync(unfinished)
    os.replace(unfinished, target)
    sync(target.parent)
    # Last of all: a backup that failed must be missed.
    store.write(lambda connection: write_mark(connection, "backup", str(now)))
    return letters


def restore(backup_file: Path, store: Store, now: int) -> int:
    """The empty `store` is what the backup was; gives the number of mails that are stopped.

    All of it or nothing. Raises PortalError where the store has letters, or the backup's
    chain of events is broken.
    """
    if store.query("SELECT 1 FROM event LIMIT 1"):
        raise PortalError("the store has letters already; nothing was restored")
    if not backup_file.is_file():
        raise PortalError(f"{backup_file} is not there; nothing was restored")
    backup = SqliteStore(backup_file)
    try:
        broken = find_broken_link(read_events(backup))
        if broken is not None:
            raise PortalError(f"{backup_file}: event {broken} was altered; nothing was restored")

        def fill(source: Connection, target: Connection) -> int:
            target.execute("DELETE FROM mark WHERE name <> ?", (FORMAT_MARK,))
            _copy(source, target)
            append_event(target, now, "", "restored")
            stop_mails(target)
            stopped = target.execute("SELECT count(*) FROM outbox WHERE state = 'stopped'")
            return int(stopped[0][0])

        return backup.snapshot(lambda source: store.write(lambda target: fill(source, target)))
    finally:
        backup.close()


def _copy(source: Connection, target: Connection) -> None:
    for table in TABLES:
        for rows in _read_in_parts(source, table):
            values = ", ".join("?" for _ in rows[0])
            for row in rows:
                # What the database says of itself is no part of what is copied.
                if (table, row[0]) != ("mark", FORMAT_MARK):
                    target.execute(f"INSERT INTO {table} VALUES ({values})", row)


def _read_in_parts(source: Connection, table: str) -> Iterator[list[Any]]:
    """All rows, a few at a time: each part begins after the key of the last row before it."""
    first_column = TABLES[table].split()[0]
    keys = KEYS.get(table, (first_column,))
    order = ", ".join(keys)
    after = f"WHERE ({order}) > ({', '.join('?' for _ in keys)})"
    at_once = _ATTACHMENTS_AT_ONCE if table == "attachment" else _ROWS_AT_ONCE
    last: tuple[Any, ...] = ()
    while rows := source.execute(
        f"SELECT * FROM {table} {after if last else ''} ORDER BY {order} LIMIT ?", (*last, at_once)
    ):
        yield rows
        # The keys are a table's first columns.
        last = tuple(rows[-1][: len(keys)])
