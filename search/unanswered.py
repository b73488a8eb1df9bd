"""Queries without result, counted by day for editors, without anything of who asked.

A text is written down only once it was asked three times on a day: what one person types, a name
or a number, stays in memory and is gone with the day. Files: build/search/unanswered/<day>.<random>.json,
one for each process; after 90 days they are removed.
"""

import json
import logging
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from search.folding import fold
from search.indexing import replace_file

FEWEST_TIMES: Final = 3
LONGEST_TEXT: Final = 60
MOST_TEXTS: Final = 5_000
KEPT_DAYS: Final = 90
_WRITE_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Unanswered:
    """Counts in one process; `today` and `seconds` are clocks."""

    def __init__(
        self, build: Path, today: Callable[[], date], seconds: Callable[[], float]
    ) -> None:
        self._folder = unanswered_folder(build)
        self._today = today
        self._seconds = seconds
        self._name = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._day = today()
        self._counts: Counter[str] = Counter()
        self._written_at = -_WRITE_EVERY_SECONDS
        self.total = 0

    def note(self, text: str) -> None:
        """This text found nothing once more."""
        asked = " ".join(fold(text).split())
        with self._lock:
            self.total += 1
            if self._today() != self._day:
                self._write()
                self._day, self._counts = self._today(), Counter()
            if len(asked) > LONGEST_TEXT or not asked:
                return
            if asked in self._counts or len(self._counts) < MOST_TEXTS:
                self._counts[asked] += 1
            if self._seconds() - self._written_at >= _WRITE_EVERY_SECONDS:
                self._write()

    def close(self) -> None:
        """What was counted is on the disk."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        often = {text: count for text, count in self._counts.items() if count >= FEWEST_TIMES}
        if not often:
            return
        self._written_at = self._seconds()
        try:
            self._write_day(often)
        except OSError as cause:
            # A reader's answer does not hang on a report: a full disk, a folder only to be read.
            _log.warning("queries without result cannot be counted: %s", cause.strerror)

    def _write_day(self, often: Mapping[str, int]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{self._day.isoformat()}.{self._name}.json"
        replace_file(target, json.dumps(often, ensure_ascii=False))
        for path in self._folder.glob("*.json"):
            if path.name[:10] < (self._day - timedelta(days=KEPT_DAYS)).isoformat():
                path.unlink(missing_ok=True)


def unanswered_folder(build: Path) -> Path:
    """Where the counts lie."""
    return build / "search" / "unanswered"


def read_unanswered(build: Path, since: date) -> list[tuple[str, int]]:
    """(text, times) of all days from `since` on, the most frequent first."""
    counts: Counter[str] = Counter()
    for path in sorted(unanswered_folder(build).glob("*.json")):
        if path.name[:10] >= since.isoformat():
            counts.update(json.loads(path.read_text(encoding="utf-8")))
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
