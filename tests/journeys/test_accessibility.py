"""axe finds nothing on any page kind, in three languages, on a phone and at a desk."""

from collections.abc import Iterator
from itertools import chain

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from domain.languages import LANGUAGES
from tests.journeys.browser import DESK_WIDTH, HEIGHTS, PHONE_WIDTH, visit
from tests.journeys.page_kinds import MEANT_TO_FAIL, page_kinds
from tests.journeys.portal import Portal
from tests.journeys.service_pages import walk_services, walk_suggestions

NO_PASSES = {"resultTypes": ["violations"]}
"""What passes is named with one place each: all places of all rules are most of the time."""

PARTS = 8
"""The page kinds are shared out, for all of them together take minutes."""


@pytest.fixture
def visitor_page(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A visitor's page, as wide as a phone at first."""
    with visit(browser, portal.address, width=PHONE_WIDTH) as (page, watch):
        watch.expected_failures |= MEANT_TO_FAIL
        yield page


@pytest.mark.begins_first
@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page_kind_and_none_is_wider_than_the_screen(
    visitor_page: Page, portal: Portal, part: int
) -> None:
    kinds = list(page_kinds(portal))[part::PARTS]
    assert kinds
    found, wide = [], []
    for name, address in kinds:
        for width, problems in problems_by_width(visitor_page, address):
            found += [f"{name} ({address}) at {width} px: {one}" for one in problems]
            needed = visitor_page.evaluate("document.documentElement.scrollWidth")
            if needed > visitor_page.evaluate("window.innerWidth"):
                wide.append(f"{name} ({address}) at {width} px: {needed} px")
    assert found == [], "\n" + "\n".join(found)
    assert wide == [], "\n" + "\n".join(wide)


@pytest.mark.parametrize("choice", ["text=large", "contrast=high"])
def test_axe_finds_nothing_with_preferences(
    visitor_page: Page, portal: Portal, choice: str
) -> None:
    name, _, value = choice.partition("=")
    visitor_page.context.add_cookies([{"name": name, "value": value, "url": portal.address}])
    for address in ("/zh/", "/en/government-documents/", "/bo/site-map/"):
        for width, problems in problems_by_width(visitor_page, address):
            assert problems == [], f"{address} at {width} px"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_on_what_search_and_relay_answer(
    browser: Browser, portal: Portal, lang: str
) -> None:
    found, wide = [], []
    with visit(browser, portal.address, width=PHONE_WIDTH) as (page, watch):
        pages = chain(walk_services(page, watch, portal, lang), walk_suggestions(page, lang))
        for name in pages:
            found += [f"{name}: {problem}" for problem in problems_of(page)]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(name)
    assert found == [], "\n" + "\n".join(found)
    assert wide == []


def problems_by_width(page: Page, address: str) -> Iterator[tuple[int, list[str]]]:
    """What axe says of the page at `address` on a phone, then of the same at a desk."""
    for width in (PHONE_WIDTH, DESK_WIDTH):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        if width == PHONE_WIDTH:
            page.goto(address)
        yield width, problems_of(page)


def problems_of(page: Page) -> list[str]:
    """What axe says of the page in the window, one line each."""
    result = Axe().run(page, options=NO_PASSES)
    assert result["passes"], f"axe looked at nothing on {page.url}"
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
