"""Links and references: every target is there, and there is only one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable

from domain.problems import Problem, did_you_mean, quoted
from plugins.portal.catalogue.placing import files_of, pictures_of, reference_name
from plugins.portal.checking import documents_by_number
from plugins.portal.reading.document import Attachment, Document, FileVersion


def check_links(
    connection: sqlite3.Connection, numbers: Collection[int], is_address: Callable[[str], bool]
) -> list[Problem]:
    """What the texts, attachments and relations of these documents lead to and is not there.

    `is_address` knows the addresses of the site itself ("/zh/news/").
    """
    problems: list[Problem] = []
    for _, document in documents_by_number(connection, numbers):
        problems += _check_texts(connection, document, is_address)
        problems += _check_attachments(connection, document)
        problems += _check_references(connection, document)
        problems += _check_file_names(connection, document)
    return problems


def leading_to(connection: sqlite3.Connection, targets: Iterable[str]) -> set[int]:
    """The documents with a link, an attachment or a reference to one of these targets.

    Targets are names (`doc:<name>`, as a reference `<name>`), `file:<path>` and `url:<address>`.
    """
    found: set[int] = set()
    for target in targets:
        family, _, name = target.partition(":")
        rows = connection.execute("SELECT document FROM link WHERE target=?", (target,))
        found |= {row[0] for row in rows}
        if family == "doc":
            rows = connection.execute("SELECT document FROM reference WHERE target=?", (name,))
            found |= {row[0] for row in rows}
        elif family == "file":
            for table in ("attachment", "picture"):
                rows = connection.execute(f"SELECT document FROM {table} WHERE path=?", (name,))
                found |= {row[0] for row in rows}
    return found


def _check_texts(
    connection: sqlite3.Connection, document: Document, is_address: Callable[[str], bool]
) -> list[Problem]:
    problems = []
    for link in document.links:
        family, _, name = link.target.partition(":")
        if family == "doc":
            is_there = is_document(connection, name)
        elif family in ("file", "picture"):
            is_there = _is_file(connection, name)
        else:
            is_there = is_address(name)
        if not is_there:
            problems.append(_dead_link(connection, document, link.line, family, name))
    return problems


def is_document(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a document answers to that id, number or path."""
    return bool(_ids_of(connection, name))


def _ids_of(connection: sqlite3.Connection, name: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT d.id FROM name n JOIN document d ON d.number = n.document"
        " WHERE n.name=? ORDER BY d.id",
        (name,),
    )
    return [row[0] for row in rows]


def _is_file(connection: sqlite3.Connection, path: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM file WHERE path=?", (path,)).fetchone())


def _dead_link(
    connection: sqlite3.Connection, document: Document, line: int, family: str, name: str
) -> Problem:
    what = {"doc": "no document", "file": "no file", "picture": "no file", "url": "no page"}[family]
    nearest = did_you_mean(name, _siblings(connection, family, name))
    hint = f"Did you mean {quoted(nearest)}? " if nearest else ""
    return Problem(
        document.source,
        line,
        "link-dead",
        f"the link leads to {quoted(name)}, and there is {what} of this name",
        "A reader who follows it finds nothing; dead links count in the inspection.",
        f"{hint}Correct the link, or take it out.",
    )


def _siblings(connection: sqlite3.Connection, family: str, name: str) -> list[str]:
    """Names in the same folder: near misses are nearly always there."""
    if family == "url":
        return []
    folder = name.rpartition("/")[0]
    table, column = ("file", "path") if family in ("file", "picture") else ("name", "name")
    rows = connection.execute(
        f"SELECT {column} FROM {table} WHERE {column} > ? AND {column} < ? LIMIT 500",
        (f"{folder}/", f"{folder}0"),
    )
    return [row[0] for row in rows]


def _check_attachments(connection: sqlite3.Connection, document: Document) -> list[Problem]:
    problems = []
    offered: list[Attachment | FileVersion] = []
    for attached in document.attachments:
        offered += [attached, *attached.versions]
    for attachment in offered:
        if _is_file(connection, attachment.file):
            continue
        nearest = did_you_mean(attachment.file, _siblings(connection, "file", attachment.file))
        hint = f"Did you mean {quoted(nearest)}? " if nearest else ""
        problems.append(
            Problem(
                document.source,
                attachment.line,
                "attachment-missing",
                f"the attachment {quoted(attachment.file)} is not in the content",
                "The page would offer a download that is not there.",
                f"{hint}Put the file there, or correct its name.",
            )
        )
    return problems


def _check_references(connection: sqlite3.Connection, document: Document) -> list[Problem]:
    problems = []
    for reference in document.references:
        ids = _ids_of(connection, reference_name(reference.target))
        if len(ids) == 1:
            continue
        known = f"{len(ids)} documents have" if ids else "no document has"
        problems.append(
            Problem(
                document.source,
                reference.line,
                "reference-ambiguous" if ids else "reference-unknown",
                f"{reference.relation} names {quoted(reference.target)}, and {known} this id or number",
                "The two texts would not be linked, and a repeal would not show.",
                f"Write one of their ids: {', '.join(ids)}."
                if ids
                else "Write the id or the full number of a document of this site; "
                "one published elsewhere goes into cites_external.",
            )
        )
    return problems


def _check_file_names(connection: sqlite3.Connection, document: Document) -> list[Problem]:
    """Files of one document are served by name, so two may not share one."""
    problems = []
    named = [("attachment", *file) for file in files_of(document)]
    named += [("picture", *picture) for picture in pictures_of(document)]
    for table, name, path in named:
        row = connection.execute(
            f"SELECT path FROM {table} WHERE id=? AND name=? AND path<?",
            (document.id, name, path),
        ).fetchone()
        if row:
            problems.append(
                Problem(
                    document.source,
                    document.lines.get("attachments", 0),
                    "attachment-name-clash",
                    f'{row[0]} and {path} would both be served as "{name}"',
                    "Only one of them could be shown or downloaded.",
                    "Rename one of the files.",
                )
            )
    return problems
