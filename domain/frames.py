"""Frames: the portal's page around a content that a service fills in.

The build writes build/frames/<lang>.html with marks; search and relay put their pages into them.
"""

import re
from collections.abc import Mapping

_SLOT = re.compile(r"<!--slot:([a-z-]+)-->")


class UnknownSlotError(LookupError):
    """A slot was filled that the frame does not have."""


def slot_mark(name: str) -> str:
    """The mark that the build leaves where a service puts its part."""
    return f"<!--slot:{name}-->"


def fill_frame(frame: str, slots: Mapping[str, str]) -> str:
    """The frame with every slot filled; a slot that `slots` does not name becomes empty.

    `slots` are HTML: who fills them has escaped all text. What is filled in is never searched
    for marks again. UnknownSlotError when the frame lacks a slot that was to be filled.
    """
    missing = sorted(set(slots) - set(_SLOT.findall(frame)))
    if missing:
        raise UnknownSlotError(f"the frame has no slot {', '.join(missing)}")
    return _SLOT.sub(lambda mark: slots.get(mark.group(1), ""), frame)
