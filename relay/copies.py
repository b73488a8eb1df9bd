"""Backup and restore: the whole store as one SQLite file, from either kind of store into either.

In a backup nothing waits to be sent: whatever the outbox held is stopped, so that a restored
backup sends nothing a second time until an operator has looked and says `resume`.
"""

import os
from pathlib import Path

from domain.disk import sync
from domain.problems import PortalError
from relay.events import find_broken_link
from relay.outbox import stop_mails
from relay.schema import TABLES
from relay.sqlite_store import SqliteStore
from relay.store import Connection, Store, append_event, read_events, write_mark

_ROWS_AT_ONCE = 500


def back_up(store: Store, target: Path, now: int) -> int:
    """`target` is the store as it is at one moment, mails stopped; gives the number of letters.

    It is written beside its place and renamed: it is there whole, or not at all. Keys are not
    in it. Raises PortalError where the file is there.
    """
    if target.exists():
        raise PortalError(f"{target} is there already; nothing was written")
    store.write(lambda connection: write_mark(connection, "backup", str(now)))
    unfinished = target.with_name(f"{target.name}.unfinished")
    for left in unfinished.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    copy = SqliteStore(unfinished)
    try:
        store.snapshot(lambda source: _copy(source, copy))
        copy.write(stop_mails)
        letters = int(copy.query("SELECT count(*) FROM letter")[0][0])
    finally:
        copy.close()
    unfinished.chmod(0o600)
    sync(unfinished)
    os.replace(unfinished, target)
    sync(target.parent)
    return letters


def restore(backup_file: Path, store: Store, now: int) -> int:
    """The empty `store` is what the backup was; gives the number of mails that are stopped.

    Raises PortalError where the store has letters, or the backup's chain of events is broken.
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
        store.write(lambda connection: connection.execute("DELETE FROM mark"))
        backup.snapshot(lambda source: _copy(source, store))
    finally:
        backup.close()
    store.write(stop_mails)
    store.write(lambda connection: append_event(connection, now, "", "restored"))
    return int(store.query("SELECT count(*) FROM outbox WHERE state = 'stopped'")[0][0])


def _copy(source: Connection, target: Store) -> None:
    for table in TABLES:
        place = 0
        while rows := source.execute(
            f"SELECT * FROM {table} ORDER BY 1, 2 LIMIT ? OFFSET ?", (_ROWS_AT_ONCE, place)
        ):
            _insert(target, table, rows)
            place += len(rows)


def _insert(target: Store, table: str, rows: list[tuple[object, ...]]) -> None:
    values = ", ".join("?" for _ in rows[0])

    def insert(connection: Connection) -> None:
        for row in rows:
            connection.execute(f"INSERT INTO {table} VALUES ({values})", row)

    target.write(insert)
