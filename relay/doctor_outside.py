"""`doctor --outside`: what others say of us: the mail server's TLS, and SPF, DKIM, DMARC in the DNS.

Connects to the mail server and asks the name server; sends no mail.
"""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime

import dns.exception
import dns.resolver

from domain.problems import PortalError
from relay.configuration import Configuration
from relay.doctor import Finding
from relay.transport import Outcome, SmtpTransport

_DAYS_BEFORE_EXPIRY = 14


def examine_outside(
    configuration: Configuration, resolver: dns.resolver.Resolver, now: datetime
) -> Iterator[Finding]:
    """The mail server first, then what the DNS says of the domain that our mail comes from."""
    yield from _examine_mail_server(configuration, now)
    domain = configuration.mail_domain
    yield _examine_record(
        resolver, domain, "v=spf1", "SPF", "Say which servers send for it: v=spf1 mx -all"
    )
    yield _examine_record(
        resolver,
        f"_dmarc.{domain}",
        "v=DMARC1",
        "DMARC",
        "Say what to do with forged mail: v=DMARC1; p=quarantine; rua=mailto:...",
    )
    selector = configuration.mail.dkim_selector
    if selector:
        yield _examine_record(
            resolver,
            f"{selector}._domainkey.{domain}",
            "p=",
            "DKIM",
            "Publish the key with which the mail server signs, or correct mail.dkim_selector.",
        )
    else:
        yield Finding(
            False,
            "DKIM: mail.dkim_selector is not set, so it was not looked for",
            "Write the selector that the mail server signs with.",
        )


def make_resolver(server: str) -> dns.resolver.Resolver:
    """A resolver that asks `server` (address, or address:port), or the machine's own for ""."""
    if not server:
        resolver = dns.resolver.Resolver()
    else:
        resolver = dns.resolver.Resolver(configure=False)
        address, port = _split_port(server)
        resolver.nameservers = [address]
        resolver.port = port
    resolver.lifetime = 10
    return resolver


def _split_port(server: str) -> tuple[str, int]:
    """192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353 as address and port."""
    try:
        return str(ipaddress.ip_address(server.strip("[]"))), 53
    except ValueError:
        address, _, port = server.rpartition(":")
    try:
        return str(ipaddress.ip_address(address.strip("[]"))), int(port)
    except ValueError:
        raise PortalError(f'"{server}" is not the address of a name server') from None


def _examine_mail_server(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    mail = configuration.mail
    where = f"mail server {mail.host}:{mail.port}"
    transport = SmtpTransport(mail)
    result, expires = transport.try_to_connect()
    if result.outcome is not Outcome.SENT:
        yield Finding(
            False,
            f"{where}: {result.reason}",
            "Nothing is lost while it is away; mails wait. Look at its name, port, certificate "
            "and password.",
        )
        return
    yield Finding(True, f"{where} answers" + (" over TLS" if expires else ", without TLS"))
    if expires:
        days = (datetime.fromtimestamp(expires, UTC) - now).days
        yield Finding(
            days >= _DAYS_BEFORE_EXPIRY,
            f"its certificate is good for {days} days",
            "" if days >= _DAYS_BEFORE_EXPIRY else "Renew it: afterwards nothing is sent to it.",
        )


def _examine_record(
    resolver: dns.resolver.Resolver, name: str, mark: str, what: str, remedy: str
) -> Finding:
    try:
        answers = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        found = []
    except dns.exception.DNSException as error:
        return Finding(
            False, f"{what}: the DNS does not answer ({type(error).__name__})", "Try again."
        )
    else:
        texts = [b"".join(one.strings).decode("utf-8", "replace") for one in answers]
        found = [text for text in texts if mark.lower() in text.lower()]
    if len(found) == 1:
        return Finding(True, f"{what} of {name}: {found[0][:60]}")
    count = "no record" if not found else f"{len(found)} records, which counts as none"
    return Finding(False, f"{what} of {name}: {count}", remedy)
