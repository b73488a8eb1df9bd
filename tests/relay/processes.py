"""The relay as a process of its own, to be killed at a named point, by its own hand (SIGKILL)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

from relay.keys import write_new_keys
from tests.relay.harness import REPOSITORY, free_port

KILLED = -signal.SIGKILL


@dataclass
class Installation:
    """A relay set up in a folder by its configuration file, as operators do it."""

    folder: Path
    build: Path
    smtp_port: int = 1
    more_limits: str = ""
    database: str = ""

    def __post_init__(self) -> None:
        self.file = self.folder / "relay.toml"
        data = self.folder / "relay-data"
        data.mkdir(exist_ok=True)
        self.store_file = data / "letters.sqlite"
        self.keys_file = data / "keys.json"
        if not self.keys_file.exists():
            write_new_keys(self.keys_file)
        self.file.write_text(
            f"""format = 1
database = "{self.database}"
[mail]
host = "127.0.0.1"
port = {self.smtp_port}
starttls = "never"
from_address = "relay@portal.example"
[addresses]
gov-office = "mailbox@gov-office.example"
fallback = "operators@portal.example"
operators = "alarms@portal.example"
[limits]
minimum_seconds = 0
receipts_per_day = 0
letters_per_hour = 0
posts_per_minute = 0
reserve_bytes = 1000000
{self.more_limits}
""",
            "utf-8",
        )

    def start(self, *arguments: str, crash_point: str = "") -> "subprocess.Popen[str]":
        """One command of the relay, killed at `crash_point` where one is named."""
        environment = {
            **os.environ,
            "RELAY_CRASH_POINT": crash_point,
            "PYTHONPATH": str(REPOSITORY),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "relay", *arguments, "--configuration", str(self.file)],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def send_once(self, crash_point: str = "") -> int:
        """The exit code of one round of sending."""
        process = self.start("send", "--once", crash_point=crash_point)
        self.output, _ = process.communicate(timeout=30)
        return process.returncode

    @contextmanager
    def serving(
        self, crash_point: str = ""
    ) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
        """The relay serves, without sending; a client for it."""
        port = free_port()
        process = self.start(
            "serve", "--no-send", "--build", str(self.build), "--port", str(port),
            crash_point=crash_point,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                _await_health(client, process)
                yield client, process
        finally:
            if process.poll() is None:
                process.terminate()
            self.output, _ = process.communicate(timeout=30)


def _await_health(client: httpx.Client, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
