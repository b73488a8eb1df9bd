"""Times: the site's own time in files, UTC in all that is stored, one `--as-of` for a build.

Nothing here asks the wall clock; who needs "now" is handed it.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_LOCAL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?", flags=re.ASCII)
_UTC_LENGTH = len("2026-03-01T01:00:00Z")


@lru_cache(maxsize=8)
def get_timezone(name: str) -> ZoneInfo:
    """The named time zone; ValueError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as cause:
        # A folder of the zone database ("Asia") is an OSError, "../x" a ValueError.
        raise ValueError(f"no time zone is called {name!r}") from cause


@lru_cache(maxsize=4096)
def parse_local(text: str, timezone: str) -> datetime:
    """The moment, in UTC, that the site's clock shows as "2026-03-01 09:00".

    The time of day may be left out (midnight) or have seconds. ValueError for anything else.
    An hour that occurs twice (end of summer time) is the first one.
    """
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time like 2026-03-01 09:00")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    local = datetime(year, month, day, hour, minute, second, tzinfo=get_timezone(timezone))
    try:
        return local.astimezone(UTC)
    except OverflowError as cause:
        raise ValueError(f"{text!r} is outside the years that can be counted") from cause


def to_utc_text(moment: datetime) -> str:
    """The moment as it is stored: "2026-03-01T01:00:00Z"; sorts as text in order of time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:-6] + "Z"


def parse_utc(utc_text: str) -> datetime:
    """The moment stored as "2026-03-01T01:00:00Z"."""
    if len(utc_text) != _UTC_LENGTH or utc_text[-1] != "Z":
        raise ValueError(f"{utc_text!r} is not a moment like 2026-03-01T01:00:00Z")
    return datetime.fromisoformat(utc_text)


@lru_cache(maxsize=4096)
def local_text(utc_text: str, timezone: str) -> str:
    """The stored moment as the site's own clock shows it: "2026-03-01 09:00"."""
    local = parse_utc(utc_text).astimezone(get_timezone(timezone))
    return local.replace(tzinfo=None).isoformat(" ", "minutes")


@lru_cache(maxsize=4096)
def local_with_offset(utc_text: str, timezone: str) -> str:
    """The stored moment with its offset, for feeds: "2026-03-01T09:00:00+08:00"."""
    return parse_utc(utc_text).astimezone(get_timezone(timezone)).isoformat()


def parse_as_of(text: str, timezone: str) -> datetime:
    """The moment, in UTC, that `--as-of` names; ValueError when it is none.

    "2026-03-01", "2026-03-01 09:00" are the site's own time; with "Z" or "+08:00" as written.
    """
    cleaned = text.strip()
    if _LOCAL.fullmatch(cleaned):
        return parse_local(cleaned, timezone)
    try:
        moment = datetime.fromisoformat(cleaned)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as cause:
        raise ValueError(
            f"{text!r} is not a time like 2026-03-01 09:00 or 2026-03-01T01:00:00Z"
        ) from cause
