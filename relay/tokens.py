"""The two sealed strings that pages carry: the check page's token and the receipt's address.

The token is proof that our check page was shown (against forged posts), proof of when it
was shown (against machines), and the key under which the letter can be stored once only.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass
from typing import Any

from relay.keys import Keyring, Purpose, SealError

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class CheckToken:
    """`issued_at` in milliseconds UTC; `signals` are soft signs of abuse seen before the check.

    `is_probe`: what it stores is our own daily letter. Our pages never say so: whoever holds
    the keys has to seal it.
    """

    form_id: str
    form_digest: str
    issued_at: int
    idempotency: bytes
    signals: tuple[str, ...] = ()
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which letter the receipt is for, and until when its address opens."""

    letter_id: bytes
    expires_at: int


def make_token(
    form_id: str, form_digest: str, issued_at: int, signals: tuple[str, ...] = ()
) -> CheckToken:
    """A token with an idempotency key that was never used before."""
    return CheckToken(form_id, form_digest, issued_at, os.urandom(16), signals)


def seal_token(token: CheckToken, keyring: Keyring) -> str:
    """The token as text for a hidden field."""
    fields = [
        token.form_id,
        token.form_digest,
        token.issued_at,
        token.idempotency.hex(),
        list(token.signals),
        token.is_probe,
    ]
    return _seal(fields, Purpose.CHECK, keyring)


def open_token(text: str, keyring: Keyring) -> CheckToken | None:
    """The token, or None for anything that this relay did not seal."""
    fields = _open(text, Purpose.CHECK, keyring)
    if fields is None:
        return None
    form_id, form_digest, issued_at, idempotency, signals, is_probe = fields
    return CheckToken(
        form_id, form_digest, issued_at, bytes.fromhex(idempotency), tuple(signals), is_probe
    )


def seal_receipt(receipt: Receipt, keyring: Keyring) -> str:
    """The receipt as the last segment of an address."""
    return _seal([receipt.letter_id.hex(), receipt.expires_at], Purpose.RECEIPT, keyring)


def open_receipt(text: str, keyring: Keyring) -> Receipt | None:
    """The receipt, or None for anything that this relay did not seal."""
    fields = _open(text, Purpose.RECEIPT, keyring)
    return None if fields is None else Receipt(bytes.fromhex(fields[0]), fields[1])


def _seal(fields: list[Any], purpose: Purpose, keyring: Keyring) -> str:
    sealed = keyring.seal(purpose, json.dumps([_FORMAT, *fields]).encode("ascii"))
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def _open(text: str, purpose: Purpose, keyring: Keyring) -> list[Any] | None:
    try:
        sealed = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        fields: list[Any] = json.loads(keyring.open(purpose, sealed))
    except (UnicodeEncodeError, binascii.Error, SealError):
        return None
    return fields[1:] if fields[0] == _FORMAT else None
