"""An editor saves a file and sees it in the browser; a mistake shows where the page was."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import visit
from tests.journeys.portal import start_portal


@pytest.fixture
def source(own_content: Path) -> Path:
    """A Chinese text of the shipped content, in the copy."""
    texts = sorted(own_content.glob("*/20*/*.md"))
    return next(text for text in texts if text.name.count(".") == 1)


def test_an_editor_sees_what_was_saved(
    browser: Browser, source: Path, own_content: Path, tmp_path: Path
) -> None:
    text = source.read_text(encoding="utf-8")
    with start_portal(own_content, tmp_path / "build") as portal:
        address = next(
            row.url for row in portal.documents() if row.lang == "zh" and source.stem in row.url
        )
        with visit(browser, portal.address) as (page, _watch):
            page.goto(address)
            source.write_text(text + "\n\n新增的一段。\n", encoding="utf-8")
            expect(page.locator("main")).to_contain_text("新增的一段。")

            source.write_text(text.replace("\n---", "\ncolour: red\n---", 1), encoding="utf-8")
            banner = page.locator(".preview-problems")
            expect(banner).to_contain_text("[meta-unknown-key]")
            expect(page.locator("main")).to_contain_text("新增的一段。")
            banner.get_by_role("link").click()
            expect(page.locator("body")).to_contain_text(re.compile("Problems: 1"))

            page.go_back()
            source.write_text(text, encoding="utf-8")
            expect(page.locator("main")).not_to_contain_text("新增的一段。")
            expect(banner).to_have_count(0)
