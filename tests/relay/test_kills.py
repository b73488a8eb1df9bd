"""Faults 1 to 4: the process is killed at its worst moments, with a real SIGKILL."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest

from relay.configuration_file import load_configuration
from relay.events import find_broken_link
from relay.keys import load_keys
from relay.service import open_store
from relay.store import read_events
from tests.relay.harness import LETTER, Relay, ScriptedServer, hidden_fields
from tests.relay.postgres import PostgresServer
from tests.relay.processes import KILLED, Installation

pytestmark = pytest.mark.slow

CHECK = "/zh/relay/governor-mailbox/check"
SUBMIT = "/zh/relay/governor-mailbox/submit"


@pytest.fixture(params=["sqlite", "postgres"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, build: Path, server: ScriptedServer
) -> Installation:
    database = ""
    if request.param == "postgres":
        postgres: PostgresServer = request.getfixturevalue("postgres")
        database = postgres.make_database()
    return Installation(tmp_path, build, server.port, database=database)


def counts(installation: Installation) -> list[int]:
    """Letters, mails and events in the store, which must be whole."""
    store = open_store(load_configuration(installation.file))
    try:
        assert store.check_whole()
        assert find_broken_link(read_events(store)) is None
        return [
            store.query(f"SELECT count(*) FROM {table}")[0][0]
            for table in ("letter", "outbox", "event")
        ]
    finally:
        store.close()


def submit_until_killed(installation: Installation, crash_point: str) -> dict[str, list[str]]:
    with installation.serving(crash_point) as (client, process):
        fields = hidden_fields(client.post(CHECK, data=LETTER).text)
        with pytest.raises(httpx.TransportError):
            client.post(SUBMIT, data=fields)
        assert process.wait(timeout=10) == KILLED
    return fields


def in_this_process(installation: Installation) -> Relay:
    """The same relay, its store and keys, without a process of its own; its clock is turned."""
    relay = Relay(
        installation.store_file.parent, installation.build, database=installation.database
    )
    relay.keyring = load_keys(installation.keys_file)
    relay.client = relay.make_client()
    # A little behind, so that what is written now is already due for a real clock.
    relay.clock.now = datetime.now(UTC) - timedelta(minutes=1)
    return relay


def test_1_killed_before_the_commit_nothing_is_stored_and_the_same_token_works_again(
    installation: Installation,
) -> None:
    fields = submit_until_killed(installation, "before-commit")
    assert counts(installation) == [0, 0, 0]
    with installation.serving() as (client, _process):
        assert client.post(SUBMIT, data=fields).status_code == 303
    assert counts(installation) == [1, 1, 1]


def test_2_killed_after_the_commit_a_retry_gives_the_same_receipt_and_one_row(
    installation: Installation,
) -> None:
    fields = submit_until_killed(installation, "after-commit")
    assert counts(installation) == [1, 1, 1]
    with installation.serving() as (client, _process):
        answers = [client.post(SUBMIT, data=fields) for _ in range(2)]
        receipts = [client.get(answer.headers["location"]).text for answer in answers]
    first, second = (receipt.partition("receipt-codes")[2] for receipt in receipts)
    assert first == second != ""
    assert counts(installation) == [1, 1, 1]


def test_3_killed_after_the_claim_the_lease_ends_and_the_mail_is_sent_once(
    installation: Installation, server: ScriptedServer
) -> None:
    relay = in_this_process(installation)
    relay.write()
    assert installation.send_once("after-claim") == KILLED
    assert server.mails == []
    sender = relay.sender(server)
    relay.clock.now = datetime.now(UTC)
    assert relay.letters.query("SELECT state FROM outbox") == [("leased",)]
    assert sender.deliver_due() == 0  # the lease still holds
    relay.clock.turn(minutes=6)
    assert [sender.deliver_due(), sender.deliver_due()] == [1, 0]
    assert len(server.mails) == 1


def test_4_killed_after_the_250_there_is_at_most_one_duplicate_with_the_same_message_id(
    installation: Installation, server: ScriptedServer
) -> None:
    relay = in_this_process(installation)
    relay.write()
    assert installation.send_once("after-250") == KILLED
    assert len(server.mails) == 1
    sender = relay.sender(server)
    relay.clock.now = datetime.now(UTC)
    for _ in range(3):
        relay.clock.turn(minutes=6)
        sender.deliver_due()
    assert len(server.mails) == 2
    message_ids = {mail.parse()["Message-ID"] for mail in server.mails}
    assert len(message_ids) == 1
