"""The receipt and the status of a letter over HTTP; looking up is by POST only."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from domain.languages import text_in
from relay.body_guard import PostRefusedError
from relay.configuration import Configuration
from relay.keys import Keyring
from relay.letters import find_letter_by_id
from relay.lookup import LetterStatus, find_status, query_code_of, withdraw
from relay.moments import Clock, show_local, to_milliseconds
from relay.pages import REFUSALS, PageMaker, Problem
from relay.posts import read_post
from relay.published import PublishedSite
from relay.references import parse_query_code, parse_reference, show_query_code
from relay.store import Store, StoreError
from relay.throttle import Throttle, client_address
from relay.tokens import open_receipt
from relay.urlencoded import Fields

_STATUS_PAGE = "/{lang}/relay/status"
_HEADING = "How far has my letter come?"
_NOT_FOUND = "There is no letter with this reference and query code. Please compare both."
_TOO_OFTEN = "Too many tries from your connection. Please try again in an hour."
_UNABLE = "We cannot look this up just now. Please try again later."
_WRONG_REFERENCE = "The reference looks like LX-20261112-7K3QD; please compare it."
_WRONG_CODE = "The query code has a typing mistake; please compare it."
_WITHDRAWN = "Your letter was withdrawn."
_TOO_LATE = "This letter can no longer be withdrawn."
_OLD_RECEIPT = Problem(
    410,
    "This receipt is no longer shown",
    "Your letter is stored. With its reference and query code you can see how far it has come.",
)


class LookupPages:
    """Answers /<lang>/relay/receipt/<sealed> and /<lang>/relay/status."""

    def __init__(
        self,
        configuration: Configuration,
        site: PublishedSite,
        pages: PageMaker,
        store: Store,
        keyring: Keyring,
        clock: Clock,
    ) -> None:
        self._configuration = configuration
        self._site = site
        self._pages = pages
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._throttle = Throttle(configuration.limits.lookups_per_hour, keyring)

    async def show_receipt(self, request: Request) -> Response:
        """Reference and query code, while the receipt's address is fresh."""
        lang, sealed = request.path_params["lang"], request.path_params["sealed"]
        receipt = open_receipt(sealed, self._keyring)
        if receipt is None:
            return self._pages.problem(lang, REFUSALS[404])
        if to_milliseconds(self._clock()) > receipt.expires_at:
            return self._pages.problem(lang, _OLD_RECEIPT)
        try:
            letter = await asyncio.to_thread(find_letter_by_id, self._store, receipt.letter_id)
        except StoreError:
            return self._page(lang, 503, notice=_UNABLE)
        if letter is None:
            return self._pages.problem(lang, REFUSALS[404])
        published = self._site.find_form(letter.form_id)
        return self._pages.page(
            lang,
            "receipt",
            self._pages.translate(lang)("Received"),
            same_page=f"/{{lang}}/relay/receipt/{sealed}",
            # The address opens the receipt: it must not travel on with a link.
            headers={"Referrer-Policy": "no-referrer"},
            form_name=self._form_name(letter.form_id, lang),
            reference=letter.reference,
            code=show_query_code(query_code_of(letter, self._keyring)),
            received=show_local(letter.received_at, self._configuration.timezone),
            what_next=published.form.what_next if published else {},
            status_url=_STATUS_PAGE.format(lang=lang),
        )

    async def show_form(self, request: Request) -> Response:
        """The empty form; nothing in the address is read."""
        return self._page(request.path_params["lang"], 200)

    async def look_up(self, request: Request) -> Response:
        """The letter's status where reference and code belong together."""
        lang = request.path_params["lang"]
        try:
            fields = (await read_post(request, self._configuration)).fields
        except PostRefusedError as refusal:
            return self._pages.problem(
                lang, REFUSALS[refusal.status], headers={"Connection": "close"}
            )
        client = client_address(request, self._configuration.trusted_proxies)
        now = to_milliseconds(self._clock())
        typed_reference, typed_code = _first(fields, "reference"), _first(fields, "code")
        reference, code = parse_reference(typed_reference), parse_query_code(typed_code)
        if reference is None or code is None:
            errors = [("reference", _WRONG_REFERENCE)] if reference is None else []
            errors += [("code", _WRONG_CODE)] if code is None else []
            return self._page(lang, 422, reference=typed_reference, errors=errors)
        if not self._throttle.is_open(client, now):
            return self._page(lang, 429, notice=_TOO_OFTEN, headers={"Retry-After": "3600"})
        # Counted before it is looked up, so that tries sent side by side all count.
        self._throttle.note(client, now)
        try:
            found = await asyncio.to_thread(
                find_status, self._store, self._keyring, reference, code
            )
        except StoreError:
            return self._page(lang, 503, notice=_UNABLE, headers={"Retry-After": "60"})
        if found is None:
            return self._page(lang, 404, reference=typed_reference, notice=_NOT_FOUND)
        self._throttle.forgive(client)
        codes = (reference, show_query_code(code))
        if _first(fields, "act") != "withdraw":
            return self._page(lang, 200, found=found, codes=codes)
        try:
            is_done = await asyncio.to_thread(withdraw, self._store, found, now)
            found = await asyncio.to_thread(
                find_status, self._store, self._keyring, reference, code
            )
        except StoreError:
            return self._page(lang, 503, notice=_UNABLE, headers={"Retry-After": "60"})
        notice = _WITHDRAWN if is_done else _TOO_LATE
        return self._page(lang, 200 if is_done else 409, found=found, codes=codes, notice=notice)

    def _page(
        self,
        lang: str,
        status: int,
        *,
        reference: str = "",
        errors: list[tuple[str, str]] | None = None,
        notice: str = "",
        found: LetterStatus | None = None,
        codes: tuple[str, str] = ("", ""),
        headers: dict[str, str] | None = None,
    ) -> Response:
        translate = self._pages.translate(lang)
        heading = translate(_HEADING)
        return self._pages.page(
            lang,
            "status",
            f"{translate('Error:')} {heading}" if errors else heading,
            status=status,
            same_page=_STATUS_PAGE,
            headers=headers,
            action=_STATUS_PAGE.format(lang=lang),
            reference=reference[:60],
            errors=[(name, translate(text)) for name, text in errors or ()],
            notice=translate(notice) if notice else "",
            found=self._view(found, lang, codes) if found else None,
        )

    def _view(self, found: LetterStatus, lang: str, codes: tuple[str, str]) -> dict[str, object]:
        translate = self._pages.translate(lang)
        timezone = self._configuration.timezone
        return {
            "reference": found.reference,
            "form_name": self._form_name(found.form_id, lang),
            "state": translate(found.state),
            "due_day": found.due_day,
            "answers": [(show_local(at, timezone), text) for at, text in found.answers],
            "withdraw": codes if found.can_withdraw else None,
            "steps": [(show_local(at, timezone), translate(text)) for at, text in found.steps],
        }

    def _form_name(self, form_id: str, lang: str) -> str:
        published = self._site.find_form(form_id)
        return text_in(published.form.names, lang, "zh")[0] if published else ""


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]
