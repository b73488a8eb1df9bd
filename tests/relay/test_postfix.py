"""A real Postfix: letters over TLS, bounces by VERP, our own daily letter, all the way round."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from relay.inbound import Inbound, Verdict
from relay.mailcatcher import CaughtMail
from relay.moments import to_milliseconds
from relay.store import read_events
from relay.transport import SmtpTransport
from tests.relay.harness import ALARMS, SURVEY, Relay
from tests.relay.postfix import Postfix
from tests.relay.test_probe import site_of, write_probe_on
from tests.relay.test_transport import make_certificate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root only"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The server's own file, and the authority to trust."""
    folder = tmp_path_factory.mktemp("certificate")
    _context, authority = make_certificate(folder, "127.0.0.1")
    (both,) = folder.glob("*.both.pem")
    return both, authority


@pytest.fixture(scope="module")
def postfix(certificate: tuple[Path, Path]) -> Iterator[Postfix]:
    server = Postfix(certificate[0])
    server.start()
    yield server
    server.stop()


def relay_of(
    tmp_path: Path, build: Path, postfix: Postfix, certificate: tuple[Path, Path], office: str
) -> Relay:
    relay = Relay(tmp_path, build, addresses={"gov-office": office, "operators": ALARMS})
    relay.mail = replace(
        relay.mail,
        port=postfix.port,
        starttls="required",
        ca_file=str(certificate[1]),
        maildir=str(postfix.maildir("relay")),
    )
    relay.configuration = replace(
        relay.configuration, mail=relay.mail, fallback="mailbox@gov-office.example"
    )
    return relay


def deliver(relay: Relay) -> None:
    relay.sender().deliver_due()


def take_in(relay: Relay, postfix: Postfix) -> dict[Verdict, int]:
    inbound = Inbound(relay.letters, relay.keyring, relay.configuration)
    return inbound.read_maildir(postfix.maildir("relay"), to_milliseconds(relay.clock()))


def test_a_letter_arrives_over_tls_byte_for_byte(
    tmp_path: Path, build: Path, postfix: Postfix, certificate: tuple[Path, Path]
) -> None:
    relay = relay_of(tmp_path, build, postfix, certificate, "mailbox@gov-office.example")
    before = len(list((postfix.maildir("office") / "new").glob("*")))
    remarks = ".\n..\n.\nFrom x\nMAIL FROM:<a@b.example>\n路灯"
    reference, _ = relay.write({**SURVEY, "remarks": remarks}, "service-survey")
    deliver(relay)
    assert relay.letters.query("SELECT state FROM letter") == [("forwarded",)]
    mails = postfix.await_mails("office", before + 1)
    content = next(one for mail in mails if reference.encode() in (one := mail.read_bytes()))
    text = CaughtMail("", (), content).parse().get_payload(decode=True)
    assert isinstance(text, bytes)
    for line in remarks.split("\n"):
        assert f"    {line}\r\n".encode() in text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert b"Received: from portal.example" in content
    assert b"TLSv1.3" in content


def test_35_a_real_bounce_comes_back_to_the_mail_that_it_is_about(
    tmp_path: Path, build: Path, postfix: Postfix, certificate: tuple[Path, Path]
) -> None:
    relay = relay_of(tmp_path, build, postfix, certificate, "gone@gov-office.example")
    relay.write()
    deliver(relay)
    postfix.await_mails("relay", 1)
    assert take_in(relay, postfix) == {Verdict.BOUNCED: 1}
    kinds = [event.kind for event in read_events(relay.letters)]
    assert kinds == ["received", "forwarded", "bounced", "to-fallback"]
    assert relay.letters.query("SELECT last_result FROM outbox WHERE state = 'bounced'") == [
        ("5.1.1",)
    ]


def test_our_own_letter_comes_all_the_way_round(
    tmp_path: Path, build: Path, postfix: Postfix, certificate: tuple[Path, Path]
) -> None:
    relay = relay_of(tmp_path, build, postfix, certificate, "mailbox@gov-office.example")
    with site_of(relay) as url:
        write_probe_on(relay, url)
    deliver(relay)
    postfix.await_mails("relay", 1)
    assert take_in(relay, postfix) == {Verdict.OURSELVES: 1}
    assert relay.letters.query("SELECT state FROM outbox") == [("delivered",)]
    assert relay.letters.query("SELECT state FROM letter") == [("erased",)]


def test_10_a_certificate_of_another_authority_is_refused(
    tmp_path: Path, postfix: Postfix, build: Path
) -> None:
    _context, other = make_certificate(tmp_path, "127.0.0.1")
    relay = Relay(tmp_path, build)
    settings = replace(relay.mail, port=postfix.port, starttls="required", ca_file=str(other))
    result, _expires = SmtpTransport(settings).try_to_connect()
    assert result.reason == "certificate"
