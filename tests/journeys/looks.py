"""Every page kind as a picture, for looking at: `make looks`, or some of them by name.

Whole pages in three languages on a phone and at a desk; the main kinds also on a tablet and a
wide screen, in large text, in high contrast and as printed. Files are named after all of these.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from domain.languages import LANGUAGES
from tests.conftest import REPOSITORY
from tests.journeys.browser import (
    DESK_WIDTH,
    PHONE_WIDTH,
    TABLET_WIDTH,
    WIDE_WIDTH,
    Watch,
    launch_browser,
    visit,
)
from tests.journeys.page_kinds import MEANT_TO_FAIL, page_kinds
from tests.journeys.portal import Portal, start_portal
from tests.journeys.service_pages import walk_services, walk_suggestions

# A picture that is loaded when it comes into view would be missing from a picture of the whole.
LOAD_PICTURES = """() => Promise.all([...document.images].map(image => {
  image.loading = "eager";
  return image.decode().catch(() => null);
}))"""
MAIN_KINDS = re.compile("(home|document|audience|department|form|archive|style.*)$")


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking: the width of the window, a cookie of preferences, the medium."""

    name: str
    width: int
    cookie: tuple[str, str] | None = None
    medium: str = "screen"

    @contextmanager
    def open(self, browser: Browser, portal: Portal) -> Iterator[tuple[Page, Watch]]:
        """A page that is looked at in this way."""
        with visit(browser, portal.address, width=self.width) as (page, watch):
            if self.cookie:
                name, value = self.cookie
                page.context.add_cookies([{"name": name, "value": value, "url": portal.address}])
            if self.medium == "print":
                page.emulate_media(media="print")
            watch.expected_failures |= MEANT_TO_FAIL
            yield page, watch


EVERY_KIND = (Look("360", PHONE_WIDTH), Look("1280", DESK_WIDTH))
MAIN_KINDS_ALSO = (
    Look("768", TABLET_WIDTH),
    Look("1920", WIDE_WIDTH),
    Look("360-large", PHONE_WIDTH, ("text", "large")),
    Look("1280-large", DESK_WIDTH, ("text", "large")),
    Look("1280-contrast", DESK_WIDTH, ("contrast", "high")),
    Look("print", TABLET_WIDTH, medium="print"),
)


def write_looks(browser: Browser, portal: Portal, folder: Path, only: re.Pattern[str]) -> None:
    """A PNG for each page kind and way of looking whose name `only` finds."""
    for look in (*EVERY_KIND, *MAIN_KINDS_ALSO):
        for kind, address in page_kinds(portal):
            name = f"{kind} {look.name}"
            if only.search(name) and (look in EVERY_KIND or MAIN_KINDS.search(kind)):
                with look.open(browser, portal) as (page, _watch):
                    page.goto(address)
                    write_picture(page, folder, name)
        if look in EVERY_KIND:
            _write_services(browser, portal, folder, look, only)


def _write_services(
    browser: Browser, portal: Portal, folder: Path, look: Look, only: re.Pattern[str]
) -> None:
    if not only.search("services"):
        return
    for lang in LANGUAGES:
        with look.open(browser, portal) as (page, watch):
            kinds = chain(walk_services(page, watch, portal, lang), walk_suggestions(page, lang))
            for kind in kinds:
                write_picture(page, folder, f"{lang} {kind} {look.name}")


def write_picture(page: Page, folder: Path, name: str) -> None:
    """`folder` has a PNG of the whole page, named after `name`; pictures far down are in it too."""
    page.evaluate(LOAD_PICTURES)
    page.screenshot(path=folder / f"{name.replace(' ', '-')}.png", full_page=True)


def main() -> None:
    """Build the shipped content into a folder of its own, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="names to take")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as build,
        start_portal(REPOSITORY / "content", Path(build)) as portal,
        sync_playwright() as playwright,
    ):
        browser = launch_browser(playwright)
        write_looks(browser, portal, arguments.folder, arguments.only)
        browser.close()


if __name__ == "__main__":
    main()
