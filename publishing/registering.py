"""The register's addresses, written from a build: what must answer from now on."""

from __future__ import annotations

from pathlib import Path

from domain.problems import PortalError
from plugins.portal.building.build import DATABASE
from plugins.portal.building.register import ADDRESSES
from plugins.portal.catalogue.schema import open_catalogue_for_reading
from publishing.settings import SiteFolders


def write_register(folders: SiteFolders) -> str:
    """Every document's present address stands in content/register/; what was added.

    Lines are only ever added: an address once released stays. One file a column, so that a
    release changes few of them, and sorted, so that two registers can be compared.
    """
    database = folders.build / DATABASE
    if not database.is_file():
        raise PortalError(
            f"register: nothing was built in {folders.build} yet\n  Run publish.py build."
        )
    connection = open_catalogue_for_reading(database)
    rows = connection.execute(
        "SELECT url, id, source FROM document WHERE is_visible ORDER BY url"
    ).fetchall()
    connection.close()
    by_column: dict[str, list[tuple[str, str, str]]] = {}
    for url, id_, source in rows:
        by_column.setdefault(url.split("/")[2], []).append((url, id_, source))
    added = sum(
        _add_lines(folders.content / ADDRESSES / f"{column}.tsv", lines)
        for column, lines in sorted(by_column.items())
    )
    return f"register: {added:,} addresses added, {len(rows):,} stand in {ADDRESSES}"


def _add_lines(path: Path, rows: list[tuple[str, str, str]]) -> int:
    present = path.read_text("utf-8").splitlines() if path.is_file() else []
    known = {line.split("\t")[0] for line in present}
    new = ["\t".join(row) for row in rows if row[0] not in known]
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(sorted([*present, *new])) + "\n", encoding="utf-8")
    return len(new)
