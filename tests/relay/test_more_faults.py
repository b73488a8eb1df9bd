"""Faults that need a server, a file or an attacker of their own: 8, 9, 13, 42, 45, 51, 52."""

import ast
import io
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from relay.configuration import Limits
from relay.events import find_broken_link
from relay.exporting import export_bundle
from relay.moments import to_milliseconds
from relay.operators import save_files
from relay.outbox import queue_mail
from relay.published import PublishedSite
from relay.store import read_events
from tests.relay.harness import (
    LETTER,
    REPOSITORY,
    SURVEY,
    Relay,
    ScriptedServer,
    running_sender,
    write_build,
    write_form,
)
from tests.relay.postgres import PostgresServer
from tests.relay.test_input import FORM_WITH_FILES
from tests.relay.test_staff import act, delivered_link


def test_8_of_two_recipients_only_the_failing_one_is_tried_again(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    relay.configuration = replace(
        relay.configuration,
        addresses={**relay.configuration.addresses, "education": "mailbox@education.example"},
    )
    relay.write()
    letter_id = relay.letters.query("SELECT id FROM letter")[0][0]
    now = to_milliseconds(relay.clock())
    relay.letters.write(
        lambda connection: queue_mail(connection, "letter", letter_id, "education", now)
    )
    server.replies["RCPT"] = ["250 OK", "451 later"]
    sender = relay.sender(server)
    sender.deliver_due()
    relay.clock.turn(minutes=2)
    sender.deliver_due()
    relay.clock.turn(hours=2)
    assert sender.deliver_due() == 0
    assert len(server.mails) == 2
    assert {mail.recipients for mail in server.mails} == {
        ("mailbox@gov-office.example",),
        ("mailbox@education.example",),
    }
    assert sorted(relay.letters.query("SELECT tries FROM outbox")) == [(1,), (2,)]


class DrippingServer:
    """Sends its greeting at one byte a second, to its first visitor; then it is the other one."""

    def __init__(self, other_port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._other_port = other_port
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def _serve(self) -> None:
        with self._listener:
            first, _ = self._listener.accept()
            self._threads.append(threading.Thread(target=self._drip, args=(first,)))
            self._threads[-1].start()
            second, _ = self._listener.accept()
        onward = socket.create_connection(("127.0.0.1", self._other_port))
        for source, target in ((second, onward), (onward, second)):
            self._threads.append(threading.Thread(target=self._pass_on, args=(source, target)))
            self._threads[-1].start()

    @staticmethod
    def _drip(connection: socket.socket) -> None:
        with connection:
            for byte in b"220 slow" * 100:
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return
                time.sleep(1)

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with source:
            try:
                while received := source.recv(65_536):
                    target.sendall(received)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                return

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(timeout=20)


@pytest.mark.slow
def test_9_a_server_at_one_byte_a_second_meets_a_deadline_and_blocks_no_form(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    dripping = DrippingServer(server.port)
    relay = Relay(tmp_path, build)
    relay.mail = replace(relay.mail, port=dripping.port, timeout_seconds=2)
    relay.write()
    relay.clock.turn(seconds=1)
    relay.write(SURVEY, "service-survey")
    with running_sender(relay.sender()):
        # While the first mail waits for its server, letters are taken in as ever.
        begun = time.monotonic()
        relay.write()
        assert time.monotonic() - begun < 2
        while len(server.mails) < 2:
            assert time.monotonic() - begun < 20
            time.sleep(0.05)
    dripping.wait()
    assert relay.count("outbox", "state = 'ready' AND tries = 1") == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_13_disk_full_on_an_attachment_leaves_nothing_of_the_letter(
    tmp_path: Path, postgres: PostgresServer, kind: str
) -> None:
    build = write_build(tmp_path / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    database = postgres.make_database() if kind == "postgres" else ""
    relay = Relay(tmp_path, build, database=database)
    used = 0
    if database:
        used = int(relay.letters.query("SELECT pg_database_size(current_database())")[0][0])
    relay.close()
    # Room for the letter, but not for its file; PostgreSQL's is counted before it is taken in.
    reserve = 300_000 if database else 0
    limits = Limits(
        reserve_bytes=reserve, store_bytes=used + 250_000, letters_per_hour=0, posts_per_minute=0
    )
    relay = Relay(tmp_path, build, limits=limits, database=database)
    fields = relay.checked({"letter": "路灯坏了。"}, "petition")
    answer = relay.client.post(
        "/zh/relay/petition/submit",
        data=fields,
        files={"papers": ("a.txt", b"x" * 400_000, "text/plain")},
        follow_redirects=False,
    )
    assert answer.status_code == 503
    assert "路灯坏了。" in answer.text
    assert [relay.count(table) for table in ("letter", "attachment", "outbox", "event")] == [0] * 4
    assert relay.letters.check_whole()
    relay.close()


def test_42_where_a_photo_was_taken_is_kept_for_staff_and_in_nothing_published(
    tmp_path: Path, server: ScriptedServer
) -> None:
    build = write_build(tmp_path / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    relay = Relay(tmp_path, build)
    relay.configuration = replace(relay.configuration, origins=("http://portal.example",))
    photo = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 54.0, 0.0), 3: "E", 4: (102.0, 13.0, 0.0)})
    Image.new("RGB", (40, 30), "teal").save(photo, "JPEG", exif=exif)
    fields = relay.checked({"letter": "路灯坏了。"}, "petition")
    answer = relay.client.post(
        "/zh/relay/petition/submit",
        data=fields,
        files={"papers": ("a.jpg", photo.getvalue(), "image/jpeg")},
        follow_redirects=False,
    )
    reference, _ = relay.receipt(answer)
    desk = act(relay, delivered_link(relay, server), "open")
    desk = act(relay, desk, "reply", reply="好")
    act(relay, desk, "publish", title="路灯", question="问", answer="答")
    folder = tmp_path / "files"
    save_files(relay.letters, relay.keyring, reference, relay.clock, folder)
    (kept,) = [file for file in folder.iterdir() if file.suffix == ".jpg"]
    with Image.open(kept) as picture:
        assert picture.getexif().get_ifd(0x8825)[2] == (31.0, 54.0, 0.0)
    export_bundle(
        relay.letters,
        relay.keyring,
        relay.configuration,
        PublishedSite(build),
        tmp_path / "bundle",
        to_milliseconds(relay.clock()),
    )
    published = [file for file in (tmp_path / "bundle").rglob("*") if file.is_file()]
    assert published
    assert not any(b"\xff\xd8\xff" in file.read_bytes() for file in published)


def submit_from(relay: Relay, peer: str, form: str = "service-survey") -> None:
    """One survey, as our own proxy hands it on for this visitor."""
    fields = relay.checked(SURVEY, form)
    headers = {"x-forwarded-for": peer}
    assert relay.submit(fields, form, headers=headers).status_code == 303


@pytest.fixture
def guarded(tmp_path: Path, build: Path) -> Relay:
    limits = Limits(
        reserve_bytes=0,
        receipts_per_day=0,
        posts_per_minute=0,
        letters_per_hour=5,
        letters_per_hour_in_all=12,
    )
    relay = Relay(tmp_path, build, limits=limits)
    relay.configuration = replace(relay.configuration, trusted_proxies=("127.0.0.1",))
    relay.client = relay.make_client()
    return relay


def held(relay: Relay) -> int:
    return relay.count("letter", "state = 'held'")


def test_45_a_forged_forwarding_header_passes_no_ceiling(tmp_path: Path, build: Path) -> None:
    limits = Limits(reserve_bytes=0, receipts_per_day=0, posts_per_minute=0, letters_per_hour=5)
    relay = Relay(tmp_path, build, limits=limits)
    for number in range(8):
        submit_from(relay, f"203.0.113.{number}")
    assert held(relay) == 3


def test_45_another_address_of_the_same_64_is_the_same_client(guarded: Relay) -> None:
    guarded.client = guarded.make_client(peer="127.0.0.1")
    for number in range(8):
        submit_from(guarded, f"2001:db8:1:2::{number:x}")
    assert held(guarded) == 3


def test_45_another_64_each_time_meets_the_ceiling_of_the_form(guarded: Relay) -> None:
    guarded.client = guarded.make_client(peer="127.0.0.1")
    for number in range(15):
        submit_from(guarded, f"2001:db8:1:{number:x}::1")
    assert held(guarded) == 3
    # Another form is not held up by it, and an hour later neither is this one.
    guarded.write()
    assert held(guarded) == 3
    guarded.clock.turn(hours=1)
    submit_from(guarded, "2001:db8:1:99::1")
    assert held(guarded) == 3


def test_51_stuffed_ballots_are_held_counted_and_not_lost(
    guarded: Relay, server: ScriptedServer
) -> None:
    guarded.client = guarded.make_client(peer="127.0.0.1")
    for _ in range(11):
        submit_from(guarded, "203.0.113.9")
    guarded.sender(server).deliver_due()
    assert len(server.mails) == 5
    assert guarded.letters.query(
        "SELECT signals, count(*) FROM letter WHERE state = 'held' GROUP BY signals"
    ) == [("many-from-one", 6)]
    metrics = guarded.client.get("/metrics").text
    assert 'relay_letters{state="held"} 6' in metrics
    assert find_broken_link(read_events(guarded.letters)) is None


def test_52_what_a_letter_names_is_never_fetched(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/x.png"
        relay = Relay(tmp_path, build)
        letter = {**LETTER, "subject": address, "letter": f'<img src="{address}"> {address}'}
        relay.write({**letter, "name": address})
        desk = act(relay, delivered_link(relay, server), "open")
        page = relay.client.get(desk)
        assert f'src="{address}"' not in page.text
        assert f'href="{address}"' not in page.text
        act(relay, desk, "reply", reply=address)
        relay.sender(server).deliver_due()
        trap.settimeout(0.2)
        with pytest.raises(TimeoutError):
            trap.accept()


def test_52_nothing_that_handles_letters_can_fetch_an_address() -> None:
    fetchers = {"urllib.request", "http.client", "httpx", "httpx2", "requests", "aiohttp"}
    imported: dict[str, set[str]] = {}
    for source in (REPOSITORY / "relay").glob("*.py"):
        names = imported.setdefault(f"relay.{source.stem}", set())
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    # Our own daily letter visits the site's own address, in a process of its own.
    assert {name for name, names in imported.items() if names & fetchers} == {"relay.probe_walk"}
    users = {name for name, names in imported.items() if "relay.probe_walk" in names}
    assert users == {"relay.__main__"}


def test_48_metrics_hold_no_word_of_a_letter(relay: Relay, server: ScriptedServer) -> None:
    reference, code = relay.write()
    relay.client = relay.make_client(peer="127.0.0.1")
    metrics = relay.client.get("/metrics")
    assert metrics.status_code == 200
    for canary in (reference, code, *LETTER.values()):
        assert len(canary) < 5 or canary not in metrics.text
    from_afar = relay.make_client(peer="203.0.113.1")
    assert from_afar.get("/metrics").status_code == 404
    assert relay.client.get("/metrics", headers={"x-forwarded-for": "::1"}).status_code == 404
