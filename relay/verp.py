"""Envelope senders by which a bounce names the mail that it is about (VERP), with a MAC.

Anybody can send a mail that says it is a bounce. Only one that comes to an address which we
made ourselves, for that one mail, is believed.
"""

import base64
import re
import secrets

from relay.keys import Keyring, Purpose

_MAC_BYTES = 10
_TAG = re.compile(r"\+([0-9a-hjkmnp-tv-z]{26})-([a-z2-7]{16})@")


def verp_address(mail_id: str, base_address: str, keyring: Keyring) -> str:
    """The envelope sender of one mail: relay+<id>-<mac>@domain."""
    local, _, domain = base_address.rpartition("@")
    return f"{local}+{mail_id}-{_mac(mail_id, keyring, keyring.current_id)}@{domain}"


def find_mail_id(address: str, keyring: Keyring) -> str | None:
    """The id of the mail that we sent with this envelope sender; None if we did not make it.

    Lists and forwarders rewrite the local part's case and may put text around it (SRS).
    """
    match = _TAG.search(address.lower())
    if match is None:
        return None
    mail_id, mac = match.groups()
    is_ours = any(
        secrets.compare_digest(_mac(mail_id, keyring, key_id), mac) for key_id in keyring.key_ids
    )
    return mail_id if is_ours else None


def _mac(mail_id: str, keyring: Keyring, key_id: str) -> str:
    mac = keyring.mac(Purpose.VERP, mail_id.encode("ascii"), key_id)[:_MAC_BYTES]
    return base64.b32encode(mac).decode("ascii").lower()
