"""Pictures of the shipped site for README and for looking at: `make screenshots`.

Without arguments it writes docs/screenshots/. With a folder it writes every page kind in three
languages on a phone and at a desk there, in full length: what a change of the look is judged by.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import REPOSITORY
from tests.journeys.browser import DESK_WIDTH, PHONE_WIDTH, launch_browser, visit
from tests.journeys.page_kinds import page_kinds
from tests.journeys.portal import Portal, start_portal
from tests.journeys.service_pages import walk_services

# File name, address or page kind, width.
README_PICTURES = (
    ("home", "/zh/", DESK_WIDTH),
    ("home-phone", "/bo/", PHONE_WIDTH),
    ("document", "zh document not in force", DESK_WIDTH),
    ("search", "/zh/search/?q=医疗保险", DESK_WIDTH),
    ("form-phone", "/en/forms/governor-mailbox/", PHONE_WIDTH),
)


def write_picture(
    browser: Browser, portal: Portal, address: str, width: int, file: Path, *, whole: bool
) -> None:
    """`file` is a PNG of the page at `address`; the whole page, or what a screen shows of it."""
    with visit(browser, portal.address, width=width) as (page, watch):
        watch.expected_failures.add(address)
        page.goto(address)
        page.screenshot(path=file, full_page=whole)


def write_readme_pictures(browser: Browser, portal: Portal, folder: Path) -> None:
    """The pictures that README and the page for staff show."""
    kinds = dict(page_kinds(portal))
    for name, place, width in README_PICTURES:
        file = folder / f"{name}.png"
        write_picture(browser, portal, kinds.get(place, place), width, file, whole=False)
    write_staff_pictures(browser, portal, folder)


def write_staff_pictures(browser: Browser, portal: Portal, folder: Path) -> None:
    """What docs/staff.md shows: a letter by its link, and opened."""
    with visit(browser, portal.address, width=DESK_WIDTH) as (page, watch):
        for name in walk_services(page, watch, portal, "zh"):
            if name in ("staff link", "staff desk"):
                page.screenshot(path=folder / f"{name.replace(' ', '-')}.png", full_page=True)


def write_every_kind(browser: Browser, portal: Portal, folder: Path) -> None:
    """Every page kind on both widths, whole; files are named after kind and width."""
    for kind, address in page_kinds(portal):
        for width in (PHONE_WIDTH, DESK_WIDTH):
            file = folder / f"{re.sub(r'[^a-z]+', '-', kind)}-{width}.png"
            write_picture(browser, portal, address, width, file, whole=True)


def main() -> int:
    """Build the shipped content into a folder of its own, and take the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    write = write_every_kind if len(sys.argv) > 1 else write_readme_pictures
    with (
        tempfile.TemporaryDirectory() as build,
        start_portal(REPOSITORY / "content", Path(build)) as portal,
        sync_playwright() as playwright,
    ):
        browser = launch_browser(playwright)
        write(browser, portal, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
