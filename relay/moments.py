"""The relay's clock, which is always handed in, and its times: milliseconds UTC in the store."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from domain.clock import get_timezone, local_text, to_utc_text

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time; only the command line and the preview hand it in."""
    return datetime.now(UTC)


def to_milliseconds(moment: datetime) -> int:
    """The moment as the store keeps it."""
    return int(moment.timestamp() * 1000)


def from_milliseconds(milliseconds: int) -> datetime:
    """The stored moment, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def local_day(milliseconds: int, timezone: str) -> date:
    """The day that the site's own calendar shows at that moment."""
    return from_milliseconds(milliseconds).astimezone(get_timezone(timezone)).date()


def show_local(milliseconds: int, timezone: str) -> str:
    """The moment as people read it: 2026-11-12 09:30, in the site's own time."""
    return local_text(to_utc_text(from_milliseconds(milliseconds)), timezone)
