"""A visitor who searches, and is helped while typing where there is JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from domain.languages import LANGUAGES
from tests.journeys.test_accessibility import problems_of


def test_typing_and_enter_search_as_without_suggestions(page: Page) -> None:
    page.goto("/zh/search/")
    page.locator("#search-text").fill("取暖")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/zh/search/\?q=%E5%8F%96%E6%9A%96$"))
    expect(page.locator(".result").first).to_contain_text("供暖")
    expect(page.get_by_text("同时查找")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_days_and_the_inquiry_work_by_themselves(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/search/documents")
    page.locator("#inquiry-year").select_option("2026")
    page.locator("form.inquiry button").click()
    expect(page).to_have_url(re.compile(r"year=2026&validity=#inquiry-count$"))
    assert page.locator(".result").count() == 10
    page.goto(f"/{lang}/search/?q=2026")
    page.locator("#search-from").fill("2026-11-01")
    page.locator(".search-days button").click()
    dates = page.locator(".result time").evaluate_all("all => all.map(each => each.dateTime)")
    assert dates
    assert min(dates) >= "2026-11-01"


class TestWithJavaScript:
    """What stands here needs it."""

    @pytest.fixture
    def has_javascript(self) -> bool:
        return True

    def type_slowly(self, page: Page, text: str) -> None:
        page.locator("#search-text").press_sequentially(text, delay=20)
        expect(page.get_by_role("option").first).to_be_visible()

    def test_letters_of_pinyin_lead_to_a_search_by_keyboard_alone(self, page: Page) -> None:
        page.goto("/zh/search/")
        self.type_slowly(page, "ybbx")
        field = page.get_by_role("combobox")
        expect(field).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d 条建议"))
        page.keyboard.press("ArrowDown")
        chosen = page.get_by_role("option", selected=True)
        expect(chosen).to_have_text("医保报销")
        expect(field).to_have_attribute("aria-activedescendant", "search-suggestion-0")
        expect(field).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#search-text")).to_have_value("医保报销")
        expect(page.get_by_role("option")).to_have_count(0)
        assert page.locator(".result").count() > 0

    def test_arrows_come_back_to_what_was_typed_and_escape_closes(self, page: Page) -> None:
        page.goto("/zh/search/")
        self.type_slowly(page, "ybbx")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("option", selected=True)).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(page.locator("#search-text")).to_have_value("ybbx")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        expect(page.locator("#search-text")).to_have_value("ybbx")
        expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
        expect(page).to_have_url(re.compile("/zh/search/$"))

    def test_a_suggestion_can_be_clicked(self, page: Page) -> None:
        page.goto("/en/search/")
        self.type_slowly(page, "medical ins")
        wanted = page.get_by_role("option").first
        text = wanted.inner_text()
        wanted.click()
        expect(page.locator("#search-text")).to_have_value(text)
        expect(page).to_have_url(re.compile(r"q=[Mm]edical"))

    def test_leaving_the_field_closes_the_list(self, page: Page) -> None:
        page.goto("/bo/search/")
        self.type_slowly(page, "བོད")
        page.keyboard.press("Tab")
        expect(page.get_by_role("listbox")).to_have_count(0)

    def test_the_list_is_accessible(self, page: Page) -> None:
        page.goto("/zh/search/")
        self.type_slowly(page, "ybbx")
        page.keyboard.press("ArrowDown")
        assert problems_of(page) == []
