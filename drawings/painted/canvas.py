"""The canvas: paper, light, noise and masks, from which the scenes are put together.

Everything is drawn at twice the size and brought down at the end; colours are RGB triples.
Chance comes from one seeded generator, so that a scene is the same whenever it is drawn.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Profile = Callable[[float], float]
"""Height of a line above x, both in shares of the paper; 0 is its upper edge."""

WIDTH, HEIGHT = 1440, 960
SCALE = 2


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    """A paper of WIDTH x HEIGHT on which scenes are drawn from back to front."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.width, self.height = WIDTH * SCALE, HEIGHT * SCALE
        self.image = Image.new("RGB", (self.width, self.height))

    # Surfaces

    def gradient(self, stops: Sequence[tuple[float, Colour]]) -> Image.Image:
        """The whole paper in colours from above to below; stops are (share of the height, colour)."""
        column = Image.new("RGB", (1, self.height))
        for y in range(self.height):
            column.putpixel((0, y), _colour_at(stops, y / self.height))
        return column.resize((self.width, self.height))

    def sky(self, *stops: tuple[float, Colour]) -> None:
        """The ground of the scene."""
        self.image.paste(self.gradient(stops))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point, fading outwards."""
        size = round(radius * self.width)
        light = Image.radial_gradient("L").resize((2 * size, 2 * size))
        # It is 178 at the nearest edge.
        light = light.point(lambda value: max(0, 255 - value * 255 / 178))
        mask = self.mask()
        mask.paste(light, (round(x * self.width) - size, round(y * self.height) - size))
        # Eight bits show as rings where light fades over a wide sky; a little chance hides them.
        rough = self.random.randbytes(self.width * self.height)
        grain = Image.frombytes("L", mask.size, rough).point(lambda value: value / 42)
        mask = ImageChops.subtract(mask, grain)
        faded = mask.point(lambda value: (value / 255) ** 2 * 255 * strength)
        self.image.paste(colour, mask=faded)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """The sun or the moon."""
        self.polygon(
            [
                (
                    x + radius * math.cos(a / 60 * math.tau),
                    y + 1.5 * radius * math.sin(a / 60 * math.tau),
                )
                for a in range(60)
            ],
            colour,
        )

    def mist(self, y: float, depth: float, colour: Colour, strength: float) -> None:
        """A bank of mist, thickest at y, torn by noise."""
        band = Image.new("L", (1, self.height))
        for row in range(self.height):
            distance = abs(row / self.height - y) / depth
            band.putpixel((0, row), round(255 * strength * math.exp(-distance * distance)))
        torn = self.noise((3, 6, 12), stretch=4).point(lambda value: min(255, value * 1.6))
        mask = ImageChops.multiply(band.resize((self.width, self.height)), torn)
        self.image.paste(colour, mask=mask)

    # Masks and noise

    def mask(self) -> Image.Image:
        """An empty mask."""
        return Image.new("L", (self.width, self.height))

    def noise(
        self, octaves: Sequence[int], stretch: float = 1, fading: float = 0.72
    ) -> Image.Image:
        """Clouds of grey around the middle; octaves are cells across, coarse first.

        With `stretch` above 1 they lie, below 1 they stand.
        """
        total = Image.new("L", (self.width, self.height), 128)
        weight = 0.5
        for index, cells in enumerate(octaves):
            down = max(2, round(cells * stretch * self.height / self.width))
            data = self.random.randbytes(cells * down)
            layer = Image.frombytes("L", (cells, down), data)
            layer = layer.resize((self.width, self.height), Image.Resampling.BICUBIC)
            total = layer if index == 0 else Image.blend(total, layer, weight)
            weight *= fading
        return total

    def relief(
        self, octaves: Sequence[int], across: int, down: int, stretch: float = 1, depth: float = 3
    ) -> Image.Image:
        """Noise lit from a side: grey where it is flat, light and dark on its slopes."""
        ground = self.noise(octaves, stretch, 0.56)
        moved = ImageChops.offset(ground, across * SCALE, down * SCALE)
        return ImageChops.subtract(ground, moved, scale=1 / depth, offset=128)

    def facets(self, line: Profile) -> Image.Image:
        """Light from the left on the sides of mountains: what falls to the right of a summit is in
        shadow, and the edges between the two run down the slopes."""
        row = Image.new("L", (self.width, 1))
        for x in range(self.width):
            place = x / self.width
            fall = sum(
                (line(place + reach) - line(place - reach)) / reach * share
                for reach, share in ((0.022, 0.5), (0.008, 0.32), (0.003, 0.18))
            )
            row.putpixel((x, 0), min(230, max(26, round(136 - fall * 100))))
        sides = row.resize((self.width, self.height))
        right, left = [
            sides.transform(
                sides.size, Image.Transform.AFFINE, (1, lean, shift * self.height, 0, 1, 0)
            )
            for lean, shift in ((0.42, -0.13), (-0.3, 0.09))
        ]
        return Image.blend(right, left, 0.5)

    def below(self, profile: Profile) -> Image.Image:
        """A mask of everything below a line."""
        steps = self.width // 2
        points = [(i / steps, profile(i / steps)) for i in range(steps + 1)]
        return self.outline([*points, (1, 1.1), (0, 1.1)])

    def outline(self, points: Sequence[Point]) -> Image.Image:
        """A mask of a polygon."""
        mask = self.mask()
        ImageDraw.Draw(mask).polygon(self._pixels(points), fill=255)
        return mask

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.width, y * self.height) for x, y in points]

    # Shapes

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A shape of one colour."""
        ImageDraw.Draw(self.image).polygon(self._pixels(points), fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line; its width in pixels of the finished drawing."""
        pixels = self._pixels(points)
        ImageDraw.Draw(self.image).line(pixels, colour, max(1, round(width * SCALE)), "curve")

    def fill(self, mask: Image.Image, paint: Image.Image | Colour, strength: float = 1) -> None:
        """Paint where the mask is."""
        if strength < 1:
            mask = mask.point(lambda value: value * strength)
        self.image.paste(paint, mask=mask)

    def shade(self, mask: Image.Image, relief: Image.Image, strength: float) -> None:
        """Light and shadow of a relief on what is painted where the mask is."""
        lit = ImageChops.overlay(self.image, Image.merge("RGB", (relief, relief, relief)))
        self.fill(mask, lit, strength)

    def finished(self) -> Image.Image:
        """The drawing at its size, with a breath of grain like paper."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        data = self.random.randbytes(WIDTH * HEIGHT // 4)
        grain = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), data).resize((WIDTH, HEIGHT))
        grain = grain.filter(ImageFilter.GaussianBlur(0.6)).point(lambda v: 128 + (v - 128) * 0.05)
        return ImageChops.overlay(small, Image.merge("RGB", (grain, grain, grain)))


