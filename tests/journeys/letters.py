"""How a resident fills a form of the relay and reads its receipt; shared by journeys."""

from playwright.sync_api import Locator, Page, expect

from domain.forms import Field, Form
from tests.journeys.portal import Portal

FORM = "governor-mailbox"
FORM_WITH_FILES = "travel-complaint"
LETTER = "建议在学校门口设置减速带，孩子们上学更安全。"
ANSWERS = {
    "text": "某甲",
    "e-mail": "person.a@example.com",
    "phone": "13800000000",
    "date": "2026-06-01",
    "number": "20",
    "id-number": "11010519491231002X",
}


def read_form(portal: Portal, id_: str) -> Form:
    """The form as the site's build has it."""
    return Form.from_json((portal.build / "forms" / f"{id_}.json").read_text(encoding="utf-8"))


def fill_form(page: Page, form: Form) -> None:
    """Answer every field of the form as a resident would."""
    for form_field in form.fields:
        if form_field.type == "file":
            continue
        control = page.locator(f'main [name="{form_field.id}"]')
        fill_field(control, form_field)


def fill_field(control: Locator, form_field: Field) -> None:
    """One answer, as its type asks."""
    match form_field.type:
        case "ranking":
            for place, option in enumerate(form_field.options[: form_field.places]):
                control.nth(place).select_option(option.id)
        case "choice" if control.first.evaluate("control => control.tagName") == "SELECT":
            control.select_option(form_field.options[0].id)
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
