"""A resident writes to the governor's mailbox; the letter arrives at a real mail server.

The preview's mail catcher is an SMTP server (aiosmtpd) that the relay delivers to over a
socket; what it was given stands on its page.
"""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.forms import Form
from tests.journeys.browser import Watch
from tests.journeys.letters import (
    ANSWERS,
    FORM,
    LETTER,
    fill_form,
    read_codes,
    read_form,
    send_button,
)
from tests.journeys.portal import Portal

REFERENCE = re.compile(r"LX-\d{8}-[0-9A-HJKMNP-TV-Z]{5}")
# Delivery happens behind the receipt; the page of the catcher is opened anew until then.
DELIVERY_SECONDS = 30
DEPARTMENT = "to mailbox@departments.example"


@pytest.fixture
def form(portal: Portal) -> Form:
    return read_form(portal, FORM)


def test_25_a_resident_writes_a_letter_that_arrives_and_looks_up_its_state(
    page: Page, form: Form
) -> None:
    page.goto("/zh/")
    page.locator(f'main a[href="/zh/forms/{FORM}/"]').first.click()
    fill_form(page, form)
    send_button(page).click()
    expect(page.locator(".answers")).to_contain_text(LETTER)
    send_button(page).click()

    reference, code = read_receipt(page)
    assert re.fullmatch(REFERENCE, reference)

    mail = mail_about(page, reference)
    assert LETTER not in mail.locator("h2").inner_text()
    headers = mail.locator("dl").inner_text()
    assert not any(text in headers for text in (LETTER, ANSWERS["text"]))

    page.goto("/zh/relay/status")
    page.locator('main input[name="reference"]').fill(reference)
    page.locator('main input[name="code"]').fill(code)
    send_button(page).click()
    state = page.locator(".letter-state")
    expect(state).to_contain_text(reference)
    # Received, then passed on to the department: the mail server has answered 250.
    expect(state.locator(".steps li")).to_have_count(2)


def test_22_a_double_click_sends_one_letter(page: Page, form: Form) -> None:
    before = count_of_mails(page)
    page.goto(f"/zh/forms/{FORM}/")
    fill_form(page, form)
    send_button(page).click()
    send_button(page).dblclick()
    reference, _code = read_receipt(page)
    mail_about(page, reference)
    assert count_of_mails(page) == before + 1


def test_a_resident_goes_back_to_change_an_answer(page: Page, form: Form) -> None:
    page.goto(f"/zh/forms/{FORM}/")
    fill_form(page, form)
    send_button(page).click()
    page.locator("main button[formaction]").click()
    text = next(field.id for field in form.fields if field.type == "long-text")
    control = page.locator(f'main [name="{text}"]')
    expect(control).to_have_value(LETTER)
    control.fill(LETTER + "谢谢。")
    send_button(page).click()
    expect(page.locator(".answers")).to_contain_text("谢谢。")


def test_25_mistakes_are_said_beside_the_fields_and_on_top_with_the_focus(
    page: Page, watch: Watch
) -> None:
    watch.expected_failures.add(f"/zh/relay/{FORM}/check")
    page.goto(f"/zh/forms/{FORM}/")
    send_button(page).click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    first = summary.locator("a").first
    target = first.get_attribute("href")
    assert target is not None
    first.click()
    expect(page.locator(target)).to_be_focused()
    expect(page.locator(".field-error").first).to_be_visible()


def test_a_wrong_query_code_tells_nothing(page: Page, watch: Watch) -> None:
    watch.expected_failures.add("/zh/relay/status")
    page.goto("/zh/relay/status")
    page.locator('main input[name="reference"]').fill("LX-20260101-7K3QD")
    page.locator('main input[name="code"]').fill("0000-0000-0000-0000")
    send_button(page).click()
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator(".letter-state")).to_have_count(0)


def read_receipt(page: Page) -> tuple[str, str]:
    """Reference and query code, as the receipt shows them."""
    expect(page).to_have_url(re.compile("/zh/relay/receipt/"))
    return read_codes(page)


def mail_about(page: Page, reference: str) -> Locator:
    """The department's mail on the catcher's page that names `reference`; fails when none comes.

    The writer's own address may have a receipt that names it too.
    """
    mail = page.locator("article").filter(has_text=reference).filter(has_text=DEPARTMENT)
    for _second in range(DELIVERY_SECONDS):
        page.goto("/mail/")
        if mail.count() > 0:
            break
        page.wait_for_timeout(1000)
    expect(mail).to_have_count(1)
    return mail


def count_of_mails(page: Page) -> int:
    """How many mails to the department the catcher has shown so far."""
    page.goto("/mail/")
    return page.locator("article").filter(has_text=DEPARTMENT).count()
