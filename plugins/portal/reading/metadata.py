"""The keys that every document may have, typed: what `front_matter` found becomes values.

One table of fields per kind and vocabulary, made once (`ReadingContext`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from domain import field_types as types
from domain.clock import to_utc_text
from domain.fields import FieldSpec, Parser, Record, Report, optional, required
from domain.problems import quoted
from domain.yaml_source import Node
from plugins.portal.reading.document import Attachment, Correction, FileVersion, Picture

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary

STATUSES = ("draft", "review", "published", "withdrawn")
#: Keys that hold a list: in a plain header their value is divided at commas.
LIST_KEYS = frozenset(
    {
        *("audiences", "departments", "counties", "keywords", "aliases", "issuers"),
        *("amends", "repeals", "implements", "interprets", "cites_external"),
    }
)

_OWN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 60
_NOT_IN_ALIAS = re.compile(r"[\s?#\"<>\\\x00-\x1f]")


def one_or_list(parser: Parser) -> Parser:
    """A list; a single value counts as a list of one."""
    parse_list = types.list_of(parser)

    def parse(name: str, node: Node, report: Report) -> Any:
        return parse_list(name, Node([node], node.line) if node.text is not None else node, report)

    return parse


def common_fields(vocabulary: Vocabulary, kinds: Mapping[str, object]) -> Mapping[str, FieldSpec]:
    """The fields that every kind has."""
    one_line = types.text(max_length=500)
    moment = types.moment(vocabulary.site.timezone)

    def known(what: str, ids: Mapping[str, object], where: str = "", why: str = "") -> Parser:
        return types.reference(what, ids, where, why)

    return {
        "id": optional(read_id, why="Translations, links and other documents find it by its id."),
        "title": required(
            one_line,
            why="Without a title nobody finds the page, and no list can show it.",
        ),
        "kind": optional(known("kind", kinds)),
        "date": optional(
            moment, why="Lists, archives and feeds go by the date published, to the minute."
        ),
        "made": optional(
            types.day,
            why="Without a date made, the page counts as never updated in the inspection.",
        ),
        "column": optional(known("column", vocabulary.columns, "columns.yaml")),
        "audiences": optional(one_or_list(known("audience", vocabulary.audiences))),
        "departments": optional(
            one_or_list(known("department", vocabulary.departments, "departments.yaml")), ()
        ),
        "counties": optional(
            one_or_list(known("county", vocabulary.counties, "counties.yaml")), ()
        ),
        "lang": optional(known("language", dict.fromkeys(vocabulary.site.languages))),
        "slug": optional(types.text(max_length=200)),
        "summary": optional(types.text(max_length=5_000, is_one_line=False), ""),
        "keywords": optional(one_or_list(types.text(max_length=100)), ()),
        "source": optional(one_line, ""),
        "status": optional(types.choice(STATUSES), "published"),
        "expires": optional(moment, why="The page would stay as if nothing had ended."),
        "attachments": optional(types.list_of(_ATTACHMENT, is_unique=False), ()),
        "picture": optional(_PICTURE),
        "corrections": optional(types.list_of(_CORRECTION, is_unique=False), ()),
        "aliases": optional(one_or_list(read_alias), ()),
        "sample": optional(types.yes_no, False),
    }


def read_id(_name: str, node: Node, report: Report) -> str | None:
    """A document's own id: small letters, digits and single hyphens."""
    value = node.text
    if value is not None and _OWN_ID.fullmatch(value) and len(value) <= _LONGEST_ID:
        return value
    report.add(
        node.line,
        "meta-id",
        f"the id {quoted(value or '')} is not one",
        "",
        f"Use small letters a-z, digits and single hyphens, at most {_LONGEST_ID} characters; "
        "or take the line out, and one is made from the file's path.",
    )
    return None


def read_alias(_name: str, node: Node, report: Report) -> str | None:
    """An address of this site at which the document was once found."""
    value = node.text or ""
    parts = value.split("/")
    is_path = value.startswith("/") and not value.startswith("//")
    if is_path and not {".", ".."} & set(parts) and not _NOT_IN_ALIAS.search(value):
        return value
    report.add(
        node.line,
        "meta-alias",
        f"the alias {quoted(value)} is not an address of this site",
        "Whoever comes by the old address would find nothing.",
        "Write the path alone, from the first slash, for example /zh/documents/2019/water/.",
    )
    return None


def _make_attachment(found: Record) -> Attachment:
    return Attachment(
        found["file"],
        found["title"],
        found["lang"] or "",
        found["alternative"],
        found.line,
        found["versions"],
    )


def _make_version(found: Record) -> FileVersion:
    return FileVersion(found["file"], found["date"].isoformat(), found["note"], found.line)


def _make_picture(found: Record) -> Picture:
    return Picture(found["file"], found["alt"], found["caption"], "", found.line)


def _make_correction(found: Record) -> Correction:
    return Correction(found["date"].isoformat(), found["what"], found["why"])


_LINE = types.text(max_length=500)
_FILE = required(types.text(max_length=500), why="There would be a link with nothing behind it.")
_VERSION = types.record(
    {
        "file": _FILE,
        "date": required(types.day, why="Readers tell earlier versions apart by their dates."),
        "note": optional(_LINE, ""),
    },
    _make_version,
    "an earlier version",
)
_PICTURE = types.record(
    {
        "file": required(types.text(max_length=500), why="There would be no picture to show."),
        "alt": required(_LINE, why="Readers who cannot see it learn nothing of what it shows."),
        "caption": optional(_LINE, ""),
    },
    _make_picture,
    "a picture",
)
_ATTACHMENT = types.record(
    {
        "file": _FILE,
        "title": required(_LINE, why="Readers choose what to download by its title."),
        "lang": optional(_LINE, ""),
        "alternative": optional(_LINE, ""),
        "versions": optional(types.list_of(_VERSION, is_unique=False), ()),
    },
    _make_attachment,
    "an attachment",
)
_CORRECTION = types.record(
    {
        "date": required(types.day, why="A text's public history is read by its dates."),
        "what": required(_LINE, why="Readers must see what was changed."),
        "why": required(_LINE, why="Readers must see why it was changed."),
    },
    _make_correction,
    "a correction",
)


def utc_text(moment: datetime | None) -> str:
    """The moment as documents keep it, "" for none."""
    return "" if moment is None else to_utc_text(moment)


def day_text(day: date | None) -> str:
    """YYYY-MM-DD, "" for none."""
    return "" if day is None else day.isoformat()


def content_path(source: str, written: str) -> str | None:
    """The content path that `written` means in the file `source`; None when it leads outside.

    Relative to the file's folder; from the content folder where it begins with a slash.
    """
    folder = "" if written.startswith("/") else posixpath.dirname(source)
    joined = posixpath.normpath(posixpath.join(folder, written.lstrip("/")))
    return None if joined in (".", "..") or joined.startswith("../") else joined
