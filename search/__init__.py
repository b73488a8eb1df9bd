"""Search: rows of the build become an index, an index becomes answers.

`apply_rows` and `find` are what publishing calls; search.service is the web application. The
engine, Whoosh, is loaded at the first of these calls and not before: most commands need none.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.indexing import IndexReport

__all__ = ["apply_rows", "find"]


def apply_rows(build: Path, full: bool = False) -> "IndexReport":
    """The index below `build` says what its search rows say; see search.indexing.apply_rows."""
    from search import indexing

    return indexing.apply_rows(build, full)


def find(
    build: Path,
    text: str,
    *,
    lang: str = "",
    filters: Mapping[str, str] | None = None,
    page: int = 1,
    size: int = 10,
) -> dict[str, Any]:
    """The JSON answer to a query, as /api/search gives it.

    `filters` by the names of search.documents.FILTERS. PortalError for a wrong filter or page
    and where there is no index.
    """
    from search import command

    return command.find(build, text, lang=lang, filters=filters or {}, page=page, size=size)
