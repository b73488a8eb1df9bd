"""Shapes that the scenes are made of. Each gives SVG text; all numbers are whole, to stay small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

# The portal's colours (theme/static/site.css), from far to near.
MIST, FAR, MIDDLE, NEAR, LAKE, DEEP = (
    "#dbe8e7", "#bcd3d2", "#8fb5b6", "#4d8488", "#0b5563", "#083e49",
)  # fmt: skip
STONE, STONE_DARK, SNOW, MADDER = "#d9d2c5", "#b3a894", "#fff", "#962d22"
FLAGS = ("#0b5563", "#fff", "#962d22", "#4d8488", "#d3b06a")
"""A rhythm of five, muted to the portal's own colours."""

Point = tuple[float, float]


def svg(width: int, height: int, parts: Iterable[str], more: str = "") -> str:
    """A whole drawing."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"{more}>'
    return f"{head}{''.join(parts)}</svg>\n"


def polygon(points: Sequence[Point], fill: str, more: str = "") -> str:
    """A closed shape."""
    return f'<path fill="{fill}"{more} d="M{_pairs(points)}z"/>'


def line(points: Sequence[Point], colour: str, width: float) -> str:
    """An open line."""
    return f'<path fill="none" stroke="{colour}" stroke-width="{width:g}" d="M{_pairs(points)}"/>'


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """An upright rectangle."""
    return f'<path fill="{fill}" d="M{x:.0f} {y:.0f}h{width:.0f}v{height:.0f}h{-width:.0f}z"/>'


def _pairs(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.0f} {y:.0f}" for x, y in points)


def ridge_line(random: Random, width: int, base: float, height: float, steps: int) -> list[Point]:
    """The crest of a ridge: peaks and saddles by turns, no two alike."""
    points: list[Point] = []
    for step in range(steps + 1):
        x = width * step / steps
        if 0 < step < steps:
            x += random.uniform(-0.22, 0.22) * width / steps
        lift = random.uniform(0.55, 1) if step % 2 else random.uniform(0.05, 0.4)
        points.append((x, base - height * lift))
        if step < steps:  # a shoulder on the way, so that a slope is not a ruler's line
            points.append((x + width / steps * 0.5, base - height * random.uniform(0.3, 0.55)))
    return points


def ridge(crest: Sequence[Point], floor: float, fill: str) -> str:
    """The ground below a crest."""
    return polygon([*crest, (crest[-1][0], floor), (crest[0][0], floor)], fill)


def snow(crest: Sequence[Point], below: float, depth: float) -> str:
    """Snow on the peaks of a crest that rise above `below`."""
    found = []
    for before, peak, after in zip(crest, crest[1:], crest[2:], strict=False):
        if peak[1] < below and peak[1] < before[1] and peak[1] < after[1]:
            left, right = _along(peak, before, depth), _along(peak, after, depth)
            middle = [
                (peak[0] + (right[0] - peak[0]) * 0.35, right[1] - depth * 0.3),
                (peak[0], peak[1] + depth * 1.05),
                (peak[0] + (left[0] - peak[0]) * 0.4, left[1] - depth * 0.4),
            ]
            found.append(polygon([peak, right, *middle, left], SNOW, ' opacity=".85"'))
    return "".join(found)


def _along(start: Point, end: Point, depth: float) -> Point:
    share = min(1.0, depth / max(1.0, end[1] - start[1]))
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def tower(x: float, floor: float, height: float) -> str:
    """A stone tower of the Qiang: tapering, with a few slits and a stepped head."""
    wide, narrow = height * 0.17, height * 0.105
    head = floor - height
    body = [(x - wide, floor), (x - narrow, head), (x + narrow, head), (x + wide, floor)]
    shade = [
        (x + narrow * 0.2, head),
        (x + narrow, head),
        (x + wide, floor),
        (x + wide * 0.2, floor),
    ]
    slits = [
        box(x - height * 0.022, head + height * share, height * 0.035, height * 0.06, DEEP)
        for share in (0.14, 0.38, 0.62)
    ]
    crown = box(x - narrow * 1.25, head - height * 0.03, narrow * 2.5, height * 0.045, STONE_DARK)
    return polygon(body, STONE) + polygon(shade, STONE_DARK) + crown + "".join(slits)


def house(x: float, floor: float, width: float, storeys: int) -> str:
    """A flat-roofed house: walls that lean in, a madder band under the roof, dark windows."""
    height, lean = storeys * width * 0.3, width * 0.05
    wall = [
        (x, floor),
        (x + lean, floor - height),
        (x + width - lean, floor - height),
        (x + width, floor),
    ]
    parts = [
        polygon(wall, SNOW),
        box(x + lean, floor - height, width - 2 * lean, width * 0.05, MADDER),
    ]
    for storey in range(storeys):
        y = floor - height + width * (0.11 + storey * 0.3)
        for share in (0.2, 0.5, 0.8):
            left = x + width * share - width * 0.055
            window = [
                (left - 2, y + width * 0.13),
                (left, y),
                (left + width * 0.11, y),
                (left + width * 0.11 + 2, y + width * 0.13),
            ]
            parts.append(polygon(window, LAKE))
    return "".join(parts)


def flags(start: Point, end: Point, count: int, size: float) -> str:
    """A line of prayer flags, hanging in a bow between two points."""
    sag = math.dist(start, end) * 0.12

    def at(share: float) -> Point:
        return (
            start[0] + (end[0] - start[0]) * share,
            start[1] + (end[1] - start[1]) * share + sag * 4 * share * (1 - share),
        )

    rope = line([at(step / 12) for step in range(13)], DEEP, 1)
    pieces = []
    for number in range(count):
        x, y = at((number + 0.7) / (count + 0.4))
        pieces.append(box(x - size / 2, y, size, size * 1.15, FLAGS[number % len(FLAGS)]))
    return rope + "".join(pieces)


def water(width: int, top: float, bottom: float, random: Random) -> str:
    """A lake: one pale surface with a few still lines of light."""
    lines = []
    for number in range(7):
        y = top + (bottom - top) * (number + 0.7) / 8
        x, length = random.uniform(0, width * 0.8), random.uniform(0.06, 0.22) * width
        lines.append(f"M{x:.0f} {y:.0f}h{length:.0f}")
    light = f'<path stroke="#fff" stroke-width="2" stroke-linecap="round" opacity=".55" d="{"".join(lines)}"/>'
    return box(0, top, width, bottom - top, MIDDLE) + light


def terraces(
    x: float, floor: float, width: float, count: int, colours: Sequence[str], rise: float = 0.62
) -> str:
    """A hill of fields, `rise` times as high as wide: bands that follow its shape, step by step."""
    parts = []
    for number in range(count):
        left, right = x + number * width * 0.085, x + width * (1 - number * 0.022)
        height = width * rise * (1 - number / (count + 0.6))
        lean = left + (right - left) * 0.6
        shape = (
            f"M{left:.0f} {floor:.0f}C{left + width * 0.16:.0f} {floor - height * 0.2:.0f}"
            f" {lean - width * 0.2:.0f} {floor - height:.0f} {lean:.0f} {floor - height * 0.92:.0f}"
            f"S{right - width * 0.04:.0f} {floor - height * 0.5:.0f} {right:.0f} {floor:.0f}z"
        )
        parts.append(f'<path fill="{colours[number % len(colours)]}" d="{shape}"/>')
    return "".join(parts)
