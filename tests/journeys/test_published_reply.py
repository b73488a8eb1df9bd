"""A letter all the way round: from the form to its reply as a static page of the site.

The relay serves the built site beside itself, as a web server does for both; the department
reads its mail from a real mail server, acts by the link in it, and the editors take over the
signed bundle and build. No page needs JavaScript.
"""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from domain.bundles import CURRENT, show_public_key
from plugins.portal.building.build import build_site
from publishing.preview.application import ServiceRoute
from publishing.receiving import receive_bundle
from publishing.settings import SHIPPED_THEME, SiteFolders, build_request
from relay.exporting import export_bundle, signing_key
from relay.moments import to_milliseconds
from relay.probe_walk import make_visitor, write_probe
from relay.published import PublishedSite
from relay.service import make_application
from tests.conftest import REPOSITORY
from tests.journeys.browser import visit
from tests.journeys.letters import ANSWERS, FORM, fill_form, read_codes, read_form, send_button
from tests.journeys.portal import Portal
from tests.relay.harness import THEME, Relay, ScriptedServer, serving

TITLE = "学校门口要减速带"
QUESTION = "学校门口车快，孩子们过路不安全。"
ANSWER = "十二月五日前装好两条减速带，并画好人行横道。"


def over(site: Path, *services: Starlette) -> Starlette:
    """The built site, and services before it, as a web server puts them together."""
    files = Mount("/", StaticFiles(directory=site, html=True))
    return Starlette(routes=[*map(ServiceRoute, services), files])


def write_letter(page: Page, relay: Relay, portal: Portal) -> tuple[str, str]:
    """A resident's letter is sent; its reference and query code."""
    page.goto(f"/zh/forms/{FORM}/")
    fill_form(page, read_form(portal, FORM))
    send_button(page).click()
    expect(page.locator(".answers")).to_be_visible()
    relay.clock.turn(seconds=30)
    send_button(page).click()
    page.wait_for_url("**/receipt/**")
    return read_codes(page)


def press(page: Page, act: str, **fields: str) -> None:
    """A member of staff fills in an act's fields and presses its button."""
    form = page.locator(f'main form:has(input[name="act"][value="{act}"])')
    for name, text in fields.items():
        form.locator(f'[name="{name}"]').fill(text)
    with page.expect_navigation():
        form.locator("button").click()


@pytest.mark.slow
def test_a_letter_is_answered_and_its_reply_stands_on_the_site(
    browser: Browser, portal: Portal, tmp_path: Path
) -> None:
    data = tmp_path / "relay"
    data.mkdir()
    relay = Relay(data, portal.build)
    application = make_application(
        relay.configuration, portal.build, THEME,
        store=relay.letters, keyring=relay.keyring, clock=relay.clock,
    )  # fmt: skip
    with (
        ScriptedServer() as mail_server,
        serving(over(portal.build / "site", application)) as address,
        visit(browser, address, has_javascript=False) as (page, _watch),
    ):
        reference, code = write_letter(page, relay, portal)
        relay.sender(mail_server).deliver_due()
        mail = mail_server.mails[0].parse().get_content()
        assert ANSWERS["text"] not in mail
        link = re.search(r"/zh/relay/staff/\S+", mail)
        assert link is not None
        page.goto(link.group())
        press(page, "open")
        expect(page.locator(".answers")).to_contain_text(ANSWERS["text"])
        press(page, "begin")
        press(page, "reply", reply="谢谢，我们来装。")
        press(page, "publish", title=TITLE, question=QUESTION, answer=ANSWER)
        press(page, "close")
        page.goto("/zh/relay/status")
        page.locator('main input[name="reference"]').fill(reference)
        page.locator('main input[name="code"]').fill(code)
        send_button(page).click()
        expect(page.locator("main")).to_contain_text("谢谢，我们来装。")

    site = publish(relay, portal, tmp_path)
    with (
        serving(over(site)) as address,
        visit(browser, address, has_javascript=False) as (page, _watch),
    ):
        page.goto("/zh/selected-replies/")
        page.locator("main a", has_text=TITLE).first.click()
        expect(page.locator("h1")).to_have_text(TITLE)
        main = page.locator("main")
        for text in (reference, QUESTION, ANSWER, "2026-11-12", "州长信箱"):
            expect(main).to_contain_text(text)
        for text in (ANSWERS["text"], ANSWERS["phone"], "谢谢，我们来装。"):
            expect(main).not_to_contain_text(text)


@pytest.mark.slow
def test_our_own_daily_letter_goes_by_the_pages_of_the_built_site(
    portal: Portal, tmp_path: Path
) -> None:
    data = tmp_path / "relay"
    data.mkdir()
    relay = Relay(data, portal.build)
    site = PublishedSite(portal.build)
    application = make_application(
        relay.configuration, portal.build, THEME,
        store=relay.letters, keyring=relay.keyring, clock=relay.clock,
    )  # fmt: skip
    form_ids = [id_ for id_ in site.form_ids() if relay.site_form(id_).kind == "letter"]
    assert len(form_ids) >= 9
    with serving(over(portal.build / "site", application)) as address:
        for form_id in ("", *form_ids):
            now = to_milliseconds(relay.clock())
            write_probe(
                make_visitor(address), site, relay.keyring, relay.configuration, now,
                form_id=form_id, pause=lambda seconds: relay.clock.turn(seconds=seconds),
            )  # fmt: skip
    assert relay.count("letter", "form = '_probe' AND state = 'received'") == len(form_ids) + 1


def publish(relay: Relay, portal: Portal, folder: Path) -> Path:
    """The relay's bundle is taken over into a content and built; gives the site."""
    bundles, content = folder / "return", folder / "content"
    site, now = PublishedSite(portal.build), to_milliseconds(relay.clock())
    export_bundle(relay.letters, relay.keyring, relay.configuration, site, bundles, now)
    shutil.copytree(REPOSITORY / "content" / "forms", content / "forms")
    (content / "forms" / "school-bus-opinions.yaml").unlink()
    key = show_public_key(signing_key(relay.keyring))
    receive_bundle(bundles / CURRENT, key, content)
    folders = SiteFolders(content, folder / "build", (SHIPPED_THEME,))
    build_site(build_request(folders, jobs=1, as_of="2026-12-01 09:00"))
    return folder / "build" / "site"
