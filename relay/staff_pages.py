"""The staff's pages over HTTP: /<lang>/relay/staff/<link>.

A GET changes nothing and, with a link from a mail, shows no more than that there is a letter:
mail scanners fetch links. A POST acts once; after it the browser is led to a fresh link.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.languages import HTML_LANG, text_in
from relay.body_guard import PostRefusedError
from relay.clocks import Clocks
from relay.configuration import Configuration
from relay.keys import Keyring, Purpose, SealError
from relay.letters import Letter, find_attachments, find_letter_by_id
from relay.lookup import STATE_TEXTS
from relay.mail_kinds import DUE_IS_ESTIMATED
from relay.moments import Clock, show_local, to_milliseconds
from relay.outbox import MINUTE
from relay.pages import REFUSALS, SECURITY_HEADERS, PageMaker, Problem
from relay.posts import read_post
from relay.published import PublishedSite
from relay.salvage import salvage_fields
from relay.staff import (
    Publication,
    StaffActs,
    open_letter,
    possible_acts,
    read_answers,
    read_payload,
    read_publication,
    send_fresh_link,
)
from relay.staff_links import StaffLink, Stage, open_link, seal_link
from relay.steps import OPEN, StaleLinkError, StepRefusedError
from relay.store import Store, StoreError, append_event
from relay.urlencoded import Fields

_MOST_CHARACTERS = 20_000
_EMPTY = "Please write something here; nothing was done yet."
_TOO_LONG = "This is too long; nothing was done yet."
_CHOOSE = "Please choose a department; nothing was done yet."
_ONCE = "The time can be extended once only; nothing was done yet."
_USED = Problem(
    409,
    "This link has been used, or somebody has acted on the letter meanwhile",
    "Nothing was changed. You can have a fresh link sent to your department's mailbox.",
)
_EXPIRED = Problem(
    410,
    "This link is too old",
    "Nothing was changed. You can have a fresh link sent to your department's mailbox.",
)
_SENT = Problem(
    200,
    "A fresh link is on its way to your department's mailbox",
    "It can be used once. You can close this page.",
)
_NOT_SENT = Problem(
    429,
    "No link was sent",
    "The letter is closed to staff, or ten links were sent today. Please ask the operators.",
)
_UNABLE = Problem(
    503,
    "We cannot do this just now",
    "Nothing was changed. Go back, where your browser has kept what you wrote, and try again.",
)


class ActRefusedError(Exception):
    """What was written is not enough to act on; `field` is where, the message a msgid."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class _Visit:
    lang: str
    link: StaffLink
    sealed: str
    now: int


