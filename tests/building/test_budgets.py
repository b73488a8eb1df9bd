"""A budget's figures lie in a file of their own: what a change of that file makes anew."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from plugins.portal.building.build import BuildRefusedError
from tests.promises.test_incremental_equals_full import BUDGETS
from tests.small_site import COLUMNS, SmallSite, differences, make_small_site

PAGE = "site/zh/budgets/2026/{}/index.html"
SMALL = "code,item,amount\n2,支出总计,30.00\n205,教育支出,20.00\n210,卫生健康支出,10.00\n"
LARGE = SMALL.replace("30.00", "31.50").replace("20.00", "21.50")


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    """Two years of one department and one of another; news and documents beside them."""
    site = make_small_site(tmp_path, {"columns.yaml": COLUMNS + BUDGETS})
    site.document("news/2026/other.md", departments="[office]")
    for owner, year, stage in (
        ("office", 2024, "final"),
        ("office", 2025, "budget"),
        ("office", 2025, "final"),
        ("water", 2025, "budget"),
    ):
        name = f"{owner}-{year}-{stage}"
        keys = {"year": year, "stage": stage, "departments": f"[{owner}]"}
        site.document(
            f"budgets/2026/{name}.md",
            id=name,
            unit="ten-thousand-yuan",
            figures=f"{name}.csv",
            approved="2026-02-20",
            **keys,
        )
        site.write(f"budgets/2026/{name}.csv", SMALL)
    return site


def test_names_of_items_say_their_language_on_a_page_in_another(site: SmallSite) -> None:
    """In the table, in the chart and where rounding is told."""
    site.write("budgets/2026/office-2025-final.csv", SMALL.replace("30.00", "30.01"))
    site.write(
        "budgets/2026/office-2025-final.bo.md",
        "---\nid: office-2025-final\ntitle: རྩིས།\ndate: 2026-03-02\n---\n\nཡིག\n",
    )
    site.build()
    html = (site.root / "build/site/bo/budgets/2026/office-2025-final/index.html").read_text()
    assert '<th scope="row" lang="zh-CN">教育支出</th>' in html
    assert re.search(r'<text [^>]*lang="zh-CN"[^>]*>教育支出</text>', html)
    assert '<li>2 <span lang="zh-CN">支出总计</span>' in html
    assert "lang=" not in re.sub(r'hreflang="[^"]*"', "", _figures(site.root, "zh"))


def _figures(root: Path, lang: str) -> str:
    html = (root / f"build/site/{lang}/budgets/2026/office-2025-final/index.html").read_text()
    return html.split('class="budget"')[1].split("</section>")[0]


def test_a_change_of_only_the_figures_makes_what_shows_them_anew(site: SmallSite) -> None:
    site.build()
    before = site.outputs()
    site.write("budgets/2026/office-2024-final.csv", LARGE)
    report = site.build()
    changed = differences(before, site.outputs())
    assert changed == [
        "site/bo/budgets/by-department/office/index.html",
        # A record of open data has the totals.
        "site/data/columns/budgets/2026.csv",
        "site/data/columns/budgets/2026.json",
        "site/en/budgets/by-department/office/index.html",
        "site/figures/budgets/department/office.csv",
        "site/figures/budgets/department/office.json",
        "site/figures/office-2024-final.csv",
        "site/figures/office-2024-final.json",
        # The same stage a year later is compared with it; the budget of 2025 is not.
        PAGE.format("office-2024-final"),
        PAGE.format("office-2025-final"),
        "site/zh/budgets/by-department/office/index.html",
    ]
    # Its search row was looked at as well: the items have the names that they had.
    assert report.views_computed == len(changed) + 1
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_figures_that_go_are_a_problem_and_come_back(site: SmallSite) -> None:
    site.build()
    before = site.outputs()
    (site.content / "budgets/2026/water-2025-budget.csv").unlink()
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert [p.code for p in refused.value.problems if p.severity == "error"] == ["budget-figures"]
    assert differences(before, site.outputs()) == []
    site.write("budgets/2026/water-2025-budget.csv", LARGE)
    site.build()
    assert "31.50" in site.outputs()[PAGE.format("water-2025-budget")].decode()


def test_a_link_that_leads_out_of_the_content_is_no_file(site: SmallSite) -> None:
    outside = site.root / "secret.csv"
    outside.write_text(SMALL, encoding="utf-8")
    path = site.content / "budgets/2026/water-2025-budget.csv"
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    codes = {p.code for p in refused.value.problems if p.severity == "error"}
    assert codes == {"budget-figures", "path-not-a-file"}


def test_figures_that_git_passes_over_are_named(site: SmallSite) -> None:
    site.write(".gitignore", "water-*.csv\n")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *identity, *command], cwd=site.content, check=True)
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert [(p.file, p.code) for p in refused.value.problems if p.severity == "error"] == [
        ("budgets/2026/water-2025-budget.md", "budget-figures")
    ]


def test_the_last_budget_of_an_owner_takes_its_pages_with_it(site: SmallSite) -> None:
    site.build()
    for suffix in ("md", "csv"):
        (site.content / f"budgets/2026/water-2025-budget.{suffix}").unlink()
    site.build()
    gone = [
        name for name in site.outputs() if "water-2025" in name or "by-department/water" in name
    ]
    assert gone == []
    assert "site/figures/budgets/department/water.csv" not in site.outputs()


def test_files_have_every_line_of_all_years_and_agree(site: SmallSite) -> None:
    site.write("budgets/2026/office-2024-final.csv", LARGE)
    site.build()
    text = site.outputs()["site/figures/budgets/department/office.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["year"], r["stage"], r["code"], r["amount"]) for r in rows][:4] == [
        ("2024", "final", "2", "31.50"),
        ("2024", "final", "205", "21.50"),
        ("2024", "final", "210", "10.00"),
        ("2025", "budget", "2", "30.00"),
    ]
    packed = json.loads(site.outputs()["site/figures/budgets/department/office.json"])
    assert packed["figures"] == rows


def test_a_budget_is_found_by_its_items(site: SmallSite) -> None:
    site.build()
    rows = {name: data.decode() for name, data in site.outputs().items() if name[:4] == "row:"}
    found = [name for name, text in rows.items() if "卫生健康支出" in text]
    assert len(found) == 4


def test_a_page_is_a_data_set_to_other_programs(site: SmallSite) -> None:
    site.build()
    html = site.outputs()[PAGE.format("office-2025-final")].decode()
    data = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    found = json.loads(data)["@graph"][0]
    assert found["@type"] == "Dataset"
    assert found["temporalCoverage"] == "2025"
    assert found["variableMeasured"]["unitText"] == "10,000 yuan"
    addresses = [file["contentUrl"] for file in found["distribution"]]
    assert addresses == [
        "https://www.small.example/figures/office-2025-final.csv",
        "https://www.small.example/figures/office-2025-final.json",
    ]
    paths = [f"site{address.removeprefix('https://www.small.example')}" for address in addresses]
    assert set(paths) <= set(site.outputs())


def test_budgets_in_other_units_are_compared_exactly(site: SmallSite) -> None:
    yuan = SMALL.replace("30.00", "315000.55").replace("20.00", "215000.55")
    site.write("budgets/2026/office-2025-budget.csv", yuan.replace("10.00", "100000.00"))
    path = site.content / "budgets/2026/office-2025-budget.md"
    path.write_text(path.read_text().replace("unit: ten-thousand-yuan", "unit: yuan"))
    site.build()
    html = site.outputs()[PAGE.format("office-2025-final")].decode()
    row = html.partition(">支出总计</th>")[2].partition("</tr>")[0]
    cells = re.findall(r'data-label="([^"]*)">([^<]*)<', row)
    assert cells == [
        ("2025年决算", "30.00"),
        ("2025年预算", "31.500055"),
        ("变化", "减少1.500055（4.8%）"),
        ("2024年决算", "30.00"),
        ("变化", "持平"),
    ]


def test_what_rounding_explains_is_said_on_the_page(site: SmallSite) -> None:
    site.write("budgets/2026/office-2025-final.csv", SMALL.replace("30.00", "30.01"))
    site.build()
    html = site.outputs()[PAGE.format("office-2025-final")].decode()
    assert "全部1个合计数均已核算。下列各项因四舍五入有差异" in html
    assert "<li>2 支出总计：分项之和与其相差-0.01</li>" in html


def test_what_is_missing_is_said_by_department_and_year(site: SmallSite) -> None:
    site.build()
    html = site.outputs()["site/en/budgets/by-department/index.html"].decode()
    assert "2025: 2 of 2 departments have published their budget, 1 their final accounts." in html
    water = html.partition(">Water</a>")[2].partition("</tr>")[0]
    assert [text in water for text in ("Budget</a>", "no final accounts", "nothing published")] == [
        True,
        True,
        True,
    ]


def test_final_accounts_are_not_missing_before_the_year_is_over(site: SmallSite) -> None:
    site.build(now="2026-06-01 12:00")
    site.document("budgets/2026/next.md", year=2026, stage="budget", departments="[office]")
    site.build(now="2026-06-01 12:00")
    name = "site/en/budgets/by-department/office/index.html"
    during = site.outputs()[name].decode().partition(">2026</dt>")[2].partition("</dd>")[0]
    site.build(now="2027-06-01 12:00")
    after = site.outputs()[name].decode().partition(">2026</dt>")[2].partition("</dd>")[0]
    assert ["no final accounts" in text for text in (during, after)] == [False, True]
