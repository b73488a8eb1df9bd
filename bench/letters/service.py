"""How many letters the relay takes in: the store beside the disk's own rate, then over HTTP.

`python -m bench letters` prints the figures of docs/performance.md. Ratios are of one run; the
mails are queued and not sent, since nothing here measures a mail server.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from bench import ROOT
from bench.machine import describe_machine
from relay.keys import Keyring, load_keys
from relay.letters import NewLetter, make_letter_id, take_letter
from relay.published import PublishedSite
from relay.sqlite_store import SqliteStore
from relay.tokens import make_token, seal_token

SECONDS = 5.0
WRITERS = 32
CLIENTS = 50
SLOW_CLIENTS = 500
STORED = 100_000
FORM = "governor-mailbox"
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


def measure_letters(work: Path | None, build: Path, stored: int = STORED) -> dict[str, object]:
    """All figures, the store's first."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        place = Path(folder)
        figures: dict[str, object] = {"machine": describe_machine(place)}
        figures |= _measure_store(place)
        figures |= _measure_service(place, build, stored)
        return figures


def print_letters(work: Path | None, build: Path, stored: int) -> None:
    """The figures as JSON."""
    print(json.dumps(measure_letters(work, build, stored), indent=1, ensure_ascii=False))


def _measure_store(place: Path) -> dict[str, object]:
    store = SqliteStore(place / "store.sqlite")
    before = _fsync_rate(place)
    rate = _store_rate(store)
    after = _fsync_rate(place)
    fsyncs = (before + after) / 2
    store.close()
    return {
        "fsyncs a second": round(fsyncs),
        "letters a second, store alone": round(rate),
        "share of the fsync rate": round(rate / fsyncs, 2),
    }


def _fsync_rate(place: Path) -> float:
    file = place / "fsync"
    with file.open("wb", buffering=0) as opened:
        count, until = 0, time.perf_counter() + 2
        while time.perf_counter() < until:
            opened.write(bytes(4096))
            os.fsync(opened.fileno())
            count += 1
    file.unlink()
    return count / 2


def _store_rate(store: SqliteStore) -> float:
    until = time.perf_counter() + SECONDS

    def write() -> int:
        count = 0
        while time.perf_counter() < until:
            take_letter(store, _letter(), lambda _key: b"")
            count += 1
        return count

    with ThreadPoolExecutor(WRITERS) as pool:
        counts = [pool.submit(write) for _ in range(WRITERS)]
        return sum(count.result() for count in counts) / SECONDS


def _letter() -> NewLetter:
    now = int(time.time() * 1000)
    return NewLetter(
        letter_id=make_letter_id(now),
        idempotency=os.urandom(16),
        answers_digest=os.urandom(32),
        digest_key="",
        code_key="",
        form_id=FORM,
        form_digest="",
        lang="zh",
        prefix="LX",
        routes=("gov-office",),
        signals=(),
        received_at=now,
        day=date(2026, 11, 12),
        payload=os.urandom(2000),
    )


def _measure_service(place: Path, build: Path, stored: int) -> dict[str, object]:
    with _serving(place, build) as (port, process, keyring):
        digest = _form_digest(build)
        first = asyncio.run(_post_letters(port, keyring, digest, SECONDS))
        _fill(place, stored)
        full = asyncio.run(_post_letters(port, keyring, digest, SECONDS))
        with _slow_clients(port):
            slow = asyncio.run(_post_letters(port, keyring, digest, SECONDS))
        return {
            f"over HTTP, {CLIENTS} clients": first,
            f"with {stored:,} letters stored": full,
            f"with {SLOW_CLIENTS} slow clients": slow,
            "memory at most, MB": _most_memory(process.pid),
        }


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
        raise FileNotFoundError(f"{build} has no form {FORM}: build the site first")
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


async def _post_letters(
    port: int, keyring: Keyring, digest: str, seconds: float
) -> dict[str, object]:
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def post() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            begun = time.perf_counter()
            writer.write(_request(port, keyring, digest))
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 303"):
                raise ValueError(answer[:200])
            times.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(post() for _ in range(CLIENTS)))
    times.sort()
    return {
        "letters a second": round(len(times) / seconds),
        "p50 ms": round(statistics.median(times) * 1000),
        "p99 ms": round(times[len(times) * 99 // 100] * 1000),
    }


def _fill(place: Path, letters: int) -> None:
    store = SqliteStore(place / "relay-data" / "letters.sqlite", busy_seconds=60)
    have = int(store.query("SELECT count(*) FROM letter")[0][0])
    with ThreadPoolExecutor(100) as pool:
        for future in [
            pool.submit(take_letter, store, _letter(), lambda _key: b"")
            for _ in range(letters - have)
        ]:
            future.result()
    store.close()


@contextmanager
def _slow_clients(port: int) -> Iterator[None]:
    head = (
        f"POST /zh/relay/{FORM}/check HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nletter="
    ).encode("ascii")
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW_CLIENTS)]
    is_over = threading.Event()

    def drip() -> None:
        while not is_over.wait(0.5):
            for connection in slow:
                try:
                    connection.send(b"x")
                except OSError:
                    continue

    for connection in slow:
        connection.sendall(head)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        for connection in slow:
            connection.close()


def _most_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
