"""Scenes of valleys where people live and travel."""

from __future__ import annotations

import math

from drawings.painted import nature, people, places, waters
from drawings.painted.canvas import Canvas, Colour, hills, ridge

WHITE: Colour = (255, 255, 255)


def stone_towers(canvas: Canvas) -> None:
    """Watchtowers over a village at dusk."""
    canvas.sky(
        (0, (58, 60, 96)), (0.3, (150, 104, 112)), (0.5, (230, 160, 112)), (0.66, (248, 206, 150))
    )
    canvas.glow(0.2, 0.52, 0.4, (255, 214, 150), 0.8)
    chance = canvas.random
    lines = [ridge(chance, 0.46 + 0.08 * i, 0.1, 0.5, 3) for i in range(3)]
    nature.far_ridges(canvas, lines, (66, 60, 84), (160, 116, 118), (236, 176, 132))
    canvas.mist(0.68, 0.05, (246, 196, 150), 0.6)
    nature.slope(canvas, hills(chance, 0.74, 0.03), (92, 74, 66), (48, 42, 48))
    stone, window = (128, 100, 82), (34, 28, 34)
    for x, foot, height in ((0.47, 0.8, 0.36), (0.585, 0.83, 0.58), (0.76, 0.86, 0.68)):
        places.tower(canvas, x, foot, height, stone, window)
    for x, foot, width in (
        (0.4, 0.86, 0.075),
        (0.5, 0.89, 0.09),
        (0.64, 0.9, 0.085),
        (0.84, 0.92, 0.1),
    ):
        places.house(canvas, x, foot, width, (140, 110, 88), (250, 196, 110))
    nature.slope(canvas, hills(chance, 0.93, 0.014), (58, 52, 50), (26, 28, 36), 0.5)
    nature.meadow(
        canvas, hills(chance, 0.95, 0.012), [(96, 78, 62), (70, 62, 56), (150, 112, 76)], 2600, 0.02
    )


def three_tower_village(canvas: Canvas) -> None:
    """A village on its terrace in the clear light of noon."""
    canvas.sky((0, (74, 134, 170)), (0.35, (164, 202, 214)), (0.55, (232, 236, 226)))
    chance = canvas.random
    clouds = canvas.noise((4, 9, 20, 44), stretch=2.6).point(lambda v: max(0, (v - 146) * 3))
    canvas.fill(clouds, WHITE, 0.8)
    nature.peaks(
        canvas,
        ridge(chance, 0.3, 0.15, 0.52, 4),
        (104, 112, 122),
        (170, 186, 182),
        (252, 252, 250),
        0.26,
    )
    nature.slope(canvas, ridge(chance, 0.47, 0.09, 0.5, 3), (88, 120, 92), (120, 146, 104), 0.6)
    nature.forest(
        canvas, ridge(chance, 0.53, 0.03, 0.5, 3), 0.05, [(40, 84, 66), (52, 96, 70)], 420
    )
    nature.slope(canvas, hills(chance, 0.62, 0.02), (142, 154, 98), (112, 134, 84), 0.5)
    stone, window = (176, 152, 124), (52, 44, 44)
    for x, foot, height in ((0.3, 0.72, 0.42), (0.41, 0.76, 0.5), (0.55, 0.74, 0.38)):
        places.tower(canvas, x, foot, height, stone, window)
    rows = (
        (0.2, 0.74, 0.06),
        (0.33, 0.78, 0.075),
        (0.47, 0.79, 0.08),
        (0.6, 0.77, 0.07),
        (0.26, 0.84, 0.09),
    )
    for x, foot, width in (*rows, (0.43, 0.87, 0.1), (0.62, 0.85, 0.09)):
        places.house(canvas, x, foot, width, (192, 168, 138), (70, 54, 48))
    places.terraces(
        canvas, 0.84, 0.17, [(206, 176, 92), (158, 166, 82), (120, 146, 76), (218, 194, 120)]
    )
    people.flags(canvas, (0.55, 0.365), (0.99, 0.56), 0.05, 0.016)


def pear_blossom(canvas: Canvas) -> None:
    """A river valley in spring, white with pear trees."""
    canvas.sky((0, (146, 184, 200)), (0.35, (212, 224, 222)), (0.55, (246, 238, 226)))
    chance = canvas.random
    nature.peaks(
        canvas,
        ridge(chance, 0.3, 0.13, 0.52, 4),
        (124, 136, 146),
        (196, 206, 202),
        (252, 250, 248),
        0.27,
    )
    lines = [ridge(chance, 0.44, 0.08, 0.5, 3), ridge(chance, 0.52, 0.06, 0.5, 3)]
    nature.far_ridges(canvas, lines, (92, 130, 120), (150, 176, 172), (232, 230, 216))
    canvas.mist(0.58, 0.04, (252, 246, 238), 0.7)
    nature.slope(canvas, hills(chance, 0.6, 0.015), (150, 172, 112), (116, 150, 92), 0.4)
    waters.river(canvas, 0.61, 1.02, 0.56, (96, 158, 164))
    for _ in range(150):
        share = chance.random() ** 1.5
        y = 0.63 + 0.3 * share
        x = chance.choice((chance.uniform(-0.02, 0.42 - 0.1 * share), chance.uniform(0.7, 1.02)))
        nature.blossom(canvas, x, y, 0.02 + 0.055 * share)
    for x, y, size in ((0.05, 1.0, 0.15), (0.95, 0.99, 0.17), (0.2, 1.02, 0.11), (0.8, 1.03, 0.12)):
        nature.blossom(canvas, x, y, size)


