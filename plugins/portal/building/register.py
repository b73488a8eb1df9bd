"""The register: content/register/, the addresses once released and what became of them.

It is source, not cache: `addresses/<column>.tsv` (address, id, source), written by
`publish.py register`; `redirects.yaml` and `withdrawals.yaml`, written by people.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from domain import field_types
from domain.fields import Record, Report, read_fields, required
from domain.problems import Problem
from domain.yaml_source import decode_text, parse_yaml
from plugins.portal.building.ingest import SourceFile
from plugins.portal.building.sources import is_register
from plugins.portal.catalogue.store import CatalogueStore

ADDRESSES = "register/addresses/"
REDIRECTS = "register/redirects.yaml"
WITHDRAWALS = "register/withdrawals.yaml"


def apply_register(
    store: CatalogueStore, content: Path, files: Iterable[SourceFile]
) -> tuple[set[str], list[Problem]]:
    """The catalogue's register is that of these changed files; the addresses concerned."""
    touched: set[str] = set()
    problems: list[Problem] = []
    for file in files:
        if not is_register(file.source):
            continue
        text, wrong = _read(content / file.source, file)
        problems += wrong
        if file.source.startswith(ADDRESSES):
            touched |= _apply_addresses(store, file.source, text)
        elif file.source == REDIRECTS:
            touched |= _apply_list(store, "redirect", file.source, text, problems)
        elif file.source == WITHDRAWALS:
            touched |= _apply_list(store, "withdrawal", file.source, text, problems)
    return touched, problems


def _read(path: Path, file: SourceFile) -> tuple[str, list[Problem]]:
    if not file.hash or not path.is_file():
        return "", []
    text, problems = decode_text(path.read_bytes(), file.source)
    return text or "", problems


def _apply_addresses(store: CatalogueStore, source: str, text: str) -> set[str]:
    execute = store.connection.execute
    before = {row[0] for row in execute("SELECT url FROM released WHERE source=?", (source,))}
    execute("DELETE FROM released WHERE source=?", (source,))
    rows = [
        (line.split("\t")[0], source, number)
        for number, line in enumerate(text.splitlines(), 1)
        if line.startswith("/")
    ]
    store.connection.executemany("INSERT OR REPLACE INTO released VALUES (?,?,?)", rows)
    return before | {row[0] for row in rows}


_LISTS = {
    "redirect": ("redirects", ("from", "to")),
    "withdrawal": ("withdrawals", ("address", "date", "reason")),
}


def _apply_list(
    store: CatalogueStore, table: str, source: str, text: str, problems: list[Problem]
) -> set[str]:
    key, names = _LISTS[table]
    execute = store.connection.execute
    before = {row[0] for row in execute(f"SELECT url FROM {table}")}
    execute(f"DELETE FROM {table}")
    report = Report(source)
    entries = _read_list(text, source, key, names, report)
    problems += report.problems
    rows = [(*(str(entry[name]) for name in names), entry.line) for entry in entries]
    marks = ",".join("?" * (len(names) + 1))
    store.connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
    return before | {str(row[0]) for row in rows}


def _read_list(
    text: str, source: str, key: str, names: tuple[str, ...], report: Report
) -> list[Record]:
    node, problems = parse_yaml(text, source)
    report.problems += problems
    if node is None:
        return []
    fields = {name: required(field_types.text()) for name in names}
    entry = field_types.record(fields, lambda found: found, f"an entry of {key}")
    specs = {
        "format": required(field_types.whole_number(1, 1)),
        key: required(field_types.list_of(entry, is_unique=False)),
    }
    record = read_fields(node, specs, report, source)
    found = (record[key] if record else None) or ()
    return [entry for entry in found if entry.is_sound]
