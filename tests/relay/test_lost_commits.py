"""Fault 21 at its worst moment: the connection breaks around COMMIT, and nobody knows what became of it."""

import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.events import find_broken_link
from relay.postgres_store import PostgresStore
from relay.staff_links import open_link
from relay.store import Connection, StoreError, append_event, read_events
from tests.relay.harness import Relay, ScriptedServer, wait_until
from tests.relay.postgres import PostgresServer
from tests.relay.test_staff import act, delivered_link
from tests.relay.wire import Cut, Wire


@pytest.fixture
def wire(postgres: PostgresServer) -> Iterator[Wire]:
    # The address of a socket may have a hundred characters only.
    with tempfile.TemporaryDirectory() as folder:
        made = Wire(Path(folder), postgres)
        yield made
        made.close()


@pytest.fixture
def relay(tmp_path: Path, build: Path, postgres: PostgresServer, wire: Wire) -> Iterator[Relay]:
    made = Relay(tmp_path, build, database=wire.url(postgres.make_database()))
    yield made
    made.close()


def add_event(connection: Connection) -> None:
    append_event(connection, 1, "LX-1", "received")


@pytest.mark.parametrize(("cut", "runs_expected"), [(Cut.BEFORE, 2), (Cut.AFTER, 1)])
def test_21_work_is_done_once_wherever_the_connection_breaks(
    relay: Relay, wire: Wire, cut: Cut, runs_expected: int
) -> None:
    runs: list[int] = []

    def work(connection: Connection) -> str:
        add_event(connection)
        runs.append(1)
        return "done"

    wire.cut = cut
    assert relay.letters.write(work) == "done"
    assert len(runs) == runs_expected
    assert len(read_events(relay.letters)) == 1


def test_21_a_letter_whose_commit_was_not_answered_is_stored_once_with_its_receipt(
    relay: Relay, wire: Wire
) -> None:
    fields = relay.checked()
    wire.cut = Cut.AFTER
    answer = relay.submit(fields)
    assert answer.status_code == 303
    assert relay.receipt(answer)[0] == relay.letters.query("SELECT reference FROM letter")[0][0]
    assert [relay.count(table) for table in ("letter", "outbox", "event")] == [1, 1, 1]


def test_21_an_act_of_staff_that_was_not_answered_is_not_called_stale(
    relay: Relay, wire: Wire, server: ScriptedServer
) -> None:
    relay.write()
    link = delivered_link(relay, server)
    wire.cut = Cut.AFTER
    desk = act(relay, link, "open")
    opened = open_link(desk.rpartition("/")[2], relay.keyring)
    assert opened is not None
    assert relay.letters.query("SELECT revision FROM letter") == [(opened.revision,)]
    assert relay.count("event", "kind = 'acknowledged'") == 1


def test_21_a_mail_whose_sending_was_noted_unheard_goes_out_once(
    relay: Relay, wire: Wire, server: ScriptedServer
) -> None:
    relay.write()
    sender = relay.sender(server)
    wire.cut = Cut.AFTER
    sender.deliver_due()
    relay.clock.turn(hours=1)
    sender.deliver_due()
    assert len(server.mails) == 1
    assert relay.letters.query("SELECT tries, state FROM outbox") == [(1, "sent")]
    assert find_broken_link(read_events(relay.letters)) is None


def test_21_a_replica_that_is_cut_off_in_mid_transaction_does_not_keep_the_others_out(
    postgres: PostgresServer, wire: Wire
) -> None:
    database = postgres.make_database()
    lost = PostgresStore(wire.url(database), busy_seconds=0.5)
    other = PostgresStore(database, busy_seconds=3)
    wire.cut = Cut.FROZEN
    ended = threading.Event()

    def write_in_vain() -> None:
        with pytest.raises(StoreError):
            lost.write(add_event)
        ended.set()

    writing = threading.Thread(target=write_in_vain, daemon=True)
    writing.start()
    wait_until(lambda: wire.commits == 2)  # the first was that of setting up
    other.write(add_event)
    assert len(read_events(other)) == 1
    postgres.stop()
    wire.close()
    assert ended.wait(20)
    postgres.start()
    other.close()


def test_21_reader_and_writer_that_lose_the_server_together_both_come_back(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    both = threading.Barrier(3)
    kept: dict[str, int] = {}
    tries = {"read": 0, "write": 0}

    def meet(name: str) -> None:
        tries[name] += 1
        if tries[name] == 1:
            both.wait(20)  # each holds its connection
            both.wait(20)  # the server has gone and come back

    def read(connection: Connection) -> int:
        meet("read")
        return int(connection.execute("SELECT count(*) FROM event")[0][0])

    def write(connection: Connection) -> int:
        meet("write")
        add_event(connection)
        return 1

    threads = [
        threading.Thread(
            target=lambda: kept.update(read=relay.letters.snapshot(read)), daemon=True
        ),
        threading.Thread(target=lambda: kept.update(write=relay.letters.write(write)), daemon=True),
    ]
    for thread in threads:
        thread.start()
    both.wait(20)
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    both.wait(20)
    for thread in threads:
        thread.join(20)
    assert sorted(kept) == ["read", "write"]
    assert len(read_events(relay.letters)) == 1
    relay.close()
