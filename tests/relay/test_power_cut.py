"""Fault 16 on a disk that forgets: after the cut there is only what was synced, or parts of the rest.

A database server is killed instead, with all its processes, while letters are written.
"""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from relay.events import find_broken_link
from relay.postgres_store import PostgresStore
from relay.sqlite_store import SqliteStore
from relay.store import StoreError, append_event, read_events
from tests.relay.harness import wait_until
from tests.relay.postgres import PostgresServer

LETTERS = 2


class ForgetfulFile(apsw.VFSFile):
    """A file that notes what of it is surely on the disk."""

    def __init__(self, disk: "ForgetfulDisk", name: Any, flags: Any) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
        super().xWrite(data, offset)
        self._disk.note_cut()

    def xTruncate(self, new_size: int) -> None:  # noqa: N802  # SQLite's name
        super().xTruncate(new_size)
        self._disk.note_cut()

    def xSync(self, flags: int) -> None:  # noqa: N802  # SQLite's name
        super().xSync(flags)
        self._disk.synced[self._path.name] = self._path.read_bytes()


class ForgetfulDisk(apsw.VFS):
    """SQLite's way to the disk; after every write it notes what a cut just then would leave."""

    def __init__(self, folder: Path) -> None:
        self.synced: dict[str, bytes] = {}
        self.cuts: list[tuple[int, dict[str, bytes], dict[str, bytes]]] = []
        self.acknowledged: int | None = None
        self._folder = folder
        super().__init__("forgetful", "", iVersion=2)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802  # SQLite's name
        return ForgetfulFile(self, name, flags)

    def note_cut(self) -> None:
        """What was synced by now, and what has reached the files beside it."""
        if self.acknowledged is not None:
            written = {file.name: file.read_bytes() for file in self._folder.glob("letters*")}
            self.cuts.append((self.acknowledged, dict(self.synced), written))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[ForgetfulDisk]:
    made = ForgetfulDisk(tmp_path)
    yield made
    made.unregister()


@pytest.mark.slow
def test_16_a_power_cut_at_any_write_loses_no_acknowledged_letter(
    tmp_path: Path, disk: ForgetfulDisk
) -> None:
    # The journal that needs no shared memory, which this kind of disk does not have.
    store = SqliteStore(tmp_path / "letters.sqlite", vfs="forgetful", sqlite_version="3.40.1")
    for number in range(LETTERS):
        disk.acknowledged = number
        store.write(lambda connection: append_event(connection, 1, "LX-1", "received"))
    store.close()
    assert len(disk.cuts) > 5 * LETTERS
    for number, (acknowledged, synced, written) in enumerate(disk.cuts):
        # Of what was not synced the disk may have kept nothing, or what is in the letters' file.
        mixed = {**synced, "letters.sqlite": written["letters.sqlite"]}
        for name, files in (("synced", synced), ("mixed", mixed)):
            folder = tmp_path / f"{number}-{name}"
            folder.mkdir()
            for file, content in files.items():
                (folder / file).write_bytes(content)
            after = SqliteStore(folder / "letters.sqlite", sqlite_version="3.40.1")
            assert after.query("PRAGMA integrity_check") == [("ok",)], folder.name
            assert len(read_events(after)) in (acknowledged, acknowledged + 1), folder.name
            assert find_broken_link(read_events(after)) is None
            after.close()


@pytest.mark.slow
def test_16_a_database_killed_at_any_time_has_every_acknowledged_letter_once(
    postgres: PostgresServer,
) -> None:
    store = PostgresStore(postgres.make_database(), busy_seconds=2)
    acknowledged: list[str] = []
    refused: list[str] = []
    stop = threading.Event()

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            reference = f"LX-{number}"
            try:
                store.write(
                    lambda connection: append_event(connection, 1, reference, "received")  # noqa: B023
                )
                acknowledged.append(reference)
            except StoreError:
                refused.append(reference)

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        for _ in range(4):
            before = len(acknowledged)
            wait_until(lambda: len(acknowledged) > before + 50)  # noqa: B023  # waited for here
            postgres.stop(signal.SIGQUIT)
            postgres.start()
    finally:
        stop.set()
        writing.join()
    stored = [event.reference for event in read_events(store)]
    assert find_broken_link(read_events(store)) is None
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    store.close()
