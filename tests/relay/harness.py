"""The relay under test: real store, real templates, a scripted SMTP server, a clock to turn."""

import html
import json
import re
import shutil
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from domain.forms import Form, Surroundings, parse_form
from domain.vocabulary import load_vocabulary
from domain.yaml_source import parse_yaml
from relay.configuration import Configuration, Limits, MailSettings
from relay.keys import Keyring, make_keyring
from relay.mailcatcher import CaughtMail, LoopbackController
from relay.sending import Sender, make_translators
from relay.service import make_application, open_store
from relay.store import Store
from relay.transport import SmtpTransport

REPOSITORY = Path(__file__).resolve().parents[2]
THEME = REPOSITORY / "theme"
CONTENT = REPOSITORY / "content"
START = datetime(2026, 11, 12, 1, 30, tzinfo=UTC)
ALARMS = "alarms@portal.example"
"""Where alarms go in tests: mails to it are counted apart."""

OURS = {"origin": "http://portal.example", "sec-fetch-site": "same-origin"}
LETTER = {
    "topic": "question",
    "subject": "路灯",
    "letter": "学校门口的路灯坏了。",
    "name": "某甲",
    "phone": "13800000000",
    "mail": "person.a@example.com",
    "consent": "yes",
}
SURVEY = {"satisfaction": "4", "audience": "resident", "found": "yes", "remarks": "好"}


class TurnedClock:
    """A clock that stands still until a test turns it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


class ScriptedServer:
    """A real SMTP server on loopback that answers as a test says.

    `replies` gives, for a command (MAIL, RCPT, DATA), the answers to its next calls; when
    they are used up, the command succeeds. A callable in place of an answer is called.
    """

    def __init__(self, **settings: Any) -> None:
        self.mails: list[CaughtMail] = []
        self.alarms: list[CaughtMail] = []
        self.contents: list[bytes] = []
        self.rcpts: list[str] = []
        self.commands: list[str] = []
        self.replies: defaultdict[str, list[Any]] = defaultdict(list)
        self._controller = LoopbackController(self, **settings)
        self.port = self._controller.port

    def __enter__(self) -> "ScriptedServer":
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop(no_assert=True)

    def _answer(self, command: str, server: SMTP) -> str | None:
        self.commands.append(command)
        scripted = self.replies[command].pop(0) if self.replies[command] else None
        if scripted == "drop":
            transport: Any = server.transport
            transport.abort()
            return "421 gone"
        return scripted

    async def handle_MAIL(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer("MAIL", server) or "250 OK"

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == ALARMS:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        self.rcpts.append(address)
        answer = self._answer("RCPT", server) or "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if envelope.rcpt_tos == [ALARMS]:
            self.alarms.append(CaughtMail(envelope.mail_from or "", (ALARMS,), content))
            return "250 OK"
        answer = self._answer("DATA", server) or "250 OK"
        self.contents.append(content)
        if answer.startswith("250"):
            self.mails.append(
                CaughtMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
            )
        return answer


def write_build(build: Path, content: Path = CONTENT) -> Path:
    """A build folder with the shipped forms and a calendar without holidays, as the relay reads them."""
    (build / "forms").mkdir(parents=True, exist_ok=True)
    (build / "frames").mkdir(exist_ok=True)
    labels = {"calendar": {"years": [*range(2020, 2060)]}}
    (build / "frames" / "labels.json").write_text(json.dumps(labels), "utf-8")
    for source in sorted((content / "forms").glob("*.yaml")):
        write_form(build, source.read_text("utf-8"), source.stem)
    return build


@cache
def _surroundings() -> Surroundings:
    vocabulary, problems = load_vocabulary(CONTENT, CONTENT)
    assert vocabulary is not None, problems
    return Surroundings.of(vocabulary)


def write_form(build: Path, text: str, form_id: str) -> None:
    """One form of the build, from its YAML."""
    node, problems = parse_yaml(text, f"forms/{form_id}.yaml")
    assert node is not None, problems
    form, problems = parse_form(node, f"forms/{form_id}.yaml", _surroundings())
    assert form is not None, problems
    (build / "forms" / f"{form_id}.json").write_text(form.to_json(), "utf-8")


def hidden_fields(page: str) -> dict[str, list[str]]:
    """What the page's form would post back of its hidden inputs."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


