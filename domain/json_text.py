"""JSON as text, compact: one way in and out for what is written and read thousands of times."""

from __future__ import annotations

from typing import Any

import orjson


def to_json(value: object) -> str:
    """The value as compact JSON; TypeError for what JSON has no form of (named tuples as well)."""
    return orjson.dumps(value).decode()


def from_json(text: str) -> Any:
    """The value of a JSON text; ValueError for what is none."""
    return orjson.loads(text)
