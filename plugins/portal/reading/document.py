"""The Document: what reading a source file yields, and all that later stages may know of it.

Every class here is plain, slotted and picklable, so that documents cross process borders and
lie in the catalogue unchanged. Only `plugins.portal.reading` makes them.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from operator import attrgetter
from typing import Any

from domain.records import record

#: Raise this when a stored Document of an older program must be read again from its source.
DOCUMENT_VERSION = 4


@cache
def _getter(names: tuple[str, ...]) -> attrgetter[Any]:
    return attrgetter(*names)


class _Record:
    """Pickled as a call with the fields' values: a catalogue reads many thousands of these."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        values: tuple[Any, ...] = _getter(self.__slots__)(self)
        return type(self), values


@record
class FileVersion(_Record):
    """An earlier version of an attachment; `date` is the day on which it was replaced or made."""

    file: str
    date: str
    note: str
    line: int


@record
class Picture(_Record):
    """The lead picture of a document; `file` is its path below the content folder.

    `lang` is the language of its texts: a translation without a picture of its own shows its
    source's.
    """

    file: str
    alt: str
    caption: str
    lang: str
    line: int


@record
class Attachment(_Record):
    """A file offered with a document; `file` is its path below the content folder."""

    file: str
    title: str
    lang: str
    alternative: str
    line: int
    versions: tuple[FileVersion, ...] = ()


@record
class Correction(_Record):
    """One entry of a text's public history; `date` is YYYY-MM-DD."""

    date: str
    what: str
    why: str


@record
class Reference(_Record):
    """A relation to another document, named by its id or its full number as written.

    `relation` is one of amends, repeals, implements, interprets.
    """

    relation: str
    target: str
    line: int


@record
class Link(_Record):
    """A link out of the text to something of this site.

    `target` is "doc:<id>", "doc:<content path of a .md>", "file:<content path>",
    "picture:<content path>" or "url:/zh/..." for an address of the site itself.
    """

    target: str
    line: int


Heading = tuple[str, str, int]
"""A heading of the text: (id, plain title, level from 2 to 6). A plain tuple, for a catalogue reads
more of these than of all else together."""


@record
class Document(_Record):
    """A source file, read and checked by itself.

    `date` and `expires` are UTC texts ("2026-03-01T01:00:00Z") or ""; `made` is YYYY-MM-DD or "".
    `html` is sanitised and keeps links of the site as `{doc:TARGET}`, `{file:PATH}` and
    `{picture:PATH}`.
    `lines` maps each front-matter key to its line in the file; `beside` are the content paths of
    other files that it was read from, there or not.
    """

    source: str
    id: str
    has_own_id: bool
    lang: str
    kind: str
    title: str
    slug: str
    column: str
    year: str
    url: str
    date: str = ""
    made: str = ""
    status: str = "published"
    expires: str = ""
    audiences: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    summary: str = ""
    keywords: tuple[str, ...] = ()
    source_name: str = ""
    sample: bool = False
    attachments: tuple[Attachment, ...] = ()
    corrections: tuple[Correction, ...] = ()
    aliases: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    html: str = ""
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)
    picture: Picture | None = None
    beside: tuple[str, ...] = ()

    def without_html(self) -> Document:
        """The same, its text apart."""
        twin = Document(*self.__reduce__()[1])
        object.__setattr__(twin, "html", "")
        return twin
