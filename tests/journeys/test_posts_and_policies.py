"""Who heads a bureau, and what an investor can still get: walked with JavaScript off and on."""

import re

from playwright.sync_api import Page, expect

from domain.search_rows import SearchRow
from tests.journeys.portal import Portal

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TOP = "it => it.getBoundingClientRect().top"


def policy(portal: Portal, validity: str) -> SearchRow:
    """A Chinese policy in that state."""
    rows = [row for row in portal.documents() if row.kind == "policy" and row.lang == "zh"]
    return next(row for row in rows if row.validity == validity)


def test_a_resident_asks_who_heads_a_bureau_and_since_when(page: Page) -> None:
    page.goto("/zh/departments/")
    page.locator("main").get_by_role("link", name="阿坝州财政局").click()
    head = page.locator("dl.facts > div").filter(has=page.get_by_text("局长", exact=True))
    expect(head.locator("strong")).to_have_text(re.compile("^某."))
    expect(head).to_contain_text(DAY)
    since = DAY.findall(head.inner_text())[0]
    person = head.locator("strong").inner_text()

    page.get_by_role("link", name="全部职务和历任").click()
    expect(page).to_have_url(re.compile("/zh/appointments/department/finance/$"))
    post = page.locator("dl.posts > div").first
    expect(post.locator(".holders")).to_contain_text(f"{person} {since} 起")
    post.locator("summary").click()
    expect(post.locator(".earlier li").first).to_be_visible()
    expect(post.locator(".earlier li").first).to_contain_text(since)

    post.locator(".holders a").click()
    expect(page.locator("main table")).to_contain_text(person)
    expect(page.locator("main table")).to_contain_text(since)
    page.locator("main table").get_by_role("link", name="阿坝州财政局").first.click()
    expect(page).to_have_url(re.compile("/zh/appointments/department/finance/$"))


def test_a_resident_finds_the_head_of_any_organisation_in_the_register(page: Page) -> None:
    page.goto("/zh/appointments/")
    page.locator("main").get_by_role("link", name="任职名册").click()
    row = page.locator("dl.register > div").filter(has_text="阿坝州教育局")
    expect(row).to_contain_text(re.compile(r"局长\s+某.\s+\d{4}-\d{2}-\d{2} 起"))
    row.get_by_role("link", name="全部职务").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("阿坝州教育局职务与任职人员")


def test_an_investor_finds_a_policy_in_force_and_a_closed_one_marked(
    page: Page, portal: Portal
) -> None:
    is_open, closed = policy(portal, "in-force"), policy(portal, "expired")
    page.goto("/zh/investors/")
    page.locator("main").get_by_role("link", name="投资政策", exact=True).first.click()
    facets = page.locator("nav.facets-front")
    facets.get_by_role("link", name="现行有效", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("投资政策 · 状态：现行有效")
    expect(page.locator("main .entry .validity").first).to_have_text("现行有效")
    expect(page.get_by_role("link", name=closed.title, exact=True)).to_have_count(0)
    page.get_by_role("link", name=is_open.title, exact=True).click()
    expect(page.locator(".policy-answers")).to_contain_text("能得到什么？")
    expect(page.locator(".policy-answers")).to_contain_text("怎样申请？")
    expect(page.locator(".card")).to_contain_text("现行有效")

    page.goto("/zh/investment-policies/")
    facets.get_by_role("link", name="已失效", exact=True).click()
    line = page.locator("main .entry").filter(has_text=closed.title)
    expect(line.locator(".validity")).to_have_text("到期")
    line.get_by_role("link", name=closed.title).click()
    expect(page.locator(".banner-void")).to_contain_text(re.compile(r"到期\s*有效期已于"))


def test_an_investor_puts_policies_side_by_side(page: Page, portal: Portal) -> None:
    chosen = [policy(portal, "in-force"), policy(portal, "expired")]
    page.goto("/zh/investment-policies/")
    for row in chosen:
        page.get_by_label(f"加入对比 {row.title}").check()
    page.get_by_role("button", name="对比所选政策").click()
    expect(page).to_have_url(re.compile(r"/zh/search/compare\?id="))
    table = page.locator("main table")
    for row in chosen:
        expect(table.get_by_role("link", name=row.title)).to_be_visible()
    expect(table.locator(".validity")).to_have_text(["现行有效", "到期"])
    page.locator("nav.languages").get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Policies side by side")
    expect(table.locator(".validity")).to_have_text(["In force", "Expired"])


def test_on_a_phone_policies_stand_one_below_the_other_and_stay_a_table(
    page: Page, portal: Portal
) -> None:
    """For the eye a list without scrolling aside; for who hears it, rows and columns."""
    chosen = [policy(portal, "in-force"), policy(portal, "expired")]
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/bo/search/compare?" + "&".join(f"id={row.id}" for row in chosen))
    table = page.get_by_role("table")
    assert table.evaluate("it => it.scrollWidth <= it.parentElement.clientWidth")
    for row in chosen:
        expect(table.get_by_role("columnheader", name=row.title)).to_be_visible()
    industry = table.get_by_role("row").nth(2)
    expect(industry.get_by_role("rowheader")).to_have_text("ལས་རིགས")
    first, second = industry.get_by_role("cell").all()
    assert first.evaluate(TOP) < second.evaluate(TOP)
    named = second.evaluate("it => getComputedStyle(it, '::before').content")
    assert named == f'"{chosen[1].title}"'
    expect(second.locator("p")).to_have_attribute("lang", "bo")
