"""Lakes, rivers, pools, ice and falling water."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from drawings.painted.canvas import SCALE, Canvas, Colour, Point, Profile, mixed
from drawings.painted.nature import bush


def water(canvas: Canvas, level: float, tint: Colour, depth: float, ripple: float = 1) -> None:
    """A lake from `level` to the lower edge: what is above, mirrored, darker and unquiet."""
    top = round(level * canvas.height)
    rest = canvas.height - top
    above = canvas.image.crop((0, max(0, top - round(rest * 1.35)), canvas.width, top))
    mirror = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((canvas.width, rest))
    mirror = mirror.filter(ImageFilter.GaussianBlur((2 * SCALE, 1 * SCALE)))
    moved = mirror.copy()
    chance = canvas.random
    phase = 0.0
    for row in range(0, rest, 2):
        share = row / rest
        phase += 0.5 / (1 + 5 * share)
        shift = round(ripple * SCALE * (1 + 9 * share) * math.sin(phase) * chance.uniform(0.2, 1))
        strip = mirror.crop((0, row, canvas.width, row + 2))
        moved.paste(ImageChops.offset(strip, shift, 0), (0, row))
    canvas.image.paste(moved, (0, top))
    mask = canvas.outline([(0, level), (1, level), (1, 1), (0, 1)])
    paint = canvas.gradient([(level, mixed(tint, (255, 255, 255), 0.25)), (1, tint)])
    canvas.fill(mask, paint, depth)
    _glints(canvas, level)
    canvas.line([(0, level), (1, level)], mixed(tint, (255, 255, 255), 0.55), 1)


def _glints(canvas: Canvas, level: float) -> None:
    chance, mask = canvas.random, canvas.mask()
    draw = ImageDraw.Draw(mask)
    for _ in range(260):
        share = chance.random() ** 1.6
        y = level + 0.01 + share * (1 - level)
        x, length = chance.random(), (0.01 + 0.09 * share) * chance.random()
        points: list[Point] = [
            (x, y),
            (x + length, y + 0.0008 + 0.0014 * share),
            (x + length / 2, y),
        ]
        strength = chance.randint(20, 90)
        draw.polygon([(a * canvas.width, b * canvas.height) for a, b in points], fill=strength)
    canvas.fill(mask, (255, 255, 255), 0.8)


def river(
    canvas: Canvas, start: float, end: float, x: float, tint: Colour, bends: float = 2.1
) -> None:
    """A river from its distance to the reader's feet, wider as it comes."""
    left: list[Point] = []
    right: list[Point] = []
    steps = 160
    phase = canvas.random.uniform(0, math.tau)
    for index in range(steps + 1):
        share = index / steps
        y = start + (end - start) * share**1.7
        swing = 0.012 + 0.2 * share
        middle = x + swing * math.sin(bends * math.tau * share**0.62 + phase) * (1 - 0.35 * share)
        half = 0.003 + 0.1 * share**1.5
        left.append((middle - half, y))
        right.append((middle + half, y))
    bank = [(a - 0.004 - 0.006 * i / steps, b) for i, (a, b) in enumerate(left)]
    other = [(a + 0.004 + 0.006 * i / steps, b + 0.002) for i, (a, b) in enumerate(right)]
    canvas.fill(canvas.outline([*bank, *reversed(other)]), (224, 214, 190), 0.75)
    mask = canvas.outline([*left, *reversed(right)])
    canvas.fill(mask, canvas.gradient([(start, mixed(tint, (255, 252, 240), 0.6)), (end, tint)]))
    canvas.shade(mask, canvas.relief((12, 40, 110), 2, 4, stretch=3.5, depth=4), 0.5)


def cracks(canvas: Canvas, start: float) -> None:
    """Lines in the ice that part and part again."""
    chance = canvas.random
    for _ in range(22):
        x, y = chance.random(), start + chance.random() ** 1.5 * (1 - start)
        angle = chance.uniform(-0.5, 0.5)
        points = [(x, y)]
        for _ in range(chance.randint(4, 9)):
            angle += chance.uniform(-0.5, 0.5)
            x += 0.035 * math.cos(angle) * (0.4 + y - start) * 2
            y += 0.018 * math.sin(angle) * (0.4 + y - start) * 2
            points.append((x, max(start, y)))
        canvas.line(points, (236, 243, 247), chance.uniform(0.5, 1.4))


