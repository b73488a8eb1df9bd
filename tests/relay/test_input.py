"""Requests that no browser sends; faults 36 to 38."""

import json
import resource
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.configuration import Limits
from relay.salvage import salvage_fields
from relay.urlencoded import MalformedFormError, TooManyFieldsError, parse_urlencoded
from tests.relay.harness import LETTER, Relay, hidden_fields, write_build, write_form
from tests.relay.processes import Installation

CHECK = "/zh/relay/governor-mailbox/check"
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
SLOW_CONNECTIONS = 500
FORM_WITH_FILES = """format: 1
id: petition
names: {zh: 网上信访}
department: gov-office
reference_prefix: XF
subject: {zh: 网上信访}
fields:
  - {id: letter, type: long-text, label: {zh: 内容}, required: true}
  - {id: papers, type: file, label: {zh: 附件}}
"""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"&".join(b"f%d=1" % number for number in range(10_000)), 413),
        (b"letter=" + b"x" * 600_000, 413),
        (b"a;a;a", 422),
        (b"a=1;b=2&&", 422),
        (b"=1", 422),
        (b"letter=%", 422),
        (b"letter=%zz", 422),
        (b"letter=%u4e00", 422),
        (b"letter=%ff%fe", 422),
        (b"letter=\xd6\xdd\xb3\xa4", 422),
        (b"letter=%00", 422),
        (b"letter=a\0b", 422),
        (b"letter=%ed%a0%80", 422),
        (b"letter=1&letter=2", 422),
        (b"", 422),
    ],
)
def test_36_a_wrong_body_is_answered_with_a_page(relay: Relay, body: bytes, status: int) -> None:
    for step in ("check", "submit"):
        answer = relay.client.post(
            f"/zh/relay/governor-mailbox/{step}", content=body, headers=URLENCODED
        )
        # A body that can be read but answers nothing is shown as the form, to be filled in.
        assert answer.status_code in (status, 200) if step == "submit" else (status,)
        assert "<h1" in answer.text
    assert relay.count("letter") == 0
    assert relay.client.post("/zh/relay/status", content=body, headers=URLENCODED).status_code in (
        status,
        422,
    )


