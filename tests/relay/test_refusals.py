"""Each way in which a form can be refused, by a real post over HTTP: what it says, and what it keeps."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from relay.sqlite_store import SqliteStore
from tests.relay.harness import LETTER, hidden_fields, write_build, write_form
from tests.relay.processes import Installation
from tests.relay.test_input import FORM_WITH_FILES

pytestmark = pytest.mark.slow

CHECK = "/zh/relay/governor-mailbox/check"
SUBMIT = "/zh/relay/governor-mailbox/submit"
WITH_FILES = "/zh/relay/petition/submit"
WRITTEN = "学校门口的路灯坏了，"
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
PART = f'--x\r\nContent-Disposition: form-data; name="letter"\r\n\r\n{WRITTEN}\r\n'.encode()
FILE = b'--x\r\nContent-Disposition: form-data; name="papers"; filename="a.%s"\r\n\r\n%s\r\n--x--'
BODY = f"letter={WRITTEN}".encode()


@contextmanager
def serving(folder: Path, limits: str = "") -> Iterator[tuple[httpx.Client, Installation]]:
    build = write_build(folder / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    installation = Installation(folder, build, more_limits=limits)
    with installation.serving() as (client, _process):
        yield client, installation


def assert_kept(page: str, client: httpx.Client, path: str = CHECK) -> None:
    """The page says what to do, and what was written can be sent from it."""
    assert "<h1" in page
    assert 'class="lead"' in page or 'class="error-summary"' in page or 'class="banner"' in page
    if "<textarea" in page:  # it is the form itself, to be corrected
        assert WRITTEN in page.partition("<textarea")[2]
        return
    kept = hidden_fields(page)
    assert kept["letter"][0].startswith(WRITTEN)
    again = client.post(path.replace("submit", "check"), data=kept)
    assert again.status_code in (200, 422)
    assert WRITTEN in again.text


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        (WITH_FILES, MULTIPART, PART, 400),
        (WITH_FILES, MULTIPART, b"preamble\r\n" + PART + b"--x--", 400),
        (CHECK, URLENCODED, BODY + b"&x=" + b"x" * 2_000_000, 413),
        (CHECK, URLENCODED, BODY + b"&" + b"&".join([b"f=1"] * 10_000), 413),
        (SUBMIT, MULTIPART, PART + b"--x--", 415),
        (CHECK, {"content-type": "text/plain"}, BODY, 415),
        (CHECK, {}, BODY, 415),
        (CHECK, URLENCODED, BODY + b"%", 422),
        (CHECK, URLENCODED, BODY + b"%00", 422),
        (CHECK, {"content-type": URLENCODED["content-type"] + "; charset=gbk"}, BODY, 422),
        (SUBMIT, URLENCODED, b"letter=" + WRITTEN.encode("gb18030"), 422),
        (CHECK, URLENCODED, b"a;a;a&" + BODY, 422),
    ],
)  # fmt: skip
def test_36_a_refused_post_says_what_to_do_and_keeps_the_text(
    tmp_path: Path, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    with serving(tmp_path) as (client, installation):
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code == status
        assert_kept(answer.text, client, path)
    assert_nothing_stored(installation)


def assert_nothing_stored(installation: Installation) -> None:
    store = SqliteStore(installation.store_file)
    assert store.query("SELECT count(*) FROM letter") == [(0,)]
    store.close()
    assert "路灯" not in installation.output


def test_38_a_slow_post_is_answered_with_408_and_its_text(tmp_path: Path) -> None:
    limits = "body_seconds = 2\nbody_grace_seconds = 1"
    head = f"POST {CHECK} HTTP/1.1\r\nHost: portal\r\nContent-Length: 100000\r\n"
    head += f"Content-Type: {URLENCODED['content-type']}\r\n\r\n"
    with serving(tmp_path, limits) as (client, installation):
        with socket.create_connection(("127.0.0.1", client.base_url.port or 0)) as slow:
            slow.settimeout(20)
            slow.sendall(head.encode("ascii") + BODY)
            received = b""
            while chunk := slow.recv(65_536):
                received += chunk
        page = received.decode("utf-8")
        assert page.startswith("HTTP/1.1 408")
        assert_kept(page.partition("\r\n\r\n")[2], client)
    assert_nothing_stored(installation)


@pytest.mark.parametrize(
    ("ending", "content", "status"),
    [(b"exe", b"MZ", 415), (b"pdf", b"MZ", 415), (b"txt", b"", 422), (b"txt", b"x" * 6_000_000, 413)],
)  # fmt: skip
def test_39_a_refused_file_is_told_and_the_text_kept(
    tmp_path: Path, ending: bytes, content: bytes, status: int
) -> None:
    with serving(tmp_path) as (client, installation):
        page = client.post(WITH_FILES.replace("submit", "check"), data={"letter": WRITTEN}).text
        token = hidden_fields(page)["_token"][0].encode("ascii")
        body = PART + PART.replace(b"letter", b"_token").replace(WRITTEN.encode(), token)
        body += FILE % (ending, content)
        answer = client.post(WITH_FILES, content=body, headers=MULTIPART)
        assert answer.status_code == status
        assert_kept(answer.text, client, WITH_FILES)
    assert_nothing_stored(installation)


def test_38_too_many_posts_are_answered_with_429_and_the_text(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build")
    installation = Installation(tmp_path, build)
    text = installation.file.read_text("utf-8")
    installation.file.write_text(text.replace("posts_per_minute = 0", "posts_per_minute = 2"))
    answers = {**LETTER, "letter": WRITTEN}
    with installation.serving() as (client, _process):
        statuses = [client.post(CHECK, data=answers).status_code for _ in range(2)]
        refused = client.post(CHECK, data=answers)
    assert [*statuses, refused.status_code] == [200, 200, 429]
    assert refused.headers["retry-after"] == "60"
    assert hidden_fields(refused.text) == {name: [text] for name, text in answers.items()}


def test_36_no_room_for_files_is_answered_with_503_and_the_text(tmp_path: Path) -> None:
    with serving(tmp_path, "uploads_bytes = 1000") as (client, installation):
        body = PART + FILE % (b"txt", b"x" * 100_000)
        answer = client.post(WITH_FILES, content=body, headers=MULTIPART)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert_kept(answer.text, client, WITH_FILES)
    assert_nothing_stored(installation)
