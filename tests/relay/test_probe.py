"""Our own daily letter: all the way round, as a resident's; counted nowhere; lost with an alarm."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from domain.problems import PortalError
from relay.__main__ import main
from relay.configuration import Limits
from relay.doctor import examine
from relay.erasure import find_erased
from relay.inbound import Inbound, Verdict
from relay.keys import load_keys, make_keyring, write_new_keys
from relay.letters import count_letters
from relay.moments import to_milliseconds
from relay.probe_walk import make_visitor, write_probe
from relay.published import PublishedSite
from relay.rounds import Rounds, find_overdue
from relay.store import read_events
from relay.tokens import open_token, seal_token
from tests.relay.harness import LETTER, SURVEY, Relay, ScriptedServer, serving
from tests.relay.processes import Installation

FORM = "governor-mailbox"


@pytest.fixture
def relay(either_relay: Relay, tmp_path: Path) -> Relay:
    """A relay that waits for its own letter, on either store."""
    either_relay.mail = replace(either_relay.mail, maildir=str(tmp_path / "maildir"))
    either_relay.configuration = replace(either_relay.configuration, mail=either_relay.mail)
    either_relay.client = either_relay.make_client()
    return either_relay


def show_form(request: Request) -> HTMLResponse:
    """The form's page, as far as a visitor without eyes needs it."""
    form_id = request.path_params["form"]
    names = [html.escape(name) for name in (*LETTER, *SURVEY)]
    inputs = "".join(f'<input name="{name}">' for name in names)
    action = f"/zh/relay/{form_id}/check"
    return HTMLResponse(f'<form method="post" action="{action}">{inputs}</form>')


@contextmanager
def site_of(relay: Relay) -> Iterator[str]:
    """The site's address: its form's page, and the relay behind it."""
    routes = [Route("/zh/forms/{form}/", show_form), Mount("/", relay.make_application())]
    with serving(Starlette(routes=routes)) as url:
        yield url


def write_probe_on(relay: Relay, url: str, form_id: str = FORM) -> str:
    return write_probe(
        make_visitor(url),
        PublishedSite(relay.build),
        relay.keyring,
        relay.configuration,
        now(relay),
        form_id=form_id,
        pause=lambda seconds: relay.clock.turn(seconds=seconds),
    )


def now(relay: Relay) -> int:
    return to_milliseconds(relay.clock())


def take(relay: Relay, content: bytes) -> Verdict:
    return Inbound(relay.letters, relay.keyring, relay.configuration).take(content, now(relay))


def alarms(relay: Relay) -> list[str]:
    rounds = Rounds(relay.letters, relay.configuration, PublishedSite(relay.build))
    rounds.check_probe(now(relay))
    return [row[0] for row in relay.letters.query("SELECT kind FROM alarm")]


def metrics(relay: Relay) -> str:
    return str(relay.make_client("127.0.0.1").get("/metrics").text)


def test_it_comes_all_the_way_round_and_is_erased(relay: Relay, server: ScriptedServer) -> None:
    with site_of(relay) as url:
        reference = write_probe_on(relay, url)
    relay.sender(server).deliver_due()
    (mail,) = server.mails
    assert mail.recipients == ("relay@portal.example",)
    assert reference in str(mail.parse()["Subject"])
    assert "relay_last_probe_returned_seconds NaN" in metrics(relay)
    assert take(relay, mail.content) is Verdict.OURSELVES
    assert "relay_last_probe_returned_seconds 0" in metrics(relay)
    assert relay.letters.query("SELECT state, length(payload) FROM letter") == [("erased", 0)]
    kinds = [event.kind for event in read_events(relay.letters, reference)]
    assert kinds == ["received", "forwarded", "erased"]
    # The same mail again proves nothing new.
    relay.clock.turn(hours=20)
    assert take(relay, mail.content) is Verdict.OURSELVES
    relay.clock.turn(hours=6)
    assert alarms(relay) == ["probe-lost"]


def test_it_is_counted_nowhere_and_has_no_last_day(relay: Relay, server: ScriptedServer) -> None:
    relay.limits = replace(relay.limits, letters_per_hour=1, receipts_per_day=3)
    relay.configuration = replace(relay.configuration, limits=relay.limits)
    with site_of(relay) as url:
        for _ in range(3):
            write_probe_on(relay, url)
    assert relay.count("letter", "state = 'received'") == 3
    assert relay.count("outbox", "kind <> 'letter'") == 0
    assert count_letters(relay.letters) == {}
    assert 'relay_letters{state="received"} 0' in metrics(relay)
    assert "relay_last_letter_seconds NaN" in metrics(relay)
    assert find_overdue(relay.letters, relay.clock().date().replace(year=2030)) == []
    relay.sender(server).deliver_due()
    for mail in server.mails:
        take(relay, mail.content)
    assert relay.count("letter", "state = 'erased'") == 3
    assert find_erased(relay.letters) == []


