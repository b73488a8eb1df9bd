"""What a run has measured so far, so that one that was cut off goes on where it ended."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import BenchError

Row = dict[str, Any]


@dataclass(slots=True)
class Progress:
    """The rows of a run; with a `path`, they are in that file as soon as they are taken.

    `run` says what is measured, `versions` of what: those with which it began.
    """

    path: Path | None = None
    run: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def load(self) -> None:
        """The rows of the run that was cut off; BenchError where that was of something else."""
        if self.path is None or not self.path.exists():
            return
        saved = json.loads(self.path.read_text("utf-8"))
        if saved["run"] != self.run:
            raise BenchError(
                f"{self.path.parent} holds a run of {saved['run']}, not of {self.run}\n"
                "  Nothing was done. Ask for the same again, or name another folder."
            )
        self.versions = saved["versions"]
        self.rows = saved["rows"]

    def taken(self, system: str, size: int, turn: int) -> list[Row]:
        """The rows of one system's steps."""
        wanted = (system, size, turn)
        return [row for row in self.rows if (row["system"], row["size"], row["turn"]) == wanted]

    def add(self, row: Row) -> None:
        """One more step is measured."""
        self.rows.append(row)
        if self.path is not None:
            written = self.path.with_name(f"{self.path.name}.new")
            saved = {"run": self.run, "versions": self.versions, "rows": self.rows}
            text = json.dumps(saved, ensure_ascii=False)
            written.write_text(text, "utf-8")
            os.replace(written, self.path)
