"""Backup and restore between the two kinds of store; fault 16 for backups."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.problems import PortalError
from relay.copies import back_up, restore
from relay.events import find_broken_link
from relay.moments import to_milliseconds
from relay.postgres_store import PostgresStore
from relay.schema import TABLES
from relay.sqlite_store import SqliteStore
from relay.store import Connection, Kept, StoreFullError, append_event, read_events, read_mark
from tests.relay.harness import Relay, wait_until
from tests.relay.postgres import PostgresServer


def now(relay: Relay) -> int:
    return to_milliseconds(relay.clock())


class WatchedStore(SqliteStore):
    """Notes each question of a snapshot and how many rows it gives."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.asked: list[tuple[str, Sequence[Any], int]] = []

    def snapshot(self, read: Callable[[Connection], Kept]) -> Kept:
        return super().snapshot(lambda connection: read(WatchedConnection(connection, self.asked)))


class WatchedConnection:
    def __init__(self, connection: Connection, asked: list[tuple[str, Sequence[Any], int]]) -> None:
        self._connection = connection
        self._asked = asked

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        rows = self._connection.execute(statement, values)
        self._asked.append((statement, values, len(rows)))
        return rows


def test_a_backup_restored_into_postgres_can_be_opened_again(
    either_relay: Relay, tmp_path: Path, postgres: PostgresServer
) -> None:
    either_relay.write()
    back_up(either_relay.letters, tmp_path / "backup.sqlite", now(either_relay))
    database = postgres.make_database()
    store = PostgresStore(database)
    restore(tmp_path / "backup.sqlite", store, now(either_relay))
    store.close()
    again = PostgresStore(database)
    assert again.query("SELECT count(*) FROM letter") == [(1,)]
    again.close()


def test_a_restore_that_breaks_off_leaves_the_store_empty_to_be_tried_again(
    relay: Relay, tmp_path: Path
) -> None:
    relay.write()
    relay.write()
    letter_id = relay.letters.query("SELECT id FROM letter")[0][0]
    relay.change("INSERT INTO attachment VALUES (?, 0, ?)", letter_id, b"x" * 500_000)
    backup_file = tmp_path / "backup.sqlite"
    back_up(relay.letters, backup_file, now(relay))
    small = SqliteStore(tmp_path / "small.sqlite", store_bytes=400_000)
    with pytest.raises(StoreFullError):
        restore(backup_file, small, now(relay))
    small.close()
    enough = SqliteStore(tmp_path / "small.sqlite")
    restore(backup_file, enough, now(relay))
    assert enough.query("SELECT count(*) FROM letter") == [(2,)]


def test_a_backup_that_fails_is_not_counted_as_one(relay: Relay, tmp_path: Path) -> None:
    relay.write()
    with pytest.raises(PortalError, match="nothing was written"):
        back_up(relay.letters, tmp_path / "not-mounted" / "backup.sqlite", now(relay))
    assert relay.letters.write(lambda connection: read_mark(connection, "backup")) == ""
    back_up(relay.letters, tmp_path / "backup.sqlite", now(relay))
    mark = relay.letters.write(lambda connection: read_mark(connection, "backup"))
    assert mark == str(now(relay))


def test_a_backup_of_each_night_takes_the_place_of_the_last_once_it_is_whole(
    relay: Relay, tmp_path: Path
) -> None:
    relay.write()
    target = tmp_path / "backup.sqlite"
    back_up(relay.letters, target, now(relay))
    relay.write()
    with pytest.raises(PortalError, match="is there already"):
        back_up(relay.letters, target, now(relay))
    assert back_up(relay.letters, target, now(relay), replace=True) == 2
    assert SqliteStore(target).query("SELECT count(*) FROM letter") == [(2,)]


