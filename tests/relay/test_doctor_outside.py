"""`doctor --outside`: a name server and a mail server of the test's own."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest

from domain.problems import PortalError
from relay.doctor import Finding
from relay.doctor_outside import examine_outside, make_resolver
from tests.relay.harness import Relay, ScriptedServer
from tests.relay.test_transport import make_certificate

GOOD = {
    "portal.example.": ["v=spf1 mx -all", "other=1"],
    "_dmarc.portal.example.": ["v=DMARC1; p=reject"],
    "mail._domainkey.portal.example.": ["v=DKIM1; k=rsa; p=MIGf"],
}


class NameServer:
    """Answers TXT questions from a table; a name that is not in it does not exist."""

    def __init__(self) -> None:
        self.records = dict(GOOD)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            content, peer = self._socket.recvfrom(4096)
            if content == b"stop":
                return
            question = dns.message.from_wire(content)
            answer = dns.message.make_response(question)
            name = question.question[0].name.to_text()
            texts = self.records.get(name)
            if texts is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            else:
                quoted = [f'"{text}"' for text in texts]
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
            self._socket.sendto(answer.to_wire(), peer)

    def stop(self) -> None:
        self._socket.sendto(b"stop", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.stop()


def examine(relay: Relay, names: NameServer, port: int, **mail: Any) -> list[Finding]:
    settings = replace(relay.mail, port=port, dkim_selector="mail", **mail)
    configuration = replace(relay.configuration, mail=settings)
    return list(examine_outside(configuration, make_resolver(names.address), datetime.now(UTC)))


def unsound(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if not finding.is_sound]


def test_all_is_sound(relay: Relay, names: NameServer, server: ScriptedServer) -> None:
    assert unsound(examine(relay, names, server.port)) == []
    assert server.commands == []


def test_what_the_dns_lacks_is_said_with_its_remedy(
    relay: Relay, names: NameServer, server: ScriptedServer
) -> None:
    names.records = {"portal.example.": ["v=spf1 -all", "v=spf1 mx -all"]}
    findings = examine(relay, names, server.port)
    assert unsound(findings) == [
        "SPF of portal.example: 2 records, which counts as none",
        "DMARC of _dmarc.portal.example: no record",
        "DKIM of mail._domainkey.portal.example: no record",
    ]
    assert all(finding.remedy for finding in findings if not finding.is_sound)


def test_a_certificate_near_its_end_is_said(
    relay: Relay, names: NameServer, tmp_path: Path
) -> None:
    context, authority = make_certificate(tmp_path, "127.0.0.1")
    with ScriptedServer(tls_context=context) as server:
        findings = examine(relay, names, server.port, starttls="required", ca_file=str(authority))
    assert findings[0].what.endswith("answers over TLS")
    assert unsound(findings) == ["its certificate is good for 0 days"]


def test_a_mail_server_without_encryption_or_that_is_away_is_said(
    relay: Relay, names: NameServer, server: ScriptedServer
) -> None:
    (said,) = unsound(examine(relay, names, server.port, starttls="required"))
    assert said.endswith(": no-starttls")
    (said,) = unsound(examine(relay, names, 1))
    assert said.endswith(": connection")


@pytest.mark.parametrize(
    ("named", "address", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 53),
        ("192.0.2.1:5353", "192.0.2.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]:5353", "2001:db8::1", 5353),
    ],
)
def test_a_name_server_is_named_by_its_address(named: str, address: str, port: int) -> None:
    resolver = make_resolver(named)
    assert (resolver.nameservers, resolver.port) == ([address], port)


@pytest.mark.parametrize("named", ["dns.example", "192.0.2.1:x", ":53"])
def test_a_name_server_that_is_none_is_told(named: str) -> None:
    with pytest.raises(PortalError, match="not the address"):
        make_resolver(named)
