"""One preview of the shipped content and one browser for all journeys of a process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import REPOSITORY
from tests.journeys.browser import Watch, launch_browser, visit
from tests.journeys.portal import Portal, start_portal

# How long a page may take to show what is expected, on a machine that does other work too.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The preview of the shipped content, built once."""
    build = tmp_path_factory.mktemp("portal") / "build"
    with start_portal(REPOSITORY / "content", build) as portal:
        yield portal


@pytest.fixture
def own_content(tmp_path: Path) -> Path:
    """A copy of the shipped content that a journey may edit."""
    return shutil.copytree(REPOSITORY / "content", tmp_path / "content")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = launch_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def has_javascript(request: pytest.FixtureRequest) -> bool:
    """Every journey is walked both ways."""
    return bool(request.param)


@pytest.fixture
def visitor(browser: Browser, portal: Portal, has_javascript: bool) -> Iterator[tuple[Page, Watch]]:
    """A page of a new visitor, and the watch over it."""
    with visit(browser, portal.address, has_javascript=has_javascript) as page_and_watch:
        yield page_and_watch


@pytest.fixture
def page(visitor: tuple[Page, Watch]) -> Page:
    """The visitor's page."""
    return visitor[0]


@pytest.fixture
def watch(visitor: tuple[Page, Watch]) -> Watch:
    """The watch over the visitor's page."""
    return visitor[1]