class StaffPages:
    """Answers GET and POST of a staff link."""

    def __init__(
        self,
        configuration: Configuration,
        site: PublishedSite,
        pages: PageMaker,
        store: Store,
        keyring: Keyring,
        clock: Clock,
        on_mail: Callable[[], None],
    ) -> None:
        self._configuration = configuration
        self._site = site
        self._pages = pages
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._on_mail = on_mail
        self._clocks = Clocks(site, configuration.timezone)

    async def show(self, request: Request) -> Response:
        """The letter as far as this link opens it."""
        visit = self._visit(request)
        if visit is None:
            return self._pages.problem(request.path_params["lang"], REFUSALS[404])
        return await asyncio.to_thread(self._guarded, visit, lambda: self._show(visit))

    async def act(self, request: Request) -> Response:
        """One act; then on to a fresh link."""
        lang = request.path_params["lang"]
        visit = self._visit(request)
        try:
            fields = (await read_post(request, self._configuration)).fields
        except PostRefusedError as refusal:
            return self._refuse_post(lang, visit, refusal)
        if visit is None:
            return self._pages.problem(lang, REFUSALS[404])
        act = _one(fields, "act")
        if act == "link":
            return await asyncio.to_thread(self._guarded, visit, lambda: self._send_link(visit))
        return await asyncio.to_thread(
            self._guarded, visit, lambda: self._act(visit, act, fields), fields
        )

    def _visit(self, request: Request) -> _Visit | None:
        sealed = request.path_params["link"]
        link = open_link(sealed, self._keyring)
        if link is None:
            return None
        now = to_milliseconds(self._clock())
        return _Visit(request.path_params["lang"], link, sealed, now)

    def _guarded(
        self, visit: _Visit, answer: Callable[[], Response], fields: Fields | None = None
    ) -> Response:
        try:
            return answer()
        except (StaleLinkError, StepRefusedError):
            return self._refuse(visit, _USED, fields)
        except StoreError:
            return self._pages.problem(visit.lang, _UNABLE, headers={"Retry-After": "60"})

    def _get_letter(self, visit: _Visit) -> Letter:
        letter = find_letter_by_id(self._store, visit.link.letter_id)
        if letter is None or letter.revision != visit.link.revision or letter.state == "erased":
            raise StaleLinkError
        return letter

    def _show(
        self, visit: _Visit, written: Fields | None = None, error: ActRefusedError | None = None
    ) -> Response:
        letter = self._get_letter(visit)
        if visit.now > visit.link.expires_at:
            return self._refuse(visit, _EXPIRED, written)
        is_desk = visit.link.stage is Stage.DESK
        return self._page(
            visit, letter, self._desk(visit, letter) if is_desk else {}, written, error
        )

    def _act(self, visit: _Visit, act: str, fields: Fields) -> Response:
        letter = self._get_letter(visit)
        if visit.now > visit.link.expires_at:
            return self._refuse(visit, _EXPIRED, fields)
        if visit.link.stage is Stage.MAIL:
            link = visit.link
            revision = open_letter(
                self._store, link.letter_id, visit.now, revision=link.revision, by=link.route
            )
            return self._lead_on(visit, revision)
        if act == "file":
            return self._send_file(visit, letter, _one(fields, "file"))
        try:
            self._do(visit, letter, act, fields)
        except ActRefusedError as error:
            return self._show(visit, fields, error)
        self._on_mail()
        return self._lead_on(visit, visit.link.revision + 1)

    def _send_file(self, visit: _Visit, letter: Letter, number: str) -> Response:
        """One of the letter's files, to be saved and never shown in the browser; it is noted."""
        names = read_payload(self._store, self._keyring, letter.letter_id).files
        sealed = find_attachments(self._store, letter.letter_id)
        place = int(number) if number.isascii() and number.isdigit() else len(names)
        if place >= len(names):
            raise StaleLinkError
        self._store.write(
            lambda connection: append_event(
                connection, visit.now, letter.reference, "read", by=visit.link.route
            )
        )
        content = self._keyring.open(Purpose.ATTACHMENT, sealed[place], letter.letter_id)
        saved_as = f"attachment; filename*=UTF-8''{quote(names[place])}"
        headers = {**SECURITY_HEADERS, **_PRIVATE, "Content-Disposition": saved_as}
        return Response(content, media_type="application/octet-stream", headers=headers)

    def _do(self, visit: _Visit, letter: Letter, act: str, fields: Fields) -> None:
        link, per_day = visit.link, self._configuration.limits.receipts_per_day
        acts = StaffActs(self._store, self._keyring, link.letter_id, link.route, link.revision)
        if act == "reply":
            acts.answer(visit.now, _text(fields, "reply"), per_day)
        elif act == "reject":
            acts.answer(visit.now, _text(fields, "reject"), per_day, step="reject")
        elif act == "transfer":
            route = _one(fields, "department")
            if route not in self._departments(link.route):
                raise ActRefusedError("department", _CHOOSE)
            acts.transfer(visit.now, route)
        elif act == "extend":
            due_day = self._clocks.extended_day(letter.form_id, letter.due_day)
            if due_day is None or self._is_extended(letter):
                raise ActRefusedError("extend", _ONCE)
            acts.extend(visit.now, due_day)
        elif act == "publish":
            publication = Publication(
                _text(fields, "title"), _text(fields, "question"), _text(fields, "answer")
            )
            acts.publish(visit.now, publication)
        elif act in ("give", "refuse"):
            try:
                answer_id = bytes.fromhex(_one(fields, "parked"))
            except ValueError:
                raise StaleLinkError from None
            acts.decide_parked(visit.now, answer_id, per_day, give=act == "give")
        elif act in ("begin", "close"):
            acts.take(act, visit.now)
        else:
            raise StaleLinkError

    def _is_extended(self, letter: Letter) -> bool:
        return bool(
            self._store.query(
                "SELECT 1 FROM event WHERE reference = ? AND kind = 'extended'",
                (letter.reference,),
            )
        )

    def _lead_on(self, visit: _Visit, revision: int) -> Response:
        link = StaffLink(
            Stage.DESK,
            visit.link.letter_id,
            visit.link.route,
            revision,
            visit.now + self._configuration.limits.desk_minutes * MINUTE,
        )
        url = f"/{visit.lang}/relay/staff/{seal_link(link, self._keyring)}"
        return RedirectResponse(url, 303, SECURITY_HEADERS)

    def _send_link(self, visit: _Visit) -> Response:
        link = visit.link
        is_sent = send_fresh_link(self._store, link.letter_id, link.route, visit.now)
        self._on_mail()
        return self._pages.problem(visit.lang, _SENT if is_sent else _NOT_SENT)

    def _refuse_post(self, lang: str, visit: _Visit | None, refusal: PostRefusedError) -> Response:
        """Why the post was not taken; to who has a link, with what could be read of it."""
        problem, closed = REFUSALS[refusal.status], {"Connection": "close"}
        if visit is None:
            return self._pages.problem(lang, problem, headers=closed)
        most = self._configuration.limits.body_bytes
        return self._refuse(visit, problem, salvage_fields(refusal.received, _TEXTS, most), closed)

    def _refuse(
        self,
        visit: _Visit,
        problem: Problem,
        fields: Fields | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        translate = self._pages.translate(visit.lang)
        texts = [one for name in _TEXTS for one in (fields or {}).get(name, ()) if one]
        return self._pages.page(
            visit.lang,
            "staff_link",
            translate(problem.heading),
            status=problem.status,
            headers={**_PRIVATE, **(headers or {})},
            heading=translate(problem.heading),
            what=translate(problem.what),
            action=f"/{visit.lang}/relay/staff/{visit.sealed}",
            texts=texts,
        )

    def _page(
        self,
        visit: _Visit,
        letter: Letter,
        desk: Mapping[str, object],
        written: Fields | None,
        error: ActRefusedError | None,
    ) -> Response:
        translate = self._pages.translate(visit.lang)
        published = self._site.find_form(letter.form_id)
        title = text_in(published.form.names, visit.lang, "zh")[0] if published else ""
        return self._pages.page(
            visit.lang,
            "staff",
            f"{translate('Error:')} {title}" if error else title,
            status=422 if error else 200,
            same_page=f"/{{lang}}/relay/staff/{visit.sealed}",
            headers=_PRIVATE,
            action=f"/{visit.lang}/relay/staff/{visit.sealed}",
            form_name=title,
            reference=letter.reference,
            state=translate(STATE_TEXTS[letter.state]),
            received=show_local(letter.received_at, self._configuration.timezone),
            due_day=letter.due_day if letter.state in OPEN else "",
            staff_lang=HTML_LANG[self._configuration.staff_language],
            department=self._department_name(visit.link.route, visit.lang),
            desk=desk,
            written={name: texts[0] for name, texts in (written or {}).items()},
            error=(error.field, translate(error.message)) if error else None,
        )

    def _desk(self, visit: _Visit, letter: Letter) -> dict[str, object]:
        timezone = self._configuration.timezone
        translate = self._pages.translate(visit.lang)
        try:
            payload = read_payload(self._store, self._keyring, letter.letter_id)
            answers = read_answers(self._store, self._keyring, letter.letter_id)
            publication = read_publication(self._store, self._keyring, letter.letter_id)
        except SealError:
            raise StaleLinkError from None
        extended = self._clocks.extended_day(letter.form_id, letter.due_day)
        can_extend = extended is not None and not self._is_extended(letter)
        acts = possible_acts(letter.state) - (set() if can_extend else {"extend"})
        return {
            "rows": payload.rows,
            "files": payload.files,
            "acts": acts,
            "answers": [
                (one.answer_id.hex(), one.state, show_local(one.made_at, timezone), one.text)
                for one in answers
            ],
            "publication": publication,
            "due_note": payload.is_due_estimated and translate(DUE_IS_ESTIMATED),
            "extended": extended.isoformat() if extended else "",
            "departments": [
                (route, self._department_name(route, visit.lang))
                for route in self._departments(visit.link.route)
            ],
            "minutes": self._configuration.limits.desk_minutes,
        }

    def _departments(self, own: str) -> list[str]:
        special = {own, "operators", "supervision"}
        return sorted(set(self._configuration.addresses) - special)

    def _department_name(self, route: str, lang: str) -> str:
        return text_in(self._site.department_names(route), lang, "zh")[0] or route


# The address is the key to the letter: it must not travel on with a link, nor into an index.
_PRIVATE = {"Referrer-Policy": "no-referrer"}
_TEXTS = ("reply", "reject", "title", "question", "answer")


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _text(fields: Fields, name: str) -> str:
    text = _one(fields, name).replace("\r\n", "\n").strip()
    if not text:
        raise ActRefusedError(name, _EMPTY)
    if len(text) > _MOST_CHARACTERS:
        raise ActRefusedError(name, _TOO_LONG)
    return text
