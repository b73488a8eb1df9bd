"""Mountains, meadows, trees and skies."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageChops

from drawings.painted.canvas import Canvas, Colour, Point, Profile, mixed


def far_ridges(
    canvas: Canvas, lines: Sequence[Profile], near: Colour, far: Colour, haze: Colour
) -> None:
    """Ridges one before the other, each paler than the next and rising out of mist."""
    for index, line in enumerate(lines):
        share = index / max(1, len(lines) - 1)
        colour = mixed(far, near, share**1.2)
        top = min(line(i / 60) for i in range(61))
        paint = canvas.gradient(
            [(top, colour), (min(1, top + 0.34), mixed(colour, haze, 0.72 - 0.4 * share))]
        )
        mask = canvas.below(line)
        canvas.fill(mask, paint)
        canvas.shade(mask, canvas.relief((14, 30, 70, 150), 3, 2), 0.1 + 0.25 * share)


def peaks(
    canvas: Canvas, line: Profile, rock: Colour, haze: Colour, snow: Colour, snow_line: float
) -> None:
    """High mountains: rock lit from the left, snow that keeps to heights and hollows."""
    mask = canvas.below(line)
    canvas.fill(mask, canvas.gradient([(0.1, rock), (0.72, haze)]))
    rough = canvas.relief((24, 60, 130, 260), 5, 3, stretch=0.7, depth=3)
    relief = Image.blend(canvas.facets(line), rough, 0.34)
    canvas.shade(mask, relief, 0.9)
    height = canvas.gradient([(0, (255,) * 3), (snow_line, (150,) * 3), (snow_line * 2, (0,) * 3)])
    deep = ImageChops.add(height.convert("L"), canvas.noise((16, 40, 90, 200)), scale=2)
    lies = deep.point(lambda value: min(255, max(0, (value - 118) * 9)))
    white = ImageChops.multiply(mask, lies)
    canvas.fill(white, snow, 0.94)
    cool = mixed(snow, (104, 140, 182), 0.62)
    shadow = relief.point(lambda value: min(255, max(0, (124 - value) * 7)))
    canvas.fill(ImageChops.multiply(white, shadow), cool, 0.8)
    canvas.shade(white, relief, 0.3)


def slope(canvas: Canvas, line: Profile, top: Colour, foot: Colour, strength: float = 0.4) -> None:
    """A hillside of grass or scrub."""
    mask = canvas.below(line)
    start = min(line(i / 60) for i in range(61))
    canvas.fill(mask, canvas.gradient([(start, top), (min(1, start + 0.4), foot)]))
    canvas.shade(mask, canvas.relief((40, 110, 240, 420), 2, 3, stretch=1.7), strength)


def conifer(canvas: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """A spruce or larch: branches in steps above a stem, lighter on the side of the light."""
    chance = canvas.random
    half, hem = height * 0.2, foot - height * 0.07
    canvas.line([(x, foot), (x, hem)], mixed(colour, (30, 22, 20), 0.5), height * 26)
    left: list[Point] = []
    right: list[Point] = []
    steps = 7 if height < 0.2 else 12
    for index in range(1, steps + 1):
        y = hem - (height * 0.93) * (1 - index / steps)
        for side, reach in ((left, chance.uniform(0.75, 1.1)), (right, chance.uniform(0.75, 1.1))):
            out = half * index / steps * reach * (-1 if side is left else 1)
            side += [(x + out, y), (x + out * 0.52, y - height * 0.014)]
    tip = (x, foot - height)
    canvas.polygon([tip, *right, (x, hem - height * 0.02), *reversed(left)], colour)
    lit = mixed(colour, (255, 244, 214), 0.16)
    canvas.polygon(
        [tip, *((x + (a - x) * 0.92, b) for a, b in left), (x, hem - height * 0.03)], lit
    )


def forest(
    canvas: Canvas, line: Profile, height: float, colours: Sequence[Colour], density: int
) -> None:
    """Trees along a line, the far ones first."""
    chance = canvas.random
    places = [chance.random() for _ in range(density)]
    feet = sorted((line(x) + chance.uniform(-0.004, height * 0.5), x) for x in places)
    for foot, x in feet:
        tall = height * chance.uniform(0.55, 1.15)
        conifer(canvas, x, foot, tall, chance.choice(colours))


def meadow(
    canvas: Canvas, line: Profile, colours: Sequence[Colour], count: int, size: float
) -> None:
    """Grass and flowers before everything else: small upright strokes, larger further down."""
    chance = canvas.random
    for _ in range(count):
        x = chance.random()
        near = chance.random() ** 0.7
        y = line(x) + near * (1.02 - line(x))
        length = size * (0.25 + near)
        lean = chance.uniform(-0.4, 0.4) * length
        canvas.line([(x, y), (x + lean, y - length)], chance.choice(colours), 0.6 + 1.2 * near)


def blossom(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """A pear tree in flower: a crown of white puffs, shadow below, dark stem and branches."""
    chance = canvas.random
    middle = foot - size * 1.1
    for lean in (-0.5, -0.2, 0.1, 0.42):
        end = (x + lean * size, middle - size * 0.3)
        canvas.line([(x, foot), (x, foot - size * 0.5), end], (92, 76, 66), size * 34)
    count = round(24 + 900 * size)
    for shade, lift in (((190, 184, 184), -0.12), ((232, 226, 224), 0.06), ((255, 252, 250), 0.24)):
        for _ in range(count):
            angle, reach = chance.uniform(0, math.tau), chance.random() ** 0.55
            left = x + size * 0.66 * reach * math.cos(angle) - size * 0.12 * lift
            y = middle - size * lift + size * 0.6 * reach * math.sin(angle)
            pink = mixed(shade, (226, 178, 184), chance.uniform(0, 0.18))
            canvas.disc(left, y, min(0.0045, size * 0.11) * chance.uniform(0.5, 1.25), pink)


def bush(canvas: Canvas, x: float, y: float, size: float) -> None:
    chance = canvas.random
    for shade in ((34, 84, 62), (58, 112, 72), (104, 142, 82)):
        for _ in range(14):
            canvas.disc(
                x + chance.uniform(-1, 1) * size,
                y + chance.uniform(-1, 0.6) * size,
                size * chance.uniform(0.14, 0.3),
                shade,
            )


def stars(canvas: Canvas, count: int) -> None:
    """Stars, few of them bright, and a pale band of many."""
    chance = canvas.random
    for _ in range(count):
        x, y = chance.random(), 0.6 * chance.random()
        size = 0.0004 + 0.0011 * chance.random() ** 6
        canvas.disc(x, y, size, mixed((120, 140, 170), (255, 250, 236), chance.random()))


def snowfall(canvas: Canvas, count: int) -> None:
    """Flakes at all distances."""
    chance = canvas.random
    for _ in range(count):
        canvas.disc(
            chance.random(),
            chance.random(),
            0.0006 + 0.0013 * chance.random() ** 3,
            (252, 252, 254),
        )
