"""The way of a form over HTTP: check, correct, submit; what is typed is never lost on it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.forms import Clean, FieldError, Form, check_answers
from domain.languages import text_in
from relay.body_guard import PostRefusedError, UploadRoom
from relay.configuration import Configuration
from relay.files import FILES_TOO_LARGE, SentFile, check_files, status_of
from relay.keys import Keyring
from relay.layout import answer_rows, as_lists
from relay.letters import Taken, TokenReusedError
from relay.moments import Clock, from_milliseconds, local_day, to_milliseconds
from relay.origin import PostOrigin
from relay.pages import REFUSALS, SECURITY_HEADERS, PageMaker, Problem
from relay.posts import read_post, read_post_with_files
from relay.published import PublishedForm, PublishedSite
from relay.salvage import salvage_fields
from relay.store import StoreBusyError, StoreError
from relay.submission import LetterDesk, Post, find_signals, sort_post
from relay.throttle import MINUTE, Ceilings, Throttle, client_address
from relay.tokens import CheckToken, Receipt, make_token, open_token, seal_receipt, seal_token

_CHANGED = "The form has changed or this page has grown old. Nothing was sent; please check again."
_CONFIRM_HERE = "Nothing was sent yet. Please send from this page."
_BUSY = "We are very busy just now. Nothing was stored; please send again in a moment."
_UNABLE = "We cannot store your answers just now. Nothing was stored; please send again later."
_CLOSED = Problem(
    403,
    "This form is closed",
    "Nothing was stored. The form says until when answers are taken.",
)
_REUSED = Problem(
    409,
    "This page has already sent a letter",
    "The letter below was received before. What you sent now is different and was not stored.",
)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One post, read: where it came from, to which form, with which answers."""

    lang: str
    published: PublishedForm
    post: Post
    origin: PostOrigin
    now: int
    client: str = ""
    files: tuple[SentFile, ...] = ()
    file_errors: tuple[FieldError, ...] = ()

    @property
    def form(self) -> Form:
        return self.published.form


