"""What a build is asked for. Imports nothing of the engine, so that a command can begin without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.problems import PortalError


class BuildRefusedError(PortalError):
    """The content has errors; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build from, where to, and how.

    `shipped` is the product's own content, for lists that `content` lacks; `themes` are folders
    of templates/, static/ and translations/, the first one winning.
    """

    content: Path
    shipped: Path
    build: Path
    themes: tuple[Path, ...]
    now: datetime
    jobs: int = 2
    is_full: bool = False
    shows_drafts: bool = False
