"""The pool of snapshots: the newest commit that can be read, for all threads of a process."""

import threading
from pathlib import Path

from search.guard import damage_is_told, read_commit
from search.segments import Segment
from search.snapshot import Snapshot


class SnapshotPool:
    """The newest commit that could be read; segments that stay are not read again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._place: tuple[str, int] | None = None
        self._segments: dict[str, Segment] = {}
        self.last: Snapshot | None = None

    def snapshot(self, folder: Path, commit: int) -> Snapshot:
        """Of this commit in the folder.

        search.guard.UnreadableIndexError when that cannot be read; the one before then stays
        as `last`.
        """
        with self._lock:
            if self.last is not None and self._place == (str(folder), commit):
                return self.last
            snapshot = self._read(folder)
            self._place = (str(folder), commit)
            return snapshot

    def _read(self, folder: Path) -> Snapshot:
        notes = read_commit(folder)
        with damage_is_told(folder):
            segments = {
                str(note.path): self._segments.get(str(note.path)) or Segment(note.path)
                for note in notes
            }
            snapshot = Snapshot(list(segments.values()), notes)
            # Read now what every answer needs, so that damage shows before it is in use.
            _ = snapshot.filters
        self._segments, self.last = segments, snapshot
        return snapshot

    def forget(self) -> None:
        """Nothing of the index is held any more."""
        with self._lock:
            self._place = self.last = None
            self._segments = {}
