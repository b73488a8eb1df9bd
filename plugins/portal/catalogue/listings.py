"""The names of lists: which families there are, what each has pages, feeds and data of.

A listing is "column/news"; `dates_of` it are the days that its documents name, and
`in_language` it counts those of its documents that have a text in that language.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.vocabulary import Vocabulary
from plugins.portal.kinds import Kind

ARCHIVED = ("column", "department", "county")
"""Families with a page for each year; the others have only a newest part."""

FED = (*ARCHIVED, "audience", "site")
"""Families with Atom and JSON feeds."""

DATED = ("column", "audience")
"""Families with an agenda."""

CATALOGUE = "kind/document"
"""The listing of the document catalogue: every government document."""


def dates_of(listing: str) -> str:
    """The listing of the days that the listing's documents name."""
    return f"dates/{listing}"


def in_language(lang: str, listing: str) -> str:
    """The listing of those of its documents that have a text in a language not the site's own."""
    return f"{lang}:{listing}"


def is_in_language(listing: str) -> bool:
    """Whether it only counts texts in a language; whatever it changes, its listing does too."""
    return ":" in listing


def family_of(listing: str) -> str:
    """The part before the stroke."""
    return listing.partition("/")[0]


def open_listings(vocabulary: Vocabulary, kinds: Mapping[str, Kind]) -> frozenset[str]:
    """The listings whose documents are handed out as CSV and JSON."""
    columns = (
        f"column/{column.id}"
        for column in vocabulary.columns.values()
        if kinds[column.kind].is_open_data
    )
    return frozenset({CATALOGUE, *columns})
