"""The watch over the journeys sees what it must see: otherwise they could not fail."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser

from publishing.response_headers import CONTENT_SECURITY_POLICY
from tests.journeys.browser import visit
from tests.journeys.test_accessibility import problems_of

PAGES = {
    "/good/": "<p>Good</p>",
    "/inline-style/": "<p style='color: red'>Bad</p>",
    "/inline-script/": "<script>document.title = 'Bad'</script>",
    "/other-host/": "<img src='http://elsewhere.invalid/a.png' alt=''>",
    "/no-label/": "<input type='text'>",
    "/missing-picture/": "<img src='/none.png' alt=''>",
}


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        # Without this one the request to the other host would leave the browser.
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.end_headers()
        icon = "<link rel='icon' href='/good/'>"
        self.wfile.write(f"<!doctype html><title>a</title>{icon}{body or ''}".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_good_page_passes(browser: Browser, address: str, has_javascript: bool) -> None:
    with visit(browser, address, has_javascript=has_javascript) as (page, _watch):
        page.goto("/good/")


@pytest.mark.parametrize("path", ["/inline-style/", "/other-host/", "/missing-picture/", "/none/"])
def test_a_bad_page_fails(browser: Browser, address: str, has_javascript: bool, path: str) -> None:
    with (
        pytest.raises(AssertionError),
        visit(browser, address, has_javascript=has_javascript) as (page, _watch),
    ):
        page.goto(path)


def test_an_inline_script_fails(browser: Browser, address: str) -> None:
    # With JavaScript off the browser never comes to ask the policy.
    with (
        pytest.raises(AssertionError, match="Content Security Policy"),
        visit(browser, address) as (page, _watch),
    ):
        page.goto("/inline-script/")


def test_axe_finds_a_field_without_a_label(browser: Browser, address: str) -> None:
    with visit(browser, address) as (page, _watch):
        page.goto("/no-label/")
        assert any("label" in problem for problem in problems_of(page))
