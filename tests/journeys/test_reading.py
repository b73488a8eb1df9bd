"""Readers' ways through the portal, each walked with JavaScript off and on."""

import re

import pytest
from ical.calendar_stream import IcsCalendarStream
from playwright.sync_api import Page, expect

from domain.languages import HTML_LANG, OWN_NAMES
from domain.search_rows import SearchRow
from tests.journeys.browser import Watch
from tests.journeys.portal import Portal
from tests.rendering.data_rules import read_csv

INVESTMENT_COLUMNS = ("投资政策", "投资项目")


def first_numbered_document(portal: Portal) -> SearchRow:
    """A document with a number, in Chinese."""
    return next(row for row in portal.documents() if row.number and row.lang == "zh")


def test_a_resident_finds_a_document_by_its_number(page: Page, portal: Portal) -> None:
    wanted = first_numbered_document(portal)
    page.goto("/zh/")
    page.get_by_role("searchbox").first.fill(wanted.number)
    page.get_by_role("searchbox").first.press("Enter")
    expect(page).to_have_url(re.compile(r"/zh/search/\?q="))
    first = page.locator("main .result").first
    expect(first.locator(".entry-number")).to_have_text(wanted.number)
    first.locator(".result-title a").click()
    expect(page).to_have_url(portal.address + wanted.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted.title)
    expect(page.locator(".card")).to_contain_text(wanted.number)


def test_a_resident_types_the_number_in_another_way(page: Page, portal: Portal) -> None:
    wanted = first_numbered_document(portal)
    loose = wanted.number.replace("〔", "[").replace("〕", "]")
    page.goto(f"/zh/search/?q={loose}")
    expect(page.locator("main .result .entry-number").first).to_have_text(wanted.number)


def test_a_search_without_results_says_so_and_offers_a_way_on(page: Page) -> None:
    page.goto("/zh/search/?q=qqqqzzzzqqqq")
    expect(page.locator("main .result")).to_have_count(0)
    expect(page.locator("main a").first).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "bo"])
def test_a_visitor_changes_the_language(page: Page, lang: str) -> None:
    page.goto("/")
    switch = page.locator("nav.languages")
    switch.get_by_role("link", name=OWN_NAMES[lang]).click()
    expect(page).to_have_url(re.compile(f"/{lang}/$"))
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
    expect(switch.locator("[aria-current]")).to_have_text(OWN_NAMES[lang])
    switch.get_by_role("link", name=OWN_NAMES["zh"]).click()
    expect(page).to_have_url(re.compile("/zh/$"))


def test_a_reader_goes_to_the_translation_of_a_document(page: Page, portal: Portal) -> None:
    rows = portal.documents()
    english = {row.id: row for row in rows if row.lang == "en"}
    chinese = next(row for row in rows if row.lang == "zh" and row.id in english)
    page.goto(chinese.url)
    page.locator("nav.languages").get_by_role("link", name=OWN_NAMES["en"]).click()
    translation = english[chinese.id]
    expect(page).to_have_url(portal.address + translation.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(translation.title)


@pytest.mark.parametrize("name", INVESTMENT_COLUMNS)
def test_an_investor_reaches_a_column_in_three_steps(page: Page, portal: Portal, name: str) -> None:
    page.goto("/")  # the first step
    navigation = page.locator("nav.navigation")
    navigation.locator('a[href="/zh/investors/"]').click()  # the second
    expect(page).to_have_url(portal.address + "/zh/investors/")
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()  # the third
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_reader_follows_the_breadcrumbs_up(page: Page, portal: Portal) -> None:
    page.goto(first_numbered_document(portal).url)
    crumbs = page.locator(".breadcrumbs a")
    column = crumbs.nth(crumbs.count() - 2)
    name = column.inner_text()
    column.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_an_older_reader_makes_the_text_larger_and_it_stays(page: Page) -> None:
    page.goto("/zh/")
    before = font_size(page)
    choose(page, "when-off-large", "when-on-large")
    expect(page).to_have_url(re.compile("/zh/$"))
    larger = font_size(page)
    assert larger > before
    page.goto("/zh/site-map/")
    assert font_size(page) == larger
    choose(page, "when-on-large", "when-off-large")
    assert font_size(page) == before


def choose(page: Page, button: str, other: str) -> None:
    """The button is pressed, and the page that answers is there with its styles.

    Between the two pages no button is seen, and without styles both are: so first the one, then
    the other is waited for.
    """
    page.locator(f"button.{button}").click()
    expect(page.locator(f"button.{other}")).to_be_visible()
    expect(page.locator(f"button.{button}")).to_be_hidden()
    page.wait_for_load_state("load")


def test_a_reader_with_weak_sight_turns_on_the_contrast(page: Page) -> None:
    page.goto("/zh/")
    page.locator("button.when-off-contrast").click()
    expect(page.locator("button.when-on-contrast")).to_be_visible()
    expect(page.locator("button.when-off-contrast")).to_be_hidden()


def test_a_wrong_address_leads_back_into_the_site(page: Page, watch: Watch, portal: Portal) -> None:
    watch.expected_failures.add("/zh/no-such-page/")
    answer = page.goto("/zh/no-such-page/")
    assert answer is not None
    assert answer.status == 404
    page.locator("main a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert portal.status_of(page.url.removeprefix(portal.address)) == 200


def test_a_reader_takes_the_feed_of_an_audience(page: Page, portal: Portal) -> None:
    page.goto("/zh/public/")
    feeds = page.locator('head link[rel="alternate"][type="application/atom+xml"]')
    address = feeds.first.get_attribute("href")
    assert address is not None
    assert portal.status_of(address.removeprefix(portal.address)) == 200


def test_a_program_finds_calendar_and_data_from_the_page_of_feeds(
    page: Page, portal: Portal
) -> None:
    page.goto("/en/")
    page.get_by_role("contentinfo").get_by_role("link", name="Feeds, calendars and data").click()
    year = page.get_by_role("link", name="CSV 2026").get_attribute("href")
    agenda = page.get_by_role("link", name="Calendar: Residents").get_attribute("href")
    table = page.request.get(f"{portal.address}{year}")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = read_csv(table.body())
    found = portal.status_of(rows[0]["url"].removeprefix("https://www.aba.example"))
    assert (found, rows[0]["kind"]) == (200, "document")
    calendar = page.request.get(f"{portal.address}{agenda}")
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(IcsCalendarStream.calendar_from_ics(calendar.text()).events) > 5


def font_size(page: Page) -> float:
    """The size of the text in the main part, in pixels."""
    size = page.locator("main").evaluate("main => getComputedStyle(main).fontSize")
    return float(str(size).removesuffix("px"))
