"""The store alone: how many letters it commits, beside the disk's own rate in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from relay.letters import NewLetter, make_letter_id, take_letter
from relay.sqlite_store import SqliteStore

WRITERS = 32
FORM = "governor-mailbox"
_PAYLOAD_BYTES = 2_000


def measure_store(place: Path, seconds: float) -> dict[str, Any]:
    """Letters a second of one writer and of many that wait together, and the fsyncs around them."""
    before = _fsync_rate(place)
    rates = {writers: _store_rate(place, writers, seconds) for writers in (1, WRITERS)}
    fsyncs = (before + _fsync_rate(place)) / 2
    return {
        "fsyncs": fsyncs,
        "rates": [{"writers": writers, "letters": rate} for writers, rate in rates.items()],
    }


def fill_store(file: Path, letters: int) -> None:
    """The store of a relay that is running has so many letters, or as many more as it had."""
    store = SqliteStore(file, busy_seconds=60)
    have = int(store.query("SELECT count(*) FROM letter")[0][0])
    with ThreadPoolExecutor(100) as pool:
        for future in [pool.submit(_take, store) for _ in range(letters - have)]:
            future.result()
    store.close()


def _fsync_rate(place: Path) -> float:
    file = place / "fsync"

    def write() -> None:
        opened.write(bytes(4096))
        os.fsync(opened.fileno())

    with file.open("wb", buffering=0) as opened:
        rate = _rate(write, 2)
    file.unlink()
    return rate


def _store_rate(place: Path, writers: int, seconds: float) -> float:
    store = SqliteStore(place / f"store-{writers}.sqlite")
    with ThreadPoolExecutor(writers) as pool:
        rates = [pool.submit(_rate, lambda: _take(store), seconds) for _ in range(writers)]
        rate = sum(one.result() for one in rates)
    store.close()
    return rate


def _rate(act: Callable[[], object], seconds: float) -> float:
    """How often a second, over `seconds`."""
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        act()
        count += 1
    return count / (time.perf_counter() - begun)


def _take(store: SqliteStore) -> None:
    now = int(time.time() * 1000)
    letter = NewLetter(
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
        payload=os.urandom(_PAYLOAD_BYTES),
    )
    take_letter(store, letter, lambda _key: b"")
