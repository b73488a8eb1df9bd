"""The signed links by which a department's staff work on a letter; there are no accounts.

A link says which letter, as whom, at which of its revisions and until when; a MAC seals it.
It is computed, not stored, so every try of a mail carries the same bytes. Two stages: a link
in a mail shows no more than that there is a letter (mail scanners fetch links), and pressing
its button gives a desk link, short-lived, that shows the text.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from enum import StrEnum

from relay.keys import Keyring, Purpose, SealError

_MAC_BYTES = 16
_FIXED_BYTES = 4 + 1 + 16 + 4 + 6


class Stage(StrEnum):
    """How far a link opens the letter."""

    MAIL = "m"
    DESK = "d"


@dataclass(frozen=True, slots=True)
class StaffLink:
    """`route` is the department as whom one acts; `expires_at` in milliseconds UTC."""

    stage: Stage
    letter_id: bytes
    route: str
    revision: int
    expires_at: int


def seal_link(link: StaffLink, keyring: Keyring) -> str:
    """The link as the last segment of an address; the same link is always the same text."""
    signed = (
        bytes.fromhex(keyring.current_id)
        + link.stage.encode("ascii")
        + link.letter_id
        + link.revision.to_bytes(4, "big")
        + link.expires_at.to_bytes(6, "big")
        + link.route.encode("utf-8")
    )
    mac = keyring.mac(Purpose.STAFF, signed)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(mac + signed).rstrip(b"=").decode("ascii")


def open_link(text: str, keyring: Keyring) -> StaffLink | None:
    """The link, expired or not, or None for anything that this relay did not seal."""
    try:
        sealed = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        mac, signed = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        expected = keyring.mac(Purpose.STAFF, signed, signed[:4].hex())[:_MAC_BYTES]
    except (UnicodeEncodeError, binascii.Error, SealError):
        return None
    if len(signed) < _FIXED_BYTES or not secrets.compare_digest(mac, expected):
        return None
    return StaffLink(
        stage=Stage(signed[4:5].decode("ascii")),
        letter_id=signed[5:21],
        revision=int.from_bytes(signed[21:25], "big"),
        expires_at=int.from_bytes(signed[25:31], "big"),
        route=signed[31:].decode("utf-8"),
    )
