"""docs/reference/relay-faults.md: all 54 faults, each with its tests, none forgotten."""

import re

from tests.relay.harness import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "relay-faults.md"
_ROW = re.compile(r"\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]*) \|")


def rows() -> dict[int, set[str]]:
    """The test files that the page names, by number of the fault."""
    return {
        int(number): set(re.findall(r"\(\.\./\.\./([^)]+)\)", files))
        for number, files in _ROW.findall(PAGE.read_text("utf-8"))
    }


def find_tests() -> dict[int, set[str]]:
    """The files that have a test of that number."""
    found: dict[int, set[str]] = {}
    for folder in ("relay", "journeys"):
        for source in (REPOSITORY / "tests" / folder).glob("test_*.py"):
            for number in re.findall(r"def test_(\d+)_", source.read_text("utf-8")):
                found.setdefault(int(number), set()).add(str(source.relative_to(REPOSITORY)))
    return found


def test_all_54_faults_have_their_tests_and_the_page_names_each() -> None:
    assert sorted(rows()) == list(range(1, 55))
    assert rows() == find_tests()
