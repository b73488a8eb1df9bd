"""Where a document belongs: column, year, slug, language and address, from its path and keys."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from domain.addresses import document_url, slugify
from domain.clock import local_text, to_utc_text
from domain.fields import Report
from domain.problems import choose_from, quoted
from domain.records import record

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.kind import Kind

_LANGUAGE_SUFFIX = re.compile(r"(.+)\.([a-z]{2})")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_ID_BYTES = 8


@record
class SourcePath:
    """A path taken apart: `stem` is the name without .md and language, `lang` "" without suffix.

    `base` is the path without them, the same for all translations that lie together.
    """

    source: str
    folders: tuple[str, ...]
    stem: str
    lang: str

    @property
    def base(self) -> str:
        return "/".join((*self.folders, self.stem))

    @property
    def year(self) -> str:
        """The folder that the file lies in, where it is a year."""
        return self.folders[-1] if self.folders and _YEAR.fullmatch(self.folders[-1]) else ""


def split_path(source: str, languages: Collection[str], report: Report) -> SourcePath:
    """The path taken apart; a suffix that is no language of the site is a problem."""
    *folders, name = source.split("/")
    stem = name[:-3] if name.lower().endswith(".md") else name
    lang = ""
    match = _LANGUAGE_SUFFIX.fullmatch(stem)
    if match:
        if match.group(2) in languages:
            stem, lang = match.groups()
        else:
            report.add(
                0,
                "unknown-language",
                f"the file name ends in {quoted('.' + match.group(2))}, which is not a language "
                "of this site",
                "The page would appear among those of another language.",
                choose_from(match.group(2), languages, "languages in site.yaml"),
            )
    return SourcePath(source, tuple(folders), stem, lang)


def derive_id(base: str) -> str:
    """The id of a document that has none of its own: 13 letters and digits, from its path."""
    digest = hashlib.blake2b(base.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def choose_kind(
    path: SourcePath, column: str | None, written: Mapping[str, Any], vocabulary: Vocabulary
) -> str:
    """The kind of a document that names none: its column's; outside of columns by its date."""
    place = column or (path.folders[0] if path.folders else "")
    if place in vocabulary.columns:
        return vocabulary.columns[place].kind
    return "news" if "date" in written and path.folders[:1] != ("pages",) else "page"


def choose_column(path: SourcePath, column: str | None, kind: Kind, vocabulary: Vocabulary) -> str:
    """The column: the one named, the folder's, or the main column of the kind."""
    if column is not None:
        return column
    if is_in_column(path, vocabulary):
        return path.folders[0]
    columns = vocabulary.columns
    if kind.main_column in columns or not columns:
        return kind.main_column
    of_kind = [entry for entry in columns.values() if entry.kind == kind.name]
    return min(of_kind or list(columns.values()), key=lambda entry: entry.level).id


def is_in_column(path: SourcePath, vocabulary: Vocabulary) -> bool:
    """Whether the file lies in a column's folder, where the site's own rules hold."""
    return bool(path.folders) and path.folders[0] in vocabulary.columns


def choose_year(
    path: SourcePath, kind: Kind, moment: Any, vocabulary: Vocabulary, report: Report
) -> str:
    """The year in the address: the folder's; without one, that of the date, by the site's clock."""
    if path.year:
        return path.year
    if not kind.is_dated:
        return ""
    if is_in_column(path, vocabulary) and len(path.folders) > 1:
        report.add(
            0,
            "path-year",
            f"the folder {quoted(path.folders[-1])} is not a year",
            "The year is part of the address, and of the archive that lists the document.",
            f"Move the file to {path.folders[0]}/YYYY/, with the year it is published.",
        )
    if moment is None:
        return ""
    return local_text(to_utc_text(moment), vocabulary.site.timezone)[:4]


def choose_language(
    path: SourcePath, written: str | None, line: int, site_default: str, report: Report
) -> str:
    """The language of the suffix; of the key `lang`, where there is no suffix."""
    if path.lang and written and written != path.lang:
        report.add(
            line,
            "lang-mismatch",
            f"lang says {quoted(written)}, the file name {quoted('.' + path.lang)}",
            "The page would be offered to readers of a language it is not in.",
            "Take the line out, or rename the file.",
        )
    return path.lang or written or site_default


def choose_address(
    path: SourcePath, slug: str | None, lang: str, column: str, year: str
) -> tuple[str, str]:
    """(slug, url)"""
    short = slugify(slug or path.stem)
    return short, document_url(lang, column, year, short)
