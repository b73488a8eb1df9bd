"""The event log: what happened to each letter, in a chain of hashes that nobody can edit unseen.

Each event carries the hash of the one before. Events hold references, dates and reasons,
never a person's text, so the log can be shown to an inspector and outlives an erasure.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FORMAT = 1
CHAIN_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log. `at` is in milliseconds UTC, `detail` canonical JSON."""

    seq: int
    at: int
    reference: str
    kind: str
    detail: str
    previous: bytes
    hash: bytes


def make_event(
    last: tuple[int, bytes] | None, at: int, reference: str, kind: str, detail: Mapping[str, str]
) -> Event:
    """The event that follows `last` (its seq and hash; None for the first of all)."""
    seq, previous = (last[0] + 1, last[1]) if last else (1, CHAIN_START)
    text = json.dumps(dict(detail), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    digest = _event_hash(seq, at, reference, kind, text, previous)
    return Event(seq, at, reference, kind, text, previous, digest)


def find_broken_link(events: Iterable[Event]) -> int | None:
    """The seq of the first event that does not follow from the one before it, or None."""
    expected_seq, previous = 1, CHAIN_START
    for event in events:
        digest = _event_hash(
            event.seq, event.at, event.reference, event.kind, event.detail, previous
        )
        if (event.seq, event.previous, event.hash) != (expected_seq, previous, digest):
            return event.seq
        expected_seq, previous = expected_seq + 1, event.hash
    return None


def _event_hash(
    seq: int, at: int, reference: str, kind: str, detail: str, previous: bytes
) -> bytes:
    # JSON of a list delimits the fields, so no two different events share their bytes.
    line = json.dumps([FORMAT, seq, at, reference, kind, detail, previous.hex()])
    return hashlib.sha256(line.encode("ascii")).digest()
