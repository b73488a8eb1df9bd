"""Facets: a page for each value that has documents, moved by the clock, cut when it is long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publishing.settings import SHIPPED_CONTENT
from tests.small_site import SmallSite, differences, make_disclosure_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_disclosure_site(tmp_path)
    site.policy("inn", valid_until="2026-06-30", counties="[upper]", title="客栈")
    site.policy("farm", industries="[farming-herding, tourism]", title="牧场")
    return site


def facets(site: SmallSite, lang: str = "zh") -> set[str]:
    root = site.root / f"build/site/{lang}/investment-policies"
    pages = {path.parent.relative_to(root).as_posix() for path in root.rglob("index.html")}
    return {page for page in pages if "/" in page and not page[0].isdigit()}


def titles(site: SmallSite, facet: str) -> list[str]:
    path = site.root / f"build/site/zh/investment-policies/{facet}/index.html"
    return re.findall(r'class="entry-title" href="[^"]*">([^<]+)<', path.read_text())


def test_a_facet_has_a_page_while_it_has_documents(site: SmallSite) -> None:
    site.build()
    values = {"state/open", "industry/tourism", "industry/farming-herding", "incentive/grant"}
    assert facets(site) == values | {"level/prefecture", "county/upper", "county/whole"}
    assert facets(site, "bo") == facets(site)
    assert titles(site, "industry/tourism") == ["客栈", "牧场"]
    site.policy("farm", industries="[digital]", title="牧场")
    site.build()
    assert "industry/farming-herding" not in facets(site)
    assert titles(site, "industry/digital") == ["牧场"]
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_heading_and_title_say_what_the_list_is(site: SmallSite) -> None:
    site.build()
    root = site.root / "build/site"
    for lang, said in (
        ("en", "Policies – Industry: Culture and tourism"),
        ("zh", "政策 · 行业：文化旅游"),
    ):
        html = (root / lang / "investment-policies/industry/tourism/index.html").read_text()
        assert f"<h1>{said}</h1>" in html
        assert f"<title>{said} - " in html


def test_a_value_without_a_name_in_the_pages_language_says_its_own(site: SmallSite) -> None:
    shipped = (SHIPPED_CONTENT / "vocabulary/industries.yaml").read_text()
    site.write("vocabulary/industries.yaml", shipped.replace(", en: Culture and tourism", ""))
    site.build()
    front = site.root / "build/site/en/investment-policies"
    html = (front / "industry/tourism/index.html").read_text()
    assert '<h1>Policies – Industry: <span lang="zh-CN">文化旅游</span></h1>' in html
    assert "<title>Policies – Industry: 文化旅游 - " in html
    assert '<span lang="zh-CN">文化旅游</span></a>' in (front / "index.html").read_text()


def test_the_front_counts_each_value(site: SmallSite) -> None:
    site.build()
    front = (site.root / "build/site/zh/investment-policies/index.html").read_text()
    counts = re.findall(r'/investment-policies/([^"]+)/">[^<]+</a><span [^>]+>(\d+)<', front)
    assert dict(counts)["industry/tourism"] == "2"
    assert dict(counts)["state/open"] == "2"
    assert "全州" in front


def test_the_clock_closes_a_policy_and_opens_it_again(site: SmallSite) -> None:
    site.build(now="2026-06-30 23:59")
    before = site.outputs()
    assert titles(site, "state/open") == ["客栈", "牧场"]
    site.build(now="2026-07-01 00:00")
    assert titles(site, "state/open") == ["牧场"]
    assert titles(site, "state/closed") == ["客栈"]
    page = (site.root / "build/site/zh/investment-policies/2026/inn/index.html").read_text()
    assert "有效期已于 2026-06-30 届满。" in page
    assert "https://schema.org/NotInForce" in page
    site.build("fresh", now="2026-07-01 00:00")
    assert differences(site.outputs(), site.outputs("fresh")) == []
    site.build(now="2026-06-30 23:59")
    assert differences(before, site.outputs()) == []


def test_a_repeal_closes_a_policy(site: SmallSite) -> None:
    site.build()
    site.document("documents/2026/end.md", id="end", title="废止", repeals="[farm]")
    site.build()
    assert titles(site, "state/closed") == ["牧场"]
    (site.content / "documents/2026/end.md").unlink()
    site.build()
    assert titles(site, "state/open") == ["客栈", "牧场"]


def test_only_documents_below_the_main_column_are_listed(site: SmallSite) -> None:
    site.document(
        "documents/2026/elsewhere.md",
        kind="policy",
        industries="[digital]",
        benefit="甲",
        apply="乙",
        valid_from="2026-03-01",
    )
    site.build()
    assert "industry/digital" not in facets(site)


def _add(site: SmallSite, numbers: range) -> None:
    for number in numbers:
        year = 2025 + number % 2
        site.policy(
            f"p{number}", title=f"政策{number}", date=f"{year}-03-{number % 28 + 1:02d} 09:00"
        )


def test_a_facet_with_more_than_200_documents_leads_to_its_years(tmp_path: Path) -> None:
    site = make_disclosure_site(tmp_path)
    _add(site, range(200))
    site.build()
    assert len(titles(site, "industry/tourism")) == 200
    assert "industry/tourism/2025" not in facets(site)

    _add(site, range(200, 201))
    site.build()
    assert titles(site, "industry/tourism") == []
    assert len(titles(site, "industry/tourism/2025")) == 101
    assert {"industry/tourism/2025", "industry/tourism/2026"} <= facets(site)
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []

    (site.content / "investment-policies/2025/p200.md").unlink()
    site.build()
    assert "industry/tourism/2025" not in facets(site)
    site.build("again")
    assert differences(site.outputs(), site.outputs("again")) == []


def test_a_new_policy_costs_the_same_in_a_large_site(tmp_path: Path) -> None:
    counts = []
    for documents in (450, 900):
        site = make_disclosure_site(tmp_path / str(documents))
        _add(site, range(documents))
        site.build()
        site.policy("newest", title="最新", date="2026-05-30 09:00")
        report = site.build()
        counts.append((report.views_computed, report.outputs_written, report.outputs_removed))
    assert counts[0] == counts[1]
