"""Starts the preview of the portal as a person would, and knows what was built."""

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.search_rows import RowStore, SearchRow
from tests.conftest import REPOSITORY

START_SECONDS = 300
STOP_SECONDS = 30
SITE_LINE = re.compile(r"^Site +(http://\S+)/$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Portal:
    """A preview that answers at `address` ("http://127.0.0.1:40001"); `build` is what it serves."""

    address: str
    build: Path

    def documents(self) -> list[SearchRow]:
        """Every document that the search could find, by address."""
        with RowStore(self.build / "search" / "rows.sqlite") as store:
            bodies = [body for _seq, _key, body in store.since(0) if body is not None]
        return sorted((SearchRow.from_json(body) for body in bodies), key=lambda row: row.url)

    def status_of(self, path: str) -> int:
        """The HTTP status under which `path` answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code


@contextmanager
def start_portal(content: Path, build: Path) -> Iterator[Portal]:
    """`publish.py serve` on a free port; ended by Ctrl-C's signal.

    Fails with everything it printed when it ends early, or does not end in order.
    """
    command = [sys.executable, str(REPOSITORY / "publish.py"), "serve", "--port", "0"]
    command += ["--content", str(content), "--build", str(build)]
    printed: list[str] = []
    started = threading.Event()
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if SITE_LINE.match(line):
                started.set()
        started.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        started.wait(START_SECONDS)
        found = SITE_LINE.search("".join(printed))
        assert found, f"the preview did not start:\n{''.join(printed)}"
        yield Portal(found[1], build / "preview")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()
        assert process.stdout is not None
        process.stdout.close()
    text = "".join(printed)
    assert process.returncode == 0, f"the preview ended with {process.returncode}:\n{text}"
    assert "Traceback" not in text, text
