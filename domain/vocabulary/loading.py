"""All vocabulary files of a site -> Vocabulary, with every problem in one run.

A file that the content folder lacks is taken from the product's own content.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from domain.addresses import AUDIENCE_IDS
from domain.fields import Report
from domain.problems import Problem, has_errors
from domain.vocabulary.bodies import read_bodies
from domain.vocabulary.columns import Known, read_columns
from domain.vocabulary.lists import (
    read_audiences,
    read_posts,
    read_rules,
    read_subjects,
    read_terms,
)
from domain.vocabulary.model import KINDS, County, Department, Site, Vocabulary
from domain.vocabulary.searching import read_pins, read_synonyms
from domain.vocabulary.site import read_site
from domain.vocabulary.sources import SourceFile, read_source
from domain.vocabulary.years import read_calendar

FILES = (
    "site.yaml",
    "columns.yaml",
    "departments.yaml",
    "counties.yaml",
    "vocabulary/audiences.yaml",
    "vocabulary/subjects.yaml",
    "vocabulary/posts.yaml",
    "vocabulary/industries.yaml",
    "vocabulary/incentives.yaml",
    "vocabulary/levels.yaml",
    "vocabulary/calendar.yaml",
    "vocabulary/rules.yaml",
    "vocabulary/synonyms.yaml",
    "vocabulary/pins.yaml",
)


def load_vocabulary(
    content: Path, shipped: Path, *, kinds: Collection[str] = KINDS
) -> tuple[Vocabulary | None, list[Problem]]:
    """The vocabulary, or None when a file has errors; all problems, sorted. Never raises.

    `kinds`: the names that a column may have as its kind, from the registry of kinds.
    """
    files = {name: read_source(content, shipped, name) for name in FILES}
    site = read_site(files["site.yaml"])
    vocabulary = _read_lists(files, site, kinds)
    _gather_mixed(files["columns.yaml"], files["departments.yaml"].report)
    problems = sorted(problem for file in files.values() for problem in file.report.problems)
    return (None if has_errors(problems) else vocabulary), problems


def load_timezone(content: Path, shipped: Path) -> str:
    """The site's own time zone, from its first file alone; UTC where that has errors."""
    file = read_source(content, shipped, "site.yaml")
    site = read_site(file)
    return "UTC" if has_errors(file.report.problems) else site.timezone


def _read_lists(files: Mapping[str, SourceFile], site: Site, kinds: Collection[str]) -> Vocabulary:
    departments, department_ids = read_bodies(
        files["departments.yaml"], "departments", "department", Department, site
    )
    counties, _ = read_bodies(files["counties.yaml"], "counties", "county", County, site)
    audiences = read_audiences(files["vocabulary/audiences.yaml"], site)
    known = Known(department_ids, AUDIENCE_IDS, kinds)
    return Vocabulary(
        site=site,
        columns=read_columns(files["columns.yaml"], site, known),
        departments=departments,
        counties=counties,
        audiences=audiences,
        subjects=read_subjects(files["vocabulary/subjects.yaml"], site),
        posts=read_posts(files["vocabulary/posts.yaml"], site),
        industries=read_terms(files["vocabulary/industries.yaml"], "industries", site),
        incentives=read_terms(files["vocabulary/incentives.yaml"], "incentives", site),
        levels=read_terms(files["vocabulary/levels.yaml"], "levels", site),
        calendar=read_calendar(files["vocabulary/calendar.yaml"]),
        rules=read_rules(files["vocabulary/rules.yaml"]),
        synonyms=read_synonyms(files["vocabulary/synonyms.yaml"]),
        pins=read_pins(files["vocabulary/pins.yaml"]),
    )


def _gather_mixed(columns: SourceFile, departments: Report) -> None:
    """One problem in place of hundreds where own departments meet the product's columns.

    They would all stand in a file that the editors of the site do not have.
    """
    if not columns.is_shipped:
        return
    unknown = [p for p in columns.report.problems if p.code == "unknown-department"]
    if not unknown:
        return
    columns.report.problems[:] = [p for p in columns.report.problems if p not in unknown]
    departments.add(
        0,
        "vocabulary-mixed",
        f"{len({p.message for p in unknown})} departments are missing that the columns "
        f"of the product belong to; the first: {unknown[0].message}",
        "Without a columns.yaml of its own, a site has the columns that come with the product.",
        "Add a columns.yaml whose owners are these departments.",
    )
