"""A visitor who searches, and is helped while typing where there is JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from domain.languages import LANGUAGES
from tests.journeys.service_pages import LETTERS
from tests.journeys.test_accessibility import problems_of


def test_typing_and_enter_search_as_without_suggestions(page: Page) -> None:
    page.goto("/zh/search/")
    page.locator("#search-text").fill("取暖")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/zh/search/\?q=%E5%8F%96%E6%9A%96$"))
    expect(page.locator(".result").first).to_contain_text("供暖")
    expect(page.get_by_text("同时查找")).to_be_visible()


QUESTIONS = {"zh": "办法", "en": "application", "bo": "ལོ"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_visitor_searches_narrows_and_reads(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/search/")
    page.locator("#search-text").fill(QUESTIONS[lang])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/{lang}/search/\?q=[^&]+$"))
    expect(page.locator("#search-text")).to_have_value(QUESTIONS[lang])
    expect(page.locator(".result mark").first).to_be_visible()
    found = page.locator("#search-count").inner_text()
    narrowing = page.locator('nav.facets a[href*="kind=document"]')
    count = narrowing.locator(".facet-count").inner_text()
    narrowing.click()
    expect(page.locator("#search-count")).to_have_text(re.compile(rf"(^|\D){count}(\D|$)"))
    expect(page.locator("#search-text")).to_have_value(QUESTIONS[lang])
    page.locator(".chosen a").click()
    expect(page.locator("#search-count")).to_have_text(found)
    first = page.locator(".result-title a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_later_results_stand_on_later_pages(page: Page, lang: str) -> None:
    page.goto(f"/{lang}/search/?q=2026")
    links = page.locator(".result-title a")
    first = links.evaluate_all("all => all.map(each => each.href)")
    page.locator('.pager a[rel="next"]').click()
    expect(page.locator(".search-results")).to_have_attribute("start", "11")
    second = links.evaluate_all("all => all.map(each => each.href)")
    assert (len(first), len(second)) == (10, 10)
    assert set(first).isdisjoint(second)


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

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_letters_lead_to_a_search_by_keyboard_alone(self, page: Page, lang: str) -> None:
        page.goto(f"/{lang}/search/")
        self.type_slowly(page, LETTERS[lang])
        field = page.get_by_role("combobox")
        expect(field).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status")).to_have_text(re.compile(r"\d"))
        text = page.get_by_role("option").first.inner_text()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option", selected=True)).to_have_text(text)
        expect(field).to_have_attribute("aria-activedescendant", "search-suggestion-0")
        expect(field).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/{lang}/search/\?q="))
        expect(page.locator("#search-text")).to_have_value(text)
        expect(page.get_by_role("option")).to_have_count(0)
        assert page.locator(".result").count() > 0

    def test_letters_of_pinyin_are_understood(self, page: Page) -> None:
        page.goto("/zh/search/")
        self.type_slowly(page, "ybbx")
        expect(page.get_by_role("option").first).to_have_text("医保报销")
        expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d 条建议"))

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

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_the_list_is_accessible(self, page: Page, lang: str) -> None:
        page.goto(f"/{lang}/search/")
        self.type_slowly(page, LETTERS[lang])
        page.keyboard.press("ArrowDown")
        assert problems_of(page) == []
