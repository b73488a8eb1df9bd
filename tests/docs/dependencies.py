"""The table of docs/dependencies.md, held to what is installed.

Version, licence, size and what a package pulls in come from its own metadata; `make licences`
writes them anew. What it is for and how alive it is are words of ours, and stay.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "dependencies.md"
# The same page on every machine, whatever Python it has.
THIS_PAGE_IS_FOR = {
    "extra": "",
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
}
ROW = re.compile(r"^\| `([^`]+)` \|(.+)\|$")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, cells as written."""

    name: str
    version: str
    licence: str
    megabytes: str
    pulls_in: str
    last_release: str
    purpose: str

    def __str__(self) -> str:
        cells = (f"`{self.name}`", self.version, self.licence, self.megabytes, self.pulls_in)
        return f"| {' | '.join((*cells, self.last_release, self.purpose))} |"


def declared_names() -> list[str]:
    """The direct dependencies of pyproject.toml, tools included, by canonical name."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    groups: Iterable[list[Any]] = project["dependency-groups"].values()
    # A group may also include another one, which is read by itself.
    named = (name for group in groups for name in group if isinstance(name, str))
    written = [*project["project"]["dependencies"], *named]
    return sorted(canonicalize_name(Requirement(text).name) for text in written)


def read_rows(page: str) -> list[Row]:
    """The lines of the table in `page`."""
    matches = (ROW.match(line) for line in page.splitlines())
    return [Row(m[1], *(cell.strip() for cell in m[2].split("|"))) for m in matches if m]


def read_licence(installed: Distribution) -> str:
    """The licence as the package's metadata names it; its classifier before free text."""
    metadata = installed.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in metadata.get_all("Classifier") or []
        if text.startswith("License :: OSI Approved :: ")
    ]
    return ", ".join(classifiers) or _licence_line(installed)


def _licence_line(installed: Distribution) -> str:
    """The first line of the metadata's free text, else of the licence itself."""
    text = installed.metadata.json.get("license") or installed.read_text("licenses/LICENSE") or ""
    return str(text).strip().partition("\n")[0]


def read_pulled_in(installed: Distribution) -> str:
    """The packages that it needs itself, without extras."""
    needed = [Requirement(text) for text in installed.requires or []]
    names = {
        canonicalize_name(requirement.name)
        for requirement in needed
        if requirement.marker is None or requirement.marker.evaluate(dict(THIS_PAGE_IS_FOR))
    }
    return ", ".join(sorted(names)) or "nothing"


def read_megabytes(installed: Distribution) -> str:
    """Size on disk of the package's own files."""
    places = [Path(str(file.locate())) for file in installed.files or []]
    size = sum(place.stat().st_size for place in places if place.is_file())
    return f"{size / 1e6:.1f}"


def refresh(row: Row) -> Row:
    """`row` with everything that metadata tells, as installed now; a tool for the lock stays."""
    if row.name == "uv":
        return row
    installed = distribution(row.name)
    return Row(
        row.name,
        installed.version,
        read_licence(installed),
        read_megabytes(installed),
        read_pulled_in(installed),
        row.last_release,
        row.purpose,
    )


def main() -> None:
    """Rewrite the table of the page."""
    page = PAGE.read_text(encoding="utf-8")
    for row in read_rows(page):
        page = page.replace(str(row), str(refresh(row)))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
