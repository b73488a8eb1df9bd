"""Scenes of mountains and waters."""

from __future__ import annotations

import math

from drawings.painted import nature, people, waters
from drawings.painted.canvas import Canvas, Colour, hills, mixed, ridge

WHITE: Colour = (255, 255, 255)


def dawn_ridges(canvas: Canvas) -> None:
    """Seven ridges before the first light."""
    canvas.sky(
        (0, (52, 92, 122)), (0.28, (148, 170, 178)), (0.46, (244, 214, 176)), (0.6, (247, 226, 196))
    )
    canvas.glow(0.66, 0.46, 0.34, (255, 236, 196), 0.9)
    canvas.disc(0.66, 0.4, 0.022, (255, 246, 222))
    chance = canvas.random
    lines = [ridge(chance, 0.44 + 0.085 * i, 0.09 - 0.004 * i, 0.52, 3 + i % 3) for i in range(7)]
    nature.far_ridges(canvas, lines[:4], (74, 116, 126), (186, 190, 180), (240, 218, 188))
    canvas.mist(0.66, 0.05, (246, 226, 200), 0.8)
    nature.far_ridges(canvas, lines[4:], (8, 52, 62), (52, 98, 108), (150, 176, 172))
    canvas.mist(0.86, 0.04, (190, 206, 200), 0.5)
    nature.forest(
        canvas, hills(chance, 0.95, 0.015), 0.11, [(6, 38, 44), (8, 46, 50), (4, 30, 38)], 300
    )
    nature.forest(canvas, hills(chance, 1.01, 0.01), 0.13, [(4, 30, 38), (3, 24, 32)], 200)


def mirror_lake(canvas: Canvas) -> None:
    """A still lake that holds three ridges upside down."""
    canvas.sky((0, (112, 164, 186)), (0.3, (190, 214, 216)), (0.5, (240, 236, 222)))
    chance = canvas.random
    clouds = canvas.noise((5, 11, 24, 50), stretch=2.4).point(lambda v: max(0, (v - 140) * 3))
    canvas.fill(clouds, (255, 252, 244), 0.75)
    nature.peaks(
        canvas,
        ridge(chance, 0.3, 0.15, 0.5, 4),
        (94, 112, 128),
        (176, 198, 200),
        (250, 250, 248),
        0.3,
    )
    nature.far_ridges(
        canvas,
        [ridge(chance, 0.42, 0.07, 0.5, 3), ridge(chance, 0.49, 0.05, 0.5, 4)],
        (28, 92, 98),
        (104, 150, 152),
        (196, 214, 206),
    )
    nature.forest(
        canvas, hills(chance, 0.535, 0.008), 0.06, [(20, 70, 66), (30, 84, 72), (16, 58, 60)], 420
    )
    canvas.mist(0.55, 0.025, (240, 244, 238), 0.85)
    waters.water(canvas, 0.58, (11, 85, 99), 0.4, ripple=0.6)
    canvas.mist(0.6, 0.018, (244, 246, 240), 0.55)
    for x, size in ((0.035, 0.3), (0.09, 0.22), (0.955, 0.34), (0.9, 0.2)):
        nature.conifer(canvas, x, 1.1, size * 1.8, (10, 48, 50))


def grassland_river(canvas: Canvas) -> None:
    """A river that takes its time through the summer grass."""
    canvas.sky((0, (66, 128, 168)), (0.24, (150, 194, 210)), (0.4, (230, 234, 220)))
    chance = canvas.random
    clouds = canvas.noise((4, 9, 19, 42, 80), stretch=2.2).point(lambda v: max(0, (v - 132) * 3))
    canvas.fill(clouds, (255, 253, 248), 0.9)
    lines = [ridge(chance, 0.4, 0.03, 0.5, 4), hills(chance, 0.44, 0.012)]
    nature.far_ridges(canvas, lines, (96, 142, 122), (132, 168, 172), (206, 218, 196))
    nature.slope(canvas, hills(chance, 0.47, 0.008), (158, 178, 104), (92, 140, 74), 0.2)
    waters.river(canvas, 0.475, 1.05, 0.62, (126, 184, 204), bends=3.2)
    for middle, distance, count in (
        (0.16, 0.02, 26),
        (0.8, 0.06, 24),
        (0.36, 0.12, 11),
        (0.9, 0.3, 9),
    ):
        for _ in range(count):
            y = 0.5 + distance * chance.uniform(0.7, 1.2)
            people.yak(canvas, middle + chance.gauss(0, 0.05), y, 0.003 + 0.036 * (y - 0.5))
    people.tent(canvas, 0.2, 0.64, 0.085)
    people.tent(canvas, 0.3, 0.585, 0.05)
    colours = [(92, 138, 70), (126, 162, 84), (70, 116, 62), (232, 206, 96), (206, 120, 140), WHITE]
    nature.meadow(canvas, hills(chance, 0.86, 0.03), colours, 4200, 0.028)


