"""Records: values of a few named parts, of which a build makes many hundreds of thousands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Class) -> Class:
    """A dataclass that the type checker holds frozen, and Python does not.

    `dataclass(frozen=True)` sets each part by a call, which takes three times as long; for
    values made by the thousand that was a thirtieth of a full build. It has slots and a hash.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)  # type: ignore[return-value]