def pools(canvas: Canvas, start: float) -> None:
    """Lime pools in steps towards the reader: pale rims, water from jade to deep blue."""
    chance = canvas.random
    mask = canvas.below(lambda x: start + 0.14 * abs(x - 0.52) ** 1.6 + 0.008 * math.sin(40 * x))
    canvas.fill(mask, canvas.gradient([(start, (226, 208, 164)), (1, (198, 168, 112))]))
    canvas.shade(mask, canvas.relief((40, 120, 300), 2, 4, depth=3), 0.5)
    rows = 9
    for row in range(rows):
        share = (row / (rows - 1)) ** 1.35
        y = start + 0.035 + (0.97 - start) * share
        count = 7 - round(3 * share)
        for index in range(count):
            x = (
                0.5
                + (index - (count - 1) / 2) * (0.075 + 0.2 * share)
                + chance.uniform(-0.02, 0.02)
            )
            _pool(canvas, x, y, 0.041 + 0.118 * share, 0.015 + 0.058 * share)


def _pool(canvas: Canvas, x: float, y: float, across: float, deep: float) -> None:
    chance = canvas.random
    waves = [(chance.uniform(0, math.tau), chance.uniform(0.03, 0.09)) for _ in range(3)]

    def shape(scale: float, lift: float = 0) -> list[Point]:
        found = []
        for index in range(72):
            angle = index / 72 * math.tau
            wobble = 1 + sum(a * math.sin((k + 2) * angle + p) for k, (p, a) in enumerate(waves))
            found.append(
                (
                    x + across * scale * wobble * math.cos(angle),
                    y - lift + deep * scale * wobble * math.sin(angle),
                )
            )
        return found

    canvas.polygon([(a, b + deep * 0.35) for a, b in shape(1.08)], (150, 122, 78))
    canvas.polygon(shape(1.08), (244, 232, 200))
    canvas.polygon(shape(0.98), (206, 226, 204))
    light, dark = (138, 206, 196), chance.choice(((18, 122, 142), (26, 140, 140), (34, 104, 140)))
    for step in range(7):
        canvas.polygon(shape(0.94 - 0.12 * step, deep * 0.04 * step), mixed(light, dark, step / 6))
    glint = [(x - across * 0.5, y - deep * 0.45), (x + across * 0.1, y - deep * 0.5)]
    canvas.line(glint, (236, 248, 244), 1.2)


def waterfall(canvas: Canvas, top: float, foot: float) -> None:
    """A step of rock with water over all its width, parted by rocks and bushes."""
    chance = canvas.random
    line = ridge_line(canvas, top)
    mask = canvas.below(line)
    canvas.fill(mask, canvas.gradient([(top, (104, 106, 92)), (foot, (62, 78, 74))]))
    canvas.shade(mask, canvas.relief((20, 50, 120, 260), 5, 2, stretch=0.5, depth=4), 0.9)
    for _ in range(420):
        x = chance.random()
        if 0.34 < x < 0.4 or 0.63 < x < 0.67 or x < 0.1 or x > 0.9:
            continue
        start = line(x) + chance.uniform(-0.002, 0.08)
        end = foot + chance.uniform(-0.05, 0.03)
        shade = mixed((196, 224, 224), (252, 254, 252), chance.random())
        sway = chance.uniform(-0.006, 0.006)
        canvas.line(
            [(x, start), (x + sway, (start + end) / 2), (x + sway * 1.4, end)],
            shade,
            chance.uniform(0.6, 3),
        )
    for x in (0.37, 0.65, 0.07, 0.93, 0.2, 0.52, 0.8):
        bush(canvas, x, line(x) + 0.03, 0.03)


def ridge_line(canvas: Canvas, top: float) -> Profile:
    """The nearly level edge over which water falls."""
    phase = canvas.random.uniform(0, math.tau)
    return lambda x: top + 0.012 * math.sin(9 * x + phase) + 0.005 * math.sin(47 * x)
