"""Forged posts, machines, guessing, and what must never be seen; faults 44 to 49."""

import base64
import io
import logging
import re
import tempfile
import urllib.parse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest
from starlette.requests import Request

from domain.problems import PortalError
from relay.configuration import Limits
from relay.keys import Keyring, Purpose, SealError, make_keyring
from relay.operators import print_letter, release
from relay.references import draw_reference, make_query_code
from relay.throttle import client_address
from tests.relay.harness import (
    LETTER,
    START,
    SURVEY,
    Relay,
    ScriptedServer,
    hidden_fields,
)
from tests.relay.postgres import PostgresServer
from tests.relay.processes import Installation
from tests.relay.test_staff import act, link_in_mail

CROSS_SITE = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
CANARY = "KANARI7Q"


def test_46_the_writer_of_a_released_letter_is_told_as_any_other(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    relay = Relay(tmp_path, build, limits=Limits(reserve_bytes=0, receipts_per_day=3))
    reference, _ = relay.write({**LETTER, "website": "x"})
    release(relay.letters, relay.keyring, reference, relay.clock, 3)
    relay.sender(server).deliver_due()
    to_staff = [mail.recipients != (LETTER["mail"],) for mail in server.mails].index(True)
    desk = act(relay, link_in_mail(server, to_staff), "open")
    act(relay, desk, "reply", reply="好。")
    relay.sender(server).deliver_due()
    to_writer = [mail for mail in server.mails if mail.recipients == (LETTER["mail"],)]
    assert len(to_writer) == 2
    assert all(reference in str(mail.parse()["Subject"]) for mail in to_writer)


def test_an_erased_letter_is_told_apart_from_a_broken_one(relay: Relay) -> None:
    reference, _ = relay.write()
    relay.change("UPDATE letter SET state = 'erased', payload = ?", b"")
    with pytest.raises(PortalError, match="is erased"):
        print_letter(relay.letters, relay.keyring, reference, relay.clock, io.StringIO())


@pytest.mark.parametrize(
    "headers",
    [
        CROSS_SITE,
        {"origin": "http://evil.example", "sec-fetch-site": ""},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "http://portal.example", "sec-fetch-site": "same-site"},
        {"origin": "http://portal.example.evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "http://[", "sec-fetch-site": "same-origin"},
    ],
)
def test_44_cross_site_posts_are_refused(relay: Relay, headers: dict[str, str]) -> None:
    fields = relay.checked()
    assert relay.check(headers=headers).status_code == 403
    assert relay.submit(fields, headers=headers).status_code == 403
    assert relay.client.post("/zh/relay/status", data={}, headers=headers).status_code == 403
    assert relay.count("letter") == 0


def test_44_origin_null_leads_only_through_the_check_page(relay: Relay) -> None:
    del relay.client.headers["sec-fetch-site"]
    unknown = {"origin": "null"}
    page = relay.check(headers=unknown)
    assert page.status_code == 200
    fields = hidden_fields(page.text)
    answer = relay.submit(fields, headers=unknown)
    assert (answer.status_code, relay.count("letter")) == (403, 0)
    again = hidden_fields(answer.text)
    assert again["letter"] == fields["letter"]
    assert relay.submit(again).status_code == 303


def test_44_named_origins_are_the_only_ones(tmp_path: Path, build: Path) -> None:
    relay = Relay(tmp_path, build)
    relay.configuration = replace(relay.configuration, origins=("https://www.aba.example",))
    relay.client = relay.make_client()
    assert relay.check().status_code == 403
    assert relay.check(headers={"origin": "https://www.aba.example"}).status_code == 200


def test_46_a_filled_honeypot_is_held_not_dropped(relay: Relay, server: ScriptedServer) -> None:
    reference, code = relay.write({**LETTER, "website": "http://spam.example"})
    assert relay.letters.query("SELECT state, signals FROM letter") == [("held", "honeypot")]
    assert relay.sender(server).deliver_due() == 0
    found = relay.client.post("/zh/relay/status", data={"reference": reference, "code": code})
    assert found.status_code == 200
    release(relay.letters, relay.keyring, reference, relay.clock, 0)
    with pytest.raises(PortalError):
        release(relay.letters, relay.keyring, reference, relay.clock, 0)
    relay.sender(server).deliver_due()
    assert len(server.mails) == 1


def test_46_too_fast_is_held(relay: Relay) -> None:
    page = relay.check()
    answer = relay.submit(hidden_fields(page.text))
    assert answer.status_code == 303
    assert relay.letters.query("SELECT state, signals FROM letter") == [("held", "too-fast")]


def test_46_a_signal_survives_going_back(relay: Relay) -> None:
    fields = relay.checked({**LETTER, "website": "x"})
    page = relay.check({**fields, "_step": "edit"})
    again = relay.checked({**LETTER, "_token": hidden_fields(page.text)["_token"][0]})
    relay.submit(again)
    assert relay.letters.query("SELECT signals FROM letter") == [("honeypot",)]


def test_46_a_replayed_token_gives_the_first_receipt(relay: Relay) -> None:
    fields = relay.checked()
    receipts = {relay.receipt(relay.submit(fields)) for _ in range(3)}
    assert (len(receipts), relay.count("letter")) == (1, 1)


def test_47_a_wrong_code_and_an_unknown_reference_get_the_same_bytes(relay: Relay) -> None:
    reference, _code = relay.write()
    wrong = make_query_code(b"0123456789")
    unknown = draw_reference("LX", START.date())
    answers = [
        relay.client.post("/zh/relay/status", data={"reference": one, "code": wrong})
        for one in (reference, unknown)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(reference, unknown) == answers[1].text
    assert answers[0].headers == answers[1].headers


class CountingKeyring(Keyring):
    """Counts the MACs that are made."""

    macs = 0

    def mac(self, purpose: Purpose, message: bytes, key_id: str = "") -> bytes:
        self.macs += 1
        return super().mac(purpose, message, key_id)


def test_47_a_wrong_code_and_an_unknown_reference_are_the_same_work(
    either_relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the time does not tell them apart."""
    relay = either_relay
    keyring = CountingKeyring({"00000001": bytes(32)}, "00000001")
    relay.keyring = keyring
    relay.client = relay.make_client()
    reference, _code = relay.write()
    asked: list[str] = []
    query = relay.letters.query

    def watch(statement: str, values: Sequence[Any] = ()) -> list[Any]:
        asked.append(statement)
        return query(statement, values)

    monkeypatch.setattr(relay.letters, "query", watch)
    work = []
    for one in (reference, draw_reference("LX", START.date())):
        asked.clear()
        keyring.macs = 0
        data = {"reference": one, "code": make_query_code(b"0123456789")}
        assert relay.client.post("/zh/relay/status", data=data).status_code == 404
        work.append((keyring.macs, list(asked)))
    assert work[0] == work[1]
    assert work[0][0] > 1


def test_47_ten_tries_an_hour(relay: Relay) -> None:
    reference, code = relay.write()
    wrong = {"reference": reference, "code": make_query_code(b"0123456789")}
    right = {"reference": reference, "code": code}
    # Right answers do not count.
    for _ in range(12):
        assert relay.client.post("/zh/relay/status", data=right).status_code == 200
    statuses = [relay.client.post("/zh/relay/status", data=wrong).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]
    assert relay.client.post("/zh/relay/status", data=right).status_code == 429
    relay.clock.turn(minutes=61)
    assert relay.client.post("/zh/relay/status", data=right).status_code == 200


def test_47_a_forged_forwarding_header_gives_no_more_tries(relay: Relay) -> None:
    wrong = {"reference": "LX-20261112-7K3QD", "code": make_query_code(b"0123456789")}
    statuses = [
        relay.client.post(
            "/zh/relay/status", data=wrong, headers={"x-forwarded-for": f"10.0.0.{number}"}
        ).status_code
        for number in range(11)
    ]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_47_a_client_is_whom_a_trusted_proxy_names(peer: str, forwarded: str, client: str) -> None:
    scope = {
        "type": "http",
        "client": (peer, 1),
        "headers": [(b"x-forwarded-for", forwarded.encode("ascii"))],
    }
    assert client_address(Request(scope), ["127.0.0.1", "10.0.0.0/8"]) == client


def test_47_a_mistyped_code_is_said_and_not_counted(relay: Relay) -> None:
    mistyped = {"reference": "LX-20261112-7K3QD", "code": "0000-0000-0000-0001"}
    statuses = [relay.client.post("/zh/relay/status", data=mistyped).status_code for _ in range(12)]
    assert set(statuses) == {422}


CANARY_LETTER = {
    **LETTER,
    "subject": f"{CANARY} subject",
    "letter": f"{CANARY} letter\nline",
    "name": f"{CANARY} name",
    "phone": "13912345678",
    "mail": f"{CANARY}@example.com",
}
CANARIES = [CANARY, "13912345678"]


def spellings(word: str) -> list[bytes]:
    """The ways in which a text may stand in a file."""
    return [
        word.encode("utf-8"),
        word.lower().encode("utf-8"),
        word.encode("utf-16-le"),
        urllib.parse.quote(word).encode("ascii"),
        *(base64.b64encode(b"x" * pad + word.encode("utf-8"))[4:-4] for pad in range(3)),
    ]


def assert_nowhere(text: bytes, where: str) -> None:
    for word in CANARIES:
        for spelling in spellings(word):
            assert spelling not in text, f"{where}: {spelling!r}"


def assert_no_canary_in(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            assert_nowhere(file.read_bytes(), file.name)


def fail_quoting(*values: object) -> None:
    """What a bug of our own might do: an exception that quotes what it was given."""
    raise KeyError(str(values))


def test_48_canaries_appear_in_no_log_whatever_fails(
    tmp_path: Path, build: Path, server: ScriptedServer, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    relay = Relay(tmp_path, build)
    relay.check({**CANARY_LETTER, "topic": CANARY})
    for field in CANARY_LETTER:
        relay.check({**CANARY_LETTER, field: f"{CANARY}\0\r\n\u2028"})
        relay.check({**CANARY_LETTER, field: [CANARY, CANARY]})
        relay.check({**CANARY_LETTER, f"{field}-{CANARY}": CANARY})
    relay.client.post(f"/zh/relay/{CANARY}/check", data=CANARY_LETTER)
    relay.client.get(f"/zh/relay/receipt/{CANARY}")
    relay.client.post("/zh/relay/status", data={"reference": CANARY, "code": CANARY})
    fields = relay.checked(CANARY_LETTER)
    relay.submit({**fields, "_token": CANARY})
    relay.submit(fields, headers=CROSS_SITE)
    blocker = apsw.Connection(str(relay.configuration.store_file))
    blocker.execute("BEGIN IMMEDIATE")
    relay.submit(fields)
    blocker.execute("ROLLBACK")
    relay.submit(fields)
    relay.submit({**fields, "letter": CANARY})
    for command, reply in [
        ("MAIL", f"451 {CANARY}"),
        ("RCPT", f"451 {CANARY}"),
        ("DATA", "drop"),
        ("RCPT", f"550 {CANARY}"),
        ("DATA", f"554 {CANARY}"),
    ]:
        server.replies[command] = [reply]
        relay.sender(server).deliver_due()
        relay.clock.turn(minutes=70)
    relay.sender().deliver_due()
    broken = relay.make_client()
    monkeypatch.setattr("relay.form_flow.answer_rows", fail_quoting)
    failed = broken.post("/zh/relay/governor-mailbox/check", data=CANARY_LETTER)
    assert failed.status_code == 500
    printed = "".join(capfd.readouterr())
    # The other sides, the test's own client and mail server, log what passes.
    ours = "\n".join(
        f"{record.getMessage()} {record.exc_info} {record.args}"
        for record in caplog.records
        if not record.name.startswith(("httpx", "mail.log"))
    )
    assert "failed: KeyError" in ours
    assert_nowhere((printed + ours).encode("utf-8"), "log")
    assert_no_canary_in(tmp_path)


@pytest.mark.slow
def test_48_canaries_appear_in_no_output_of_a_real_process(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    installation = Installation(tmp_path, build, server.port)
    with installation.serving() as (client, _process):
        page = client.post("/zh/relay/governor-mailbox/check", data=CANARY_LETTER)
        answer = client.post("/zh/relay/governor-mailbox/submit", data=hidden_fields(page.text))
        assert answer.status_code == 303
        client.post(f"/zh/relay/{CANARY}/check", content=CANARY, headers={"content-type": CANARY})
        client.get(answer.headers["location"])
        client.request(CANARY, "/zh/relay/status")
    printed = installation.output
    server.replies["RCPT"] = [f"451 {CANARY}"]
    assert installation.send_once() == 0
    assert_nowhere((printed + installation.output).encode("utf-8"), "output")
    assert_no_canary_in(tmp_path)


def test_49_stolen_files_without_keys_are_unreadable_free_pages_too(
    tmp_path: Path, build: Path
) -> None:
    relay = Relay(tmp_path, build)
    for _ in range(20):
        relay.write(CANARY_LETTER)
    relay.write({**SURVEY, "remarks": CANARY}, "service-survey")
    relay.change("DELETE FROM outbox")
    relay.change("DELETE FROM letter WHERE form = 'governor-mailbox'")
    assert_no_canary_in(tmp_path)
    relay.letters.clean()
    assert_no_canary_in(tmp_path)
    reference = relay.letters.query("SELECT reference FROM letter")[0][0]
    with pytest.raises(PortalError, match="the key of"):
        print_letter(relay.letters, make_keyring(), reference, relay.clock, io.StringIO())


def test_49_stolen_files_of_postgres_without_keys_are_unreadable(
    tmp_path: Path, build: Path, postgres: PostgresServer
) -> None:
    relay = Relay(tmp_path, build, database=postgres.make_database())
    for _ in range(20):
        relay.write(CANARY_LETTER)
    relay.change("DELETE FROM outbox")
    relay.change("DELETE FROM letter WHERE substr(reference, 1, 2) = 'LX'")
    relay.write({**SURVEY, "remarks": CANARY}, "service-survey")
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    reference = relay.letters.query("SELECT reference FROM letter")[0][0].encode("ascii")
    files = [file.read_bytes() for file in postgres.folder.rglob("*") if file.is_file()]
    assert any(reference in content for content in files)
    for content in files:
        assert_nowhere(content, "the database")
    relay.close()


def test_a_payload_moved_to_another_letter_does_not_open(relay: Relay) -> None:
    first, second = relay.write()[0], relay.write()[0]
    relay.change(
        "UPDATE letter SET payload = (SELECT payload FROM letter WHERE reference = ?)"
        " WHERE reference = ?",
        first,
        second,
    )
    with pytest.raises(SealError):
        print_letter(relay.letters, relay.keyring, second, relay.clock, io.StringIO())


def test_pages_carry_the_headers_that_keep_them_private(relay: Relay) -> None:
    for page in (relay.check(), relay.client.get("/zh/relay/status")):
        policy = page.headers["content-security-policy"]
        assert "'unsafe" not in policy
        assert "default-src 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in page.headers
        assert not re.search(r"\sstyle=|<style|\son\w+=", page.text)
