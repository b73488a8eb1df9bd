"""docs/reference/build-faults.md: every fault with its tests, none forgotten."""

import re
from pathlib import Path

_ROW = re.compile(r"\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]*) \|")


def rows(repository: Path) -> dict[int, set[str]]:
    """The test files that the page names, by number of the fault."""
    page = repository / "docs" / "reference" / "build-faults.md"
    return {
        int(number): set(re.findall(r"\(\.\./\.\./([^)]+)\)", files))
        for number, files in _ROW.findall(page.read_text("utf-8"))
    }


def find_tests(repository: Path) -> dict[int, set[str]]:
    """The files that have a test of that number."""
    found: dict[int, set[str]] = {}
    for source in (repository / "tests" / "faults").glob("test_*.py"):
        for number in re.findall(r"def test_(\d+)_", source.read_text("utf-8")):
            found.setdefault(int(number), set()).add(str(source.relative_to(repository)))
    return found


def test_all_faults_have_their_tests_and_the_page_names_each(repository: Path) -> None:
    named = rows(repository)
    assert sorted(named) == list(range(1, max(named) + 1))
    assert named == find_tests(repository)
