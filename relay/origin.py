"""Where a post comes from: our own pages, another site, or somewhere that does not say."""

from collections.abc import Collection
from enum import StrEnum
from urllib.parse import urlsplit

from starlette.datastructures import Headers


class PostOrigin(StrEnum):
    """OURS may store; UNKNOWN may only see the check page; FOREIGN gets nothing."""

    OURS = "ours"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"


def judge_origin(headers: Headers, our_origins: Collection[str]) -> PostOrigin:
    """What Sec-Fetch-Site and Origin say; browsers set both, and no page can forge them.

    Without `our_origins` the request's own Host counts as ours. A browser too old for either
    header counts as ours: the sealed token of the check page still stands in the way.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site not in (None, "same-origin", "none"):
        return PostOrigin.FOREIGN
    if origin == "null":
        return PostOrigin.OURS if site == "same-origin" else PostOrigin.UNKNOWN
    if origin is None or _is_ours(origin, headers.get("host", ""), our_origins):
        return PostOrigin.OURS
    return PostOrigin.FOREIGN


def _is_ours(origin: str, host: str, our_origins: Collection[str]) -> bool:
    if our_origins:
        return origin in our_origins
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