def barley_terraces(canvas: Canvas) -> None:
    """Fields that climb a hillside, step by step, in the last week before harvest."""
    canvas.sky((0, (120, 164, 178)), (0.25, (214, 222, 208)), (0.4, (248, 232, 196)))
    chance = canvas.random
    lines = [ridge(chance, 0.26 + 0.07 * i, 0.07, 0.5, 3) for i in range(3)]
    nature.far_ridges(canvas, lines, (72, 118, 108), (156, 180, 170), (240, 226, 196))
    canvas.mist(0.45, 0.03, (250, 238, 214), 0.7)
    colours = [
        (214, 178, 84),
        (232, 204, 122),
        (164, 160, 78),
        (116, 142, 78),
        (196, 150, 70),
        (142, 160, 92),
    ]
    places.terraces(canvas, 0.46, 0.56, colours, steps=17)
    for x, foot, width in ((0.62, 0.6, 0.045), (0.68, 0.615, 0.05), (0.24, 0.7, 0.06)):
        places.house(canvas, x, foot, width, (190, 164, 132), (70, 54, 46))
    places.tower(canvas, 0.655, 0.6, 0.24, (170, 146, 118), (56, 46, 44))


def valley_road(canvas: Canvas) -> None:
    """A viaduct over a gorge, in the haze of an afternoon."""
    canvas.sky((0, (92, 146, 166)), (0.3, (186, 208, 204)), (0.55, (244, 232, 206)))
    chance = canvas.random
    lines = [ridge(chance, 0.3 + 0.07 * i, 0.12, 0.52, 3) for i in range(4)]
    nature.far_ridges(canvas, lines, (54, 112, 110), (150, 180, 178), (236, 228, 204))
    canvas.mist(0.72, 0.09, (246, 238, 216), 0.85)
    places.viaduct(canvas, 0.56, 0.98, (206, 200, 188))
    nature.slope(
        canvas,
        lambda x: 0.42 + 1.5 * x**1.3 + 0.012 * math.sin(50 * x),
        (40, 84, 74),
        (22, 58, 58),
        0.7,
    )
    nature.slope(
        canvas,
        lambda x: 0.4 + 1.7 * (1 - x) ** 1.2 + 0.012 * math.sin(44 * x),
        (50, 92, 76),
        (24, 62, 58),
        0.7,
    )
    dark = [(22, 66, 60), (34, 82, 66), (16, 54, 54)]
    nature.forest(
        canvas,
        lambda x: max(0.5, min(0.5 + 1.5 * x**1.3, 0.48 + 1.7 * (1 - x) ** 1.2)),
        0.13,
        dark,
        150,
    )


def snow_pass(canvas: Canvas) -> None:
    """A pass in the snow, with lines of flags where the road is highest."""
    canvas.sky((0, (44, 96, 146)), (0.34, (132, 176, 206)), (0.6, (222, 232, 236)))
    chance = canvas.random
    nature.peaks(
        canvas,
        ridge(chance, 0.38, 0.2, 0.55, 4),
        (84, 96, 118),
        (172, 184, 202),
        (253, 253, 254),
        0.6,
    )
    snow = ((250, 251, 253), (204, 216, 232))
    nature.slope(canvas, ridge(chance, 0.62, 0.06, 0.42, 2), *snow, 0.3)
    places.road(canvas, 0.65, (92, 96, 104))
    top = (0.36, 0.27)
    canvas.line([(0.36, 0.88), top], (96, 72, 58), 5)
    for x, y in (
        (-0.06, 0.6),
        (0.02, 0.84),
        (0.14, 0.93),
        (0.25, 0.97),
        (0.47, 0.97),
        (0.6, 0.92),
        (0.72, 0.83),
        (0.86, 0.8),
    ):
        people.flags(canvas, top, (x, y), 0.035, 0.021, gap=0.2)
    places.cairn(canvas, 0.36, 0.93, 0.07)
    nature.slope(canvas, lambda x: 0.955 + 0.03 * math.sin(3 * x + 2.2), *snow, 0.25)


def new_year_night(canvas: Canvas) -> None:
    """The night of the Qiang New Year: a fire, lit windows, a sky full of stars."""
    canvas.sky((0, (12, 22, 46)), (0.5, (28, 56, 84)), (0.75, (64, 84, 100)))
    nature.stars(canvas, 700)
    canvas.disc(0.8, 0.16, 0.02, (246, 240, 220))
    canvas.glow(0.8, 0.16, 0.16, (180, 196, 206), 0.4)
    chance = canvas.random
    nature.peaks(
        canvas, ridge(chance, 0.42, 0.14, 0.54, 4), (36, 52, 76), (44, 66, 88), (150, 172, 198), 0.3
    )
    nature.slope(canvas, hills(chance, 0.62, 0.03), (24, 40, 56), (16, 28, 42), 0.5)
    stone, lit = (58, 54, 62), (250, 190, 98)
    for x, foot, height in ((0.2, 0.76, 0.46), (0.33, 0.74, 0.34), (0.7, 0.77, 0.5)):
        places.tower(canvas, x, foot, height, stone, lit)
    for x, foot, width in (
        (0.08, 0.8, 0.09),
        (0.25, 0.81, 0.1),
        (0.58, 0.8, 0.08),
        (0.74, 0.83, 0.11),
        (0.88, 0.8, 0.08),
    ):
        places.house(canvas, x, foot, width, (70, 62, 66), lit)
    nature.slope(canvas, hills(chance, 0.83, 0.01), (42, 40, 44), (20, 24, 34), 0.4)
    canvas.glow(0.47, 0.88, 0.3, (255, 160, 70), 0.85)
    people.fire(canvas, 0.47, 0.9, 0.12)
    people.dancers(canvas, 0.47, 0.905, 0.2, 26)
