"""What people have built: towers, houses, fields, roads and bridges."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from drawings.painted.canvas import Canvas, Colour, Point, Profile, mixed


def tower(
    canvas: Canvas, x: float, foot: float, height: float, stone: Colour, window: Colour
) -> None:
    """A stone watchtower: four-square, drawn in upwards, with slits and a stepped crown."""
    half, upper = height * 0.095, height * 0.066
    top = foot - height
    lit = [(x - half, foot), (x - upper, top), (x + upper * 0.15, top), (x + half * 0.15, foot)]
    dark = [(x + half * 0.15, foot), (x + upper * 0.15, top), (x + upper, top), (x + half, foot)]
    canvas.polygon(lit, mixed(stone, (255, 236, 206), 0.2))
    canvas.polygon(dark, mixed(stone, (30, 34, 46), 0.42))
    _courses(canvas, [*lit[:2], *dark[2:]], stone)
    crown = height * 0.03
    for place in (-upper, upper * 0.05, upper * 0.72):
        left, right = x + place, x + place + upper * 0.28
        canvas.polygon(
            [(left, top), (left, top - crown), (right, top - crown), (right, top)],
            mixed(stone, (40, 40, 48), 0.25 if place < 0 else 0.5),
        )
    for share in (0.22, 0.42, 0.62, 0.8):
        y = foot - height * share
        size = height * 0.018
        canvas.polygon(
            [(x - size, y), (x - size * 0.75, y - size * 2), (x, y - size * 2), (x, y)], window
        )


def _courses(canvas: Canvas, corners: Sequence[Point], stone: Colour) -> None:
    """Courses of stone: short lines, lighter and darker than the wall."""
    (left_foot, left_top, right_top, right_foot) = corners
    chance = canvas.random
    rows = 46
    for row in range(1, rows):
        share = row / rows
        y = left_foot[1] + (left_top[1] - left_foot[1]) * share
        left = left_foot[0] + (left_top[0] - left_foot[0]) * share
        right = right_foot[0] + (right_top[0] - right_foot[0]) * share
        for _ in range(5):
            start = chance.uniform(left, right)
            end = min(right, start + (right - left) * chance.uniform(0.08, 0.25))
            shade = mixed(stone, chance.choice(((20, 20, 26), (255, 240, 220))), 0.3)
            canvas.line([(start, y), (end, y)], shade, 0.6)


def house(
    canvas: Canvas, x: float, foot: float, width: float, stone: Colour, window: Colour
) -> None:
    """A flat-roofed stone house with a white-edged roof and dark windows."""
    height = width * 0.85
    side = width * 0.3
    top = foot - height
    canvas.polygon([(x, foot), (x, top), (x + width, top), (x + width, foot)], stone)
    canvas.polygon(
        [
            (x + width, foot),
            (x + width, top),
            (x + width + side, top + height * 0.1),
            (x + width + side, foot - height * 0.06),
        ],
        mixed(stone, (24, 28, 38), 0.45),
    )
    edge = mixed(stone, (255, 252, 244), 0.6)
    canvas.line([(x - width * 0.03, top), (x + width * 1.02, top)], edge, 2.2)
    canvas.line(
        [(x - width * 0.03, top + 0.005), (x + width * 1.02, top + 0.005)], (112, 56, 44), 1.6
    )
    for row, count in ((0.62, 3), (0.24, 2)):
        for index in range(count):
            left = x + width * (0.14 + index * 0.78 / count)
            y = foot - height * row
            size = width * 0.1
            canvas.polygon(
                [(left, y), (left, y - size * 2), (left + size, y - size * 2), (left + size, y)],
                window,
            )


def terraces(
    canvas: Canvas, top: float, depth: float, colours: Sequence[Colour], steps: int = 8
) -> None:
    """Fields in steps down a hillside, each with its bank of earth and rows of its crop."""
    chance = canvas.random
    phase, bend = chance.uniform(0, math.tau), chance.uniform(0.8, 1.3)

    def edge(index: float) -> Profile:
        share = index / steps
        base = top + depth * math.pow(share, 1.25)
        swing = 0.016 + 0.034 * share

        def profile(x: float) -> float:
            return (
                base
                + swing * math.sin(x * 5.2 * bend + phase + share * 1.1)
                + swing * 0.4 * math.sin(x * 12.6 + phase * 2 - share * 2.4)
            )

        return profile

    rows = canvas.relief((60, 160, 360), 2, 3, stretch=2.6, depth=3)
    for index in range(steps):
        colour = mixed(chance.choice(colours), chance.choice(colours), 0.3)
        mask = canvas.below(edge(index))
        canvas.fill(mask, mixed(colour, (70, 56, 40), 0.55))
        bank = 0.1 + 0.1 * index / steps
        field = canvas.below(edge(index + bank))
        canvas.fill(field, _patches(canvas, colour, colours))
        canvas.shade(field, rows, 0.28)


def _patches(canvas: Canvas, colour: Colour, colours: Sequence[Colour]) -> Image.Image:
    """A field in a few strips of neighbouring crops."""
    chance = canvas.random
    strip = Image.new("RGB", (canvas.width, 1), colour)
    x = 0
    while x < canvas.width:
        width = round(canvas.width * chance.uniform(0.08, 0.3))
        shade = mixed(colour, chance.choice(colours), chance.uniform(0.05, 0.6))
        strip.paste(shade, (x, 0, x + width, 1))
        x += width
    return strip.resize((canvas.width, canvas.height))


def viaduct(canvas: Canvas, level: float, foot: float, stone: Colour) -> None:
    """A road on high pillars, from one side of a valley to the other."""
    rise = 0.03
    for index in range(7):
        x = 0.08 + index * 0.14
        top = level - rise * x
        width = 0.012
        canvas.polygon(
            [(x, top), (x + width, top), (x + width * 1.5, foot), (x - width * 0.5, foot)], stone
        )
        canvas.polygon(
            [
                (x + width * 0.55, top),
                (x + width, top),
                (x + width * 1.5, foot),
                (x + width * 0.75, foot),
            ],
            mixed(stone, (40, 60, 66), 0.45),
        )
    canvas.polygon(
        [
            (-0.05, level),
            (1.05, level - rise),
            (1.05, level - rise + 0.022),
            (-0.05, level + 0.022),
        ],
        stone,
    )
    canvas.polygon(
        [
            (-0.05, level + 0.014),
            (1.05, level - rise + 0.014),
            (1.05, level - rise + 0.026),
            (-0.05, level + 0.026),
        ],
        mixed(stone, (40, 60, 66), 0.5),
    )
    canvas.line(
        [(-0.05, level - 0.008), (1.05, level - rise - 0.008)],
        mixed(stone, (255, 255, 255), 0.5),
        1,
    )
    canvas.mist(foot - 0.08, 0.12, (246, 238, 216), 0.75)


def road(canvas: Canvas, start: float, colour: Colour) -> None:
    """A cleared road in bends up to a pass."""
    points: list[Point] = []
    other: list[Point] = []
    for index in range(121):
        share = index / 120
        y = start + 0.36 * share**1.8
        middle = 0.52 + (0.05 + 0.24 * share) * math.sin(share**0.6 * 9.5) * (1 - 0.3 * share)
        half = 0.004 + 0.05 * share**1.4
        points.append((middle - half, y))
        other.append((middle + half, y))
    canvas.polygon([*points, *reversed(other)], mixed(colour, (226, 232, 240), 0.25))
    between = [((a[0] + b[0]) / 2, a[1]) for a, b in zip(points, other, strict=True)]
    canvas.line(between, (232, 226, 206), 1.2)


def cairn(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """Stones that passers-by have laid together, white-capped."""
    chance = canvas.random
    for row in range(6):
        width = size * (1 - row / 7)
        for index in range(7 - row):
            left = x - width / 2 + width * (index + 0.5) / (7 - row) + chance.uniform(-0.004, 0.004)
            y = foot - row * size * 0.17
            shade = mixed((118, 112, 110), (70, 68, 74), chance.random())
            half = size * 0.09
            canvas.polygon(
                [
                    (left - half, y),
                    (left - half * 0.7, y - size * 0.16),
                    (left + half * 0.5, y - size * 0.18),
                    (left + half, y),
                ],
                shade,
            )
            canvas.line(
                [(left - half * 0.7, y - size * 0.165), (left + half * 0.5, y - size * 0.18)],
                (246, 248, 252),
                2.4,
            )