def _colour_at(stops: Sequence[tuple[float, Colour]], y: float) -> Colour:
    before = stops[0]
    for stop in stops:
        if y <= stop[0]:
            span = stop[0] - before[0]
            return mixed(before[1], stop[1], (y - before[0]) / span if span else 1)
        before = stop
    return stops[-1][1]


def ridge(
    chance: random.Random, middle: float, height: float, roughness: float = 0.5, cells: int = 3
) -> Profile:
    """A line of mountains around a height: midpoints displaced, again and again."""
    heights = [chance.uniform(-1, 1) for _ in range(cells + 1)]
    step = 1.0
    for _ in range(8):
        step *= roughness
        finer = []
        for one, other in itertools.pairwise(heights):
            finer += [one, (one + other) / 2 + chance.uniform(-step, step)]
        heights = [*finer, heights[-1]]
    return _between(heights, middle, height)


def hills(chance: random.Random, middle: float, height: float, waves: int = 3) -> Profile:
    """A soft line: a few waves of different length."""
    parts = [
        (chance.uniform(0.6, 1.5) * (index + 1), chance.uniform(0, math.tau), 1 / (index + 1))
        for index in range(waves)
    ]

    def profile(x: float) -> float:
        return middle + height * sum(
            share * math.sin(x * math.tau * speed + phase) for speed, phase, share in parts
        )

    return profile


def _between(heights: Sequence[float], middle: float, height: float) -> Profile:
    last = len(heights) - 1

    def profile(x: float) -> float:
        place = min(max(x, 0), 1) * last
        index = min(int(place), last - 1)
        share = place - index
        return middle + height * (heights[index] * (1 - share) + heights[index + 1] * share)

    return profile