@pytest.mark.parametrize("charset", ["gbk", "utf-16", "utf-8; x=y"])
def test_36_another_charset_is_refused(relay: Relay, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert (
        relay.client.post(CHECK, content=b"a=b", headers={"content-type": kind}).status_code == 422
    )


@pytest.mark.slow
def test_36_huge_bodies_cost_the_process_hardly_any_memory(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    installation = Installation(tmp_path, build)

    def of_50_megabytes(start: bytes) -> Iterator[bytes]:
        yield start
        for _ in range(50 * 16):
            yield b"x" * 65_536

    many = b"&".join(b"f%d=1" % number for number in range(10_000))
    with installation.serving() as (client, process):
        client.post(CHECK, data=LETTER)
        before = most_memory(process.pid)
        for _ in range(3):
            huge = of_50_megabytes(f"letter={WRITTEN}&x=".encode())
            answer = client.post(CHECK, content=huge, headers=URLENCODED)
            assert (answer.status_code, WRITTEN in answer.text) == (413, True)
            assert client.post(CHECK, content=many, headers=URLENCODED).status_code == 413
        page = client.post("/zh/relay/petition/check", data={"letter": WRITTEN}).text
        token = hidden_fields(page)["_token"][0].encode("ascii")
        start = PART + WRITTEN.encode() + b"\r\n" + PART.replace(b"letter", b"_token") + token
        answer = client.post(
            "/zh/relay/petition/submit", content=of_50_megabytes(start + b"\r\n" + FILE + b"\r\n"),
            headers={"content-type": "multipart/form-data; boundary=x"},
        )  # fmt: skip
        assert (answer.status_code, WRITTEN in answer.text) == (413, True)
        # A form without files keeps a buffer of half a megabyte, one with files of 16.
        assert most_memory(process.pid) - before < 60


def most_memory(pid: int) -> int:
    """The most that a process has had in memory, in MB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "text/plain",
        "",
    ],
)
def test_37_multipart_and_others_are_refused_and_leave_no_file(
    relay: Relay, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    body = b"x" * 100_000 + b"--x\r\n" + json.dumps(LETTER).encode()
    answer = relay.client.post(CHECK, content=body, headers={"content-type": kind})
    assert answer.status_code == 415
    assert list(temporary.iterdir()) == []


PART = b'--x\r\nContent-Disposition: form-data; name="letter"\r\n\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="papers"; filename="a.txt"\r\n'


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", PART + b"1\r\n--x--\r\n", 400),
        ("multipart/form-data; boundary=", PART + b"1\r\n--x--\r\n", 400),
        ("multipart/form-data; boundary=" + "x" * 71, PART + b"1\r\n--x--\r\n", 400),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"preamble" * 100_000 + PART + b"1\r\n--x--", 400),
        ("multipart/form-data; boundary=x", PART + b"1", 400),
        ("multipart/form-data; boundary=x", PART + b"1\r\n--x", 400),
        ("multipart/form-data; boundary=x", PART + b"1\r\n--x--\r\nmore", 400),
        ("multipart/form-data; boundary=x", PART + b"\xff\r\n--x--", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n1\r\n--x--", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", 400),
        ("multipart/form-data; boundary=x", FILE + b"Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--x--", 400),
        ("multipart/form-data; boundary=x", FILE + b"X-A: " + b"a" * 5000 + b"\r\n\r\n1\r\n--x--", 400),
        ("multipart/form-data; boundary=x", (PART + b"1\r\n") * 10_000 + b"--x--", 413),
    ],
)  # fmt: skip
def test_37_files_in_a_broken_body_are_refused_and_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, body: bytes, status: int
) -> None:
    relay = Relay(tmp_path, write_build(tmp_path / "build"))
    write_form(relay.build, FORM_WITH_FILES, "petition")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    answer = relay.client.post(
        "/zh/relay/petition/submit", content=body, headers={"content-type": kind}
    )
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert relay.count("letter") == 0
    assert list(temporary.iterdir()) == []


def test_36_files_have_room_for_so_many_bytes_at_once_and_give_it_back(tmp_path: Path) -> None:
    limits = Limits(reserve_bytes=0, uploads_bytes=1_000)
    relay = Relay(tmp_path, write_build(tmp_path / "build"), limits=limits)
    write_form(relay.build, FORM_WITH_FILES, "petition")
    # The last one fits; without its letter it is shown again, to be filled in.
    for size, status in [(2_000, 503), (2_000, 503), (10, 422)]:
        answer = relay.client.post(
            "/zh/relay/petition/submit", files={"papers": ("a.txt", b"x" * size, "text/plain")}
        )
        assert answer.status_code == status
    assert relay.count("letter") == 0


@pytest.mark.parametrize("length", ["5", "-1", "1e3", "１２", "99999999999999999999"])
def test_37_a_wrong_length_is_refused(relay: Relay, length: str) -> None:
    headers: Any = {**URLENCODED, "content-length": length.encode("utf-8")}
    answer = relay.client.post(CHECK, content=b"letter=12345", headers=headers)
    assert answer.status_code in (400, 413)


@pytest.mark.slow
def test_38_slow_bodies_are_closed_and_others_served(tmp_path: Path, build: Path) -> None:
    limits = "body_seconds = 3\nbody_grace_seconds = 1\nbody_bytes_per_second = 1000"
    installation = Installation(tmp_path, build, more_limits=limits)
    head = (
        f"POST {CHECK} HTTP/1.1\r\nHost: portal\r\nContent-Length: 100000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode("ascii")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    with installation.serving() as (client, _process):
        port = client.base_url.port
        slow = [socket.create_connection(("127.0.0.1", port or 0)) for _ in range(SLOW_CONNECTIONS)]
        for connection in slow:
            connection.sendall(head + b"letter=x")
        assert client.get("/zh/relay/status").status_code == 200
        assert client.post(CHECK, data=LETTER).status_code == 200
        deadline = time.monotonic() + 20
        answers = []
        for connection in slow:
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            answers.append(connection.recv(100))
            connection.close()
        assert all(answer.startswith(b"HTTP/1.1 408") for answer in answers)


def test_the_strict_reader_reads_what_browsers_send() -> None:
    body = "a=%E5%B7%9E+x%26&b=1&b=2&c=".encode("ascii")
    assert parse_urlencoded(body, 10) == {"a": ["州 x&"], "b": ["1", "2"], "c": [""]}
    with pytest.raises(TooManyFieldsError):
        parse_urlencoded(b"a=1&b=2", 1)
    with pytest.raises(MalformedFormError):
        parse_urlencoded(b"a=1;b", 5) and parse_urlencoded(b"b", 5)


WRITTEN = "路灯坏了，"


@pytest.mark.parametrize(
    ("body", "status", "kept"),
    [
        (f"letter={WRITTEN}%".encode(), 422, WRITTEN + "%"),
        (b"letter=" + quote(WRITTEN).encode() + b"%00&x", 422, WRITTEN),
        (b"letter=" + quote(WRITTEN.encode("gb18030")).encode(), 422, WRITTEN),
        (b"letter=" + WRITTEN.encode("gb18030"), 422, WRITTEN),
        (f"letter={WRITTEN}&".encode() + b"&".join([b"x=1"] * 10_000), 413, WRITTEN),
        (f"letter={WRITTEN}&x=".encode() + b"x" * 600_000, 413, WRITTEN),
    ],
)
def test_36_a_refused_body_keeps_what_was_written_and_it_can_be_sent_from_there(
    relay: Relay, body: bytes, status: int, kept: str
) -> None:
    for step in ("check", "submit"):
        answer = relay.client.post(
            f"/zh/relay/governor-mailbox/{step}", content=body, headers=URLENCODED
        )
        assert answer.status_code == status
        again = hidden_fields(answer.text)
        assert again == {"letter": [kept]}
        assert f'action="{CHECK}"' in answer.text
        page = relay.client.post(CHECK, data=again)
        assert page.status_code == 422  # the other fields are still to be filled in
        assert WRITTEN in page.text


def test_36_a_text_too_long_to_take_is_given_back_as_far_as_it_fits(relay: Relay) -> None:
    answer = relay.client.post(CHECK, data={"letter": "很" * 100_000})
    assert answer.status_code == 413
    again = hidden_fields(answer.text)
    assert len(again["letter"][0]) > 20_000
    assert relay.client.post(CHECK, data=again).status_code == 422


def test_37_a_broken_body_with_files_keeps_the_text(tmp_path: Path) -> None:
    relay = Relay(tmp_path, write_build(tmp_path / "build"))
    write_form(relay.build, FORM_WITH_FILES, "petition")
    body = PART + WRITTEN.encode() + b"\r\n" + FILE + b"\r\nsecret of the file"
    answer = relay.client.post(
        "/zh/relay/petition/submit",
        content=body,
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 400
    assert hidden_fields(answer.text) == {"letter": [WRITTEN]}
    assert "secret of the file" not in answer.text


def test_37_a_refused_text_of_a_stranger_is_inert(relay: Relay) -> None:
    answer = relay.client.post(CHECK, content=b'letter="><script>x</script>%', headers=URLENCODED)
    assert "<script>x" not in answer.text
    assert hidden_fields(answer.text) == {"letter": ['"><script>x</script>%']}


@given(st.binary(max_size=300), st.booleans())
def test_36_whatever_is_sent_what_is_kept_of_it_can_be_sent(
    body: bytes, is_multipart: bool
) -> None:
    if is_multipart:
        body = b'--x\r\nContent-Disposition: form-data; name="letter"\r\n\r\n' + body
    kept = salvage_fields(b"letter=" + body if not is_multipart else body, {"letter"}, 200)
    for texts in kept.values():
        assert parse_urlencoded(f"letter={quote(texts[0])}".encode(), 2) == {"letter": texts}


def test_38_more_posts_than_people_make_are_put_off_and_their_text_is_kept(
    tmp_path: Path, build: Path
) -> None:
    relay = Relay(tmp_path, build, limits=Limits(reserve_bytes=0, posts_per_minute=3))
    answers = [relay.check() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["retry-after"] == "60"
    assert hidden_fields(answers[3].text)["letter"] == [LETTER["letter"]]
    # Others are served, and so is this one a minute later.
    assert relay.make_client("192.0.2.7").post(CHECK, data=LETTER).status_code == 200
    relay.clock.turn(seconds=61)
    assert relay.client.post(CHECK, data=hidden_fields(answers[3].text)).status_code == 200
