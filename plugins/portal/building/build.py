"""The build: a content folder into build/site, search rows, frames and forms.

`build_site` reads like a table of contents; each step is a module beside this one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cached_property

from domain.disk import full_disk_told
from domain.problems import Problem, has_errors
from plugins.portal.building.finishing import finish_build
from plugins.portal.building.ingest import Changes, apply_first, read_changes
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.lock import build_lock
from plugins.portal.building.opening import DATABASE, OpenLedger, opened_ledger
from plugins.portal.building.planning import Planner
from plugins.portal.building.preparing import Preparer
from plugins.portal.building.register import apply_register
from plugins.portal.building.report import BuildReport, peak_memory_mb
from plugins.portal.building.request import BuildRefusedError, BuildRequest
from plugins.portal.building.site import Site, load_site, make_reader, refusal
from plugins.portal.building.sources import Sources, SourceScan
from plugins.portal.building.workers import without_cycle_collection
from plugins.portal.catalogue.footprint import FootprintTaker
from plugins.portal.catalogue.questions import Questions
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.checking.links import is_document
from plugins.portal.checking.lists import check_drafts, check_footer, check_pins
from plugins.portal.rendering.families import FAMILIES, fixed_pages

__all__ = [
    "DATABASE",
    "BuildRefusedError",
    "BuildReport",
    "BuildRequest",
    "build_site",
    "check_site",
]


def build_site(request: BuildRequest, begun: SourceScan | None = None) -> BuildReport:
    """build/ holds the site of the content at `now`; only what differs was written.

    `begun`: a scan of the content that is at work already, for this call to finish.
    Raises BuildRefusedError with all problems when the content has errors; then nothing in
    build/ was changed. A build that was killed is completed by the next one.
    """
    started = time.monotonic()
    report = BuildReport()
    with (
        full_disk_told("build", request.build),
        build_lock(request.build),
        without_cycle_collection(),
        begun or SourceScan(request.content) as scan,
        opened_ledger(request.build) as opened,
    ):
        ledger, unsynced = opened.ledger, opened.unsynced
        report.distrust = opened.distrust
        site = load_site(request)
        plan_build(Plan(request, site, ledger, scan), opened, report)
        with unsynced.synced(ledger.connection):
            finish_build(request, site, ledger, report, syncs=not unsynced.is_marked)
        report.documents = ledger.connection.execute("SELECT count(*) FROM document").fetchone()[0]
    report.seconds = round(time.monotonic() - started, 3)
    report.peak_memory_mb = peak_memory_mb()
    return report


def check_site(request: BuildRequest) -> list[Problem]:
    """Every problem of the content, warnings of unchanged sources included; changes nothing."""
    with (
        build_lock(request.build),
        SourceScan(request.content) as scan,
        opened_ledger(request.build) as opened,
    ):
        try:
            plan = Plan(request, load_site(request), opened.ledger, scan)
            opened.ledger.connection.execute("BEGIN IMMEDIATE")
            problems = plan.make()
            problems += plan.store.stored_warnings()
        except BuildRefusedError as refused:
            problems = list(refused.problems)
    return sorted(set(problems))


def plan_build(plan: Plan, opened: OpenLedger, report: BuildReport) -> None:
    """Catalogue and ledger know the new sources and what is to be made.

    When it raises, the caller closes the connection, and nothing has changed.
    """
    plan.ledger.connection.execute("BEGIN IMMEDIATE")
    problems = plan.make(meanwhile=plan.load_templates)
    if has_errors(problems):
        raise refusal(problems)
    plan.note_inputs()
    opened.commit_plan()
    changes = plan.changes
    report.problems = sorted(set(problems))
    report.added, report.changed, report.removed = changes.added, changes.changed, changes.removed


class Plan:
    """The rows of one plan, inside the caller's transaction."""

    def __init__(self, request: BuildRequest, site: Site, ledger: Ledger, scan: SourceScan) -> None:
        self.request = request
        self._scan = scan
        self.site = site
        self.ledger = ledger
        self.reader = make_reader(request, site.vocabulary)
        self.store = CatalogueStore(ledger.connection, self.reader.placing)
        self.changes = Changes()
        self._is_anew = (
            request.is_full
            or ledger.get("engine") != site.inputs.engine
            or ledger.get("structure") != site.inputs.structure
        )

    def make(self, meanwhile: Callable[[], None] = lambda: None) -> list[Problem]:
        """All that changed is read and planned; every problem found on the way.

        `meanwhile` is called while other processes read, where all is read.
        """
        self.ledger.doubt_unfinished()
        sources = self._sources
        if self._is_anew:
            self.changes = read_changes(
                self.reader,
                sources,
                self.store,
                take=lambda file: apply_first(self.store, file),
                meanwhile=meanwhile,
            )
        else:
            self.changes = read_changes(self.reader, sources, self.store)
        touched, problems = apply_register(self.store, self.request.content, self.changes.files)
        planner = self._make_planner(touched)
        if self._is_anew:
            problems += planner.plan_everything(self.changes)
        else:
            constants_changed = self.ledger.get("constants") != self.site.inputs.constants
            problems += planner.plan_change(self.changes, constants_changed)
        problems += check_footer(self.site.vocabulary, planner.is_address)
        problems += check_pins(self.site.vocabulary, self.store.is_known, self.request.content)
        problems += check_drafts(
            self.site.forms, lambda name: is_document(self.ledger.connection, name)
        )
        return [*self.site.warnings, *self.changes.problems, *problems]

    def note_inputs(self) -> None:
        """The ledger knows of what this plan was made, for the next build to compare."""
        _plan_templates(self.site, self.ledger)
        sources = self._sources
        sources.dirty = sorted({*sources.dirty, *self.changes.fresh})
        _note_inputs(self.site, self.ledger, sources, self.reader.placing.now)

    @cached_property
    def _sources(self) -> Sources:
        commit = "" if self._is_anew else self.ledger.get("commit")
        return self._scan.finish(commit, json.loads(self.ledger.get("dirty") or "[]"))

    def load_templates(self) -> None:
        """All of them, which are going to be needed, before a time when a processor would idle."""
        templates = self.site.templates
        templates.load(sorted(_template_names()), self.site.vocabulary.site.languages)
        for name in _template_names():
            templates.closure(name)

    def _make_planner(self, touched: set[str]) -> Planner:
        site, connection = self.site, self.ledger.connection
        now = self.reader.placing.now
        questions = Questions(
            connection,
            site.constants.families(),
            languages=tuple(site.vocabulary.site.languages),
            default_language=site.vocabulary.site.default_language,
            now=now,
        )
        return Planner(
            store=self.store,
            ledger=self.ledger,
            questions=questions,
            preparer=Preparer(self.request.content, self.request.build, self.request.jobs),
            taker=FootprintTaker(
                connection,
                questions,
                site.vocabulary.site.languages,
                self.reader.placing.open_listings,
            ),
            fixed=fixed_pages(site.vocabulary, list(site.forms), list(site.templates.assets)),
            now=now,
            last_now=self.ledger.get("clock") or now,
            touched_urls=touched,
        )


def _plan_templates(site: Site, ledger: Ledger) -> None:
    """Outputs of families whose templates differ from the last build's are stale."""
    if ledger.get("templates") == site.inputs.templates:
        return
    before = json.loads(ledger.get("closures") or "{}")
    closures = {name: site.templates.closure(name) for name in sorted(_template_names())}
    ledger.mark_families_stale(
        family
        for family, facts in FAMILIES.items()
        if any(before.get(name) != closures[name] for name in facts.templates)
    )
    ledger.note("closures", json.dumps(closures))


def _template_names() -> set[str]:
    return {name for family in FAMILIES.values() for name in family.templates}


def _note_inputs(site: Site, ledger: Ledger, sources: Sources, now: str) -> None:
    inputs = site.inputs
    ledger.note("engine", inputs.engine)
    ledger.note("structure", inputs.structure)
    ledger.note("constants", inputs.constants)
    ledger.note("templates", inputs.templates)
    ledger.note("clock", now)
    ledger.note("commit", sources.commit)
    ledger.note("dirty", json.dumps(sources.dirty))
