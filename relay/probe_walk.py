"""`python -m relay probe`: our own letter of the day, written on the site as a resident writes one.

The form's page, its check page, the button, the receipt: each is fetched from the site's own
address and posted as it stands there. Only the token of the check page is sealed anew, to say
whose letter it is; for that one needs the relay's keys. It connects to no other host.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from domain.forms import CONSENT_VALUE, Field, Form, check_answers
from domain.problems import PortalError
from relay.configuration import Configuration
from relay.keys import Keyring
from relay.moments import from_milliseconds, local_day
from relay.published import PublishedSite
from relay.references import find_reference
from relay.tokens import open_token, seal_token

_TIMEOUT_SECONDS = 30
_MOST_BYTES = 2_000_000
_WRITTEN = "Daily test"
# The number that GB 11643 itself gives as its example: nobody's.
_ID_NUMBER = "11010519491231002X"

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the site; `location` where it leads on."""

    status: int
    location: str
    text: str


class Visitor(Protocol):
    """Fetches a page of the site, by GET or, with fields, by POST; follows nothing."""

    def __call__(self, path: str, fields: Fields | None = None) -> Page: ...


def write_probe(
    visit: Visitor,
    site: PublishedSite,
    keyring: Keyring,
    configuration: Configuration,
    now: int,
    *,
    form_id: str = "",
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """Our own letter is stored, and its mail due; gives its reference.

    Raises PortalError that says at which page the way was broken.
    """
    lang = configuration.staff_language
    today = local_day(now, configuration.timezone)
    form, answers = _choose_form(site, configuration, now, today, form_id)
    path = f"/{lang}/forms/{form.id}/"
    start = _find_form(visit(path), path, "/check")
    _check_asks_for(start, answers, path)
    checked = visit(start.action, {**start.hidden, **answers})
    confirm = _find_form(checked, start.action, "/submit")
    fields = _seal_as_ours(confirm.hidden, keyring)
    # As a person does who reads it: what comes at once would be held.
    pause(configuration.limits.minimum_seconds + 1)
    stored = visit(confirm.action, fields)
    if stored.status != 303:
        raise PortalError(f"{confirm.action} answered {stored.status} and stored nothing")
    receipt = visit(stored.location)
    reference = find_reference(receipt.text) if receipt.status == 200 else None
    if reference is None:
        raise PortalError(f"no receipt was shown; the page answered {receipt.status}")
    return reference


def make_visitor(url: str) -> Visitor:
    """A visitor of the site at this address, http or https."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise PortalError(f'"{url}" is not the address of a site, such as https://www.aba.example')

    def visit(path: str, fields: Fields | None = None) -> Page:
        connection = (
            HTTPSConnection(parts.netloc, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
            if parts.scheme == "https"
            else HTTPConnection(parts.netloc, timeout=_TIMEOUT_SECONDS)
        )  # fmt: skip
        try:
            if fields is None:
                connection.request("GET", path)
            else:
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request("POST", path, urlencode(fields, doseq=True), kind)
            answer = connection.getresponse()
            text = answer.read(_MOST_BYTES).decode("utf-8", "replace")
            return Page(answer.status, answer.headers.get("Location", ""), text)
        except (OSError, HTTPException, ValueError) as error:
            raise PortalError(f"{url} does not answer ({type(error).__name__})") from None
        finally:
            connection.close()

    return visit


def sample_answers(form: Form, today: date, address: str) -> dict[str, list[str]]:
    """An answer to each question that must be answered; files are not sent."""
    return {
        asked.id: [_sample_answer(asked, today, address)]
        for asked in form.fields
        if asked.required and asked.type != "file"
    }


def _sample_answer(asked: Field, today: date, address: str) -> str:
    if asked.options:
        return asked.options[0].id
    if asked.type in ("scale", "number"):
        return str(asked.min if asked.min is not None else asked.max or 0)
    if asked.type == "date":
        days = [day for day in (asked.earliest, asked.latest) if day]
        return days[0] if days and days[0] != "today" else today.isoformat()
    samples = {
        "e-mail": address,
        "phone": "13800000000",
        "id-number": _ID_NUMBER,
        "consent": CONSENT_VALUE,
    }
    return samples.get(asked.type, _WRITTEN[: asked.max_length])


def _choose_form(
    site: PublishedSite, configuration: Configuration, now: int, today: date, form_id: str
) -> tuple[Form, dict[str, list[str]]]:
    """The form of that id, or the first that can be filled in now; and what to write on it."""
    for id_ in [form_id] if form_id else site.form_ids():
        published = site.find_form(id_)
        if published is None:
            continue
        form = published.form
        answers = sample_answers(form, today, configuration.mail.from_address)
        _, errors = check_answers(form, answers, "zh", today.isoformat())
        is_open = form.state_at(from_milliseconds(now), configuration.timezone) == "open"
        needs_file = form.file_field is not None and form.file_field.required
        if is_open and form.kind == "letter" and not errors and not needs_file:
            return form, answers
    named = f'the form "{form_id}"' if form_id else "no form of the build"
    raise PortalError(f"{named} is open for letters that need no files; nothing was sent")


@dataclass(slots=True)
class _PageForm:
    action: str
    hidden: dict[str, list[str]]
    names: set[str]


class _FormReader(HTMLParser):
    """The forms of a page: where they post to, what they send by themselves, what they ask."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_PageForm] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_PageForm(given.get("action", ""), {}, set()))
            self._is_inside = True
        elif self._is_inside and tag in ("input", "select", "textarea") and "name" in given:
            form, name = self.forms[-1], given["name"]
            form.names.add(name)
            if given.get("type") == "hidden":
                form.hidden.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"


def _find_form(page: Page, path: str, ending: str) -> _PageForm:
    if page.status == 200:
        reader = _FormReader()
        reader.feed(page.text)
        for form in reader.forms:
            if form.action.startswith("/") and form.action.endswith(ending):
                return form
    raise PortalError(f"{path} answered {page.status}, without the form that leads on")


def _check_asks_for(start: _PageForm, answers: Fields, path: str) -> None:
    missing = set(answers) - start.names
    if missing:
        raise PortalError(
            f"{path} does not ask for {', '.join(sorted(missing))}: build and site differ"
        )


def _seal_as_ours(fields: Fields, keyring: Keyring) -> Fields:
    """What the check page sends, with a token that says whose letter it is."""
    token = open_token("".join(fields.get("_token", ())), keyring)
    if token is None:
        raise PortalError("the relay at this address has other keys than this configuration")
    return {**fields, "_token": [seal_token(replace(token, is_probe=True), keyring)]}
