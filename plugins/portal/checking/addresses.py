"""Addresses: no two pages under one, no released one lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable

from domain.addresses import fold_address
from domain.problems import Problem
from plugins.portal.checking import documents_by_number
from plugins.portal.reading.document import Document


def check_addresses(
    connection: sqlite3.Connection, numbers: Collection[int], is_taken: Callable[[str], bool]
) -> list[Problem]:
    """Clashes of these documents with any other, and with pages that are no documents."""
    problems: list[Problem] = []
    for number, document in documents_by_number(connection, numbers):
        problems += _clashes(connection, number, document)
        problems += _same_translation(connection, number, document)
        if is_taken(document.url):
            problems.append(_taken(document))
    return problems


def _others(
    connection: sqlite3.Connection, number: int, condition: str, *arguments: str
) -> list[str]:
    rows = connection.execute(
        f"SELECT source FROM document WHERE {condition} AND number<>? ORDER BY source",
        (*arguments, number),
    )
    return [row[0] for row in rows]


def _clashes(connection: sqlite3.Connection, number: int, document: Document) -> list[Problem]:
    (folded,) = connection.execute(
        "SELECT folded_url FROM document WHERE number=?", (number,)
    ).fetchone()
    others = _others(connection, number, "folded_url=?", folded)
    if not others or others[0] < document.source:
        return []  # named once, by the first of them
    return [
        Problem(
            document.source,
            document.lines.get("slug", 0),
            "address-clash",
            f"{document.url} is also the address of {' and '.join(others)}",
            "Only one of them could be read under it.",
            "Rename one of the files, or give one of them another slug.",
        )
    ]


def _same_translation(
    connection: sqlite3.Connection, number: int, document: Document
) -> list[Problem]:
    others = _others(connection, number, "id=? AND lang=?", document.id, document.lang)
    if not others or others[0] < document.source:
        return []
    return [
        Problem(
            document.source,
            document.lines.get("id", 0),
            "id-clash",
            f'{others[0]} has the same id "{document.id}" and the same language',
            "An id stands for one text for ever; links to it would lead to either.",
            "Give the newer one an id of its own (publish.py new writes one), "
            "or say lang where it is a translation.",
        )
    ]


def _taken(document: Document) -> Problem:
    return Problem(
        document.source,
        document.lines.get("slug", 0),
        "address-taken",
        f"{document.url} is the address of another page of the portal",
        "Only one of them could be read under it.",
        "Rename the file, or give it another slug.",
    )


def check_released(connection: sqlite3.Connection, lost: Iterable[str]) -> list[Problem]:
    """Of the addresses that no page answers any more, those that were once released.

    Redirects and withdrawals are pages themselves, so what they cover is not lost.
    """
    problems = []
    for url in sorted(set(lost)):
        row = connection.execute("SELECT source, line FROM released WHERE url=?", (url,)).fetchone()
        if row:
            problems.append(_lost(url, *row))
    return problems


def _lost(url: str, source: str, line: int) -> Problem:
    return Problem(
        source,
        line,
        "address-lost",
        f"{url} was released, and no page has this address any more",
        "Links, bookmarks and printed notices lead to it; an address must answer for twenty years.",
        f'Where the text moved, write "aliases: [{url}]" into it (and its old id, if it had none '
        "of its own), or add a redirect to register/redirects.yaml; where it was taken back, "
        "add a record with the reason to register/withdrawals.yaml.",
    )


def check_aliases(connection: sqlite3.Connection, numbers: Collection[int]) -> list[Problem]:
    """Aliases of these documents that are another document's address or alias."""
    problems = []
    for number, document in documents_by_number(connection, numbers):
        for alias in document.aliases:
            others = _others(connection, number, "folded_url=?", fold_address(alias))
            others += [
                row[0]
                for row in connection.execute(
                    "SELECT d.source FROM alias a JOIN document d ON d.number = a.document"
                    " WHERE a.url=? AND d.id<>? AND d.source<? ORDER BY d.source",
                    (alias, document.id, document.source),
                )
            ]
            if others:
                problems.append(_alias_clash(document, alias, others[0]))
    return problems


def _alias_clash(document: Document, alias: str, other: str) -> Problem:
    return Problem(
        document.source,
        document.lines.get("aliases", 0),
        "alias-clash",
        f"the alias {alias} already leads to {other}",
        "An address can lead to one page alone.",
        "Take it out of the text to which it does not belong.",
    )
