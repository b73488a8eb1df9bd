"""How a resident fills a form of the relay and reads its receipt; shared by journeys."""

from playwright.sync_api import Locator, Page, expect

from domain.forms import Field, Form

FORM = "governor-mailbox"
LETTER = "建议在学校门口设置减速带，孩子们上学更安全。"
ANSWERS = {"text": "某甲", "e-mail": "person.a@example.com", "phone": "13800000000"}


def fill_form(page: Page, form: Form) -> None:
    """Answer every field of the form as a resident would."""
    for form_field in form.fields:
        control = page.locator(f'main [name="{form_field.id}"]')
        fill_field(control, form_field)


def fill_field(control: Locator, form_field: Field) -> None:
    """One answer, as its type asks."""
    match form_field.type:
        case "choice" | "multiple" | "scale" | "consent":
            control.first.check()
        case "long-text":
            control.fill(LETTER)
        case other:
            control.fill(ANSWERS[other])


def send_button(page: Page) -> Locator:
    """The button that goes on, of the form in the main part."""
    return page.locator("main form button:not([formaction]), main form input[type=submit]").last


def read_codes(page: Page) -> tuple[str, str]:
    """Reference and query code, as the receipt shows them."""
    codes = page.locator(".receipt-codes dd")
    expect(codes).to_have_count(2)
    return codes.nth(0).inner_text().strip(), codes.nth(1).inner_text().strip()
