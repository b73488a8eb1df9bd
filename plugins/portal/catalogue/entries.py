"""Entry: the line by which a document stands in lists, feeds and search results' siblings.

Made once when a document's state is refreshed and kept as JSON, so that a list of a
hundred entries costs one query and no document is opened.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

from domain.clock import local_text
from domain.json_text import from_json, to_json
from domain.languages import join_names
from plugins.portal.reading.document import Document


class Entry(NamedTuple):
    """What a list shows of a document; `moment` and `updated` are UTC texts."""

    id: str
    lang: str
    url: str
    title: str
    date: str
    number: str
    issuer: str
    validity: str
    kind: str
    column: str
    summary: str
    moment: str
    updated: str
    #: The lead picture: content path, alternative text, caption and their language; () for none.
    picture: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The entry as a JSON list, in the order of its fields."""
        return to_json(tuple(self))


@lru_cache(maxsize=8192)
def entry_from_json(text: str) -> Entry:
    """The entry that `to_json` wrote."""
    values = from_json(text)
    values[-1] = tuple(values[-1])
    return Entry(*values)


@lru_cache(maxsize=8192)
def entry_digest(entry: Entry) -> bytes:
    """A digest of the line; one and the same line stands in many lists."""
    return hashlib.blake2b(entry.to_json().encode("utf-8", "replace"), digest_size=12).digest()


def make_entry(document: Document, validity: str, timezone: str) -> Entry:
    """The entry of a document whose validity at this moment is known."""
    lead = document.picture
    corrected = max((correction.date for correction in document.corrections), default="")
    return Entry(
        id=document.id,
        lang=document.lang,
        url=document.url,
        title=document.title,
        date=local_text(document.date, timezone)[:10] if document.date else "",
        number=str(document.fields.get("number") or ""),
        issuer=join_names(document.fields.get("issuers") or (), document.lang),
        validity=validity,
        kind=document.kind,
        column=document.column,
        summary=document.summary,
        moment=document.date,
        updated=max(document.date, corrected),
        picture=(lead.file, lead.alt, lead.caption, lead.lang) if lead else (),
    )
