"""Stable digests of values: equal in every process and on every machine."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

DIGEST_FORMAT = 1
"""Counted up when the way of digesting changes, so that old digests never match new ones."""


def digest_of(value: object) -> str:
    """32 hexadecimal characters that change with the value.

    Dataclasses, mappings (in any order), lists and tuples (in order), dates, scalars.
    """
    text = json.dumps(
        [DIGEST_FORMAT, value],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=_as_json,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _as_json(value: Any) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no digest for a {type(value).__name__}")
