"""Finishing: what planning marked is removed and made, and the ledger told of it.

What a killed build left is still marked, so the next one goes on with it.
"""

from __future__ import annotations

import json
from pathlib import Path

from domain.search_rows import RowStore
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.making import MadeChunk, Workshop, opened_maker
from plugins.portal.building.opening import DATABASE, ROWS_PATH
from plugins.portal.building.output import PARTS, prune_file, prune_unknown, tidied
from plugins.portal.building.report import BuildReport
from plugins.portal.building.request import BuildRequest
from plugins.portal.building.site import Site
from plugins.portal.building.workers import into_chunks, started_chunks
from plugins.portal.rendering.families import FAMILIES, ROW

MAKING_CHUNK = 48
COMMIT_EVERY = 4_000


def finish_build(
    request: BuildRequest, site: Site, ledger: Ledger, report: BuildReport, *, syncs: bool
) -> None:
    """Every stale output is made, every dead one removed; also those a killed build left.

    `syncs`: whether rows are on disk before the ledger says so; otherwise the caller syncs them.
    """
    revision = int(ledger.get("revision") or "0") + 1
    with RowStore(request.build / ROWS_PATH, syncs=syncs) as rows, tidied(request.build):
        report.outputs_removed = _remove_dead(request.build, ledger, rows)
        _make_stale(request, site, ledger, rows, revision, report)
    if report.outputs_written or report.outputs_removed:
        ledger.note("revision", str(revision))


def _remove_dead(build: Path, ledger: Ledger, rows: RowStore) -> int:
    dead = ledger.dead()
    for _, _, path in dead:
        if path.startswith(ROW):
            rows.delete(path[len(ROW) :])
        elif not ledger.is_living_path(path):
            prune_file(build, build / path)
    rows.commit()
    ledger.connection.execute("BEGIN IMMEDIATE")
    for number, _, _ in dead:
        ledger.forget(number)
    ledger.connection.execute("COMMIT")
    removed = len(dead)
    if not ledger.get("knows all"):
        removed += _remove_unknown(build, ledger, rows)
        ledger.note("knows all", "yes")
    return removed


def _remove_unknown(build: Path, ledger: Ledger, rows: RowStore) -> int:
    """What an earlier build left and its ledger, lost since, no longer tells of."""
    known = {row[0] for row in ledger.connection.execute("SELECT path FROM output")}
    removed = 0
    for part in PARTS:
        below = {path[len(part) + 1 :] for path in known if path.startswith(f"{part}/")}
        removed += prune_unknown(build / part, below)
    unknown = [key for key in rows.keys() if f"{ROW}{key}" not in known]  # noqa: SIM118
    for key in unknown:
        rows.delete(key)
    rows.commit()
    return removed + len(unknown)


def _make_stale(
    request: BuildRequest,
    site: Site,
    ledger: Ledger,
    rows: RowStore,
    revision: int,
    report: BuildReport,
) -> None:
    workshop = Workshop(
        build=request.build,
        content=request.content,
        catalogue=request.build / DATABASE,
        templates=site.templates,
        constants=site.constants,
        closures=json.loads(ledger.get("closures") or "{}"),
        engine=site.inputs.engine.encode(),
    )
    stale = ledger.stale()
    if len(stale) > MAKING_CHUNK:
        _load_templates(site, ledger.stale_families())
    chunks = into_chunks(stale, MAKING_CHUNK)
    waiting: list[MadeChunk] = []
    with started_chunks(lambda: opened_maker(workshop), chunks, request.jobs) as made:
        for chunk in made:
            waiting.append(chunk)
            if len(waiting) * MAKING_CHUNK >= COMMIT_EVERY:
                _note_chunks(ledger, rows, waiting, revision, report)
                waiting = []
    _note_chunks(ledger, rows, waiting, revision, report)


def _load_templates(site: Site, families: set[str]) -> None:
    names = {name for family in families for name in FAMILIES[family].templates}
    site.templates.load(sorted(names), site.vocabulary.site.languages)


def _note_chunks(
    ledger: Ledger, rows: RowStore, chunks: list[MadeChunk], revision: int, report: BuildReport
) -> None:
    """Rows first, then the ledger: killed between the two, the next build makes them again."""
    for chunk in chunks:
        for key, body in chunk.rows:
            rows.put(key, body)
    rows.commit()
    ledger.connection.execute("BEGIN IMMEDIATE")
    made = [output for chunk in chunks for output in chunk.made]
    ledger.note_made(made, (answer for chunk in chunks for answer in chunk.answers), revision)
    report.views_computed += len(made)
    report.outputs_written += sum(output.is_written for output in made)
    ledger.connection.execute("COMMIT")
