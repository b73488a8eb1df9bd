"""The vocabulary files, together: what they give, what they fall back on, never an exception."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.problems import Problem
from domain.vocabulary import FILES, Vocabulary, load_vocabulary
from domain.vocabulary.sources import MAX_FILE_BYTES
from tests.domain.vocabulary import sites

SHIPPED = Path(__file__).resolve().parents[3] / "content"


def load(content: Path) -> Vocabulary:
    """The vocabulary of a folder that must be right."""
    vocabulary, problems = load_vocabulary(content, SHIPPED)
    assert problems == []
    assert vocabulary is not None
    return vocabulary


def problems_of(content: Path, changes: dict[str, str | bytes]) -> list[Problem]:
    """The problems of the small site with some files another way."""
    vocabulary, problems = load_vocabulary(sites.write_site(content, changes), SHIPPED)
    assert vocabulary is None
    return problems


def test_everything_that_the_files_say(tmp_path: Path) -> None:
    vocabulary = load(sites.write_site(tmp_path))
    site = vocabulary.site
    assert (site.id, site.names["zh"], site.default_language) == ("small", "小州", "zh")
    assert (site.timezone, site.strict, site.limits.max_bytes) == (
        "Asia/Shanghai",
        False,
        2_000_000,
    )
    assert list(vocabulary.departments) == ["office", "old-office"]
    assert vocabulary.departments["office"].phone == "0837-5550000"
    assert vocabulary.departments["old-office"].successors == ("office",)
    assert vocabulary.counties["barkam"].postcode == "624000"
    assert vocabulary.audiences["public"].tasks[0].link == "identity-cards/"
    assert vocabulary.subjects["01"].names == {"zh": "综合政务"}
    assert not vocabulary.calendar.is_working_day(date(2026, 11, 20))
    assert vocabulary.calendar.is_working_day(date(2026, 2, 14))
    assert [rule.value for rule in vocabulary.rules.values()] == [20, 4.5, "01-31"]


def test_the_tree_of_columns(tmp_path: Path) -> None:
    vocabulary = load(sites.write_site(tmp_path))
    assert [column.id for column in vocabulary.children_of(None)] == ["documents", "news"]
    assert [column.id for column in vocabulary.children_of("documents")] == ["orders"]
    assert vocabulary.children_of("news") == ()
    assert [c.id for c in vocabulary.ancestors_of("repealed-orders")] == ["orders", "documents"]
    assert vocabulary.main_column_of("repealed-orders").id == "documents"
    assert vocabulary.main_column_of("news").id == "news"
    assert [column.level for column in vocabulary.columns.values()] == [1, 2, 3, 1]
    assert [column.order for column in vocabulary.columns.values()] == [1, 2, 3, 4]


def test_what_a_column_leaves_out_comes_from_above(tmp_path: Path) -> None:
    columns = load(sites.write_site(tmp_path)).columns
    assert columns["orders"].audiences == ("public", "investors")
    assert columns["repealed-orders"].audiences == ("public",)
    assert [c.strict for c in columns.values()] == [True, True, False, False]
    assert (columns["documents"].update_days, columns["orders"].update_rule) == (14, "event")
    assert columns["news"].reviewed == ("zh", "en")


def test_a_department_exists_on_its_first_and_last_day(tmp_path: Path) -> None:
    old = load(sites.write_site(tmp_path)).departments["old-office"]
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert [old.is_valid_on(day) for day in days] == [False, True, True, False]


def test_a_folder_without_vocabulary_has_the_shipped_one(tmp_path: Path) -> None:
    """All of it but the footer's links, which lead to pages of the product's own content."""
    shipped = load(SHIPPED)
    assert shipped.site.footer != ()
    assert load(tmp_path) == replace(
        shipped, site=replace(shipped.site, footer=(), report_error="")
    )


def test_a_file_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(sites.SITE, encoding="utf-8")
    vocabulary = load(tmp_path)
    assert vocabulary.site.id == "small"
    assert list(vocabulary.columns) == list(load(SHIPPED).columns)
    assert vocabulary.departments == load(SHIPPED).departments


def test_own_departments_and_shipped_columns_are_one_problem_not_hundreds(tmp_path: Path) -> None:
    (tmp_path / "departments.yaml").write_text(sites.DEPARTMENTS, encoding="utf-8")
    vocabulary, problems = load_vocabulary(tmp_path, SHIPPED)
    assert vocabulary is None
    assert [(p.file, p.code) for p in problems] == [("departments.yaml", "vocabulary-mixed")]


def test_all_problems_of_all_files_come_in_one_run(tmp_path: Path) -> None:
    changes: dict[str, str | bytes] = {
        name: text.replace("format: 1", "format: one") for name, text in sites.FILES.items()
    }
    problems = problems_of(tmp_path, changes)
    assert [(p.file, p.line, p.code) for p in problems] == [
        (name, 1, "meta-number") for name in sorted(FILES)
    ]


def test_one_mistake_is_one_problem(tmp_path: Path) -> None:
    """An unsound entry is known all the same to those that refer to it."""
    changes: dict[str, str | bytes] = {
        "departments.yaml": sites.DEPARTMENTS.replace("0837-5550000", "none"),
        "columns.yaml": sites.COLUMNS.replace("kind: document", "kind: dokument"),
    }
    assert [p.code for p in problems_of(tmp_path, changes)] == ["unknown-kind", "meta-phone"]


def test_the_languages_of_a_wrong_site_still_hold_for_the_other_files(tmp_path: Path) -> None:
    site = sites.SITE + "default_language: en\nlanguages: [en]\ntimezone: Nowhere\n"
    problems = problems_of(tmp_path, {"site.yaml": site})
    assert {p.code for p in problems} == {"meta-timezone", "meta-language-missing"}
    assert {p.message.split('"')[1] for p in problems if p.code != "meta-timezone"} == {"en"}


def test_kinds_come_from_the_caller(tmp_path: Path) -> None:
    content = sites.write_site(tmp_path)
    vocabulary, problems = load_vocabulary(content, SHIPPED, kinds=["document", "budget"])
    assert vocabulary is None
    assert [(p.code, p.line) for p in problems] == [("unknown-kind", 23)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_too_large_is_not_read(tmp_path: Path, name: str) -> None:
    problems = problems_of(tmp_path, {name: b"#" * (MAX_FILE_BYTES + 1)})
    assert [(p.file, p.code) for p in problems if p.code == "file-size"] == [(name, "file-size")]


def test_a_link_to_nowhere_is_a_problem(tmp_path: Path) -> None:
    sites.write_site(tmp_path)
    (tmp_path / "site.yaml").unlink()
    (tmp_path / "site.yaml").symlink_to(tmp_path / "nowhere.yaml")
    vocabulary, problems = load_vocabulary(tmp_path, SHIPPED)
    assert vocabulary is None
    assert [p.code for p in problems] == ["file-unreadable"]


def test_without_any_files_each_is_a_problem(tmp_path: Path) -> None:
    vocabulary, problems = load_vocabulary(tmp_path, tmp_path)
    assert vocabulary is None
    assert sorted(p.file for p in problems if p.code == "file-unreadable") == sorted(FILES)


def test_a_chain_of_columns_longer_than_the_stack_is_read(tmp_path: Path) -> None:
    entries = ["  - {id: c0, names: {zh: 栏目}, audiences: [public]}"]
    entries += [f"  - {{id: c{n}, names: {{zh: 栏目}}, parent: c{n - 1}}}" for n in range(1, 2000)]
    columns = "\n".join(["format: 1", "columns:", *entries])
    problems = problems_of(tmp_path, {"columns.yaml": columns})
    assert [(p.code, p.line) for p in problems] == [("column-depth", 6)]


@given(st.sampled_from(FILES), st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_damage_to_a_file_is_told_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, name: str, chance: random.Random, cuts: int
) -> None:
    text = sites.FILES[name]
    for _ in range(cuts):
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        piece = chance.choice(["", "[", "- ", ": ", "*a", "\n", "zh", "2026-02-30", "\t", "{}"])
        text = text[:start] + piece + text[min(end, start + 12) :]
    content = sites.write_site(tmp_path_factory.mktemp("site"), {name: text})
    vocabulary, problems = load_vocabulary(content, SHIPPED)
    assert vocabulary is not None or problems
    assert all(p.message and p.why and p.remedy for p in problems)


def change(content: Path, name: str, old: str, new: str) -> Vocabulary:
    """The small site with one text exchanged in one file."""
    assert old in sites.FILES[name]
    return load(sites.write_site(content, {name: sites.FILES[name].replace(old, new)}))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("site.yaml", "url:", "timezone: Asia/Urumqi\nurl:"),
        ("site.yaml", "url:", "strict: true\nurl:"),
        ("site.yaml", "url:", "limits: {max_depth: 3}\nurl:"),
        ("site.yaml", "url:", "languages: [zh, en]\nurl:"),
        ("site.yaml", "url:", "default_language: zh\nlanguages: [en, zh]\nurl:"),
        ("columns.yaml", "id: news", "id: notices"),
        ("columns.yaml", "parent: orders", "parent: documents"),
        ("columns.yaml", "[tourists]", "[public]"),
        ("columns.yaml", "kind: news", "kind: page"),
        ("columns.yaml", "[office]", "[office, old-office]"),
        ("departments.yaml", "2024-12-31", "2025-12-31"),
        ("departments.yaml", "departments/office/**", "departments/**"),
        ("vocabulary/subjects.yaml", "01", "02"),
    ],
)
def test_what_decides_how_documents_are_read_changes_the_structure(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    before = load(sites.write_site(tmp_path))
    after = change(tmp_path, name, old, new)
    assert after.structure_digest() != before.structure_digest()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("site.yaml", "小州", "大州"),
        ("site.yaml", "https://small", "https://www.small"),
        ("columns.yaml", "规章}", "规章文件}"),
        ("columns.yaml", "[规章, 办法]", "[规章]"),
        ("columns.yaml", "days: 14", "days: 15"),
        ("departments.yaml", "0837-5550000", "0837-5550001"),
        ("departments.yaml", "    successors: [office]\n", ""),
        ("counties.yaml", "624000", "624001"),
        ("vocabulary/audiences.yaml", "identity-cards/", "identity-cards/new/"),
        ("vocabulary/subjects.yaml", "综合政务", "政务"),
        ("vocabulary/calendar.yaml", "2026-02-14", "2026-02-28"),
        ("vocabulary/rules.yaml", "4.5", "5"),
        ("vocabulary/synonyms.yaml", "社会保险", "社会保障"),
        ("vocabulary/pins.yaml", "2026-06-30", "2026-07-31"),
    ],
)
def test_everything_else_changes_the_names_alone(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    before = load(sites.write_site(tmp_path))
    after = change(tmp_path, name, old, new)
    assert after.structure_digest() == before.structure_digest()
    assert after.names_digest() != before.names_digest()


def test_another_order_of_columns_is_another_navigation(tmp_path: Path) -> None:
    before = load(sites.write_site(tmp_path))
    head, entries = sites.COLUMNS.split("columns:\n")
    documents, news = entries.split("  - id: news")
    after = load(
        sites.write_site(
            tmp_path, {"columns.yaml": f"{head}columns:\n  - id: news{news}{documents}"}
        )
    )
    assert after.structure_digest() == before.structure_digest()
    assert after.names_digest() != before.names_digest()


def test_comments_and_layout_change_nothing(tmp_path: Path) -> None:
    before = load(sites.write_site(tmp_path))
    after = change(tmp_path, "site.yaml", "{zh: 小州, en: Small}", "\n  en: Small  # x\n  zh: 小州")
    assert (after.structure_digest(), after.names_digest()) == (
        before.structure_digest(),
        before.names_digest(),
    )


def test_digests_are_the_same_in_every_process(tmp_path: Path) -> None:
    content = sites.write_site(tmp_path)
    code = (
        "import sys; from pathlib import Path; from domain.vocabulary import load_vocabulary\n"
        "v, _ = load_vocabulary(Path(sys.argv[1]), Path(sys.argv[1]))\n"
        "print(v.structure_digest(), v.names_digest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, str(content)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            cwd=SHIPPED.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    vocabulary = load(content)
    assert printed == {f"{vocabulary.structure_digest()} {vocabulary.names_digest()}\n"}


def test_heavy_libraries_are_not_loaded_with_the_vocabulary() -> None:
    code = (
        "import sys, domain.vocabulary, domain.forms, domain.addresses, domain.search_rows\n"
        "print([n for n in ('pypinyin', 'babel', 'jinja2', 'idna', 'difflib') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=SHIPPED.parent, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
