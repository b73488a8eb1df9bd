"""Faults 5 to 20 of the durability list that need no kill; those that do stand in test_kills."""

import logging
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest

from relay.configuration import Limits
from relay.events import find_broken_link
from relay.journal import choose_journal
from relay.keys import make_keyring
from relay.letters import NewLetter, TokenReusedError, make_letter_id, take_letter
from relay.moments import to_milliseconds
from relay.operators import send_again
from relay.outbox import HOUR, MINUTE, claim_next, next_try, note_retry, note_sent
from relay.references import draw_reference
from relay.sending import Sender, make_translators
from relay.sqlite_store import SqliteStore
from relay.store import StoreBrokenError, read_events
from relay.tokens import CheckToken, make_token
from relay.transport import Outcome, Result
from tests.relay.harness import (
    LETTER,
    START,
    SURVEY,
    THEME,
    Relay,
    ScriptedServer,
    hidden_fields,
    running_sender,
    wait_until,
)
from tests.relay.postgres import PostgresServer
from tests.relay.test_staff import link_in_mail
from tests.relay.test_transport import make_certificate


def outbox_states(relay: Relay) -> dict[str, int]:
    return dict(
        relay.letters.query(
            "SELECT state, count(*) FROM outbox WHERE kind = 'letter' GROUP BY state"
        )
    )


def alarms(relay: Relay) -> list[str]:
    return [
        row[0] for row in relay.letters.query("SELECT kind FROM alarm ORDER BY raised_at, kind")
    ]


