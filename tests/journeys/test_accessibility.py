"""axe finds nothing serious on any page kind, in three languages, on a phone and at a desk."""

from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.journeys.browser import DESK_WIDTH, PHONE_WIDTH, visit
from tests.journeys.page_kinds import page_kinds
from tests.journeys.portal import Portal

SERIOUS = ("serious", "critical")


@pytest.fixture(params=[PHONE_WIDTH, DESK_WIDTH], ids=["phone", "desk"])
def wide_page(request: pytest.FixtureRequest, browser: Browser, portal: Portal) -> Iterator[Page]:
    """A page as wide as a phone, then one as wide as a desk's screen."""
    with visit(browser, portal.address, width=request.param) as (page, watch):
        watch.expected_failures.add("/errors/404.html")
        yield page


def test_axe_finds_nothing_serious_on_any_page_kind(wide_page: Page, portal: Portal) -> None:
    found = [
        f"{name} ({address}): {problem}"
        for name, address in page_kinds(portal)
        for problem in serious_problems(wide_page, address)
    ]
    assert found == [], "\n" + "\n".join(found)


def test_no_page_is_wider_than_the_screen(wide_page: Page, portal: Portal) -> None:
    wide = []
    for name, address in page_kinds(portal):
        wide_page.goto(address)
        width = wide_page.evaluate("document.documentElement.scrollWidth")
        if width > wide_page.evaluate("window.innerWidth"):
            wide.append(f"{name} ({address}): {width} px")
    assert wide == [], "\n" + "\n".join(wide)


@pytest.mark.parametrize("choice", ["text=large", "contrast=high"])
def test_axe_finds_nothing_serious_with_preferences(
    wide_page: Page, portal: Portal, choice: str
) -> None:
    name, _, value = choice.partition("=")
    wide_page.context.add_cookies([{"name": name, "value": value, "url": portal.address}])
    for address in ("/zh/", "/en/government-documents/", "/bo/site-map/"):
        assert serious_problems(wide_page, address) == []


def serious_problems(page: Page, address: str) -> list[str]:
    """What axe calls serious or critical on the page at `address`, one line each."""
    page.goto(address)
    result = Axe().run(page)
    assert result["passes"], f"axe looked at nothing on {address}"
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in result["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
