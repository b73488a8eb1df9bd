"""The relay's keys: one file, readable by its owner only, and what is sealed with them.

A master key has an id. From it a key is derived for each purpose, so that what was sealed
for one purpose can never be opened for another. Old keys stay in the file to open what
they sealed; `current` names the one that seals. Without the file, the store is unreadable.
"""

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.disk import sync
from domain.problems import PortalError

FORMAT = 1
_SEAL_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD_BYTES = len(_SEAL_VERSION) + _KEY_ID_BYTES + _NONCE_BYTES


class Purpose(StrEnum):
    """What a derived key is for."""

    PAYLOAD = "payload"
    CHECK = "check"
    RECEIPT = "receipt"
    CODE = "code"
    DIGEST = "digest"
    CLIENT = "client"
    STAFF = "staff"
    ANSWER = "answer"
    PUBLICATION = "publication"
    ATTACHMENT = "attachment"
    EXPORT = "export"
    ADDRESSEE = "addressee"
    VERP = "verp"


class SealError(Exception):
    """The sealed bytes were not made by us for this purpose, or their key is gone."""


class KeyMissingError(SealError):
    """What was sealed may be sound, but the keys file lacks its key."""


class Keyring:
    """All master keys by id (8 hexadecimal digits), and which of them seals now."""

    def __init__(self, masters: Mapping[str, bytes], current_id: str) -> None:
        self.current_id = current_id
        self._masters = dict(masters)
        self._derived: dict[tuple[str, Purpose], bytes] = {}

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys that are there, old ones too."""
        return tuple(self._masters)

    def seal(self, purpose: Purpose, plaintext: bytes, bound_to: bytes = b"") -> bytes:
        """`plaintext` encrypted and authenticated (AES-256-GCM), to be opened with `bound_to`."""
        nonce = os.urandom(_NONCE_BYTES)
        head = _SEAL_VERSION + bytes.fromhex(self.current_id) + nonce
        cipher = AESGCM(self._key(self.current_id, purpose))
        return head + cipher.encrypt(nonce, plaintext, head + bound_to)

    def open(self, purpose: Purpose, sealed: bytes, bound_to: bytes = b"") -> bytes:
        """What was sealed. Raises SealError for anything altered, foreign or of a lost key."""
        head, body = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        if len(head) < _HEAD_BYTES or not head.startswith(_SEAL_VERSION):
            raise SealError("not sealed by this program")
        cipher = AESGCM(self._key(head[1 : 1 + _KEY_ID_BYTES].hex(), purpose))
        try:
            return cipher.decrypt(head[-_NONCE_BYTES:], body, head + bound_to)
        except InvalidTag:
            raise SealError("altered, or sealed for something else") from None

    def mac(self, purpose: Purpose, message: bytes, key_id: str = "") -> bytes:
        """HMAC-SHA-256 of `message` under the named key, or the current one."""
        code = hmac.HMAC(self._key(key_id or self.current_id, purpose), hashes.SHA256())
        code.update(message)
        return code.finalize()

    def _key(self, key_id: str, purpose: Purpose) -> bytes:
        known = self._derived.get((key_id, purpose))
        if known is None:
            if key_id not in self._masters:
                raise KeyMissingError("sealed with a key that is not in the keys file")
            context = b"relay/1/" + purpose.encode()
            derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=context)
            known = derivation.derive(self._masters[key_id])
            self._derived[key_id, purpose] = known
        return known


def make_keyring() -> Keyring:
    """A keyring with one fresh key, for the preview and for tests: it dies with the process."""
    key_id = secrets.token_hex(_KEY_ID_BYTES)
    return Keyring({key_id: os.urandom(32)}, key_id)


def write_new_keys(keys_file: Path) -> str:
    """The keys file exists, with one fresh key, readable by its owner only; gives the key's id.

    Raises FileExistsError rather than touching a file that is there: its keys may be the
    only way to read the letters.
    """
    key_id = secrets.token_hex(_KEY_ID_BYTES)
    secret = base64.b64encode(os.urandom(32)).decode("ascii")
    text = json.dumps({"format": FORMAT, "current": key_id, "keys": {key_id: secret}}, indent=1)
    descriptor = os.open(keys_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    return key_id


def rotate_keys(keys_file: Path) -> str:
    """The file has one more key, which seals from now on; gives its id."""
    key_id = secrets.token_hex(_KEY_ID_BYTES)
    fields = _read_fields(keys_file)
    fields["keys"][key_id] = base64.b64encode(os.urandom(32)).decode("ascii")
    _replace_keys(keys_file, {**fields, "current": key_id})
    return key_id


def remove_key(keys_file: Path, key_id: str) -> None:
    """The file has this old key no longer. Raises PortalError for the current one, or none."""
    fields = _read_fields(keys_file)
    if key_id not in fields["keys"] or key_id == fields["current"]:
        raise PortalError(f"{key_id} is not an old key of {keys_file}; nothing was changed")
    del fields["keys"][key_id]
    _replace_keys(keys_file, fields)


def _read_fields(keys_file: Path) -> dict[str, Any]:
    load_keys(keys_file)
    fields: dict[str, Any] = json.loads(keys_file.read_text("ascii"))
    return fields


def _replace_keys(keys_file: Path, fields: dict[str, Any]) -> None:
    # Beside its place and renamed: a kill leaves the old file or the new one, never half.
    unfinished = keys_file.with_name(f"{keys_file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        if os.geteuid() == 0:
            # Whoever runs the relay must be able to read what root has changed.
            owner = keys_file.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        opened.write(json.dumps(fields, indent=1) + "\n")
    sync(unfinished)
    os.replace(unfinished, keys_file)
    sync(keys_file.parent)


def load_keys(keys_file: Path) -> Keyring:
    """The keyring of the file. Raises PortalError where it is missing, open to others or broken."""
    try:
        mode = stat.S_IMODE(keys_file.stat().st_mode)
        text = keys_file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise PortalError(
            f"{keys_file}: the keys cannot be read ({type(error).__name__}). "
            "Make them once with: python -m relay init"
        ) from None
    if mode & 0o077:
        raise PortalError(
            f"{keys_file}: others on this machine may read the keys (mode {mode:04o}). "
            f"Close the file with: chmod 600 {keys_file}"
        )
    return _parse_keys(text, keys_file)


def _parse_keys(text: str, keys_file: Path) -> Keyring:
    try:
        read = json.loads(text)
        masters = {
            str(key_id): base64.b64decode(secret, validate=True)
            for key_id, secret in read["keys"].items()
        }
        is_sound = (
            read["format"] == FORMAT
            and read["current"] in masters
            and all(len(secret) == 32 for secret in masters.values())
            and all(len(bytes.fromhex(key_id)) == _KEY_ID_BYTES for key_id in masters)
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        is_sound = False
    if not is_sound:
        raise PortalError(
            f"{keys_file}: this is not a keys file of format {FORMAT}. Restore it from the backup; "
            "new keys cannot open the letters that the old ones sealed."
        )
    return Keyring(masters, str(read["current"]))
