"""Inputs: digests of all that a build depends on besides the documents."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.forms import Form
from domain.vocabulary import Vocabulary
from plugins.portal.rendering.constants import FrameParts
from plugins.portal.rendering.templates import Templates

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Inputs:
    """`engine` and `structure` mean everything anew; `constants` what shows names; the rest
    is compared template by template."""

    engine: str
    structure: str
    constants: str
    templates: str


def read_inputs(
    vocabulary: Vocabulary,
    forms: Mapping[str, Form],
    templates: Templates,
    frames: Iterable[FrameParts],
    settings: Mapping[str, str],
    day: str,
) -> Inputs:
    """The digests of this build's inputs; `day` is the site's own, for what ends with a day."""
    options = [f"{name}={value}" for name, value in sorted(settings.items())]
    constants = [
        vocabulary.names_digest(),
        *(form.to_json() for form in forms.values()),
        *(f"{name}={digest}" for name, digest in templates.assets.items()),
        *(repr(frame) for frame in frames),
        day,
    ]
    sources = [f"{name}={digest}" for name, digest in sorted(templates.digests.items())]
    return Inputs(
        engine=digest_of([engine_digest(), *options]),
        structure=vocabulary.structure_digest(),
        constants=digest_of(constants),
        templates=digest_of(sources),
    )


@cache
def engine_digest() -> str:
    """A digest of our own code, the locked dependencies and Python's version."""
    parts = [sys.version]
    for folder in ("plugins", "domain"):
        parts += [
            digest_of([path.relative_to(ROOT).as_posix(), path.read_text("utf-8")])
            for path in sorted((ROOT / folder).rglob("*.py"))
        ]
    lock = ROOT / "requirements" / "runtime.txt"
    if lock.is_file():
        parts.append(lock.read_text("utf-8"))
    return digest_of(parts)


def digest_of(parts: Iterable[str]) -> str:
    """A digest of texts in their order."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()
