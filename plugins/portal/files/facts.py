"""What is known of a file that was prepared, and how its facts are kept as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from domain.problems import Problem, Severity

PICTURE, OFFERED = "picture", "offered"
"""What a document does with a file: show it, or offer it (an attachment, a link)."""

SMALL, MEDIUM, LARGE, FALLBACK = "small.webp", "medium.webp", "large.webp", "large.jpg"
PLAIN = "picture.svg"
"""A drawing in SVG has one form for every size."""

RASTER_NAMES = (SMALL, MEDIUM, LARGE, FALLBACK)


@dataclass(frozen=True, slots=True)
class Derivative:
    """A file made from another; `file` is its name in the cache, `hash` that of its bytes.

    Two sizes of a small picture may be one and the same file. Width and height are 0 where the
    file is no picture, or a drawing without a size.
    """

    file: str
    width: int
    height: int
    size: int
    hash: str


class Remark(NamedTuple):
    """What an editor should look at in a file that is shown all the same; the parts of a warning."""

    code: str
    message: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is. `type` is a short word for readers ("PDF"), `pages` 0 where it has none.

    `derivatives` are served in place of the file itself, by name; an offered file without any
    goes out as it is.
    """

    type: str
    pages: int = 0
    derivatives: dict[str, Derivative] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> str:
        """The facts as `facts_from_json` reads them."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def facts_from_json(text: str) -> Facts:
    """The facts that `to_json` wrote."""
    found = json.loads(text)
    derivatives = {name: Derivative(**values) for name, values in found["derivatives"].items()}
    remarks = tuple(Remark(*each) for each in found["remarks"])
    return Facts(found["type"], found["pages"], derivatives, remarks)


def warnings_of(source: str, facts: Facts) -> list[Problem]:
    """What an editor should look at in a file."""
    return [
        Problem(source, 0, remark.code, remark.message, remark.why, remark.remedy, Severity.WARNING)
        for remark in facts.remarks
    ]


def picture_names(file: str) -> tuple[str, ...]:
    """The names under which a shown picture is served, told by its own name alone.

    So the addresses of a picture hold when it is replaced by a larger or smaller one.
    """
    return (PLAIN,) if file.lower().endswith(".svg") else RASTER_NAMES
