"""The build: a content folder into build/site, search rows, frames and forms.

`build_site` reads like a table of contents; each step is a module beside this one.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from domain.clock import local_text, to_utc_text
from domain.forms import Form, load_forms
from domain.problems import PortalError, Problem, has_errors
from domain.search_rows import RowStore
from domain.vocabulary import Vocabulary, load_vocabulary
from plugins.portal.building.ingest import Changes, read_changes, stored_warnings
from plugins.portal.building.inputs import Inputs, read_inputs
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.lock import build_lock
from plugins.portal.building.making import MadeChunk, Workshop, make_maker
from plugins.portal.building.output import prune_file, prune_unknown
from plugins.portal.building.planning import Planner
from plugins.portal.building.register import apply_register
from plugins.portal.building.sources import Sources, find_sources
from plugins.portal.building.workers import into_chunks, run_chunks, without_cycle_collection
from plugins.portal.catalogue.footprint import FootprintTaker
from plugins.portal.catalogue.questions import Questions
from plugins.portal.catalogue.schema import open_catalogue, open_catalogue_in_memory
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.checking.lists import check_tasks
from plugins.portal.kinds import KINDS
from plugins.portal.reading import ReadingContext
from plugins.portal.rendering.constants import Constants, FrameParts
from plugins.portal.rendering.families import FAMILIES, ROW, fixed_pages
from plugins.portal.rendering.templates import Templates

MAKING_CHUNK = 48
COMMIT_EVERY = 2_000
DATABASE = "portal.sqlite"
ROWS_PATH = "search/rows.sqlite"


class BuildRefusedError(PortalError):
    """The content has errors; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build from, where to, and how.

    `shipped` is the product's own content, for lists that `content` lacks; `themes` are folders
    of templates/, static/ and translations/, the first one winning.
    """

    content: Path
    shipped: Path
    build: Path
    themes: tuple[Path, ...]
    now: datetime
    jobs: int = 2
    is_full: bool = False
    shows_drafts: bool = False


@dataclass(slots=True)
class BuildReport:
    """What a build did; `problems` are the warnings of the sources that were read."""

    documents: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    outputs_written: int = 0
    outputs_removed: int = 0
    views_computed: int = 0
    seconds: float = 0.0
    peak_memory_mb: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Site:
    """The site's lists, forms and theme as this build finds them; `warnings` are the lists'."""

    vocabulary: Vocabulary
    forms: Mapping[str, Form]
    templates: Templates
    frames: Mapping[str, FrameParts]
    constants: Constants
    inputs: Inputs
    warnings: list[Problem]


def build_site(request: BuildRequest) -> BuildReport:
    """build/ holds the site of the content at `now`; only what differs was written.

    Raises BuildRefusedError with all problems when the content has errors; then nothing in
    build/ was changed. A build that was killed is completed by the next one.
    """
    started = time.monotonic()
    with build_lock(request.build), without_cycle_collection():
        connection = open_catalogue(request.build / DATABASE)
        ledger = Ledger(connection)
        site = load_site(request)
        report = BuildReport()
        plan_build(request, site, ledger, report)
        finish_build(request, site, ledger, report)
        (report.documents,) = connection.execute("SELECT count(*) FROM document").fetchone()
        connection.close()
    report.seconds = round(time.monotonic() - started, 3)
    report.peak_memory_mb = _peak_memory_mb()
    return report


def check_site(request: BuildRequest) -> list[Problem]:
    """Every problem of the content, warnings of unchanged sources included; changes nothing."""
    with build_lock(request.build):
        connection = open_catalogue(request.build / DATABASE)
        ledger = Ledger(connection)
        try:
            site = load_site(request)
            planner, changes = _read(request, site, ledger)
            connection.execute("BEGIN IMMEDIATE")
            problems = site.warnings + changes.problems
            problems += _plan(request, site, ledger, planner, changes)
            problems += stored_warnings(planner.store)
            connection.execute("ROLLBACK")
        except BuildRefusedError as refused:
            problems = list(refused.problems)
        finally:
            connection.close()
    return sorted(set(problems))


# The site's lists


def load_site(request: BuildRequest) -> Site:
    """Vocabulary, forms and theme; BuildRefusedError with the problems of all files otherwise."""
    vocabulary, problems = load_vocabulary(request.content, request.shipped, kinds=KINDS)
    forms, found = load_forms(request.content, vocabulary)
    problems += found
    if vocabulary is None:
        raise _refusal([*problems, *_document_problems_apart(request)])
    problems += check_tasks(vocabulary, forms, request.content)
    if has_errors(problems):
        raise _refusal([*problems, *_document_problems(request, vocabulary)])
    templates = Templates(request.themes, request.build / "cache" / "templates")
    frames = {lang: templates.frame_parts(vocabulary, lang) for lang in vocabulary.site.languages}
    constants = Constants(vocabulary, forms, templates.assets, frames.__getitem__, request.now)
    day = local_text(to_utc_text(request.now), vocabulary.site.timezone)[:10]
    settings = {"drafts": str(request.shows_drafts), "content": str(request.content.resolve())}
    inputs = read_inputs(vocabulary, forms, templates, frames.values(), settings, day)
    return Site(vocabulary, forms, templates, frames, constants, inputs, problems)


def _refusal(problems: list[Problem]) -> BuildRefusedError:
    return BuildRefusedError("the content has errors", sorted(set(problems)))


def _document_problems_apart(request: BuildRequest) -> list[Problem]:
    """Problems of documents while the site's own lists cannot be used.

    Read with the product's lists, so what only those lack is left out.
    """
    vocabulary, _ = load_vocabulary(request.shipped, request.shipped, kinds=KINDS)
    if vocabulary is None:
        return []
    problems = _document_problems(request, vocabulary)
    return [problem for problem in problems if not problem.code.startswith("unknown-")]


def _document_problems(request: BuildRequest, vocabulary: Vocabulary) -> list[Problem]:
    """What is wrong with each document by itself; nothing is known of an earlier build."""
    with closing(open_catalogue_in_memory()) as connection:
        changes = read_changes(
            request.content,
            find_sources(request.content, "", ()),
            CatalogueStore(connection, vocabulary, KINDS),
            ReadingContext(vocabulary, KINDS),
            rereads_documents=False,
            jobs=1,
        )
    return changes.problems


# Planning


def plan_build(request: BuildRequest, site: Site, ledger: Ledger, report: BuildReport) -> None:
    """Catalogue and ledger know the new sources and what is to be made; or nothing changed."""
    planner, changes = _read(request, site, ledger)
    connection = ledger.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        problems = site.warnings + changes.problems
        problems += _plan(request, site, ledger, planner, changes)
        if has_errors(problems):
            raise _refusal(problems)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    report.problems = sorted(set(problems))
    report.added, report.changed, report.removed = changes.added, changes.changed, changes.removed


def _read(request: BuildRequest, site: Site, ledger: Ledger) -> tuple[Planner, Changes]:
    store = CatalogueStore(ledger.connection, site.vocabulary, KINDS, request.shows_drafts)
    is_anew = _is_anew(request, site, ledger)
    commit = "" if is_anew else ledger.get("commit")
    dirty = json.loads(ledger.get("dirty") or "[]")
    sources = find_sources(request.content, commit, dirty)
    changes = read_changes(
        request.content,
        sources,
        store,
        ReadingContext(site.vocabulary, KINDS),
        rereads_documents=is_anew,
        jobs=request.jobs,
    )
    questions = Questions(ledger.connection, site.constants.families())
    languages = site.vocabulary.site.languages
    now = to_utc_text(request.now)
    planner = Planner(
        store=store,
        ledger=ledger,
        questions=questions,
        taker=FootprintTaker(ledger.connection, questions, languages),
        fixed=fixed_pages(site.vocabulary, list(site.forms), list(site.templates.assets)),
        now=now,
        last_now=ledger.get("clock") or now,
        sources=sources,
    )
    return planner, changes


def _is_anew(request: BuildRequest, site: Site, ledger: Ledger) -> bool:
    return (
        request.is_full
        or ledger.get("engine") != site.inputs.engine
        or ledger.get("structure") != site.inputs.structure
    )


def _plan(
    request: BuildRequest, site: Site, ledger: Ledger, planner: Planner, changes: Changes
) -> list[Problem]:
    """The plan's rows, inside the caller's transaction; what is wrong between documents."""
    is_anew = _is_anew(request, site, ledger)
    touched, problems = apply_register(planner.store, request.content, changes.files)
    planner.touched_urls = touched
    if is_anew:
        problems += planner.plan_everything(changes)
    else:
        constants_changed = ledger.get("constants") != site.inputs.constants
        problems += planner.plan_change(changes, constants_changed)
    _plan_templates(site, ledger)
    _note_inputs(site, ledger, planner.sources, planner.now)
    return problems


def _plan_templates(site: Site, ledger: Ledger) -> None:
    """Outputs of families whose templates differ from the last build's are stale."""
    if ledger.get("templates") == site.inputs.templates:
        return
    before = json.loads(ledger.get("closures") or "{}")
    names = {name for family in FAMILIES.values() for name in family.templates}
    closures = {name: site.templates.closure(name) for name in sorted(names)}
    ledger.mark_families_stale(
        family
        for family, facts in FAMILIES.items()
        if any(before.get(name) != closures[name] for name in facts.templates)
    )
    ledger.note("closures", json.dumps(closures))


