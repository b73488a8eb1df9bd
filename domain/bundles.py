"""Bundles that travel from the relay to the editors: content files, listed and signed.

A bundle is a folder beside others; the link `current` names the one that holds, and is put over
in one step, so that whoever copies it has the old one or the new one and never half of each.
"""

import base64
import binascii
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.problems import PortalError

BUNDLE_FORMAT = 1
CURRENT = "current"
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_CONTENT_PATH = re.compile(r"[a-z0-9-]+/\d{4}/[a-z0-9-]+\.(?:md|json|csv)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files by their content path ("selected-replies/2026/x.md").

    `erased` are references of letters of which nothing may stay public.
    """

    files: Mapping[str, bytes]
    erased: Sequence[str] = ()


def write_bundle(
    bundle: Bundle,
    folder: Path,
    key: Ed25519PrivateKey,
    before_switch: Callable[[], None] = lambda: None,
) -> Path:
    """The bundle is what `folder`/current names; gives its own folder.

    Equal bundles are equal bytes and have the same name. What a killed run left is cleared away.
    """
    manifest = _make_manifest(bundle)
    written = folder / f"bundle-{sha256(manifest).hexdigest()[:16]}"
    unfinished = folder / f".unfinished-{written.name}"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)
    if not written.exists():
        for path, content in bundle.files.items():
            _write_durably(unfinished / path, content)
        _write_durably(unfinished / _SIGNATURE, base64.b64encode(key.sign(manifest)) + b"\n")
        _write_durably(unfinished / _MANIFEST, manifest)
        unfinished.rename(written)
    before_switch()
    link = folder / ".next"
    link.unlink(missing_ok=True)
    link.symlink_to(written.name)
    link.replace(folder / CURRENT)
    for other in folder.glob("bundle-*"):
        if other != written:
            shutil.rmtree(other)
    return written


def read_bundle(folder: Path, public_key: str) -> Bundle:
    """The bundle in `folder`, every byte of it as it was signed. Raises PortalError otherwise."""
    try:
        manifest = (folder / _MANIFEST).read_bytes()
        signature = base64.b64decode((folder / _SIGNATURE).read_bytes(), validate=False)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(signature, manifest)
    except OSError as error:
        raise PortalError(f"{folder}: this is no bundle ({type(error).__name__})") from None
    except (InvalidSignature, ValueError, binascii.Error):
        raise PortalError(
            f"{folder}: the bundle was not signed with this key. Nothing was taken over.\n"
            "  The relay names its key: python -m relay export --key"
        ) from None
    listed = json.loads(manifest)
    if listed["format"] != BUNDLE_FORMAT:
        raise PortalError(f"{folder}: a bundle of another format; nothing was taken over")
    files = {path: _read_listed(folder, path, digest) for path, digest in listed["files"].items()}
    return Bundle(files, tuple(listed["erased"]))


def show_public_key(key: Ed25519PrivateKey) -> str:
    """The public key as people copy it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def _make_manifest(bundle: Bundle) -> bytes:
    files = {path: sha256(content).hexdigest() for path, content in bundle.files.items()}
    values = {"format": BUNDLE_FORMAT, "files": files, "erased": sorted(bundle.erased)}
    return (json.dumps(values, sort_keys=True, indent=1) + "\n").encode("ascii")


def _read_listed(folder: Path, path: str, digest: str) -> bytes:
    if not _CONTENT_PATH.fullmatch(path):
        raise PortalError(f"{folder}: the bundle names {path!r}; nothing was taken over")
    content = (folder / path).read_bytes()
    if sha256(content).hexdigest() != digest:
        raise PortalError(f"{folder}: {path} was altered; nothing was taken over")
    return content


def _write_durably(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
