"""Photographs for the bench: twelve megapixels as a telephone takes them, from a seed.

A few distinct ones are made, each with its own light and its own noise; the others are these with
other bytes before their pixels, so that each has to be decoded and none is known by its content.
"""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageChops

SIZE = (4_000, 3_000)
DISTINCT = 8
QUALITY = 88
_SIDEWAYS = 6


def write_photographs(folder: Path, count: int, seed: int) -> list[Path]:
    """That many files in the folder, all different; every fifth was taken upright."""
    folder.mkdir(parents=True, exist_ok=True)
    originals = [make_photograph(f"{seed}/{index}") for index in range(min(DISTINCT, count))]
    written = []
    for number in range(count):
        path = folder / f"photo-{number:04d}.jpg"
        path.write_bytes(_told(originals[number % len(originals)], number))
        written.append(path)
    return written


def make_photograph(seed: str) -> bytes:
    """A JPEG of SIZE: slopes of light, forms of all sizes, and the grain of a small sensor."""
    chance = random.Random(seed)
    channels = []
    ground = _clouds(chance, (3, 9, 30, 110, 400, 1_300))
    for _ in range(3):
        tint = _clouds(chance, (2, 7, 40))
        grain = Image.frombytes("L", SIZE, chance.randbytes(SIZE[0] * SIZE[1]))
        coloured = Image.blend(ground, tint, 0.4)
        channels.append(Image.blend(coloured, ImageChops.offset(grain, 1), 0.045))
    exif = Image.Exif()
    exif[0x0112] = _SIDEWAYS if chance.random() < 0.2 else 1
    buffer = io.BytesIO()
    Image.merge("RGB", channels).save(buffer, "JPEG", quality=QUALITY, exif=exif)
    return buffer.getvalue()


def _clouds(chance: random.Random, octaves: tuple[int, ...]) -> Image.Image:
    total = Image.new("L", SIZE, 128)
    for index, cells in enumerate(octaves):
        down = max(2, cells * SIZE[1] // SIZE[0])
        layer = Image.frombytes("L", (cells, down), chance.randbytes(cells * down))
        layer = layer.resize(SIZE, Image.Resampling.BICUBIC)
        total = layer if index == 0 else Image.blend(total, layer, 0.6 / (index + 1))
    return total


def _told(data: bytes, number: int) -> bytes:
    """The same pixels in other bytes: a comment with a number behind the first marker."""
    comment = f"photograph {number}".encode()
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]
