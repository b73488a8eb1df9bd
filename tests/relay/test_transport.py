"""One delivery over a real connection: TLS, deadlines, results."""

import ipaddress
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from relay.configuration import MailSettings
from relay.transport import Outcome, SmtpTransport
from tests.relay.harness import ScriptedServer, free_port


def make_certificate(folder: Path, address: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context with a fresh certificate for `address`, and the file to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smtp")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{certificate.serial_number}.pem"
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(public)
    both = folder / f"{certificate.serial_number}.both.pem"
    both.write_bytes(public + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, file


def settings(port: int, **more: object) -> MailSettings:
    values = {"port": port, "starttls": "never", "from_address": "relay@portal.example", **more}
    return MailSettings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("MAIL", "550 not you", Outcome.RETRY),
        ("MAIL", "451 later", Outcome.RETRY),
        ("RCPT", "451 later", Outcome.RETRY),
        ("RCPT", "550 unknown", Outcome.REFUSED),
        ("RCPT", "553 bad name", Outcome.REFUSED),
        ("RCPT", "554 never", Outcome.DEAD),
        ("DATA", "421 closing", Outcome.RETRY),
        ("DATA", "550 policy", Outcome.REFUSED),
        ("DATA", "552 too large", Outcome.DEAD),
        ("DATA", "250 OK", Outcome.SENT),
    ],
)
def test_what_the_server_says_decides(
    server: ScriptedServer, command: str, answer: str, outcome: Outcome
) -> None:
    server.replies[command] = [answer]
    transport = SmtpTransport(settings(server.port))
    result = transport.deliver("a@portal.example", "b@c.example", b"Subject: x\r\n\r\ny\r\n")
    transport.close()
    assert (result.outcome, result.reason) == (outcome, answer[:3])


def test_a_server_that_is_not_there_is_tried_again() -> None:
    transport = SmtpTransport(settings(free_port()))
    result = transport.deliver("a@portal.example", "b@c.example", b"\r\n")
    assert (result.outcome, result.reason) == (Outcome.RETRY, "connection")


def test_a_server_that_drips_is_given_up_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                for byte in b"220 " + b"x" * 1000:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        port = listener.getsockname()[1]
        transport = SmtpTransport(settings(port, timeout_seconds=1))
        begun = time.monotonic()
        result = transport.deliver("a@portal.example", "b@c.example", b"\r\n")
        assert time.monotonic() - begun < 10
        thread.join()
    assert result.outcome is Outcome.RETRY


def test_one_connection_carries_several_mails(server: ScriptedServer) -> None:
    transport = SmtpTransport(settings(server.port))
    for _ in range(5):
        transport.deliver("a@portal.example", "b@c.example", b"\r\nx\r\n")
    transport.close()
    assert len(server.mails) == 5
