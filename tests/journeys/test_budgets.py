"""An auditor's way to the budgets: three years side by side, downloaded, added up again."""

import csv
import io
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from tests.journeys.portal import Portal

DEPARTMENT = "阿坝州教育局"
YEARS = {"2024", "2025", "2026"}
STAGES = {"预算": "budget", "决算": "final"}

Amounts = dict[tuple[str, str, str], Decimal]
"""(year, stage, code) -> amount"""


def test_an_auditor_compares_three_years_of_a_department_and_the_sums_agree(
    page: Page, portal: Portal
) -> None:
    page.goto("/zh/budgets/")
    page.locator("main").get_by_role("link", name="各部门预决算公开情况").click()
    link = page.get_by_role("link", name=DEPARTMENT, exact=True)
    expect(page.get_by_role("row").filter(has=link)).to_contain_text("决算")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{DEPARTMENT}历年预算与决算")

    shown = amounts_of_table(page.locator("main table"))
    assert {year for year, _, _ in shown} == YEARS
    downloaded = download_csv(page, "下载数据（CSV）")
    assert downloaded == shown
    address = page.get_by_role("link", name="下载数据（JSON）").get_attribute("href")
    answer = page.request.get(f"{portal.address}{address}")
    assert amounts_of_records(answer.json()["figures"]) == shown
    assert sums_that_disagree(downloaded) == []


def test_an_auditor_reads_in_words_what_changed_and_follows_the_budget(page: Page) -> None:
    page.goto("/zh/budgets/by-department/education/")
    published = page.locator("dl").get_by_role("link", name="决算").first
    published.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{DEPARTMENT}2025年部门决算")
    total = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="支出总计"))
    expect(total).to_contain_text("减少367.32（1.7%）")
    expect(total).to_contain_text("增加661.02（3.2%）")
    expect(page.locator(".proof")).to_have_text("全部14个合计数均已核算，完全一致。")
    chart = page.get_by_role("img", name="2025年决算 / 2025年预算：第一级科目")
    expect(chart).to_be_visible()
    page.get_by_role("link", name="历年对比").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{DEPARTMENT}历年预算与决算")


def test_a_resident_learns_what_has_not_been_published(page: Page) -> None:
    page.goto("/en/budgets/by-department/")
    health = page.get_by_role("row").filter(
        has=page.get_by_role("link", name="Aba Prefecture Health Commission", exact=True)
    )
    expect(health.get_by_role("cell").nth(1)).to_contain_text("no budget")
    expect(health.get_by_role("cell").nth(1)).to_contain_text("Final accounts")
    expect(health.get_by_role("cell").nth(2)).to_have_accessible_name("nothing published")


def amounts_of_table(table: Locator) -> Amounts:
    """What the page says, by the headings of its columns ("2026年预算")."""
    rows = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map("
        "cell => [cell.dataset.label, cell.firstChild.textContent.trim()]))"
    )
    return {
        (heading[:4], STAGES[heading[5:]], code): Decimal(text.replace(",", ""))
        for (_, code), *cells in rows
        for heading, text in cells
    }


def download_csv(page: Page, name: str) -> Amounts:
    """What is in the file that a click on the link has the browser save.

    The bytes are asked for once more: where the tests are root, the browser is a user who may
    not write into their folder.
    """
    with page.expect_download() as started:
        page.get_by_role("link", name=name).click()
    assert started.value.suggested_filename == "education.csv"
    text = page.request.get(started.value.url).body().decode("utf-8-sig")
    return amounts_of_records(list(csv.DictReader(io.StringIO(text))))


def amounts_of_records(records: list[dict[str, str]]) -> Amounts:
    return {(r["year"], r["stage"], r["code"]): Decimal(r["amount"]) for r in records}


def sums_that_disagree(amounts: Amounts) -> list[tuple[str, str, str]]:
    """The lines that those below them do not add up to, exactly."""
    sums: Amounts = {}
    for (year, stage, code), amount in amounts.items():
        above = (year, stage, code[:-2])
        sums[above] = sums.get(above, Decimal(0)) + amount
    return [line for line, total in sums.items() if line[2] and amounts[line] != total]
