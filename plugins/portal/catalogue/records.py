"""Records: the row by which a document stands in open data (CSV and JSON).

Made once when a document's state is refreshed, as its entry is, so that a file of two hundred
rows opens no document. Names of columns and departments are put in where the file is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.clock import local_text
from domain.json_text import to_json
from plugins.portal.reading.document import Document
from plugins.portal.reading.kind import join_values


def make_record(
    document: Document,
    own: Mapping[str, str],
    validity: str,
    languages: Iterable[str],
    timezone: str,
) -> str:
    """The record as a JSON object of texts; `own` are the kind's columns."""
    corrected = max((correction.date for correction in document.corrections), default="")
    record = {
        "id": document.id,
        "title": document.title,
        "kind": document.kind,
        "column": document.column,
        **own,
        "made": document.made,
        "published": local_text(document.date, timezone),
        "corrected": corrected,
        "expires": local_text(document.expires, timezone) if document.expires else "",
        "validity": validity,
        "departments": join_values(document.departments),
        "counties": join_values(document.counties),
        "audiences": join_values(document.audiences),
        "keywords": join_values(document.keywords),
        "summary": document.summary,
        "source": document.source_name,
        "attachments": str(len(document.attachments)),
        "url": document.url,
        "languages": join_values(sorted(languages)),
        "sample": "true" if document.sample else "",
    }
    return to_json(record)