def back_up_attachments(relay: Relay, count: int, target: Path) -> WatchedStore:
    """A letter with so many attachments is backed up; the store that was asked for it."""
    relay.write()
    letter_id = relay.letters.query("SELECT id FROM letter")[0][0]
    for place in range(count):
        relay.change("INSERT INTO attachment VALUES (?, ?, ?)", letter_id, place, b"x")
    watched = WatchedStore(relay.configuration.store_file)
    back_up(watched, target, now(relay))
    return watched


def test_a_backup_holds_few_attachments_in_memory_at_once(relay: Relay, tmp_path: Path) -> None:
    watched = back_up_attachments(relay, 30, tmp_path / "backup.sqlite")
    counts = [count for statement, _, count in watched.asked if "FROM attachment" in statement]
    assert sum(counts) == 30
    assert max(counts) <= 4
    copy = SqliteStore(tmp_path / "backup.sqlite")
    assert copy.query("SELECT count(*) FROM attachment") == [(30,)]


def test_no_part_of_a_backup_counts_off_the_rows_before_it(relay: Relay, tmp_path: Path) -> None:
    """Else a store twice as large would take four times as long."""
    watched = back_up_attachments(relay, 9, tmp_path / "backup.sqlite")
    later = [(statement, values) for statement, values, _ in watched.asked if len(values) > 1]
    assert len({statement for statement, _ in later}) >= 4
    for statement, values in later:
        assert "OFFSET" not in statement
        plan = watched.query(f"EXPLAIN QUERY PLAN {statement}", values)
        assert all(row[3].startswith("SEARCH") for row in plan), plan


def test_a_backup_has_every_row_of_every_table(either_relay: Relay, tmp_path: Path) -> None:
    relay = either_relay
    for _ in range(3):
        relay.write()
    letters = [row[0] for row in relay.letters.query("SELECT id FROM letter")]
    for letter_id in letters:
        for place in range(7):
            relay.change("INSERT INTO attachment VALUES (?, ?, ?)", letter_id, place, b"x")
    for day in range(20):
        for kind in ("overdue", "room"):
            relay.change("INSERT INTO alarm VALUES (?, ?, 1)", kind, f"2026-11-{day + 10}")
    relay.letters.write(
        lambda connection: [append_event(connection, 1, "LX-1", "read") for _ in range(1_203)]
    )
    back_up(relay.letters, tmp_path / "backup.sqlite", now(relay))
    copy = SqliteStore(tmp_path / "backup.sqlite")
    for table in set(TABLES) - {"mark"}:
        count = relay.letters.query(f"SELECT count(*) FROM {table}")
        assert copy.query(f"SELECT count(*) FROM {table}") == count, table
    assert copy.query("SELECT count(*) FROM event")[0][0] > 1_200


def test_16_a_backup_while_letters_come_in_is_of_one_moment_and_has_what_was_acknowledged(
    either_relay: Relay, tmp_path: Path
) -> None:
    store = either_relay.letters
    stop = threading.Event()
    acknowledged = [0]
    failed: list[BaseException] = []

    def write_on() -> None:
        def pair(connection: Connection) -> None:
            number = acknowledged[0] + 1
            append_event(connection, number, "LX-1", "received")
            append_event(connection, number, "LX-1", "forwarded")

        try:
            while not stop.is_set():
                store.write(pair)
                acknowledged[0] += 1
        except BaseException as error:  # noqa: BLE001  # told below
            failed.append(error)

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        for number in range(5):
            wait_until(lambda: acknowledged[0] > 20 * (number + 1))  # noqa: B023  # waited for here
            before = acknowledged[0]
            back_up(store, tmp_path / f"backup-{number}.sqlite", now(either_relay))
            after = acknowledged[0] + 1
            copy = SqliteStore(tmp_path / f"backup-{number}.sqlite")
            events = read_events(copy)
            assert 2 * before <= len(events) <= 2 * after
            # Both of a pair or none: what was written together is kept together.
            assert len(events) % 2 == 0
            assert find_broken_link(events) is None
            assert copy.query("PRAGMA integrity_check") == [("ok",)]
            copy.close()
    finally:
        stop.set()
        writing.join()
    assert failed == []
