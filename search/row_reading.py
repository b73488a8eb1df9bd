"""Reading rows: what changed in the store, with count and reasons of what makes no sense."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from domain.search_rows import RowStore, SearchRow


def rows_path(build: Path) -> Path:
    """Where the build leaves its search rows."""
    return build / "search" / "rows.sqlite"


@dataclass(slots=True)
class RowReading:
    """Reads the changed rows after `seq` and keeps count; `seq` moves on with them.

    `skipped` are (key, reason) of rows that are not search rows.
    """

    seq: int
    indexed: int = 0
    deleted: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def rows(
        self, store: RowStore, until: int | None = None
    ) -> Iterator[tuple[str, SearchRow | None]]:
        """(key, row), None for what was deleted and for what makes no sense."""
        for seq, key, body in store.since(self.seq):
            if until is not None and seq > until:
                return
            self.seq = seq
            row = self._parse(key, body) if body is not None else None
            self.indexed += row is not None
            self.deleted += body is None
            yield key, row

    def add(self, other: "RowReading") -> None:
        """What the other read counts as well; it read what comes after."""
        self.seq = max(self.seq, other.seq)
        self.indexed += other.indexed
        self.deleted += other.deleted
        self.skipped += other.skipped

    def _parse(self, key: str, body: str) -> SearchRow | None:
        try:
            row = SearchRow.from_json(body)
        except (ValueError, TypeError) as cause:
            self.skipped.append((key, str(cause)))
            return None
        if row.key != key:
            self.skipped.append((key, f"the row calls itself {row.key}"))
            return None
        return row
