"""The contract of the store, kept by SQLite and PostgreSQL alike; faults 11, 12, 15, 18, 21."""

import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import psycopg
import pytest

from relay.configuration import Limits
from relay.events import find_broken_link
from relay.outbox import claim_next
from relay.postgres_store import PostgresStore
from relay.sqlite_store import SqliteStore
from relay.store import (
    Connection,
    StoreBusyError,
    StoreFullError,
    append_event,
    raise_alarm,
    read_events,
    read_mark,
    write_mark,
)
from tests.relay.harness import (
    LETTER,
    SURVEY,
    Relay,
    ScriptedServer,
    hidden_fields,
    running_sender,
    wait_until,
)
from tests.relay.postgres import PostgresServer


def add_event(connection: Connection) -> None:
    append_event(connection, 1, "LX-1", "received")


def test_a_letter_goes_all_its_way_on_either_store(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, code = relay.write()
    relay.sender(server).deliver_due()
    page = relay.client.post("/zh/relay/status", data={"reference": reference, "code": code})
    assert "已转交主管部门" in page.text
    assert relay.letters.query("SELECT state FROM letter") == [("forwarded",)]
    assert find_broken_link(read_events(relay.letters)) is None
    assert relay.letters.check_whole()


def test_22_the_same_token_stores_one_letter_on_either_store(either_relay: Relay) -> None:
    fields = either_relay.checked()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: either_relay.submit(fields), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert either_relay.count("letter") == 1
    other = either_relay.submit({**fields, "letter": "别的"})
    assert other.status_code == 409


def test_work_that_fails_leaves_nothing_and_spares_its_neighbours(either_relay: Relay) -> None:
    store = either_relay.letters
    gate = threading.Barrier(12)

    def fail(connection: Connection) -> None:
        add_event(connection)
        raise ValueError("no")

    def write(number: int) -> str:
        gate.wait()
        try:
            store.write(fail if number % 3 == 0 else add_event)
        except ValueError:
            return "failed"
        return "kept"

    with ThreadPoolExecutor(12) as pool:
        outcomes = Counter(pool.map(write, range(12)))
    assert outcomes == {"kept": 8, "failed": 4}
    assert len(read_events(store)) == 8
    assert find_broken_link(read_events(store)) is None


def test_letters_that_wait_together_are_committed_together(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "letters.sqlite")
    commits: list[int] = []
    writer = store._writer.apsw

    def note_commit() -> bool:
        commits.append(1)
        return False

    writer.set_commit_hook(note_commit)
    begun, held = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        begun.set()
        held.wait(10)
        add_event(connection)

    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(store.write, hold)
        assert begun.wait(10)
        others = [pool.submit(store.write, add_event) for _ in range(19)]
        wait_until(lambda: len(store._waiting) == 19)
        held.set()
        for future in (first, *others):
            future.result()
    assert len(read_events(store)) == 20
    assert len(commits) == 2


def test_many_writers_come_to_their_turn_whatever_becomes_of_the_others(
    either_relay: Relay,
) -> None:
    store = either_relay.letters

    def fail(connection: Connection) -> None:
        add_event(connection)
        raise (StoreBusyError if len(read_events(store)) % 2 else ValueError)

    def write_on(number: int) -> int:
        kept = 0
        for turn in range(25):
            try:
                store.write(fail if (number + turn) % 5 == 0 else add_event)
            except (ValueError, StoreBusyError):
                continue
            kept += 1
        return kept

    with ThreadPoolExecutor(16) as pool:
        kept = sum(pool.map(write_on, range(16), timeout=60))
    # Work that finds the store held takes those along that wait with it; no other does.
    assert len(read_events(store)) == kept > 0
    assert find_broken_link(read_events(store)) is None
    store.write(add_event)


def test_events_can_be_neither_changed_nor_deleted_on_either_store(either_relay: Relay) -> None:
    either_relay.write()
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event"):
        with pytest.raises((apsw.ConstraintError, psycopg.errors.RaiseException)):
            either_relay.change(statement)
    assert [event.kind for event in read_events(either_relay.letters)] == ["received"]


def test_a_mark_is_read_as_it_was_last_written(either_relay: Relay) -> None:
    store = either_relay.letters
    store.write(lambda connection: write_mark(connection, "overdue", "2026-11-12"))
    store.write(lambda connection: write_mark(connection, "overdue", "2026-11-13"))
    assert store.write(lambda connection: read_mark(connection, "overdue")) == "2026-11-13"
    assert store.write(lambda connection: read_mark(connection, "other")) == ""


def test_an_alarm_is_mailed_once_a_day(either_relay: Relay, server: ScriptedServer) -> None:
    store = either_relay.letters
    raised = [
        raise_alarm(store, "bounced", day, 1) for day in ("2026-11-12", "2026-11-12", "2026-11-13")
    ]
    assert raised == [True, False, True]
    either_relay.sender(server).deliver_due()
    assert len(server.alarms) == 2
    assert server.mails == []


@pytest.mark.slow
def test_11_two_senders_and_a_thousand_mails_each_is_sent_once(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    fields = relay.checked(SURVEY, "service-survey")
    assert relay.submit(fields, "service-survey").status_code == 303
    # One letter stands for all: a thousand mails of it are due.
    relay.change(
        "INSERT INTO outbox (id, kind, letter, route, state, made_at, due_at)"
        " SELECT substr(id, 1, 21) || substr(CAST(10000 + n AS TEXT), 1, 5), kind, letter, route,"
        " state, made_at, due_at FROM outbox, (WITH RECURSIVE t(n) AS"
        " (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 999) SELECT n FROM t) AS numbers"
    )
    assert relay.count("outbox") == 1000
    with (
        running_sender(relay.sender(server, relay.open_store())),
        running_sender(relay.sender(server, relay.open_store())),
    ):
        wait_until(lambda: relay.count("outbox", "state = 'sent'") == 1000, seconds=120)
    message_ids = Counter(mail.parse()["Message-ID"] for mail in server.mails)
    assert len(message_ids) == 1000
    assert set(message_ids.values()) == {1}
    assert find_broken_link(read_events(relay.letters)) is None


def test_12_a_full_postgres_keeps_nothing_half(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    database = postgres.make_database()
    store = PostgresStore(database)
    used = int(store.query("SELECT pg_database_size(current_database())")[0][0])
    store.close()
    limits = Limits(
        reserve_bytes=8192,
        busy_seconds=1,
        store_bytes=used + 120_000,
        receipts_per_day=0,
        letters_per_hour=0,
        posts_per_minute=0,
    )
    relay = Relay(tmp_path, build, limits=limits, database=database)
    letter = {**LETTER, "letter": "很" * 2900}
    answer = relay.submit(relay.checked(letter))
    while answer.status_code == 303:
        answer = relay.submit(relay.checked(letter))
    assert (answer.status_code, hidden_fields(answer.text)["letter"]) == (503, [letter["letter"]])
    assert not relay.letters.is_ready()
    assert relay.count("outbox") == relay.count("event") == relay.count("letter") > 0
    relay.close()


def test_15_a_held_postgres_is_waited_for_then_503_with_retry_after(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    fields = relay.checked()
    other = relay.open_store()
    held, release = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        held.set()
        release.wait(20)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(other.write, hold)
        held.wait(10)
        answer = relay.submit(fields)
        release.set()
        holding.result()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert relay.submit(hidden_fields(answer.text)).status_code == 303
    assert relay.count("letter") == 1
    relay.close()


def test_18_a_clock_that_jumps_makes_no_loop_and_loses_nothing(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    relay.clock.turn(days=400)
    first = relay.write()[0]
    relay.clock.turn(days=-400)
    second = relay.write()[0]
    sender = relay.sender(server)
    # What the clock of the future has written is due at once, and is sent once.
    assert [sender.deliver_due(), sender.deliver_due()] == [2, 0]
    relay.clock.turn(days=400)
    assert sender.deliver_due() == 0
    assert {str(mail.parse()["Subject"]).split()[-1] for mail in server.mails} == {first, second}
    assert find_broken_link(read_events(relay.letters)) is None


def test_18_a_retry_of_the_future_is_tried_now(either_relay: Relay, server: ScriptedServer) -> None:
    relay = either_relay
    relay.write()
    relay.clock.turn(days=3)
    server.replies["RCPT"] = ["451 later"]
    relay.sender(server).deliver_due()
    relay.clock.turn(days=-3)
    claim = claim_next(relay.letters, int(relay.clock().timestamp() * 1000), 300_000)
    assert claim is not None


def test_21_postgres_goes_away_in_mid_transaction_and_the_letter_is_stored_once(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    relay.write()
    runs: list[int] = []

    def work(connection: Connection) -> None:
        add_event(connection)
        runs.append(1)
        if len(runs) == 1:
            postgres.stop(signal.SIGQUIT)
            postgres.start()
            add_event(connection)

    relay.letters.write(work)
    assert len(runs) == 2
    assert [event.kind for event in read_events(relay.letters)] == ["received"] * 2
    assert find_broken_link(read_events(relay.letters)) is None
    relay.close()


def test_21_while_postgres_is_away_503_and_then_the_same_token_stores_it(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    fields = relay.checked()
    postgres.stop()
    try:
        answer = relay.submit(fields)
        assert not relay.letters.is_ready()
    finally:
        postgres.start()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert relay.submit(hidden_fields(answer.text)).status_code == 303
    assert relay.count("letter") == 1
    relay.close()


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (psycopg.errors.DiskFull, StoreFullError),
        (psycopg.errors.LockNotAvailable, StoreBusyError),
        (psycopg.OperationalError, StoreBusyError),
    ],
)
def test_what_postgres_says_becomes_what_callers_understand(
    postgres: PostgresServer, error: type[Exception], kept: type[Exception]
) -> None:
    store = PostgresStore(postgres.make_database())

    def fail(connection: Connection) -> None:
        add_event(connection)
        raise error("quotes a value")

    with pytest.raises(kept, match=r"^(?!.*quotes).*$"):
        store.write(fail)
    assert read_events(store) == []
    store.close()


def test_one_full_letter_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "letters.sqlite")

    def fail(connection: Connection) -> None:
        add_event(connection)
        raise StoreFullError

    with ThreadPoolExecutor(6) as pool:
        outcomes = [pool.submit(store.write, fail if n == 2 else add_event) for n in range(6)]
        errors = [outcome.exception() for outcome in outcomes]
    assert [type(error) for error in errors if error] == [StoreFullError]
    assert len(read_events(store)) == 5
