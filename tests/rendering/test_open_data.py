"""Open data: rows by period that programs can read, the index of them, and what an edit costs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from domain.csv_text import safe_cell
from tests.rendering.data_rules import read_csv, read_index, read_json
from tests.small_site import SmallSite, differences, make_small_site

BASE = "https://www.small.example"


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.document(
        "orders/2026/rule.md",
        id="rule",
        title='"=办法,甲"',
        number="阿府发〔2026〕12号",
        index="0001/2026-0012",
        issuers="[办公室, 水务局]",
        subject='"01"',
        made="2026-02-27",
        summary='"他说\\"好\\"。"',
        departments="[office, water]",
        counties="[upper]",
        effective="2026-08-01",
        interprets="[older]",
        sample="true",
    )
    site.document("orders/2026/rule.en.md", "Text.", id="rule", title="Rule")
    site.document("documents/2025/older.md", id="older", title="旧", date="2025-05-02 09:00")
    site.document("orders/2026/told.md", id="told", title="报道", kind="news")
    site.document("news/2026/news.md", id="news", title="新闻")
    return site


def data(site: SmallSite, name: str, build: str = "build") -> bytes:
    return (site.root / f"{build}/site/data/{name}").read_bytes()


def files(site: SmallSite) -> set[str]:
    root = site.root / "build/site/data"
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_columns_of_open_kinds_and_the_catalogue_have_files_by_year(site: SmallSite) -> None:
    site.build()
    assert {name.removesuffix(".csv") for name in files(site) if name.endswith(".csv")} == {
        "documents/2025",
        "documents/2026",
        "columns/documents/2025",
        "columns/documents/2026",
        "columns/orders/2026",
    }
    assert {name.replace(".json", ".csv") for name in files(site)} - {"catalogue.csvld"} == {
        name for name in files(site) if name.endswith(".csv")
    }


def test_a_row_says_what_the_card_says(site: SmallSite) -> None:
    site.build()
    (row,) = read_json(data(site, "documents/2026.json"))
    assert row == {
        "id": "rule",
        "title": "=办法,甲",
        "kind": "document",
        "column": "orders",
        "column_name": "规范",
        "number": "阿府发〔2026〕12号",
        "index": "0001/2026-0012",
        "subject": "01",
        "subject_name": "国务院组织机构",
        "issuers": "办公室; 水务局",
        "effective": "2026-08-01",
        "amends": "",
        "repeals": "",
        "implements": "",
        "interprets": "older",
        "made": "2026-02-27",
        "published": "2026-03-01 09:00",
        "corrected": "",
        "expires": "",
        "validity": "not-yet-in-force",
        "departments": "office; water",
        "department_names": "办公室; 水务局",
        "counties": "upper",
        "county_names": "上县",
        "audiences": "public; enterprises",
        "keywords": "",
        "summary": '他说"好"。',
        "source": "",
        "attachments": "0",
        "url": f"{BASE}/zh/orders/2026/rule/",
        "languages": "en; zh",
        "sample": "true",
    }


def test_csv_has_the_same_rows_with_formulas_made_harmless(site: SmallSite) -> None:
    site.build()
    (row,) = read_csv(data(site, "documents/2026.csv"))
    (same,) = read_json(data(site, "documents/2026.json"))
    assert row == same | {"title": "'=办法,甲"}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-A1", "'-A1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("-1,204.50", "-1,204.50"),
        ("+8%", "+8%"),
        ("办法=1", "办法=1"),
        ("", ""),
    ],
)
def test_cells_that_would_act_are_made_text_and_numbers_stay(value: str, cell: str) -> None:
    assert safe_cell(value) == cell


def test_another_kind_in_the_column_has_the_same_columns(site: SmallSite) -> None:
    site.build()
    rows = {row["id"]: row for row in read_json(data(site, "columns/orders/2026.json"))}
    assert set(rows) == {"rule", "told"}
    assert rows["told"]["number"] == ""
    assert list(rows["rule"])[:6] == ["id", "title", "kind", "column", "column_name", "number"]


def test_validity_follows_the_clock_in_both_directions(site: SmallSite) -> None:
    shown = []
    for now in ("2026-07-31 12:00", "2026-08-01 12:00", "2026-07-31 12:00"):
        site.build(now=now)
        (row,) = read_json(data(site, "documents/2026.json"))
        shown.append(row["validity"])
    assert shown == ["not-yet-in-force", "in-force", "not-yet-in-force"]


def test_a_renamed_department_is_renamed_in_the_rows(site: SmallSite) -> None:
    site.build()
    path = site.content / "departments.yaml"
    path.write_text(path.read_text().replace("水务局", "水利局"))
    site.build()
    (row,) = read_json(data(site, "documents/2026.json"))
    assert row["department_names"] == "办公室; 水利局"


def test_the_index_tells_all_parts(site: SmallSite) -> None:
    site.build()
    index = read_index(data(site, "catalogue.jsonld"))
    told = {address for addresses in index.values() for address in addresses}
    assert told == {f"{BASE}/data/{name}" for name in files(site)} - {
        f"{BASE}/data/catalogue.jsonld"
    }
    assert set(index) == {"kind-document", "column-documents", "column-orders"}


def test_an_edit_of_the_text_alone_changes_no_data(site: SmallSite) -> None:
    site.build()
    source = site.content / "orders/2026/told.md"
    source.write_text(source.read_text().replace("正文。", "另一正文。"))
    before = {name: data(site, name) for name in files(site)}
    report = site.build()
    assert report.outputs_written == 2  # the page and its search row
    assert {name: data(site, name) for name in files(site)} == before


@pytest.mark.slow
def test_a_divided_year_keeps_its_address_and_lists_its_parts(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    for number in range(201):
        date = f"2026-{number % 2 + 3:02d}-10 09:00"
        site.document(f"orders/2026/n{number}.md", id=f"n{number}", date=date)
    site.build()
    parts = read_csv(data(site, "columns/orders/2026.csv"))
    assert parts == read_json(data(site, "columns/orders/2026.json"))
    assert parts[0] == {
        "period": "2026-03",
        "csv": f"{BASE}/data/columns/orders/2026-03.csv",
        "json": f"{BASE}/data/columns/orders/2026-03.json",
    }
    assert len(read_csv(data(site, "documents/2026-03.csv"))) == 101
    assert (
        f"{BASE}/data/documents/2026-04.json"
        in read_index(data(site, "catalogue.jsonld"))["kind-document"]
    )
    (site.content / "orders/2026/n7.md").unlink()
    site.build()
    assert len(read_csv(data(site, "columns/orders/2026.csv"))) == 200
    assert "documents/2026-03.csv" not in files(site)
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        b"a,b\r\n1,2\r\n",
        b"\xef\xbb\xbfa,b\n1,2\n",
        b"\xef\xbb\xbfa,b\r\n1\r\n",
        b'\xef\xbb\xbfa,b\r\n1,"2"x\r\n',
        b"\xef\xbb\xbfa,a\r\n1,2\r\n",
    ],
)
def test_the_reader_of_these_tests_refuses_what_is_no_such_csv(wrong: bytes) -> None:
    with pytest.raises((ValueError, csv.Error)):
        read_csv(wrong)
