"""Every page that search and relay answer with, met as a visitor meets it.

For what looks at each of them: the pictures, axe and the HTML checker.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, Route
from starlette.testclient import TestClient

from search.service import make_application as make_search
from tests.journeys.browser import Watch
from tests.journeys.letters import (
    FORM,
    FORM_WITH_FILES,
    fill_form,
    read_codes,
    read_form,
    send_button,
)
from tests.journeys.portal import Portal
from tests.theme.test_templates import THEME

QUESTIONS = {"zh": "医疗保险", "en": "insurance", "bo": "ལམ"}
# Letters that lead to suggestions.
LETTERS = {"zh": "ybbx", "en": "medical ins", "bo": "མཐོ་ས"}


def walk_services(page: Page, watch: Watch, portal: Portal, lang: str) -> Iterator[str]:
    """The names of the pages, `page` standing on each while it is named."""
    watch.expected_failures |= {f"/{lang}/relay/{FORM}/check", f"/{lang}/relay/status"}
    watch.expected_failures |= {f"/{lang}/search/", f"/{lang}/relay/{FORM}/submit"}
    watch.expected_failures |= {f"/{lang}/relay/{FORM_WITH_FILES}/submit"}
    yield from _walk_search(page, lang)
    with search_without_index(page, portal):
        page.goto(f"/{lang}/search/?q=1")
        yield "search not available"
    yield from _walk_form(page, watch, portal, lang)
    yield from _walk_files(page, portal, lang)


@contextmanager
def search_without_index(page: Page, portal: Portal) -> Iterator[None]:
    """The search answers as it does beside a site whose index is not there (yet)."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder)
        shutil.copytree(portal.build / "frames", build / "frames")
        with TestClient(make_search(build, THEME), base_url=portal.address) as search:

            def answer(route: Route) -> None:
                said = search.get(route.request.url)
                route.fulfill(
                    body=said.content, status=said.status_code, headers=dict(said.headers)
                )

            page.route("**/search/*", answer)
            yield
            page.unroute("**/search/*", answer)


def _walk_search(page: Page, lang: str) -> Iterator[str]:
    addresses = {
        "search": "",
        "search with results": f"?q={QUESTIONS[lang]}",
        "search with filters": f"?q={QUESTIONS[lang]}&kind=document",
        "search without results": "?q=qqzzxxvv",
        "search not understood": "?q=1&nothing=1",
    }
    for name, query in addresses.items():
        page.goto(f"/{lang}/search/{query}")
        yield name


def walk_suggestions(page: Page, lang: str) -> Iterator[str]:
    """The search page with its list of suggestions open, which it has with JavaScript alone."""
    page.goto(f"/{lang}/search/")
    page.locator("#search-text").press_sequentially(LETTERS[lang], delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    yield "search with suggestions"


def _walk_form(page: Page, watch: Watch, portal: Portal, lang: str) -> Iterator[str]:
    form = read_form(portal, FORM)
    page.goto(f"/{lang}/forms/{FORM}/")
    _send(page)
    yield "form with mistakes"
    page.goto(f"/{lang}/forms/{FORM}/")
    fill_form(page, form)
    _send(page)
    yield "form to read again"
    receipt = _send_from_another_window(page)
    page.locator('main form input[name="subject"]').evaluate("input => input.value += '!'")
    _send(page)
    yield "form sent twice"
    page.goto(receipt)
    yield "receipt"
    reference, code = read_codes(page)
    page.goto(f"/{lang}/relay/status")
    yield "status"
    _send(page)
    yield "status with mistakes"
    for given, name in (("0000-0000-0000-0000", "status not found"), (code, "status found")):
        page.goto(f"/{lang}/relay/status")
        page.locator('main input[name="reference"]').fill(reference)
        page.locator('main input[name="code"]').fill(given)
        _send(page)
        yield name
    yield from _walk_staff(page, watch, lang, reference)


def _walk_staff(page: Page, watch: Watch, lang: str, reference: str) -> Iterator[str]:
    page.goto(find_staff_link(page, reference).replace("/zh/", f"/{lang}/", 1))
    yield "staff link"
    _send(page)
    yield "staff desk"
    # This address refuses an empty answer, and is used up by the next one.
    watch.expected_failures.add(urlsplit(page.url).path)
    page.locator("#f-reply").fill(" ")
    with page.expect_navigation():
        page.locator("form:has(#f-reply) button").click()
    yield "staff desk with a mistake"
    page.locator("#f-reply").fill("减速带下月设置。")
    used = page.url
    with page.expect_navigation():
        page.locator("form:has(#f-reply) button").click()
    yield "staff desk of an answered letter"
    page.goto(used)
    yield "staff link used before"


def find_staff_link(page: Page, reference: str) -> str:
    """The staff link in the letter's mail, once the mail catcher has it."""
    for _ in range(100):
        mails = page.request.get("/mail/").text().split("<article>")
        links = [re.search(r"/zh/relay/staff/\S+", mail) for mail in mails if reference in mail]
        found = [link.group() for link in links if link]
        if found:
            return found[0]
        page.wait_for_timeout(100)
    raise AssertionError(f"no mail about {reference} has a staff link")


def _walk_files(page: Page, portal: Portal, lang: str) -> Iterator[str]:
    page.goto(f"/{lang}/forms/{FORM_WITH_FILES}/")
    fill_form(page, read_form(portal, FORM_WITH_FILES))
    _send(page)
    yield "form with files to read again"
    page.locator('main input[type="file"]').set_input_files(
        {"name": "letter.exe", "mimeType": "text/plain", "buffer": b"MZ"}
    )
    _send(page)
    yield "form with a refused file"


def _send(page: Page) -> None:
    """What answers the form stands in the window, its style with it."""
    with page.expect_navigation():
        send_button(page).click()


def _send_from_another_window(page: Page) -> str:
    """The letter is sent, its receipt at this address; `page` stands where it stood."""
    page.locator("main form").evaluate("form => form.target = '_blank'")
    with page.expect_popup() as window:
        send_button(page).click()
    window.value.wait_for_url("**/receipt/**")
    receipt = window.value.url
    window.value.close()
    page.locator("main form").evaluate("form => form.target = ''")
    return receipt


class SourceOfPage:
    """The bytes that the page in the window came as, which the browser has since mended."""

    def __init__(self, page: Page) -> None:
        """Watch `page` from now on."""
        self._newest: Response | None = None
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status // 100 != 3:
            self._newest = response

    def write(self, file: Path) -> None:
        """`file` has these bytes afterwards."""
        assert self._newest is not None
        file.write_bytes(self._newest.body())
