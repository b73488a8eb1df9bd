"""A real Chromium, and a visitor in it who notes everything that must not happen.

Run by root, the browser itself is an unprivileged user, because Chromium refuses its own
sandbox to root; the sandbox stays on wherever the kernel lets that user make one.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    Route,
)

from publishing.response_headers import SECURITY_HEADERS
from tests.theme.style_page import ADDRESS as STYLE_PAGES
from tests.theme.style_page import style_page

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AS_NOBODY = Path(__file__).with_name("unprivileged-chromium")
# Nothing that the browser does for itself: no updates, no accounts, no other protocols.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE_WIDTH, TABLET_WIDTH, DESK_WIDTH, WIDE_WIDTH = 360, 768, 1280, 1920
HELD = "held"
"""The query under which a page that leads on to another stays, so that it can be looked at."""
_HELD_PAGES = re.compile(rf"\?{HELD}$")
_LEADING_ON = re.compile(r'<meta http-equiv="refresh"[^>]*>\n')
HEIGHTS = {PHONE_WIDTH: 740, TABLET_WIDTH: 1024, DESK_WIDTH: 900, WIDE_WIDTH: 1080}


def launch_browser(playwright: Playwright) -> Browser:
    """Chromium, as "nobody" where we are root. Raises where it is not installed."""
    is_root = os.geteuid() == 0
    return playwright.chromium.launch(
        executable_path=str(AS_NOBODY) if is_root else CHROMIUM,
        chromium_sandbox=has_user_namespaces(as_nobody=is_root),
        args=list(FLAGS),
    )


def has_user_namespaces(*, as_nobody: bool) -> bool:
    """Whether that user may make a namespace, which Chromium's sandbox is built on."""
    probe = ["unshare", "--user", "true"]
    if as_nobody:
        probe = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *probe]
    return subprocess.run(probe, capture_output=True).returncode == 0


@dataclass
class Watch:
    """What the pages of one visitor did that they must not do. Empty at the end, or a failure."""

    address: str
    other_hosts: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    # Addresses that are meant to fail in this journey, for example a page that does not exist.
    expected_failures: set[str] = field(default_factory=set)

    def attach(self, context: BrowserContext) -> None:
        """Watch every page of `context`, those that it opens later included."""
        context.on("request", lambda request: self.note_request(request.url))
        context.on("response", self.note_response)
        context.on("console", self.note_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def note_request(self, url: str) -> None:
        """Keep the address when it is on any host but the portal's."""
        parts = urlsplit(url)
        if (
            parts.scheme not in ("data", "blob")
            and f"{parts.scheme}://{parts.netloc}" != self.address
        ):
            self.other_hosts.append(url)

    def note_response(self, response: Response) -> None:
        """Keep answers that say a part of a page is missing or broken."""
        if response.status >= 400 and urlsplit(response.url).path not in self.expected_failures:
            self.failures.append(f"{response.status} {response.url}")

    def note_console(self, message: ConsoleMessage) -> None:
        """Keep errors: a violation of the content security policy is written there too."""
        is_expected = urlsplit(message.location["url"]).path in self.expected_failures
        if message.type == "error" and not is_expected:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def check(self) -> None:
        """Fail with everything noted."""
        noted = [*self.other_hosts, *self.complaints, *self.failures]
        assert not noted, "\n".join(noted)


def show_style_page(route: Route) -> None:
    """The style page, which the portal does not serve, as the portal would serve it."""
    found = STYLE_PAGES.search(route.request.url)
    assert found is not None
    headers = {**SECURITY_HEADERS, "content-type": "text/html; charset=utf-8"}
    route.fulfill(body=style_page(found[1]), headers=headers)


def hold_page(route: Route) -> None:
    """The page as the portal gives it, without the line that leads on from it."""
    answer = route.fetch()
    held, lines = _LEADING_ON.subn("", answer.text())
    assert lines == 1, f"{route.request.url} leads nowhere"
    route.fulfill(response=answer, body=held)


@contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    has_javascript: bool = True,
    width: int = DESK_WIDTH,
    pixel_ratio: float = 1,
) -> Iterator[tuple[Page, Watch]]:
    """A new visitor's page; on leaving, fails for whatever the watch has noted."""
    context = browser.new_context(
        base_url=address,
        java_script_enabled=has_javascript,
        viewport={"width": width, "height": HEIGHTS[width]},
        device_scale_factor=pixel_ratio,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(30_000)
    context.route(STYLE_PAGES, show_style_page)
    context.route(_HELD_PAGES, hold_page)
    watch = Watch(address)
    watch.attach(context)
    try:
        yield context.new_page(), watch
    finally:
        context.close()
    watch.check()