@dataclass
class Relay:
    """A relay with all its parts, in one process."""

    folder: Path
    build: Path
    mail: MailSettings = field(
        default_factory=lambda: MailSettings(
            host="127.0.0.1",
            port=1,
            starttls="never",
            from_address="relay@portal.example",
            from_name="阿坝州人民政府",
            timeout_seconds=10,
        )
    )
    limits: Limits = field(
        default_factory=lambda: Limits(
            reserve_bytes=0,
            busy_seconds=0.2,
            minimum_seconds=2,
            receipts_per_day=0,
            letters_per_hour=0,
            posts_per_minute=0,
        )
    )
    addresses: Mapping[str, str] = field(
        default_factory=lambda: {
            "gov-office": "mailbox@gov-office.example",
            "operators": ALARMS,
        }
    )
    clock: TurnedClock = field(default_factory=TurnedClock)
    keyring: Keyring = field(default_factory=make_keyring)
    store: Store | None = None
    database: str = ""

    def __post_init__(self) -> None:
        self.configuration = Configuration(
            data_folder=self.folder,
            addresses=self.addresses,
            fallback="operators@portal.example",
            mail=self.mail,
            limits=self.limits,
            database=self.database,
        )
        self._opened: list[Store] = []
        self.letters = self.store or self.open_store()
        self.client = self.make_client()

    def open_store(self) -> Store:
        """Another store over the same letters, as another process has one."""
        store = open_store(self.configuration)
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()

    def make_application(self) -> Starlette:
        """The service over these letters."""
        return make_application(
            self.configuration,
            self.build,
            THEME,
            store=self.letters,
            keyring=self.keyring,
            clock=self.clock,
        )

    def make_client(self, peer: str = "testclient") -> TestClient:
        application = self.make_application()
        return TestClient(
            application, base_url="http://portal.example", headers=OURS, client=(peer, 50_000)
        )

    def sender(self, server: ScriptedServer | None = None, store: Store | None = None) -> Sender:
        mail = replace(self.mail, port=server.port) if server else self.mail
        configuration = replace(self.configuration, mail=mail)
        return Sender(
            store or self.letters,
            self.keyring,
            configuration,
            SmtpTransport(mail),
            self.clock,
            make_translators(THEME),
        )

    def check(
        self, answers: Mapping[str, Any] | None = None, form: str = "governor-mailbox", **more: Any
    ) -> Any:
        answers = LETTER if answers is None else answers
        return self.client.post(f"/zh/relay/{form}/check", data=dict(answers), **more)

    def submit(self, fields: Mapping[str, Any], form: str = "governor-mailbox", **more: Any) -> Any:
        return self.client.post(
            f"/zh/relay/{form}/submit", data=dict(fields), follow_redirects=False, **more
        )

    def checked(
        self, answers: Mapping[str, Any] | None = None, form: str = "governor-mailbox"
    ) -> dict[str, list[str]]:
        """The fields of the check page, after a time in which a person can read it."""
        page = self.check(answers, form)
        assert page.status_code == 200, page.text
        self.clock.turn(seconds=10)
        return hidden_fields(page.text)

    def write(
        self, answers: Mapping[str, Any] | None = None, form: str = "governor-mailbox"
    ) -> tuple[str, str]:
        """A letter all the way to its receipt: reference and query code."""
        answer = self.submit(self.checked(answers, form), form)
        assert answer.status_code == 303, answer.text
        return self.receipt(answer)

    def receipt(self, answer: Any) -> tuple[str, str]:
        page = self.client.get(answer.headers["location"])
        assert page.status_code == 200
        reference, code = re.findall(r'<strong class="figures">([^<]*)</strong>', page.text)
        return reference, code

    def site_form(self, form_id: str) -> Form:
        """The form as the build has it."""
        file = self.build / "forms" / f"{form_id}.json"
        return Form.from_json(file.read_text("utf-8"))

    def publish(self, form: Form) -> None:
        """The build has this form from now on, in a folder of the test's own."""
        if self.build.parent != self.folder:
            copy = self.folder / "build"
            shutil.copytree(self.build, copy)
            self.build = copy
            self.client = self.make_client()
        (self.build / "forms" / f"{form.id}.json").write_text(form.to_json(), "utf-8")

    def change(self, statement: str, *values: Any) -> list[Any]:
        """What a test does to the store behind the relay's back."""
        return self.letters.write(lambda connection: connection.execute(statement, values))

    def count(self, table: str, condition: str = "1 = 1") -> int:
        return int(self.letters.query(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0])


@contextmanager
def running_sender(sender: Sender) -> Iterator[None]:
    """The sender in a thread of its own."""
    stop, wake = threading.Event(), threading.Event()
    thread = threading.Thread(target=sender.run, args=(stop, wake, 0.02))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake.set()
        thread.join()


def wait_until(is_true: Callable[[], bool], seconds: float = 20) -> None:
    """Returns once it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(application: Starlette) -> Iterator[str]:
    """The application answers on loopback at the address given."""
    port = free_port()
    settings = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="warning", access_log=False,
        lifespan="off",
    )  # fmt: skip
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
