"""Each folder here is the smallest wrong site, with the exact text that an editor reads.

A folder `<code>.<where>` shows the same problem in another sort of file; `accepted.<what>` what
looks wrong and is not. `content/` has only the wrong files, `expected.txt` all problems in order. What `content/`
lacks is taken from the product's own content. To write expected.txt anew after a change of
wording, and then read it: UPDATE_EXPECTED=1 pytest tests/problems
"""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from domain.problems import Problem, format_problem
from plugins.portal.building.build import check_site
from publishing.messages import count_of
from publishing.settings import SHIPPED_THEME, SiteFolders, build_request

HERE = Path(__file__).parent
CASES = sorted(folder for folder in HERE.iterdir() if (folder / "content").is_dir())


def find_problems(content: Path) -> list[Problem]:
    """All problems of a content folder, as `publish.py check` finds them."""
    with TemporaryDirectory() as build:
        folders = SiteFolders(content, Path(build), (SHIPPED_THEME,))
        return check_site(build_request(folders, jobs=1, as_of="2026-06-01T04:00:00Z"))


@cache
def _problems_of(case: Path) -> tuple[Problem, ...]:
    return tuple(find_problems(case / "content"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_editor_reads_what_is_wrong(case: Path) -> None:
    problems = _problems_of(case)
    shown = [format_problem(problem, "content/") for problem in problems]
    text = "\n\n".join(shown or [f"check: {count_of(problems)}"]) + "\n"
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_folder_is_named_after_the_problem_it_shows(case: Path) -> None:
    code = case.name.partition(".")[0]
    assert code in ({problem.code for problem in _problems_of(case)} or {"accepted"})
