"""What was read and may be wanted again, within a budget of memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

_Read = TypeVar("_Read")


class Kept:
    """What was read, the most recently used within so many bytes; for any number of threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._found: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, read: Callable[[], _Read], weigh: Callable[[_Read], int]) -> _Read:
        """What is kept under the key, or is read now."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                kept: _Read = self._found[key][0]
                return kept
        # Two threads may read the same at once; neither waits for the other's disk.
        found = read()
        with self._lock:
            self._bytes += weigh(found) - self._found.pop(key, (None, 0))[1]
            self._found[key] = (found, weigh(found))
            while self._bytes > self._most_bytes and len(self._found) > 1:
                self._bytes -= self._found.popitem(last=False)[1][1]
        return found
