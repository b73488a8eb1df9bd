"""The scenes: the home page's valley, a drawing for each audience's door, one for error pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from drawings.shapes import (
    DEEP,
    FAR,
    LAKE,
    MADDER,
    MIDDLE,
    MIST,
    NEAR,
    SNOW,
    STONE,
    STONE_DARK,
    box,
    flags,
    house,
    line,
    polygon,
    ridge,
    ridge_line,
    snow,
    svg,
    terraces,
    tower,
    water,
)

DOOR = (400, 150)


def valley() -> str:
    """The home page: ridges behind a lake, towers on its shore, flags between them."""
    random = Random("valley")
    width, height = 1600, 300
    far = ridge_line(random, width, 190, 175, 9)
    parts = [ridge(far, height, MIST), snow(far, 105, 26)]
    parts.append(ridge(ridge_line(random, width, 205, 125, 11), height, FAR))
    parts.append(ridge(ridge_line(random, width, 222, 80, 13), height, MIDDLE))
    parts.append(ridge(ridge_line(random, width, 244, 44, 15), height, NEAR))
    parts.append(water(width, 250, height, random))
    shore = [(1010, 258), (1080, 242), (1190, 234), (1330, 228), (1480, 232), (1600, 224)]
    parts.append(polygon([*shore, (1600, height), (1120, height), (1050, 268)], LAKE))
    parts.append(terraces(1360, 244, 260, 6, (NEAR, MIDDLE)))
    parts += [tower(1236, 240, 128), tower(1300, 238, 92), tower(1196, 242, 66)]
    parts += [house(1106, 252, 46, 2), house(1150, 250, 34, 2)]
    parts.append(flags((1236, 112), (1416, 196), 14, 8))
    return svg(width, height, parts, ' preserveAspectRatio="xMaxYMax slice"')


def village() -> str:
    """Residents: houses on terraces under a ridge."""
    random = Random("village")
    width, height = DOOR
    parts = [ridge(ridge_line(random, width, 110, 100, 5), height, MIST)]
    parts.append(ridge(ridge_line(random, width, 122, 62, 5), height, FAR))
    parts.append(box(0, 118, width, 32, NEAR))
    parts.append(terraces(218, 136, 190, 6, (MIDDLE, FAR)))
    parts += [house(46, 134, 74, 2), house(132, 134, 58, 3), house(204, 134, 50, 2)]
    parts.append(tower(24, 134, 78))
    parts.append(box(0, 134, width, 16, LAKE))
    return svg(width, height, parts)


def bridge() -> str:
    """Enterprises: workshops on both banks, and the bridge that joins them."""
    random = Random("bridge")
    width, height = DOOR
    parts = [ridge(ridge_line(random, width, 100, 88, 6), height, MIST)]
    parts.append(ridge(ridge_line(random, width, 112, 48, 6), height, FAR))
    parts.append(water(width, 118, height, random))
    for x, wide in ((18, 58), (82, 44), (292, 50), (346, 44)):
        roof = [(x - 4, 92), (x + wide / 2, 70), (x + wide + 4, 92)]
        parts += [box(x, 90, wide, 28, SNOW), polygon(roof, LAKE)]
        parts += [box(x + wide * share, 98, 8, 20, MIDDLE) for share in (0.2, 0.6)]
    parts += [polygon([(0, 116), (136, 116), (120, 134), (0, 134)], NEAR)]
    parts += [polygon([(width, 116), (264, 116), (280, 134), (width, 134)], NEAR)]
    parts.append(line([(126, 112), (200, 106), (274, 112)], DEEP, 5))
    parts += [box(x, 76, 6, 60, STONE_DARK) for x in (136, 258)]
    for number in range(1, 6):
        x = 139 + number * 20
        rise = abs(3 - number) * 8
        parts.append(line([(x, 106), (x, 98 - rise)], DEEP, 1.5))
    parts.append(line([(139, 78), (170, 90), (200, 98), (230, 90), (261, 78)], DEEP, 2))
    return svg(width, height, parts)


def fields() -> str:
    """Investors: terraces rising to a ridge, and rows of panels that take the sun."""
    random = Random("fields")
    width, height = DOOR
    parts = ['<circle cx="318" cy="40" r="20" fill="#d3b06a" opacity=".7"/>']
    parts.append(ridge(ridge_line(random, width, 104, 96, 5), height, MIST))
    parts.append(ridge(ridge_line(random, width, 118, 50, 7), height, FAR))
    parts.append(terraces(-60, 138, 290, 7, (MIDDLE, NEAR), 0.4))
    parts.append(box(0, 136, width, 14, LAKE))
    for row in range(3):
        y, size = 88 + row * 18, 24 + row * 4
        for number in range(4):
            x = 246 - row * 10 + number * (size + 8)
            panel = [(x + 5, y), (x + size, y), (x + size - 5, y + 12), (x, y + 12)]
            parts.append(polygon(panel, DEEP))
            parts.append(line([(x + 3, y + 6), (x + size - 3, y + 6)], MIDDLE, 1))
    return svg(width, height, parts)


def lake() -> str:
    """Visitors: a still lake, its peaks, a line of flags at the pass."""
    random = Random("lake")
    width, height = DOOR
    far = ridge_line(random, width, 98, 104, 4)
    parts = [ridge(far, height, FAR), snow(far, 60, 18)]
    parts.append(ridge(ridge_line(random, width, 100, 44, 6), height, MIDDLE))
    parts.append(water(width, 98, height, random))
    shore = [(0, 128), (70, 122), (150, 132), (210, 150), (0, 150)]
    parts.append(polygon(shore, LAKE))
    parts += [box(34, 78, 3, 50, DEEP), flags((36, 80), (176, 134), 11, 9)]
    parts.append(polygon([(306, 138), (330, 112), (354, 138)], SNOW))
    parts.append(polygon([(326, 138), (330, 124), (336, 138)], MADDER))
    parts.append(polygon([(280, 150), (300, 137), (372, 136), (400, 142), (400, 150)], LAKE))
    return svg(width, height, parts)


def pass_in_clouds() -> str:
    """Error pages: the way over the pass goes on behind the clouds."""
    random = Random("pass")
    width, height = 640, 220
    far = ridge_line(random, width, 150, 140, 6)
    parts = [ridge(far, height, MIST), snow(far, 80, 20)]
    parts.append(ridge(ridge_line(random, width, 176, 70, 6), height, FAR))
    parts.append(
        polygon([(0, 220), (0, 178), (190, 168), (420, 182), (640, 166), (640, 220)], NEAR)
    )
    way = "M250 220Q330 196 300 182T350 158Q372 148 366 138"
    parts.append(f'<path fill="none" stroke="{STONE}" stroke-width="9" d="{way}"/>')
    for x, y, wide in ((300, 128, 190), (396, 142, 150), (250, 146, 130)):
        shape = f"M{x} {y}h{wide}a13 13 0 0 0 0-26h-24a22 22 0 0 0-42-8 19 19 0 0 0-34 8h-{wide - 100}a13 13 0 0 0 0 26z"
        parts.append(f'<path fill="{SNOW}" opacity=".9" d="{shape}"/>')
    parts += [box(92, 108, 4, 66, DEEP), flags((94, 110), (222, 172), 9, 11)]
    parts += [polygon([(70, 176), (94, 150), (120, 176)], STONE)]
    return svg(width, height, parts)


SCENES: Mapping[str, Callable[[], str]] = {
    "valley": valley,
    "door-public": village,
    "door-enterprises": bridge,
    "door-investors": fields,
    "door-tourists": lake,
    "pass": pass_in_clouds,
}
"""Name of the file in theme/static, without its ending, and what draws it."""
