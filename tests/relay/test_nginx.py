"""deploy/nginx-relay.conf in a real nginx, in front of a real relay."""

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from relay.references import make_query_code
from tests.relay.harness import LETTER, REPOSITORY, free_port, hidden_fields
from tests.relay.processes import Installation

DEPLOY = REPOSITORY / "deploy"
NGINX = Path("/usr/sbin/nginx")
CHECK = "/zh/relay/governor-mailbox/check"
SUBMIT = "/zh/relay/governor-mailbox/submit"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NGINX.exists(), reason="no nginx here; make nginx"),
]


@dataclass
class Front:
    """nginx with our parts of its configuration, as operators put them in."""

    folder: Path
    relay_port: int

    def __post_init__(self) -> None:
        self.port = free_port()
        self._file = self.folder / "nginx.conf"
        server = self._adapted("nginx-relay.conf")
        self._file.write_text(
            f"""daemon off; pid {self.folder}/pid; error_log {self.folder}/main.log;
events {{ }}
http {{
  access_log {self.folder}/access.log;
  types {{ text/html html; }}
  charset utf-8;
  {"".join(f"{kind}_temp_path {self.folder}/{kind}; " for kind in _TEMPORARY)}
  {self._adapted("nginx-relay-http.conf")}
  server {{ listen 127.0.0.1:{self.port}; {server} location / {{ return 404; }} }}
}}
""",
            "utf-8",
        )

    def _adapted(self, name: str) -> str:
        """Our file, with the places and the port of this test."""
        text = (DEPLOY / name).read_text("utf-8")
        for ours, here in [
            ("127.0.0.1:8100", f"127.0.0.1:{self.relay_port}"),
            ("/srv/portal/deploy", str(DEPLOY)),
            ("/var/log/nginx", str(self.folder)),
        ]:
            text = text.replace(ours, here)
        return text

    def start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self._file])
        deadline = time.monotonic() + 20
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/")
                return process
            except httpx.TransportError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.05)

    def logs(self) -> str:
        return "".join(file.read_text("utf-8") for file in self.folder.glob("*.log"))


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture
def installation(tmp_path: Path, build: Path) -> Installation:
    made = Installation(tmp_path, build)
    text = made.file.read_text("utf-8").replace(
        "format = 1\n", 'format = 1\ntrusted_proxies = ["127.0.0.1"]\n'
    )
    made.file.write_text(text, "utf-8")
    return made


@pytest.fixture
def fronted(installation: Installation, tmp_path: Path) -> Iterator[tuple[Front, httpx.Client]]:
    """The relay behind nginx; a client that sees nginx only."""
    folder = tmp_path / "front"
    folder.mkdir()
    with installation.serving() as (relay, _process):
        front = Front(folder, relay.base_url.port or 0)
        process = front.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{front.port}", timeout=30) as client:
                yield front, client
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_a_letter_goes_through_and_stands_in_no_log(fronted: tuple[Front, httpx.Client]) -> None:
    front, client = fronted
    page = client.post(CHECK, data=LETTER)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    answer = client.post(SUBMIT, data=hidden_fields(page.text))
    assert answer.status_code == 303
    receipt = client.get(answer.headers["location"])
    assert re.search(r"[A-Z]{2,4}-\d{8}-\w{5}", receipt.text)
    assert "relay" not in (front.folder / "access.log").read_text("utf-8")
    assert answer.headers["location"] not in front.logs()
    assert not any(
        file.is_file() for kind in _TEMPORARY for file in (front.folder / kind).rglob("*")
    )
    # What is for loopback only is not reached from outside.
    assert client.get("/metrics").status_code == 404


def test_a_visitor_is_who_connects_and_not_who_a_header_names(
    fronted: tuple[Front, httpx.Client],
) -> None:
    _, client = fronted
    wrong = {"reference": "LX-20261112-7K3QD", "code": make_query_code(bytes(16))}
    statuses = [
        client.post(
            "/zh/relay/status", data=wrong, headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(11)
    ]
    assert statuses == [404] * 10 + [429]


def test_a_body_too_large_comes_to_the_relay_which_keeps_the_text(
    fronted: tuple[Front, httpx.Client],
) -> None:
    _, client = fronted
    answer = client.post(CHECK, data={**LETTER, "letter": "很" * 400_000})
    assert answer.status_code == 413
    assert len(hidden_fields(answer.text)["letter"][0]) > 10_000


def test_a_flood_is_held_off_with_a_page_and_a_time(fronted: tuple[Front, httpx.Client]) -> None:
    _, client = fronted
    answers = [client.get("/zh/relay/status") for _ in range(120)]
    held_off = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(held_off) < 60
    assert held_off[0].headers["retry-after"] == "60"
    assert "请稍后再试" in held_off[0].text


@pytest.mark.parametrize("path", [CHECK, "/bo/relay/status"])
def test_while_the_relay_is_away_a_page_says_so(tmp_path: Path, path: str) -> None:
    front = Front(tmp_path, free_port())
    process = front.start()
    try:
        answer = httpx.post(f"http://127.0.0.1:{front.port}{path}", data=LETTER)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert answer.status_code == 502
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    for words in ("请稍后再试", "Please try again soon", "ཏོག་ཙམ་སྒུག་རོགས།"):
        assert words in answer.text
    assert LETTER["name"] not in front.logs()
