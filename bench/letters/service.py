"""The relay over HTTP, as a process of its own: letters a second, and how long each post takes.

A post is what a browser sends from the check page; its answer counts where it leads to a
receipt. Mails are queued and not sent, since nothing here measures a mail server.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import ROOT, BenchError
from bench.letters.store import FORM, fill_store
from relay.keys import Keyring, load_keys
from relay.published import PublishedSite
from relay.sqlite_store import SqliteStore
from relay.tokens import make_token, seal_token

CLIENTS = 50
SLOW_CLIENTS = 500
_CLOSED_WITHIN_SECONDS = 60
_ANSWERS = {
    "topic": "question",
    "subject": "路灯",
    "letter": "学校门口的路灯坏了，孩子晚上回家看不见路。" * 20,
    "name": "某甲",
    "phone": "13800000000",
    "consent": "yes",
}
_CONFIGURATION = """format = 1
[mail]
host = "127.0.0.1"
port = 1
starttls = "never"
from_address = "relay@portal.example"
[addresses]
gov-office = "mailbox@gov-office.example"
fallback = "operators@portal.example"
[limits]
minimum_seconds = 0
letters_per_hour = 0
posts_per_minute = 0
letters_per_hour_in_all = 0
reserve_bytes = 1000000
"""


def measure_service(place: Path, build: Path, stored: int, seconds: float) -> dict[str, Any]:
    """With hardly a letter stored, with `stored` of them, and with slow clients beside."""
    digest = _form_digest(build)
    file = place / "relay-data" / "letters.sqlite"
    with _serving(place, build) as (port, process, keyring):

        def post(for_seconds: float) -> dict[str, Any]:
            return asyncio.run(_post_letters(port, keyring, digest, for_seconds))

        rows = {"warm": post(min(1, seconds)), "empty": post(seconds)}
        fill_store(file, stored)
        rows["full"] = post(seconds)
        with _slow_clients(port) as slow:
            rows["slow"] = post(seconds)
            closed = _count_closed(slow)
        memory = _most_memory(process.pid)
    accepted = sum(row["accepted"] for row in rows.values())
    filled = max(0, stored - rows["warm"]["accepted"] - rows["empty"]["accepted"])
    _check_stored(file, accepted + filled)
    return {**rows, "stored": stored, "closed": closed, "memory": memory}


@contextmanager
def _serving(place: Path, build: Path) -> Iterator[tuple[int, subprocess.Popen[bytes], Keyring]]:
    (place / "relay.toml").write_text(_CONFIGURATION, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "relay"]
    shared = ["--configuration", str(place / "relay.toml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "init", *shared], check=True, env=environment, capture_output=True)
    process = subprocess.Popen(
        [*command, "serve", "--no-send", "--build", str(build), "--port", str(port), *shared],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(lambda: socket.create_connection(("127.0.0.1", port)).close())
        yield port, process, load_keys(place / "relay-data" / "keys.json")
    finally:
        process.terminate()
        process.wait()


def _await(act: Callable[[], None]) -> None:
    for _ in range(200):
        try:
            act()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError


def _form_digest(build: Path) -> str:
    published = PublishedSite(build).find_form(FORM)
    if published is None:
        raise BenchError(f"{build} has no form {FORM}: build the site first")
    return published.digest


def _request(port: int, keyring: Keyring, digest: str) -> bytes:
    token = make_token(FORM, digest, int(time.time() * 1000) - 10_000)
    body = urlencode({**_ANSWERS, "_token": seal_token(token, keyring)}).encode("ascii")
    head = (
        f"POST /zh/relay/{FORM}/submit HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


async def _post_letters(port: int, keyring: Keyring, digest: str, seconds: float) -> dict[str, Any]:
    begun_all = time.perf_counter()
    times: list[float] = []

    async def post() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - begun_all < seconds:
            request = _request(port, keyring, digest)
            begun = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            times.append(time.perf_counter() - begun)
            if not answer.startswith(b"HTTP/1.1 303"):
                raise BenchError(f"a letter was not accepted: {answer[:60]!r}")
        writer.close()

    await asyncio.gather(*(post() for _ in range(CLIENTS)))
    took = time.perf_counter() - begun_all
    times.sort()
    return {
        "accepted": len(times),
        "letters": len(times) / took,
        "p50": statistics.median(times) * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
    }


def _check_stored(file: Path, letters: int) -> None:
    """Each accepted letter is in the store, with its mail, and none of them is held."""
    store = SqliteStore(file)
    counts = [
        store.query(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("letter WHERE state = 'received'", "outbox", "event")
    ]
    store.close()
    if counts != [letters] * 3:
        raise BenchError(f"{letters} letters were accepted, and stored were {counts}")


@contextmanager
def _slow_clients(port: int) -> Iterator[list[socket.socket]]:
    """Connections that send two bytes a second of a post that shall have 100,000."""
    head = (
        f"POST /zh/relay/{FORM}/check HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nletter="
    ).encode("ascii")
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW_CLIENTS)]
    is_over = threading.Event()

    def drip() -> None:
        while not is_over.wait(0.5):
            for connection in slow:
                with suppress(OSError):
                    connection.send(b"x")

    for connection in slow:
        connection.sendall(head)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield slow
    finally:
        is_over.set()
        thread.join()
        for connection in slow:
            connection.close()


def _count_closed(slow: list[socket.socket]) -> int:
    """How many the relay has answered with 408 by the time that it gives such a body."""
    until = time.perf_counter() + _CLOSED_WITHIN_SECONDS
    closed = 0
    for connection in slow:
        connection.settimeout(max(0.01, until - time.perf_counter()))
        with suppress(OSError):
            closed += connection.recv(100).startswith(b"HTTP/1.1 408")
    return closed


def _most_memory(pid: int) -> int:
    """In MB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
