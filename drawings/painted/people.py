"""Signs of people and their herds: flags, tents, a fire and those who dance around it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drawings.painted.canvas import Canvas, Colour, Point, mixed

FLAGS: Sequence[Colour] = (
    (58, 106, 150),
    (236, 233, 224),
    (168, 62, 50),
    (74, 122, 84),
    (214, 170, 74),
)
"""Sky, wind, fire, water, earth, in this order, muted."""


def flags(
    canvas: Canvas, start: Point, end: Point, sag: float, size: float, gap: float = 0
) -> None:
    """A line of prayer flags between two points, in the old order of colours; the share `gap` of
    it at its start is bare."""
    chance = canvas.random
    long = math.hypot(end[0] - start[0], (end[1] - start[1]) * 0.67)
    count = max(6, round(long / size * 0.72))

    def hang(share: float) -> Point:
        x = start[0] + (end[0] - start[0]) * share
        return x, start[1] + (end[1] - start[1]) * share + sag * 4 * share * (1 - share)

    canvas.line([hang(index / 40) for index in range(41)], (90, 84, 78), 0.8)
    for index in range(round(count * gap), count):
        (left, y), (right, below) = hang(index / count), hang((index + 0.82) / count)
        drop = size * 1.5 * chance.uniform(0.85, 1.1)
        sway = size * chance.uniform(-0.15, 0.4)
        colour = FLAGS[index % len(FLAGS)]
        corners = [(left, y), (right, below), (right + sway, below + drop), (left + sway, y + drop)]
        canvas.polygon(corners, colour)
        fold = [
            (left, y),
            ((left + right) / 2, y),
            ((left + right) / 2 + sway, y + drop),
            corners[3],
        ]
        canvas.polygon(fold, mixed(colour, (255, 255, 255), 0.14))


def tent(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """A white summer tent with a blue edge."""
    top = foot - size * 0.85
    canvas.polygon(
        [(x - size, foot), (x - size * 0.42, top), (x + size * 0.5, top), (x + size, foot)],
        (246, 243, 234),
    )
    canvas.polygon(
        [(x + size * 0.2, foot), (x + size * 0.3, top), (x + size * 0.5, top), (x + size, foot)],
        (206, 206, 204),
    )
    canvas.line([(x - size * 0.44, top), (x + size * 0.52, top)], (48, 92, 138), 3)
    canvas.line([(x - size, foot), (x + size, foot)], (48, 92, 138), 2)
    canvas.polygon(
        [(x - size * 0.3, foot), (x - size * 0.2, foot - size * 0.5), (x - size * 0.06, foot)],
        (70, 64, 66),
    )


def yak(canvas: Canvas, x: float, y: float, size: float) -> None:
    """One animal of a herd, from afar."""
    colour = canvas.random.choice(((40, 34, 34), (58, 48, 44), (96, 84, 76)))
    body = [
        (-1, 0),
        (-0.95, -0.9),
        (-0.4, -1.25),
        (0.5, -1.05),
        (1, -0.7),
        (1.35, -0.25),
        (1, -0.2),
        (0.9, 0.1),
    ]
    turn = canvas.random.choice((-1, 1))
    canvas.polygon([(x + turn * a * size * 0.7, y + b * size) for a, b in body], colour)


def fire(canvas: Canvas, x: float, foot: float, height: float) -> None:
    """A bonfire: tongues from red to white, and sparks."""
    chance = canvas.random
    for colour, scale in (
        ((196, 62, 30), 1),
        ((240, 130, 40), 0.76),
        ((254, 206, 96), 0.5),
        ((255, 246, 208), 0.28),
    ):
        for _ in range(9):
            left = x + chance.uniform(-0.3, 0.3) * height * scale
            tall = height * scale * chance.uniform(0.6, 1.1)
            lean = chance.uniform(-0.12, 0.12) * height
            half = height * 0.13 * scale
            canvas.polygon(
                [
                    (left - half, foot),
                    (left - half * 0.6, foot - tall * 0.5),
                    (left + lean, foot - tall),
                    (left + half * 0.7, foot - tall * 0.45),
                    (left + half, foot),
                ],
                colour,
            )
    for _ in range(60):
        rise = chance.random()
        canvas.disc(
            x + chance.uniform(-0.6, 0.6) * height * (0.3 + rise),
            foot - height * (0.8 + 2.2 * rise),
            0.0009,
            (255, 190, 96),
        )


def dancers(canvas: Canvas, x: float, y: float, across: float, count: int) -> None:
    """A ring of people hand in hand around a fire, the nearer ones dark against it."""
    for index in range(count):
        angle = index / count * math.tau
        depth = math.sin(angle)
        left, foot = x + across * math.cos(angle), y + 0.055 * depth + 0.02
        size = 0.036 + 0.014 * depth
        colour = mixed((112, 60, 44), (18, 20, 28), (depth + 1) / 2)
        canvas.disc(left, foot - size * 1.16, size * 0.11, mixed(colour, (214, 150, 110), 0.3))
        canvas.polygon(
            [
                (left - size * 0.2, foot),
                (left - size * 0.13, foot - size * 0.95),
                (left + size * 0.13, foot - size * 0.95),
                (left + size * 0.2, foot),
            ],
            colour,
        )
        following = (index + 1) / count * math.tau
        hand = (
            x + across * math.cos(following),
            y + 0.055 * math.sin(following) + 0.02 - size * 0.75,
        )
        canvas.line([(left, foot - size * 0.8), hand], colour, 2)
