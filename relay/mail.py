"""The mail to staff: composed from what is ours, and checked byte for byte before it goes.

No citizen's text stands in any header; Reply-To alone may hold an address that was checked.
The mail library has had holes that turn an encoded word into a header of its own, so each
finished mail is parsed again and compared with what was meant. If in doubt, it is not sent.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime

from relay.configuration import MailSettings
from relay.mail_addresses import is_deliverable_address

Headers = list[tuple[str, str]]

_HEADER_NAME = re.compile(rb"([!-9;-~]+):")


class MailMismatchError(Exception):
    """The finished mail is not what was meant; it must not be sent."""


def mail_headers(
    subject: str,
    reply_to: str,
    message_id: str,
    recipient: str,
    sent_at: datetime,
    settings: MailSettings,
) -> Headers:
    """Every header that the mail shall have, in order, and no others; `reply_to` "" for none.

    Raises MailMismatchError where the recipient is not one plain address.
    """
    if not is_deliverable_address(recipient):
        raise MailMismatchError("the recipient is not one plain address")
    headers = [
        ("From", str(Address(settings.from_name, addr_spec=settings.from_address))),
        ("To", str(Address(addr_spec=recipient))),
        ("Subject", subject),
        ("Date", format_datetime(sent_at)),
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),
    ]
    if is_deliverable_address(reply_to):
        headers.append(("Reply-To", str(Address(addr_spec=reply_to))))
    return headers


def compose_mail(headers: Headers, text: str) -> bytes:
    """The finished mail. Raises MailMismatchError where it is not exactly what was meant.

    The text goes as base64: no line of it can be mistaken for the end of the mail, and no
    server on the way can change it.
    """
    message = EmailMessage(policy=SMTP)
    try:
        for name, value in headers:
            message[name] = value
        message.set_content(text, charset="utf-8", cte="base64")
        content = message.as_bytes()
    except (ValueError, UnicodeError):
        # The library's own words would quote the value.
        raise MailMismatchError("a header cannot be written") from None
    check_mail(content, headers, text)
    return content


def check_mail(content: bytes, headers: Headers, text: str) -> None:
    """Raises MailMismatchError unless `content` parses to these headers, one recipient, this text."""
    body_headers = [
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "base64"),
        ("MIME-Version", "1.0"),
    ]
    meant = [*headers, *body_headers]
    parsed = BytesParser(policy=default).parsebytes(content)
    found = [(name, str(value)) for name, value in parsed.items()]
    raw_names = _raw_header_names(content)
    if sorted(found) != sorted(meant):
        raise MailMismatchError("the headers differ from what was meant")
    if sorted(raw_names) != sorted(name for name, _ in meant):
        raise MailMismatchError("the header lines differ from what was meant")
    if len(parsed["To"].addresses) != 1 or parsed.defects or parsed.is_multipart():
        raise MailMismatchError("not one mail to one recipient")
    if parsed.get_payload(decode=True) != text.encode("utf-8"):
        raise MailMismatchError("the text differs from what was meant")


def _raw_header_names(content: bytes) -> Sequence[str]:
    head = content.partition(b"\r\n\r\n")[0]
    names = []
    # Any line end a server might understand counts, not only the right one.
    for line in re.split(rb"\r\n|\r|\n", head):
        match = _HEADER_NAME.match(line)
        if match:
            names.append(match.group(1).decode("ascii"))
        elif not line.startswith((b" ", b"\t")):
            raise MailMismatchError("a header line has no name")
    return names
