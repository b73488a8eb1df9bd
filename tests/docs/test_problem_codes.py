"""docs/problems.md has a section for every problem that can be reported, and for no other."""

import re
from pathlib import Path

from tests.docs.problem_codes import CODE, Codes, find_codes, source_files

HEADING = re.compile(r"^### `?([a-z0-9]+(?:-[a-z0-9]+)+)`?$", re.MULTILINE)


def documented_codes(repository: Path) -> list[str]:
    return HEADING.findall((repository / "docs" / "problems.md").read_text(encoding="utf-8"))


def codes_of(repository: Path) -> Codes:
    return find_codes(source_files(repository))


def test_every_code_can_be_read_in_the_code(repository: Path) -> None:
    codes = codes_of(repository)
    assert codes.unreadable == []
    assert [code for code in codes.places if not CODE.match(code)] == []


def test_every_problem_has_a_section(repository: Path) -> None:
    documented = set(documented_codes(repository))
    missing = {
        code: places
        for code, places in codes_of(repository).places.items()
        if code not in documented
    }
    assert missing == {}


def test_every_section_is_of_a_problem(repository: Path) -> None:
    assert sorted(set(documented_codes(repository)) - set(codes_of(repository).places)) == []


def test_no_problem_has_two_sections(repository: Path) -> None:
    documented = documented_codes(repository)
    assert sorted({code for code in documented if documented.count(code) > 1}) == []


def test_codes_are_followed_through_the_functions_that_hand_them_on(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(
        "from domain.problems import Problem\n"
        "def check(): return Problem('f', 1, 'code-positional', 'm', 'w', 'r')\n"
        "def check_word(): return Problem(file='f', line=1, code='code-keyword')\n"
        "def _note(self, code, line=1): yield Problem('f', line, code, 'm')\n"
        "def note(line, *, code='code-default'): return make(line, code)\n"
        "def make(line, kind): return Problem('f', line, kind, 'm')\n"
        "a._note('code-handed'), note(1), note(2, code='code-named')\n"
        "Problem('f', 1, 'code-yes' if a else 'code-no', 'm'), Problem('f', 1, a.code, 'm')\n"
        "def about(what): return make(1, f'code-of-{what}')\n"
        "about('word')\n"
        "class Report:\n"
        "    def add(self, line, code): self.all.append(Problem('f', line, code, 'm'))\n"
        "report.add(1, 'code-added'), row.add(1, body), row.add(2, 'no code')\n"
        "Problem('f', 1, f'code-{a}', 'm')\n",
        encoding="utf-8",
    )
    codes = find_codes([source])
    assert sorted(codes.places) == [
        "code-added",
        "code-default",
        "code-handed",
        "code-keyword",
        "code-named",
        "code-no",
        "code-of-word",
        "code-positional",
        "code-yes",
    ]
    assert codes.unreadable == [f"{source}:14: f'code-{{a}}'"]