def autumn_larches(canvas: Canvas) -> None:
    """Larches the colour of honey under the first snow."""
    canvas.sky((0, (90, 140, 172)), (0.3, (178, 206, 214)), (0.5, (238, 230, 208)))
    chance = canvas.random
    nature.peaks(
        canvas,
        ridge(chance, 0.27, 0.17, 0.54, 4),
        (92, 98, 112),
        (160, 162, 158),
        (252, 252, 252),
        0.36,
    )
    canvas.mist(0.46, 0.04, (244, 236, 218), 0.6)
    gold = [(206, 148, 52), (222, 170, 74), (188, 122, 44), (160, 96, 44), (76, 96, 66)]
    nature.slope(canvas, ridge(chance, 0.5, 0.05, 0.5, 3), (150, 120, 70), (176, 138, 74), 0.5)
    nature.forest(
        canvas,
        ridge(chance, 0.54, 0.04, 0.5, 3),
        0.08,
        [mixed(c, (220, 206, 180), 0.35) for c in gold],
        520,
    )
    nature.slope(canvas, hills(chance, 0.66, 0.02), (186, 146, 76), (142, 108, 58), 0.3)
    waters.river(canvas, 0.67, 1.05, 0.5, (92, 148, 166), bends=1.4)
    nature.forest(
        canvas,
        lambda x: 0.68 + 0.03 * math.sin(9 * x) if abs(x - 0.48) > 0.12 else 2.0,
        0.15,
        gold,
        260,
    )
    nature.forest(
        canvas,
        lambda x: 1.16 - 0.42 * abs(x - 0.5),
        0.3,
        [mixed(c, (40, 26, 20), 0.22) for c in gold[:4]],
        46,
    )


def winter_lake(canvas: Canvas) -> None:
    """Ice, new snow and a low sun."""
    canvas.sky((0, (108, 132, 164)), (0.3, (190, 196, 208)), (0.48, (250, 224, 206)))
    canvas.glow(0.3, 0.44, 0.34, (255, 232, 208), 0.9)
    chance = canvas.random
    nature.peaks(
        canvas,
        ridge(chance, 0.33, 0.15, 0.54, 4),
        (112, 122, 142),
        (200, 200, 210),
        (253, 252, 253),
        0.52,
    )
    lines = [ridge(chance, 0.47, 0.05, 0.5, 3)]
    nature.far_ridges(canvas, lines, (150, 166, 184), (150, 166, 184), (232, 226, 228))
    cold = [(58, 86, 96), (74, 100, 110), (206, 216, 224), (44, 70, 82)]
    nature.forest(canvas, hills(chance, 0.55, 0.01), 0.075, cold, 420)
    waters.water(canvas, 0.58, (150, 178, 196), 0.62, ripple=0.25)
    waters.cracks(canvas, 0.6)
    canvas.mist(0.58, 0.02, (250, 240, 236), 0.7)
    nature.slope(
        canvas, lambda x: 0.9 + 0.1 * math.sin(x * 2.4 + 0.6), (246, 246, 250), (206, 216, 230), 0.3
    )
    for x, size in ((0.9, 0.5), (0.97, 0.36), (0.82, 0.24)):
        nature.conifer(canvas, x, 1.02, size, (52, 80, 92))
    nature.snowfall(canvas, 500)


def terraced_pools(canvas: Canvas) -> None:
    """Pools of lime, one spilling into the next, between dark firs."""
    canvas.sky((0, (136, 176, 190)), (0.2, (214, 226, 222)), (0.34, (240, 236, 222)))
    chance = canvas.random
    nature.peaks(
        canvas,
        ridge(chance, 0.2, 0.12, 0.54, 4),
        (110, 120, 130),
        (180, 194, 188),
        (252, 252, 250),
        0.22,
    )
    nature.slope(canvas, ridge(chance, 0.33, 0.05, 0.5, 3), (60, 104, 88), (76, 116, 92), 0.6)
    dark = [(24, 72, 62), (34, 86, 68), (18, 58, 56), (62, 104, 72)]
    nature.forest(canvas, hills(chance, 0.38, 0.015), 0.1, dark, 420)
    waters.pools(canvas, 0.42)
    for x, foot, size in (
        (0.03, 0.8, 0.34),
        (0.1, 0.7, 0.22),
        (0.96, 0.78, 0.36),
        (0.9, 0.66, 0.2),
    ):
        nature.conifer(canvas, x, foot, size, chance.choice(dark))
    for x, size in ((-0.01, 0.5), (1.01, 0.54)):
        nature.conifer(canvas, x, 1.04, size, (16, 52, 50))


def waterfall_forest(canvas: Canvas) -> None:
    """Water over a step of rock, and a wood that drinks from it."""
    canvas.sky((0, (170, 196, 190)), (0.3, (226, 232, 214)))
    chance = canvas.random
    green = [(40, 100, 76), (62, 122, 84), (28, 82, 70), (126, 146, 78), (182, 132, 62)]
    pale = [mixed(c, (214, 226, 210), 0.5) for c in green]
    nature.slope(canvas, ridge(chance, 0.2, 0.06, 0.5, 3), (150, 182, 160), (176, 200, 176), 0.4)
    nature.forest(canvas, hills(chance, 0.3, 0.02), 0.16, pale, 260)
    nature.forest(
        canvas,
        hills(chance, 0.4, 0.012),
        0.17,
        [mixed(c, (190, 210, 190), 0.2) for c in green],
        200,
    )
    waters.waterfall(canvas, 0.42, 0.72)
    canvas.mist(0.73, 0.035, (240, 248, 244), 0.9)
    waters.water(canvas, 0.76, (24, 122, 124), 0.6, ripple=0.5)
    for x, foot, size in (
        (0.14, 1.04, 0.46),
        (0.03, 1.06, 0.72),
        (0.88, 1.05, 0.56),
        (0.98, 1.08, 0.8),
    ):
        nature.conifer(canvas, x, foot, size, chance.choice(green[:3]))