class FormFlow:
    """Answers the posts to /<lang>/relay/<form>/check and /submit."""

    def __init__(
        self,
        configuration: Configuration,
        site: PublishedSite,
        pages: PageMaker,
        desk: LetterDesk,
        keyring: Keyring,
        clock: Clock,
        on_letter: Callable[[], None],
    ) -> None:
        self._configuration = configuration
        self._site = site
        self._pages = pages
        self._desk = desk
        self._keyring = keyring
        self._clock = clock
        self._on_letter = on_letter
        limits = configuration.limits
        self._ceilings = Ceilings(limits.letters_per_hour, limits.letters_per_hour_in_all, keyring)
        self._upload_room = UploadRoom(limits.uploads_bytes)
        self._posts = Throttle(limits.posts_per_minute, keyring, MINUTE)

    async def check(self, request: Request) -> Response:
        """The answers to read again with a fresh token, or the fields with what is wrong."""
        try:
            visit = await self._receive(request)
        except PostRefusedError as refusal:
            return self._refuse(request, refusal)
        if not self._is_open(visit, visit.now):
            return self._pages.problem(visit.lang, _CLOSED, form_id=visit.form.id)
        before = open_token(visit.post.token_text, self._keyring)
        return self._show(visit, signals=before.signals if before else ())

    async def submit(self, request: Request) -> Response:
        """The letter is stored, once, and the browser sent to its receipt."""
        try:
            visit = await self._receive(request)
        except PostRefusedError as refusal:
            return self._refuse(request, refusal)
        token = open_token(visit.post.token_text, self._keyring)
        if visit.origin is not PostOrigin.OURS:
            return self._show(visit, status=403, notice=_CONFIRM_HERE)
        if token is None or token.form_id != visit.form.id:
            return self._show(visit, notice=_CHANGED)
        if visit.file_errors:
            status = status_of(visit.file_errors)
            return self._show(visit, status=status, signals=token.signals)
        try:
            return await asyncio.to_thread(self._store, visit, token)
        except TokenReusedError as error:
            return self._show_reused(visit, error.reference)
        except StoreBusyError:
            return self._show_unable(visit, token, _BUSY, retry_after="5")
        except StoreError:
            return self._show_unable(visit, token, _UNABLE, retry_after="300")

    async def lead_to_form(self, request: Request) -> Response:
        """Somebody opens the address by itself: the form is what they look for."""
        lang, form_id = request.path_params["lang"], request.path_params["form"]
        if self._site.find_form(form_id) is None:
            raise HTTPException(404)
        return RedirectResponse(f"/{lang}/forms/{form_id}/", 303, SECURITY_HEADERS)

    def _store(self, visit: _Visit, token: CheckToken) -> Response:
        # First of all: a repeated post must lead to the first receipt, however late it comes.
        earlier = self._desk.find_earlier(token, visit.post.answers, visit.files)
        if earlier is not None:
            return self._to_receipt(visit, earlier)
        if self._is_stale(visit, token):
            return self._show(visit, notice=_CHANGED, signals=token.signals)
        if not self._is_open(visit, token.issued_at):
            return self._pages.problem(visit.lang, _CLOSED, form_id=visit.form.id)
        clean, errors = self._check(visit)
        if errors:
            return self._show(visit, signals=token.signals)
        limits = self._configuration.limits
        signals = find_signals(visit.post, token, visit.now, limits.minimum_seconds)
        if not token.is_probe:
            signals += self._ceilings.find_signals(visit.form.id, visit.client, visit.now)
        taken = self._desk.take(
            visit.published,
            token,
            visit.post.answers,
            as_lists(clean),
            signals,
            visit.lang,
            visit.now,
            visit.files,
        )
        self._on_letter()
        return self._to_receipt(visit, taken)

    async def _receive(self, request: Request) -> _Visit:
        lang, form_id = request.path_params["lang"], request.path_params["form"]
        published = self._site.find_form(form_id)
        asked = published.form.file_field if published else None
        if asked is None or not request.url.path.endswith("/submit"):
            received = await read_post(request, self._configuration)
        else:
            received = await read_post_with_files(request, self._configuration, self._upload_room)
        if published is None:
            raise HTTPException(404)
        now = to_milliseconds(self._clock())
        post = sort_post(received.fields, published.form)
        client = client_address(request, self._configuration.trusted_proxies)
        self._count_post(client, now, received.body)
        visit = _Visit(lang, published, post, received.origin, now, client)
        if asked is None:
            return visit
        if not received.is_whole:
            return replace(visit, file_errors=(FieldError(asked.id, FILES_TOO_LARGE),))
        files, errors = await asyncio.to_thread(check_files, asked, received.uploads, lang)
        return replace(visit, files=tuple(files), file_errors=tuple(errors))

    def _count_post(self, client: str, now: int, body: bytes) -> None:
        if not self._configuration.limits.posts_per_minute:
            return
        if not self._posts.is_open(client, now):
            raise PostRefusedError(429, body)
        self._posts.note(client, now)

    def _refuse(self, request: Request, refusal: PostRefusedError) -> Response:
        """Why the post was not taken, with what could be read of it, to be sent from there."""
        lang, form_id = request.path_params["lang"], request.path_params["form"]
        published = self._site.find_form(form_id)
        names = {asked.id for asked in published.form.fields} if published else set()
        # Less than a post may have: what is shown must fit, with all that goes beside it.
        most = self._configuration.limits.body_bytes * 3 // 4
        headers = {"Connection": "close"}
        if refusal.status in (429, 503):
            headers["Retry-After"] = "60"
        return self._pages.problem(
            lang,
            REFUSALS[refusal.status],
            form_id=form_id if published else "",
            headers=headers,
            kept=salvage_fields(refusal.received, names, most),
            action=f"/{lang}/relay/{form_id}/check",
        )

    def _show(
        self,
        visit: _Visit,
        *,
        status: int = 0,
        notice: str = "",
        signals: tuple[str, ...] = (),
    ) -> Response:
        """The check page: to confirm where all is right, else to correct."""
        clean, errors = self._check(visit)
        if visit.post.fills_honeypot:
            signals = (*signals, "honeypot")
        token = make_token(visit.form.id, visit.published.digest, visit.now, signals)
        if errors or visit.post.is_edit or visit.post.left_over:
            is_wrong = bool(errors) and not visit.post.is_edit
            return self._page(
                visit,
                token,
                mode="correct",
                status=status or (422 if is_wrong or visit.post.left_over else 200),
                values=visit.post.answers,
                errors=errors if is_wrong else [],
                notice=notice or (_CHANGED if visit.post.left_over else ""),
            )
        return self._page(
            visit,
            token,
            mode="confirm",
            status=status or 200,
            values=as_lists(clean),
            errors=visit.file_errors if status in (413, 415, 422) else [],
            notice=notice,
        )

    def _page(
        self,
        visit: _Visit,
        token: CheckToken,
        *,
        mode: str,
        status: int,
        values: Mapping[str, Sequence[str]],
        errors: Sequence[FieldError],
        notice: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        lang, form = visit.lang, visit.form
        translate = self._pages.translate(lang)
        title = (
            translate("Check your answers")
            if mode == "confirm"
            else text_in(form.names, lang, "zh")[0]
        )
        return self._pages.page(
            lang,
            "form_check",
            f"{translate('Error:')} {title}" if errors else title,
            status=status,
            same_page=f"/{{lang}}/forms/{form.id}/",
            headers=headers,
            form=form,
            mode=mode,
            values=values,
            rows=answer_rows(form, values, lang, translate),
            errors=[(one.field_id, translate(one.message_id) % one.params) for one in errors],
            notice=translate(notice) if notice else "",
            lost_files=bool(visit.files or visit.file_errors),
            left_over=[
                (name, text) for name, texts in visit.post.left_over.items() for text in texts
            ],
            check_url=f"/{lang}/relay/{form.id}/check",
            submit_url=f"/{lang}/relay/{form.id}/submit",
            token=seal_token(token, self._keyring),
            department=self._department_name(form, values, lang),
        )

    def _department_name(self, form: Form, answers: Mapping[str, Sequence[str]], lang: str) -> str:
        department = self._configuration.routing.find_department(form, answers)
        return text_in(self._site.department_names(department), lang, "zh")[0]

    def _show_unable(
        self, visit: _Visit, token: CheckToken, notice: str, retry_after: str
    ) -> Response:
        # With the same token: should the first try have been stored after all, the second
        # finds it instead of storing the letter twice.
        clean, _ = self._check(visit)
        return self._page(
            visit,
            token,
            mode="confirm",
            status=503,
            values=as_lists(clean),
            errors=[],
            notice=notice,
            headers={"Retry-After": retry_after},
        )

    def _show_reused(self, visit: _Visit, reference: str) -> Response:
        return self._pages.problem(
            visit.lang,
            _REUSED,
            form_id=visit.form.id,
            reference=reference,
            kept=visit.post.answers,
            action=f"/{visit.lang}/relay/{visit.form.id}/check",
        )

    def _to_receipt(self, visit: _Visit, taken: Taken) -> Response:
        expires_at = visit.now + self._configuration.limits.receipt_minutes * MINUTE
        sealed = seal_receipt(Receipt(taken.letter_id, expires_at), self._keyring)
        url = f"/{visit.lang}/relay/receipt/{sealed}"
        return RedirectResponse(url, 303, SECURITY_HEADERS)

    def _is_stale(self, visit: _Visit, token: CheckToken) -> bool:
        age = visit.now - token.issued_at
        return (
            token.form_digest != visit.published.digest
            or age > self._configuration.limits.token_minutes * MINUTE
            or bool(visit.post.left_over)
        )

    def _check(self, visit: _Visit) -> tuple[dict[str, Clean], list[FieldError]]:
        today = local_day(visit.now, self._configuration.timezone).isoformat()
        return check_answers(visit.form, visit.post.answers, visit.lang, today)

    def _is_open(self, visit: _Visit, moment: int) -> bool:
        state = visit.form.state_at(from_milliseconds(moment), self._configuration.timezone)
        return state == "open"