def test_5_dropped_before_the_250_it_is_retried_with_the_same_message_id(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    relay.write()
    sender = relay.sender(server)
    server.replies["RCPT"] = ["drop"]
    server.replies["DATA"] = ["drop"]
    assert sender.deliver_due() == 1
    (mail_id,) = relay.letters.query("SELECT id FROM outbox")[0]
    for minutes in (1, 5, 15):
        relay.clock.turn(minutes=minutes)
        sender.deliver_due()
    # The very same bytes, so that a reader's mail program sees one mail.
    assert len(server.contents) == 2
    assert len(set(server.contents)) == 1
    assert [mail.parse()["Message-ID"] for mail in server.mails] == [f"<{mail_id}@portal.example>"]


def test_6_with_smtp_down_72_hours_receipts_are_given_an_alarm_raised_and_all_sent_after(
    relay: Relay, server: ScriptedServer
) -> None:
    unreachable = relay.sender()
    references = [relay.write()[0]]
    alarms_at: list[int] = []
    for minute in range(0, 72 * 60, 30):
        relay.clock.turn(minutes=30)
        if minute % (24 * 60) == 0:
            references.append(relay.write()[0])
        unreachable.deliver_due()
        if alarms(relay) and not alarms_at:
            alarms_at.append(minute + 30)
    assert alarms_at == [60]
    assert alarms(relay)[0] == "delivery-late"
    # One alarm a day, not one a try.
    assert len(alarms(relay)) <= 4
    assert server.mails == []
    relay.clock.turn(minutes=70)
    relay.sender(server).deliver_due()
    sent = Counter(str(mail.parse()["Subject"]).split()[-1] for mail in server.mails)
    assert sent == Counter(references)
    assert outbox_states(relay) == {"sent": len(references)}


def test_6_the_alarm_comes_after_an_hour_whenever_the_next_try_is(either_relay: Relay) -> None:
    relay = either_relay
    relay.write()
    unreachable = relay.sender()
    minutes = 0
    while not alarms(relay):
        unreachable.deliver_due()
        relay.clock.turn(minutes=1)
        minutes += 1
        assert minutes < 100
    # Tries are at 0, 1, 6, 21, 51 and 111 minutes.
    assert minutes == 61
    assert relay.letters.query("SELECT tries FROM outbox WHERE kind = 'letter'") == [(5,)]


def test_6_the_alarm_waits_for_no_mail_behind_one_that_hangs(relay: Relay) -> None:
    class HangingServer:
        """Each try takes forty minutes, by the clock."""

        def deliver(self, _sender: str, _recipient: str, _content: bytes) -> Result:
            seen.append(alarms(relay))
            relay.clock.turn(minutes=40)
            if len(seen) == 3:
                stop.set()
            return Result(Outcome.RETRY, "timeout")

        def close(self) -> None:
            """Nothing is open."""

    seen: list[list[str]] = []
    stop = threading.Event()
    for _ in range(4):
        relay.write()
    settings, translators = relay.configuration, make_translators(THEME)
    sender = Sender(
        relay.letters, relay.keyring, settings, HangingServer(), relay.clock, translators
    )
    sender.deliver_due(stop)
    # Forty minutes after the first try not yet, eighty minutes after it.
    assert seen == [[], [], ["delivery-late"]]


def test_6_the_retries_follow_the_schedule() -> None:
    class Middle:
        def uniform(self, low: float, high: float) -> float:
            return (low + high) / 2

    chance: Any = Middle()
    minutes = [(next_try(tries, 0, 0, chance) or 0) // MINUTE for tries in range(1, 9)]
    assert minutes == [1, 5, 15, 30, 60, 60, 60, 60]
    assert next_try(9, 0, 120 * HOUR, chance) is None


@pytest.mark.parametrize("code", ["421 busy", "451 later", "452 full"])
def test_7_temporary_refusals_are_retried(
    either_relay: Relay, server: ScriptedServer, code: str
) -> None:
    relay = either_relay
    relay.write()
    server.replies["RCPT"] = [code]
    sender = relay.sender(server)
    sender.deliver_due()
    assert outbox_states(relay) == {"ready": 1}
    relay.clock.turn(seconds=59)
    assert sender.deliver_due() == 0
    relay.clock.turn(seconds=1)
    sender.deliver_due()
    assert outbox_states(relay) == {"sent": 1}
    assert len(server.mails) == 1


def test_7_a_refused_recipient_leads_to_the_fallback_and_an_alarm(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, _code = relay.write()
    server.replies["RCPT"] = ["550 no such user"]
    relay.sender(server).deliver_due()
    assert server.rcpts == ["mailbox@gov-office.example", "operators@portal.example"]
    assert [mail.recipients for mail in server.mails] == [("operators@portal.example",)]
    assert alarms(relay) == ["delivery-failed"]
    kinds = [event.kind for event in read_events(relay.letters, reference)]
    assert kinds == ["received", "undelivered", "to-fallback", "forwarded"]


@pytest.mark.parametrize("code", ["552 too large", "554 spam"])
def test_7_a_refused_content_is_a_dead_letter_and_the_letter_kept(
    either_relay: Relay, server: ScriptedServer, code: str
) -> None:
    relay = either_relay
    relay.write()
    server.replies["DATA"] = [code]
    relay.sender(server).deliver_due()
    assert outbox_states(relay) == {"dead": 1}
    assert alarms(relay) == ["delivery-failed"]
    assert relay.count("letter", "length(payload) > 100") == 1


def test_7_after_five_days_the_fallback_gets_it(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    relay.write()
    sender = relay.sender()
    for _ in range(5 * 24 + 10):
        relay.clock.turn(minutes=67)
        sender.deliver_due()
    routes = relay.letters.query(
        "SELECT route, state FROM outbox WHERE kind = 'letter' ORDER BY made_at, id"
    )
    assert routes[0] == ("gov-office", "dead")
    assert routes[1][0] == "fallback"


def test_10_without_starttls_nothing_is_sent_in_plain_text(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    relay = Relay(tmp_path, build)
    relay.mail = replace(relay.mail, starttls="required")
    relay.write()
    relay.sender(server).deliver_due()
    assert server.commands == []
    assert outbox_states(relay) == {"ready": 1}
    assert alarms(relay) == ["delivery-no-starttls"]


def test_10_with_a_bad_certificate_nothing_is_sent(tmp_path: Path, build: Path) -> None:
    context, _authority = make_certificate(tmp_path, "127.0.0.1")
    _other, authority = make_certificate(tmp_path, "127.0.0.1")
    relay = Relay(tmp_path, build)
    relay.mail = replace(relay.mail, starttls="required", ca_file=str(authority))
    relay.write()
    with ScriptedServer(tls_context=context) as server:
        relay.sender(server).deliver_due()
        assert server.commands == []
    assert alarms(relay) == ["delivery-certificate"]


def test_10_with_a_good_certificate_it_is_sent(tmp_path: Path, build: Path) -> None:
    context, authority = make_certificate(tmp_path, "127.0.0.1")
    relay = Relay(tmp_path, build)
    relay.mail = replace(relay.mail, starttls="required", ca_file=str(authority))
    relay.write()
    with ScriptedServer(tls_context=context, require_starttls=True) as server:
        relay.sender(server).deliver_due()
        assert len(server.mails) == 1


def test_11_two_senders_send_each_of_many_mails_once(relay: Relay, server: ScriptedServer) -> None:
    fields = [relay.checked(SURVEY, "service-survey") for _ in range(60)]
    for each in fields:
        assert relay.submit(each, "service-survey").status_code == 303
    with (
        running_sender(relay.sender(server, relay.open_store())),
        running_sender(relay.sender(server, relay.open_store())),
    ):
        wait_until(lambda: relay.count("outbox", "state = 'sent'") == len(fields))
    message_ids = Counter(mail.parse()["Message-ID"] for mail in server.mails)
    assert len(message_ids) == len(fields)
    assert set(message_ids.values()) == {1}
    assert find_broken_link(read_events(relay.letters)) is None


def test_12_disk_full_on_insert_shows_the_answers_again_and_keeps_nothing_half(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    limits = Limits(
        reserve_bytes=0,
        busy_seconds=0.2,
        store_bytes=80 * 4096,
        receipts_per_day=0,
        letters_per_hour=0,
        posts_per_minute=0,
    )
    relay = Relay(tmp_path, build, limits=limits)
    letter = {**LETTER, "letter": "很" * 2900}
    answer = relay.submit(relay.checked(letter))
    while answer.status_code == 303:
        answer = relay.submit(relay.checked(letter))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert hidden_fields(answer.text)["letter"] == [letter["letter"]]
    stored = relay.count("letter")
    assert stored > 0
    assert relay.count("outbox", "kind = 'letter'") == relay.count("event") == stored
    assert relay.letters.query("PRAGMA integrity_check") == [("ok",)]


def test_12_the_relay_says_that_it_is_not_ready_before_the_disk_is_full(
    tmp_path: Path, build: Path
) -> None:
    reserve = 20 * 4096
    limits = Limits(
        reserve_bytes=reserve,
        busy_seconds=0.2,
        store_bytes=110 * 4096,
        receipts_per_day=0,
        letters_per_hour=0,
        posts_per_minute=0,
    )
    relay = Relay(tmp_path, build, limits=limits)
    assert relay.letters.is_ready()
    letter = {**LETTER, "letter": "很" * 2900}
    while relay.letters.is_ready():
        assert relay.submit(relay.checked(letter)).status_code == 303
    assert relay.submit(relay.checked(letter)).status_code == 303
    while relay.submit(relay.checked(letter)).status_code == 303:
        pass
    # What is in can still be delivered: that is what the reserve is for.
    assert relay.letters.bytes_left() > 0
    with ScriptedServer() as server:
        relay.sender(server).deliver_due()
        assert outbox_states(relay) == {"sent": len(server.mails)}


class FailingFile(apsw.VFSFile):
    """A file of a disk that fails when it is told to."""

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's name
        if FailingDisk.fails:
            raise apsw.IOError("the disk has failed")
        super().xWrite(data, offset)


class FailingDisk(apsw.VFS):
    """SQLite's way to the disk, with a fault to switch on."""

    fails = False

    def __init__(self) -> None:
        super().__init__("failing-disk", "", iVersion=2)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802  # SQLite's name
        return FailingFile("", name, flags)


def test_14_after_an_io_error_nothing_more_is_accepted(tmp_path: Path, build: Path) -> None:
    disk = FailingDisk()
    FailingDisk.fails = False
    # The journal that needs no shared memory, which this kind of disk does not have.
    store = SqliteStore(tmp_path / "letters.sqlite", vfs="failing-disk", sqlite_version="3.40.1")
    relay = Relay(tmp_path, build, store=store)
    relay.write()
    fields = relay.checked()
    FailingDisk.fails = True
    answer = relay.submit(fields)
    assert answer.status_code == 503
    assert hidden_fields(answer.text)["letter"] == fields["letter"]
    FailingDisk.fails = False
    assert relay.submit(fields).status_code == 503
    assert not store.is_ready()
    with pytest.raises(StoreBrokenError):
        store.query("SELECT 1")
    disk.unregister()
    whole = SqliteStore(tmp_path / "letters.sqlite", sqlite_version="3.40.1")
    assert whole.query("PRAGMA integrity_check") == [("ok",)]
    assert whole.query("SELECT count(*) FROM letter") == [(1,)]


def test_14_after_an_io_error_of_postgres_nothing_more_is_accepted(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    fields = relay.checked()

    def fail(_connection: object) -> None:
        raise psycopg.errors.IoError("could not write block 7: quotes a file")

    with pytest.raises(StoreBrokenError, match=r"^the disk failed$"):
        relay.letters.write(fail)
    answer = relay.submit(fields)
    assert answer.status_code == 503
    assert hidden_fields(answer.text)["letter"] == fields["letter"]
    assert not relay.letters.is_ready()
    relay.close()
    again = relay.open_store()
    assert again.query("SELECT count(*) FROM letter") == [(0,)]
    relay.close()


def test_15_a_busy_store_is_waited_for_then_503_with_retry_after(relay: Relay) -> None:
    fields = relay.checked()
    blocker = apsw.Connection(str(relay.configuration.store_file))
    blocker.execute("BEGIN IMMEDIATE")
    answer = relay.submit(fields)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    again = hidden_fields(answer.text)
    assert again["letter"] == fields["letter"]
    blocker.execute("ROLLBACK")
    assert relay.submit(again).status_code == 303


def test_15_a_store_that_is_soon_free_is_waited_for(relay: Relay) -> None:
    fields = relay.checked()
    blocker = apsw.Connection(str(relay.configuration.store_file))
    blocker.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.05, lambda: blocker.execute("ROLLBACK"))
    release.start()
    assert relay.submit(fields).status_code == 303


@pytest.mark.parametrize(
    ("version", "mode", "synchronous"),
    [
        ("3.40.1", "TRUNCATE", "EXTRA"),
        ("3.44.5", "TRUNCATE", "EXTRA"),
        ("3.44.6", "WAL", "FULL"),
        ("3.45.0", "TRUNCATE", "EXTRA"),
        ("3.50.6", "TRUNCATE", "EXTRA"),
        ("3.50.7", "WAL", "FULL"),
        ("3.51.2", "TRUNCATE", "EXTRA"),
        ("3.51.3", "WAL", "FULL"),
        ("3.54.1", "WAL", "FULL"),
    ],
)
def test_17_an_old_sqlite_gets_no_wal_and_the_choice_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, version: str, mode: str, synchronous: str
) -> None:
    journal = choose_journal(version)
    assert (journal.mode, journal.synchronous) == (mode, synchronous)
    with caplog.at_level(logging.INFO):
        store = SqliteStore(tmp_path / "letters.sqlite", sqlite_version=version)
    assert store.query("PRAGMA journal_mode") == [(mode.lower(),)]
    assert store.query("PRAGMA synchronous") == [({"FULL": 2, "EXTRA": 3}[synchronous],)]
    assert f"SQLite {version}, journal {mode}, synchronous {synchronous}" in caplog.text


def test_19_references_are_random_so_that_a_restored_backup_reissues_none() -> None:
    drawn = {draw_reference("LX", START.date()) for _ in range(2_000)}
    # 33.5 million a day: of 2,000 hardly ever more than one pair is alike.
    assert len(drawn) >= 1_997


def test_20_a_poison_letter_is_dead_and_the_others_flow(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    first = relay.write()[0]
    second = relay.write()[0]
    relay.change("UPDATE letter SET payload = ? WHERE reference = ?", bytes(200), first)
    relay.sender(server).deliver_due()
    assert outbox_states(relay) == {"dead": 1, "sent": 1}
    assert second in str(server.mails[0].parse()["Subject"])
    assert alarms(relay) == ["delivery-failed"]


def test_20_a_letter_whose_key_is_away_waits_for_it(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    relay.write()
    keyring, relay.keyring = relay.keyring, make_keyring()
    relay.sender(server).deliver_due()
    assert outbox_states(relay) == {"ready": 1}
    assert alarms(relay) == ["delivery-no-key"]
    relay.keyring = keyring
    relay.clock.turn(minutes=2)
    relay.sender(server).deliver_due()
    assert outbox_states(relay)["sent"] == 1


def test_7_a_dead_letter_is_sent_again_when_an_operator_says_so(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, _ = relay.write()
    server.replies["DATA"] = ["554 spam"]
    relay.sender(server).deliver_due()
    assert outbox_states(relay)["dead"] == 1
    relay.clock.turn(days=30)
    assert send_again(relay.letters, reference, relay.clock) == 1
    relay.sender(server).deliver_due()
    assert reference in str(server.mails[0].parse()["Subject"])
    assert send_again(relay.letters, reference, relay.clock) == 0
    link = link_in_mail(server)
    assert relay.client.get(link).status_code == 200
    kinds = [event.kind for event in read_events(relay.letters, reference)]
    assert kinds == ["received", "undelivered", "sent-again", "forwarded"]


def test_an_alarm_is_of_the_day_that_the_site_has(relay: Relay, server: ScriptedServer) -> None:
    relay.clock.turn(hours=16)  # half past one in the night, by the site's own time
    relay.write()
    server.replies["DATA"] = ["554 spam"]
    relay.sender(server).deliver_due()
    assert relay.letters.query("SELECT day FROM alarm") == [("2026-11-13",)]


def test_a_mail_that_two_senders_delivered_is_noted_once(relay: Relay) -> None:
    relay.write()
    now = to_milliseconds(relay.clock())
    first = claim_next(relay.letters, now, 1000)
    second = claim_next(relay.letters, now + 2000, 1000)
    assert first is not None
    assert second is not None
    for claim in (first, second, first):
        note_sent(relay.letters, claim, now + 3000)
    # Whose lease has ended can no longer say that the mail failed.
    note_retry(relay.letters, first, now, "451")
    assert outbox_states(relay) == {"sent": 1}
    assert [event.kind for event in read_events(relay.letters)] == ["received", "forwarded"]


def test_a_transaction_that_fails_half_way_leaves_nothing(relay: Relay) -> None:
    relay.write()
    with pytest.raises(apsw.SQLError):
        relay.change("DELETE FROM outbox; SELECT no_such_function()")
    assert relay.count("outbox") == 1


def test_22_two_posts_that_race_past_the_first_look_store_one_letter(
    either_relay: Relay,
) -> None:
    relay = either_relay
    token = make_token("governor-mailbox", "digest", to_milliseconds(relay.clock()))
    letters = [new_letter(relay, token) for _ in range(2)]
    taken = [take_letter(relay.letters, each, lambda _key: b"same") for each in letters]
    assert [each.is_new for each in taken] == [True, False]
    assert taken[0].reference == taken[1].reference
    with pytest.raises(TokenReusedError):
        take_letter(relay.letters, letters[1], lambda _key: b"other")
    assert relay.count("letter") == 1


def new_letter(relay: Relay, token: CheckToken) -> NewLetter:
    now = to_milliseconds(relay.clock())
    return NewLetter(
        letter_id=make_letter_id(now),
        idempotency=token.idempotency,
        answers_digest=b"same",
        digest_key="",
        code_key="",
        form_id=token.form_id,
        form_digest=token.form_digest,
        lang="zh",
        prefix="LX",
        routes=("gov-office",),
        signals=(),
        received_at=now,
        day=START.date(),
        payload=b"sealed",
    )


def test_events_can_be_neither_changed_nor_deleted_and_an_altered_one_is_found(
    relay: Relay,
) -> None:
    relay.write()
    relay.write()
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event"):
        with pytest.raises(apsw.ConstraintError):
            relay.change(statement)
    events = read_events(relay.letters)
    assert find_broken_link(events) is None
    assert find_broken_link([events[0], replace(events[1], detail="{}")]) == 2
    assert find_broken_link(events[1:]) == 2