def test_a_citizens_letter_is_never_taken_for_it(relay: Relay, server: ScriptedServer) -> None:
    fields = relay.checked()
    token = open_token(fields["_token"][0], relay.keyring)
    assert token is not None
    assert not token.is_probe
    forged = seal_token(replace(token, is_probe=True), make_keyring())
    assert relay.submit({**fields, "_token": forged}).status_code == 200
    assert relay.count("letter") == 0
    # Neither fields nor addresses say so.
    for more in ({"is_probe": "1"}, {"_probe": "1"}, {"form": "_probe"}):
        relay.submit({**relay.checked(), **more})
    assert relay.client.post("/zh/relay/_probe/check", data=LETTER).status_code == 404
    assert relay.count("letter", "form = '_probe'") == 0
    # A citizen's mail that comes to us by mistake ends no letter.
    relay.write()
    relay.sender(server).deliver_due()
    assert take(relay, server.mails[-1].content) is not Verdict.OURSELVES
    assert relay.count("letter", "state = 'erased'") == 0


def test_one_that_does_not_come_round_raises_an_alarm_a_day_and_is_erased(
    relay: Relay, server: ScriptedServer
) -> None:
    with site_of(relay) as url:
        write_probe_on(relay, url)
    server.replies["RCPT"] = ["550 no such user"]
    relay.sender(server).deliver_due()
    assert server.mails == []  # nobody else gets it
    relay.clock.turn(hours=24)
    assert "probe-lost" not in alarms(relay)
    relay.clock.turn(hours=2)
    assert alarms(relay).count("probe-lost") == 1
    assert alarms(relay).count("probe-lost") == 1
    relay.clock.turn(hours=20)
    site = PublishedSite(relay.build)
    assert Rounds(relay.letters, relay.configuration, site).make_if_due(now(relay))
    assert relay.letters.query("SELECT state FROM letter") == [("erased",)]
    assert relay.count("outbox", "letter IS NOT NULL") == 0
    assert alarms(relay).count("probe-lost") == 2


def test_without_a_maildir_nobody_waits_for_it(either_relay: Relay) -> None:
    either_relay.write()
    either_relay.clock.turn(days=3)
    assert alarms(either_relay) == []


def test_the_doctor_says_when_it_last_came_round(relay: Relay, server: ScriptedServer) -> None:
    write_new_keys(relay.configuration.keys_file)

    def said() -> str:
        findings = examine(relay.configuration, relay.build)
        (found,) = [one for one in findings if "daily letter" in one.what]
        return f"{found.is_sound} {found.what}"

    assert said() == "True the daily letter to ourselves has not come round yet"
    relay.change("INSERT INTO mark VALUES ('_probe', '1000')")
    assert said().startswith("False the daily letter to ourselves came round ")


@pytest.mark.parametrize(
    ("form_id", "url", "message"),
    [
        (FORM, "ftp://portal.example", "not the address of a site"),
        (FORM, "", "not the address of a site"),
        ("no-form", None, "no-form"),
        ("service-survey", None, "service-survey"),
        ("information-request", None, "does not ask for"),
    ],
)
def test_where_the_way_is_broken_is_said(
    relay: Relay, form_id: str, url: str | None, message: str
) -> None:
    with site_of(relay) as right, pytest.raises(PortalError, match=message):
        write_probe_on(relay, right if url is None else url, form_id)
    assert relay.count("letter") == 0


def test_with_other_keys_nothing_is_sent(relay: Relay) -> None:
    with site_of(relay) as url:
        relay.keyring = make_keyring()
        with pytest.raises(PortalError, match="other keys"):
            write_probe_on(relay, url)
    assert relay.count("letter") == 0


def test_the_command_writes_it_and_says_when_nobody_answers(
    tmp_path: Path, build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation = Installation(tmp_path, build, more_limits="letters_per_hour_in_all = 0")
    relay = Relay(installation.store_file.parent, build, limits=Limits(reserve_bytes=0))
    relay.keyring = load_keys(installation.keys_file)
    command = ["probe", "--configuration", str(installation.file), "--build", str(build)]
    with site_of(relay) as url:
        relay.clock.turn(minutes=-1)
        assert main([*command, "--form", FORM, "--url", url]) == 0
    assert "is stored" in capsys.readouterr().out
    assert relay.count("letter", "form = '_probe'") == 1
    assert main([*command, "--form", FORM, "--url", url]) == 1
    assert "does not answer" in capsys.readouterr().err
