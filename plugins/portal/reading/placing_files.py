"""Files that a head names: their paths below the content folder, and what is wrong with them."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from urllib.parse import unquote

from domain.fields import Report
from domain.problems import quoted
from plugins.portal.reading.document import Attachment, FileVersion, Picture
from plugins.portal.reading.metadata import content_path


def place_attachments(
    found: tuple[Attachment, ...], source: str, lang: str, report: Report
) -> tuple[Attachment, ...]:
    """The attachments with content paths; names that lead outside or clash are problems."""
    placed: list[Attachment] = []
    by_name: dict[str, Attachment | FileVersion] = {}
    for attachment in found:
        file = _place(attachment, source, by_name, report)
        if file is None:
            continue
        versions = []
        for version in attachment.versions:
            earlier = _place(version, source, by_name, report)
            if earlier is not None:
                versions.append(replace(version, file=earlier))
        newest_first = sorted(versions, key=lambda version: version.date, reverse=True)
        placed.append(
            replace(
                attachment,
                file=file,
                lang=attachment.lang or lang,
                versions=tuple(newest_first),
            )
        )
    return tuple(placed)


def place_picture(found: Picture | None, source: str, lang: str, report: Report) -> Picture | None:
    """The lead picture with its content path; one that leads outside is a problem."""
    if found is None:
        return None
    file = content_path(source, unquote(found.file))
    if file is None or "\\" in found.file:
        _report_outside("picture", found.file, found.line, report)
        return None
    return replace(found, file=file, lang=lang)


def _place(
    named: Attachment | FileVersion,
    source: str,
    by_name: dict[str, Attachment | FileVersion],
    report: Report,
) -> str | None:
    file = content_path(source, unquote(named.file))
    if file is None or "\\" in named.file:
        _report_outside("attachment", named.file, named.line, report)
        return None
    name = posixpath.basename(file).casefold()
    if name in by_name:
        report.add(
            named.line,
            "attachment-name-clash",
            f"{quoted(named.file)} has the same name as {quoted(by_name[name].file)}"
            f" in line {by_name[name].line}",
            "Both would be served at one address, and one of them lost.",
            "Rename one of the two files.",
        )
        return None
    by_name[name] = named
    return file


def _report_outside(what: str, file: str, line: int, report: Report) -> None:
    report.add(
        line,
        "attachment-outside",
        f"the {what} {quoted(file)} lies outside the content folder",
        "A file from elsewhere could be published without anyone having meant it.",
        "Put the file beside the document and write its name alone.",
    )
