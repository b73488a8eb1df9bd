"""docs/dependencies.md names every package we ask for, and the lock files agree."""

import re
import tomllib
from pathlib import Path

from tests.docs.dependencies import PAGE, declared_names, read_rows, refresh

PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)
HASHLESS = re.compile(r"^[a-z0-9.-]+==[^\\\n]+$", re.MULTILINE)


def pins(repository: Path, part: str) -> dict[str, str]:
    """Package -> version of one lock file."""
    lock = (repository / "requirements" / f"{part}.txt").read_text(encoding="utf-8")
    assert HASHLESS.findall(lock) == [], f"requirements/{part}.txt: a package without a hash"
    return dict(PIN.findall(lock))


def test_every_declared_package_has_a_row(repository: Path) -> None:
    rows = [row.name for row in read_rows(PAGE.read_text(encoding="utf-8"))]
    assert sorted(rows) == declared_names()


def test_versions_licences_and_needs_are_those_installed() -> None:
    wrong = []
    for row in read_rows(PAGE.read_text(encoding="utf-8")):
        now = refresh(row)
        facts = (now.version, now.licence, now.pulls_in)
        if (row.version, row.licence, row.pulls_in) != facts:
            wrong.append(f"{row.name}: {facts}; run: make licences")
    assert wrong == []


def test_tests_run_on_the_versions_that_are_served(repository: Path) -> None:
    development = pins(repository, "development").items()
    assert sorted(pins(repository, "runtime").items() - development) == []


def test_the_lock_files_hold_what_is_declared(repository: Path) -> None:
    locked = pins(repository, "development") | pins(repository, "locking")
    assert sorted(set(declared_names()) - set(locked)) == []


def test_the_row_of_the_locking_tool_is_its_pin(repository: Path) -> None:
    (row,) = (row for row in read_rows(PAGE.read_text(encoding="utf-8")) if row.name == "uv")
    assert row.version == pins(repository, "locking")["uv"]


def test_the_licence_is_that_of_the_project(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (repository / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "AGPL-3.0-or-later"
    assert licence.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE\n")
