"""Open data: the documents of a column or of the whole catalogue as CSV and JSON, by period.

Periods are those of archives, so that one edit never writes a file that grows with the site; a
period that was divided keeps its address and lists its parts. In the site's own language only:
data has no pages, and its texts say themselves in which languages they exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from domain import json_text
from domain.csv_text import csv_text
from plugins.portal.catalogue.listings import CATALOGUE
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import TextView, Viewer, name_in

INDEX = "/data/catalogue.jsonld"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}
PARTS_COLUMNS = ("period", "csv", "json")

_NAMED = {
    "column": ("column_name", "column"),
    "departments": ("department_names", "department"),
    "counties": ("county_names", "county"),
    "subject": ("subject_name", "subject"),
}
"""Keys with ids, and under which key and from which vocabulary their names stand beside them."""

Row = dict[str, str]


def data_url(listing: str, period: str, form: str) -> str:
    """/data/columns/statistics/2026-03.csv; of the document catalogue /data/documents/2026.csv"""
    family, _, term = listing.partition("/")
    folder = "documents" if listing == CATALOGUE else f"{family}s/{term}"
    return f"/data/{folder}/{period.replace('/', '-')}.{form}"


def view_data(viewer: Viewer, listing: str, period: str, form: str) -> TextView:
    """A period of a listing: its documents, or the files of the periods it is divided into."""
    reads = viewer.reads
    answer = reads.ask(f"records:{listing}:{period}")
    rows = [_part_row(listing, part, reads) for part in answer.parts]
    rows += [_named_row(record, reads) for record in answer.records if record]
    return TextView(to_csv(rows) if form == "csv" else to_json(rows))


def _part_row(listing: str, part: str, reads: Reads) -> Row:
    urls = (reads.site().url + data_url(listing, part, form) for form in ("csv", "json"))
    return dict(zip(PARTS_COLUMNS, (part.replace("/", "-"), *urls), strict=True))


@lru_cache(maxsize=4096)
def _parsed(record: str) -> Row:
    row: Row = json_text.from_json(record)
    return row


def _named_row(record: str, reads: Reads) -> Row:
    """The record with names beside the ids and its address in full."""
    row = _parsed(record)
    names = tuple(
        (key, reads.shared(_names, family, row[key]))
        for key, (_, family) in _NAMED.items()
        if key in row
    )
    return _with_names(record, names, reads.site().url)


@lru_cache(maxsize=4096)
def _with_names(record: str, names: tuple[tuple[str, str], ...], base: str) -> Row:
    """Made once for the lists that a document stands in, and for both forms; never altered."""
    row: Row = {}
    by_key = dict(names)
    for key, value in _parsed(record).items():
        row[key] = value
        if key in by_key:
            row[_NAMED[key][0]] = by_key[key]
    row["url"] = base + row["url"]
    return row


def _names(reads: Reads, family: str, ids: str) -> str:
    lang = reads.site().default_language
    terms = [reads.ask(f"term:{family}/{id_}") for id_ in ids.split("; ") if id_]
    return "; ".join(name_in(term.names, lang, reads) for term in terms if term)


def to_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as RFC 4180 has it, with a byte order mark; the header has every key there is."""
    found = list(rows)
    return csv_text(_keys(found), found)


def _keys(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """The keys of all rows, in the order of the row that has most: a kind's own among them."""
    longest_first = sorted(rows, key=len, reverse=True)
    return list(dict.fromkeys(key for row in longest_first for key in row))


def to_json(rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as an array of objects with the same keys, one to a line."""
    found = list(rows)
    keys = _keys(found)
    lines = [json_text.to_json({key: row.get(key, "") for key in keys}) for row in found]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
