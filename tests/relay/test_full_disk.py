"""Faults 12 and 13 on a disk that is really full: a small one in memory, for either store.

Only root may make such a disk; elsewhere the caps of the stores stand for it.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from relay.configuration import Limits
from relay.events import find_broken_link
from relay.store import read_events
from tests.relay.harness import LETTER, Relay, hidden_fields, write_build, write_form
from tests.relay.postgres import PostgresServer
from tests.relay.test_input import FORM_WITH_FILES

LIMITS = Limits(
    reserve_bytes=0, busy_seconds=1, receipts_per_day=0, letters_per_hour=0, posts_per_minute=0
)
_ATTEMPTS = 50
TABLES = ("letter", "attachment", "outbox", "event")


@dataclass
class SmallDisk:
    folder: Path

    def leave(self, count: int) -> None:
        """So many bytes are free, and no more."""
        filler = self.folder / "filler"
        for _ in range(_ATTEMPTS):
            filler.unlink(missing_ok=True)
            free = shutil.disk_usage(self.folder).free
            with suppress(OSError):  # PostgreSQL has written something in the meantime
                filler.write_bytes(bytes(free - count))
                return
            time.sleep(0.2)
        raise AssertionError("the disk does not come to rest")


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    # Not below pytest's folders, which PostgreSQL, running as nobody, cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="relay-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], capture_output=True
    )
    try:
        if mounted.returncode != 0:
            pytest.skip("only root may make a disk")
        yield SmallDisk(folder)
        subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


@pytest.fixture(params=["sqlite", "postgres"])
def relay(request: pytest.FixtureRequest, disk: SmallDisk, tmp_path: Path) -> Iterator[Relay]:
    build = write_build(tmp_path / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    folder, database = disk.folder, ""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        folder, database = tmp_path, server.make_database(disk.folder / "space")
    made = Relay(folder, build, limits=LIMITS, database=database)
    yield made
    made.close()
    if request.param == "postgres":
        server.drop_database(database)


def test_12_a_full_disk_shows_the_answers_again_and_takes_them_once_there_is_room(
    relay: Relay, disk: SmallDisk
) -> None:
    relay.write()
    letter = {**LETTER, "letter": "很" * 2900}
    disk.leave(100_000)
    answer = relay.submit(relay.checked(letter))
    for _ in range(500):
        if answer.status_code != 303:
            break
        answer = relay.submit(relay.checked(letter))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    again = hidden_fields(answer.text)
    assert again["letter"] == [letter["letter"]]
    stored = relay.count("letter")
    assert [relay.count(table) for table in ("outbox", "event")] == [stored, stored]
    disk.leave(8_000_000)
    relay.clock.turn(seconds=10)
    assert relay.submit(again).status_code == 303
    assert relay.count("letter") == stored + 1
    assert relay.letters.check_whole()
    assert find_broken_link(read_events(relay.letters)) is None


def test_13_a_disk_that_is_full_for_the_attachment_keeps_nothing_of_the_letter(
    relay: Relay, disk: SmallDisk
) -> None:
    fields = relay.checked({"letter": "路灯坏了。"}, "petition")
    file = {"papers": ("a.txt", os.urandom(1_000_000).hex().encode(), "text/plain")}
    disk.leave(300_000)

    def send() -> int:
        return int(
            relay.client.post(
                "/zh/relay/petition/submit", data=fields, files=file, follow_redirects=False
            ).status_code
        )

    assert send() == 503
    assert [relay.count(table) for table in TABLES] == [0] * 4
    disk.leave(20_000_000)
    assert send() == 303
    assert [relay.count(table) for table in TABLES] == [1] * 4
    assert relay.letters.check_whole()