def _note_inputs(site: Site, ledger: Ledger, sources: Sources, now: str) -> None:
    inputs = site.inputs
    ledger.note("engine", inputs.engine)
    ledger.note("structure", inputs.structure)
    ledger.note("constants", inputs.constants)
    ledger.note("templates", inputs.templates)
    ledger.note("clock", now)
    ledger.note("commit", sources.commit)
    ledger.note("dirty", json.dumps(sources.dirty))


# Making


def finish_build(request: BuildRequest, site: Site, ledger: Ledger, report: BuildReport) -> None:
    """Every stale output is made, every dead one removed; also those a killed build left."""
    revision = int(ledger.get("revision") or "0") + 1
    with RowStore(request.build / ROWS_PATH) as rows:
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
    if ledger.is_new:
        removed += _remove_unknown(build, ledger, rows)
    return removed


def _remove_unknown(build: Path, ledger: Ledger, rows: RowStore) -> int:
    """What an earlier build left and its ledger, lost since, no longer tells of."""
    known = {row[0] for row in ledger.connection.execute("SELECT path FROM output")}
    removed = 0
    for part in ("site", "frames", "forms"):
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
    chunks = into_chunks(list(ledger.stale()), MAKING_CHUNK)
    waiting: list[MadeChunk] = []
    for chunk in run_chunks(lambda: make_maker(workshop), chunks, request.jobs):
        waiting.append(chunk)
        if len(waiting) * MAKING_CHUNK >= COMMIT_EVERY:
            _note_chunks(ledger, rows, waiting, revision, report)
            waiting = []
    _note_chunks(ledger, rows, waiting, revision, report)


def _note_chunks(
    ledger: Ledger, rows: RowStore, chunks: list[MadeChunk], revision: int, report: BuildReport
) -> None:
    """Rows first, then the ledger: killed between the two, the next build makes them again."""
    for chunk in chunks:
        for key, body in chunk.rows:
            rows.put(key, body)
    rows.commit()
    ledger.connection.execute("BEGIN IMMEDIATE")
    for chunk in chunks:
        ledger.note_made(chunk.made, chunk.answers, revision)
        report.views_computed += len(chunk.made)
        report.outputs_written += sum(made.is_written for made in chunk.made)
    ledger.connection.execute("COMMIT")


def _peak_memory_mb() -> int:
    """The largest resident size of this process and of its largest worker, added, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round((own + workers) / 1024)
