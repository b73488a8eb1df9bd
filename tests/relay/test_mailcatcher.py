"""The preview: relay, sender and mail catcher behind one call."""

import smtplib
import threading
from pathlib import Path

from starlette.testclient import TestClient

from relay.mailcatcher import make_preview
from tests.relay.harness import LETTER, OURS, THEME, hidden_fields, wait_until

CHECK = "/zh/relay/governor-mailbox/check"


def test_a_letter_written_in_the_preview_stands_on_the_catchers_page(
    tmp_path: Path, build: Path
) -> None:
    preview = make_preview(build, THEME, tmp_path / "relay")
    client = TestClient(preview.application, base_url="http://portal.example", headers=OURS)
    preview.start()
    try:
        assert "No mail yet" in client.get("/mail/").text
        fields = hidden_fields(client.post(CHECK, data=LETTER).text)
        answer = client.post("/zh/relay/governor-mailbox/submit", data=fields)
        assert answer.status_code == 200
        wait_until(lambda: len(preview.catcher.mails) == 2)
        page = client.get("/mail/").text
        assert "州长信箱来信 LX-" in page
        assert "我们已收到您的来信" in page
        assert page.count("<article>") == 2
    finally:
        preview.stop()


def test_mails_may_come_while_the_page_is_made(build: Path, tmp_path: Path) -> None:
    preview = make_preview(build, THEME, tmp_path / "relay")
    client = TestClient(preview.application, base_url="http://portal.example", headers=OURS)
    preview.start()
    stop = threading.Event()

    def send_mails() -> None:
        with smtplib.SMTP("127.0.0.1", preview.catcher.port) as connection:
            while not stop.is_set():
                connection.sendmail("a@portal.example", ["b@portal.example"], "Subject: one\n\n.")

    sending = threading.Thread(target=send_mails)
    sending.start()
    try:
        wait_until(lambda: len(preview.catcher.mails) == preview.catcher.mails.maxlen)
        for _ in range(5):
            assert client.get("/mail/").text.count("<article>") == preview.catcher.mails.maxlen
    finally:
        stop.set()
        sending.join()
        preview.stop()


def test_the_preview_keeps_its_letters_and_keys(tmp_path: Path, build: Path) -> None:
    for _ in range(2):
        preview = make_preview(build, THEME, tmp_path / "relay")
        preview.start()
        preview.stop()
    assert (tmp_path / "relay" / "keys.json").exists()


def test_the_preview_owns_its_addresses(tmp_path: Path, build: Path) -> None:
    preview = make_preview(build, THEME, tmp_path / "relay")
    try:
        assert [
            preview.owns(path)
            for path in (
                *("/mail/", "/zh/relay/status", "/bo/relay/x/check"),
                *("/zh/", "/zh/forms/x/", "/"),
            )
        ] == [True, True, True, False, False, False]
    finally:
        preview.stop()
