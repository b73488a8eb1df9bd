"""The preview's mail catcher: a real SMTP server on loopback, and a page that shows what came.

Nothing leaves the machine and nothing is written to disk: mails live in memory, the newest
two hundred. `make_preview` puts it together with the relay and its sender.
"""

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from markupsafe import escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from relay.configuration import Configuration, Limits, MailSettings
from relay.keys import load_keys, write_new_keys
from relay.moments import Clock, system_clock
from relay.pages import SECURITY_HEADERS
from relay.published import PublishedSite
from relay.rounds import Rounds
from relay.sending import Sender, make_translators
from relay.service import make_application, open_store
from relay.transport import SmtpTransport

_MOST_MAILS = 200
_MAILBOX = "mailbox@departments.example"


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as the server was given it: envelope and bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    def parse(self) -> EmailMessage:
        """The mail, taken apart."""
        return BytesParser(EmailMessage, policy=default).parsebytes(self.content)


class LoopbackController(Controller):
    """aiosmtpd on a port of loopback that is free and known before the server starts."""

    def __init__(self, receiver: object, **settings: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        super().__init__(receiver, hostname="127.0.0.1", port=port, **settings)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    def stop(self, no_assert: bool = False) -> None:  # as aiosmtpd has it
        """No longer listening; also one that was never started leaves nothing open."""
        if self._thread is not None:
            super().stop(no_assert=no_assert)
        self._socket.close()
        if not self.loop.is_closed():
            self.loop.close()


class MailCatcher:
    """An SMTP server on a free port of loopback; `mails` holds the newest first."""

    def __init__(self) -> None:
        self.mails: deque[CaughtMail] = deque(maxlen=_MOST_MAILS)
        self._controller = LoopbackController(self)
        self.port: int = self._controller.port

    def start(self) -> None:
        """Listening from now on, in a thread of its own."""
        self._controller.start()

    def stop(self) -> None:
        """No longer listening."""
        self._controller.stop(no_assert=True)

    async def handle_DATA(  # noqa: N802  # the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keeps the mail; called by the SMTP server."""
        content = envelope.content or b""
        self.mails.appendleft(
            CaughtMail(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                content if isinstance(content, bytes) else content.encode("utf-8"),
            )
        )
        return "250 OK"

    async def show_mails(self, _request: Request) -> Response:
        """The page /mail/: all mails with envelope, headers and text."""
        # A copy, taken in one step: the server's thread may put another one in meanwhile.
        mails = tuple(self.mails)
        parts = "".join(_mail_as_html(mail) for mail in mails) or "<p>No mail yet.</p>"
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            "<title>Mail catcher</title>"
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="stylesheet" href="/assets/site.css"></head>'
            f'<body class="wrap"><h1>Mail catcher</h1><p>{len(mails)} mail(s), newest first;'
            f" kept in memory only.</p>{parts}</body></html>"
        )
        return HTMLResponse(page, headers=SECURITY_HEADERS)


class Preview(NamedTuple):
    """The relay with its mail catcher: an application to mount, and what to call around it."""

    application: Starlette
    start: Callable[[], None]
    stop: Callable[[], None]
    catcher: MailCatcher

    def owns(self, path: str) -> bool:
        """True for the addresses that this application answers."""
        return path.startswith("/mail/") or path[3:].startswith("/relay/")


def make_preview(build: Path, theme: Path, folder: Path, clock: Clock = system_clock) -> Preview:
    """The relay, sending to a mail catcher on loopback, with its store and keys in `folder`.

    Call `start` before the first request (the catcher listens, the sender runs) and `stop`
    at the end. Every department has an address here; no time limit holds letters
    back, so that a script may fill in a form.
    """
    folder.mkdir(parents=True, exist_ok=True)
    catcher = MailCatcher()
    configuration = _preview_configuration(build, folder, catcher.port)
    if not configuration.keys_file.exists():
        write_new_keys(configuration.keys_file)
    keyring = load_keys(configuration.keys_file)
    stop, wake = threading.Event(), threading.Event()
    store = open_store(configuration)
    application = make_application(
        configuration,
        build,
        theme,
        keyring=keyring,
        store=store,
        clock=clock,
        on_letter=wake.set,
    )
    application.router.routes.append(Route("/mail/", catcher.show_mails, methods=["GET"]))
    sender = Sender(
        store,
        keyring,
        configuration,
        SmtpTransport(configuration.mail),
        clock,
        make_translators(theme),
        Rounds(store, configuration, PublishedSite(build)),
    )
    thread = threading.Thread(target=sender.run, args=(stop, wake), name="relay", daemon=True)

    def start_all() -> None:
        catcher.start()
        thread.start()

    def stop_all() -> None:
        stop.set()
        wake.set()
        if thread.is_alive():
            thread.join(timeout=10)
        catcher.stop()

    return Preview(application, start_all, stop_all, catcher)


def _preview_configuration(build: Path, folder: Path, port: int) -> Configuration:
    site = PublishedSite(build)
    return Configuration(
        data_folder=folder,
        addresses=dict.fromkeys(site.department_ids(), _MAILBOX),
        fallback=_MAILBOX,
        mail=MailSettings(
            host="127.0.0.1",
            port=port,
            starttls="never",
            from_address="relay@portal.example",
            timeout_seconds=20,
        ),
        limits=Limits(minimum_seconds=0, posts_per_minute=0, reserve_bytes=1_048_576),
        timezone=site.site_value("timezone", "Asia/Shanghai"),
        staff_language=site.site_value("default_language", "zh"),
    )


def _mail_as_html(mail: CaughtMail) -> str:
    message = mail.parse()
    headers = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in message.items()
    )
    text = message.get_content() if message.get_content_maintype() == "text" else ""
    return (
        f"<article><h2>{escape(message['Subject'] or '')}</h2>"
        f"<p>{escape(mail.sender)} to {escape(', '.join(mail.recipients))}</p>"
        f"<dl>{headers}</dl><pre>{escape(text)}</pre></article>"
    )
