"""What the preview knows of its last build; pages wait here for the next one.

Written by the rebuilding task, read by the pages and the event stream, all in one event loop.
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from domain.problems import Problem


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """One build, as the preview reports it.

    `is_built` is False where errors stopped the build; the last good site then stays.
    """

    is_built: bool
    problems: tuple[Problem, ...] = ()
    outputs_written: int = 0
    seconds: float = 0.0


def _new_run() -> str:
    return secrets.token_hex(4)


@dataclass(slots=True)
class PreviewState:
    """The last outcome, and a name for each state of the site that browsers can compare."""

    outcome: BuildOutcome = field(default_factory=lambda: BuildOutcome(is_built=False))
    is_closing: bool = False
    # A browser left open over a restart must not take build 3 of today for build 3 of before.
    run: str = field(default_factory=_new_run)
    builds: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def revision(self) -> str:
        """The name of the present state, for example "5f3a9c01-3"."""
        return f"{self.run}-{self.builds}"

    def record_build(self, outcome: BuildOutcome) -> None:
        """Make `outcome` the last one and wake every page that waits."""
        self.outcome = outcome
        self.builds += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_build(self, timeout_seconds: float) -> None:
        """Return after the next build, or after `timeout_seconds` without one."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_seconds)
        except TimeoutError:
            return
