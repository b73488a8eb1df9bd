"""Every page that search and relay answer with, met as a visitor meets it.

For what looks at each of them: the pictures, axe and the HTML checker.
"""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, Response

from domain.forms import Form
from tests.journeys.browser import Watch
from tests.journeys.letters import FORM, fill_form, read_codes, send_button
from tests.journeys.portal import Portal

QUESTIONS = {"zh": "医疗保险", "en": "insurance", "bo": "ལམ"}


def walk_services(page: Page, watch: Watch, portal: Portal, lang: str) -> Iterator[str]:
    """The names of the pages, `page` standing on each while it is named."""
    watch.expected_failures |= {f"/{lang}/relay/{FORM}/check", f"/{lang}/relay/status"}
    watch.expected_failures |= {f"/{lang}/search/"}
    yield from _walk_search(page, lang)
    yield from _walk_form(page, portal, lang)


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


def _walk_form(page: Page, portal: Portal, lang: str) -> Iterator[str]:
    form = Form.from_json((portal.build / "forms" / f"{FORM}.json").read_text(encoding="utf-8"))
    page.goto(f"/{lang}/forms/{FORM}/")
    send_button(page).click()
    yield "form with mistakes"
    page.goto(f"/{lang}/forms/{FORM}/")
    fill_form(page, form)
    send_button(page).click()
    yield "form to read again"
    send_button(page).click()
    page.wait_for_url("**/receipt/**")
    yield "receipt"
    reference, code = read_codes(page)
    page.goto(f"/{lang}/relay/status")
    yield "status"
    send_button(page).click()
    yield "status with mistakes"
    for given, name in (("0000-0000-0000-0000", "status not found"), (code, "status found")):
        page.goto(f"/{lang}/relay/status")
        page.locator('main input[name="reference"]').fill(reference)
        page.locator('main input[name="code"]').fill(given)
        send_button(page).click()
        yield name


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
