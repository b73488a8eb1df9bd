"""A visitor who has a keyboard and nothing else."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.portal import Portal
from tests.journeys.test_reading import first_numbered_document

MOST_STOPS = 200
# What the focus is on, and whether a sighted person could tell.
FOCUSED = """() => {
  const focused = document.activeElement;
  const style = getComputedStyle(focused);
  const box = focused.getBoundingClientRect();
  return {
    name: focused.tagName + " " + (focused.id || focused.getAttribute("href") || focused.textContent.trim()),
    isRinged: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0,
    tag: focused.tagName,
  };
}"""


def test_the_first_stop_skips_to_the_main_content(page: Page) -> None:
    page.goto("/zh/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_every_stop_can_be_seen(page: Page) -> None:
    page.goto("/zh/")
    unseen = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            break
        if not (focused["isRinged"] and focused["isSeen"]):
            unseen.append(focused["name"])
    assert unseen == []


def test_a_keyboard_only_visitor_searches_and_reads(page: Page, portal: Portal) -> None:
    wanted = first_numbered_document(portal)
    page.goto("/zh/")
    tab_to(page, 'input[name="q"]')
    page.keyboard.insert_text(wanted.number)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/zh/search/\?q="))
    tab_to(page, "main .result a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted.title)


def test_a_keyboard_only_visitor_opens_the_columns(page: Page) -> None:
    page.goto("/zh/")
    tab_to(page, "nav.navigation summary")
    page.keyboard.press("Enter")
    expect(page.locator(".navigation-columns")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/zh/$"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on `selector`; fails when that never comes."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
