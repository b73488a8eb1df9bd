"""Suspects: the documents of a whole site that a closer look may find something wrong with.

A full build asks these questions once for all documents, instead of every check for each;
what they name is then checked like the documents of a change.
"""

from __future__ import annotations

import sqlite3

_QUESTIONS = (
    # Addresses, and an id in one language, that more than one document has.
    "SELECT number FROM document WHERE folded_url IN"
    " (SELECT folded_url FROM document GROUP BY folded_url HAVING count(*) > 1)",
    "SELECT d.number FROM document d JOIN"
    " (SELECT id, lang FROM document GROUP BY id, lang HAVING count(*) > 1) twice"
    " ON d.id = twice.id AND d.lang = twice.lang",
    "SELECT document FROM alias",
    # Links to names and files that are not there; those by address are few.
    "SELECT l.document FROM link l LEFT JOIN name n ON n.name = substr(l.target, 5)"
    " WHERE l.target LIKE 'doc:%' AND n.name IS NULL",
    "SELECT l.document FROM link l LEFT JOIN file f ON f.path = substr(l.target, 6)"
    " WHERE l.target LIKE 'file:%' AND f.path IS NULL",
    "SELECT l.document FROM link l LEFT JOIN file f ON f.path = substr(l.target, 9)"
    " WHERE l.target LIKE 'picture:%' AND f.path IS NULL",
    "SELECT document FROM link WHERE target LIKE 'url:%'",
    "SELECT a.document FROM attachment a LEFT JOIN file f ON f.path = a.path WHERE f.path IS NULL",
    "SELECT a.document FROM attachment a JOIN"
    " (SELECT id, name FROM attachment GROUP BY id, name HAVING count(DISTINCT path) > 1) twice"
    " ON a.id = twice.id AND a.name = twice.name",
    "SELECT p.document FROM picture p JOIN"
    " (SELECT id, name FROM picture GROUP BY id, name HAVING count(DISTINCT path) > 1) twice"
    " ON p.id = twice.id AND p.name = twice.name",
    # Budgets of one place in the tables, and files beside a document that are no sources.
    "SELECT document FROM name WHERE name IN (SELECT n.name FROM name n"
    " JOIN document d ON d.number = n.document WHERE n.name > 'budget:' AND n.name < 'budget;'"
    " GROUP BY n.name HAVING count(DISTINCT d.id) > 1)",
    "SELECT b.document FROM beside b LEFT JOIN file f ON f.path = b.path WHERE f.path IS NULL",
    # References that no document answers to, or more than one.
    "SELECT r.document FROM reference r LEFT JOIN name n ON n.name = r.target"
    " LEFT JOIN document d ON d.number = n.document"
    " GROUP BY r.document, r.target HAVING count(DISTINCT d.id) <> 1",
)


def find_suspects(connection: sqlite3.Connection) -> set[int]:
    """The rows of all documents that may have a problem with another one."""
    return {row[0] for question in _QUESTIONS for row in connection.execute(question)}
