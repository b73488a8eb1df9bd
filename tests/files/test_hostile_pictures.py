"""Memory: a process that prepares a picture stays below 300 MB, whatever the picture is.

Each file is prepared in a process of its own, which then tells its peak.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from plugins.portal.files.facts import OFFERED, PICTURE
from publishing.settings import PRODUCT
from tests.files import samples

MOST_MB = 300

PREPARE = """
import json, sys
from pathlib import Path
from plugins.portal.files.preparing import prepare_file

facts, problems = prepare_file("x/" + sys.argv[1], Path(sys.argv[2]), "0" * 32, sys.argv[3],
                               Path(sys.argv[4]))
# Not getrusage: that begins with what the parent had when it forked.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) / 1024
print(json.dumps({"peak": peak, "codes": [p.code for p in problems]}))
"""


def striped_png(width: int, height: int, colours: int, channels: int, depth: int = 8) -> bytes:
    """A PNG with pixels for all it claims, in a few kilobytes."""
    row = b"\0" + bytes(width * channels * depth // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = samples.png(width, height, depth, colours, b"")[:33]
    return header + samples.chunk(b"IDAT", packed) + samples.chunk(b"IEND", b"")


def palette_png(width: int, height: int) -> bytes:
    """The same with a palette and a transparent colour, which takes most when it is converted."""
    plain = striped_png(width, height, 3, 1)
    extra = samples.chunk(b"PLTE", bytes(768)) + samples.chunk(b"tRNS", b"\0\x80")
    return plain[:33] + extra + plain[33:]


def busy(width: int, height: int, format_: str, mode: str = "RGB", **options: object) -> bytes:
    """A picture of noise, from which no encoder is spared anything."""
    data = random.Random(width).randbytes(width * height // 4)
    noise = Image.frombytes("L", (width // 2, height // 2), data).resize((width, height))
    return samples.encoded(noise.convert(mode), format_, **options)


def plain(width: int, height: int, **options: object) -> bytes:
    return samples.encoded(Image.new("L", (width, height)).convert("RGB"), "JPEG", **options)


def moving(width: int, height: int, format_: str) -> bytes:
    """Two frames, of which every pixel differs."""
    frames = [Image.new("RGB", (width, height), colour) for colour in ("red", "blue")]
    return samples.encoded(frames[0], format_, save_all=True, append_images=frames[1:])


#: (name, how it is made, what is done with it, the code of what is said of it or "")
CASES: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("bomb.png", samples.bomb, PICTURE, "picture-too-large"),
    ("bomb.png", samples.bomb, OFFERED, "picture-too-large"),
    (
        "claims-to-fit.png",
        lambda: samples.png(7_000, 7_000, 8, 2, b""),
        PICTURE,
        "picture-truncated",
    ),
    ("largest-rgb.png", lambda: striped_png(7_000, 7_000, 2, 3), PICTURE, ""),
    ("largest-rgb.png", lambda: striped_png(5_000, 5_000, 2, 3), OFFERED, ""),
    ("beyond-rgb.png", lambda: striped_png(7_100, 7_100, 2, 3), PICTURE, "picture-too-large"),
    ("largest-rgba.png", lambda: striped_png(4_080, 4_080, 6, 4), PICTURE, ""),
    ("largest-rgba.png", lambda: striped_png(3_500, 3_500, 6, 4), OFFERED, ""),
    ("largest-palette.png", lambda: palette_png(4_080, 4_080), PICTURE, ""),
    ("largest-deep.png", lambda: striped_png(5_770, 5_770, 0, 1, 16), PICTURE, "picture-depth"),
    ("large.jpg", lambda: plain(16_000, 12_000, quality=30), PICTURE, ""),
    ("progressive.jpg", lambda: plain(7_000, 7_000, progressive=True), PICTURE, ""),
    (
        "progressive-beyond.jpg",
        lambda: plain(12_000, 9_000, progressive=True),
        PICTURE,
        "picture-too-large",
    ),
    ("whole.jpg", lambda: busy(5_000, 4_900, "JPEG", quality=60), OFFERED, ""),
    (
        "inks.jpg",
        lambda: busy(5_000, 4_900, "JPEG", "CMYK", quality=50),
        OFFERED,
        "picture-inks",
    ),
    ("longest.jpg", lambda: busy(1_280, 6_000, "JPEG", quality=90), PICTURE, ""),
    ("too-long.jpg", lambda: plain(1_280, 6_001), PICTURE, "picture-too-large"),
    (
        "largest.webp",
        lambda: busy(2_880, 2_880, "WEBP", lossless=True, quality=0, method=0),
        PICTURE,
        "",
    ),
    ("largest.webp", lambda: busy(2_350, 2_350, "WEBP", quality=90, method=0), OFFERED, ""),
    ("beyond.webp", lambda: busy(3_000, 3_000, "WEBP", method=0), PICTURE, "picture-too-large"),
    ("largest.gif", lambda: busy(4_080, 4_080, "GIF", "P"), PICTURE, ""),
    ("moving.gif", lambda: moving(4_080, 4_080, "GIF"), PICTURE, "picture-animated"),
    ("moving.webp", lambda: moving(2_880, 2_880, "WEBP"), PICTURE, "picture-animated"),
    ("entities.svg", lambda: b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg/>", PICTURE, "picture-active"),
    ("deep.svg", lambda: samples.svg("<g>" * 99_000 + "</g>" * 99_000), PICTURE, "picture-active"),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_no_picture_takes_more_memory_than_there_is(
    tmp_path: Path, case: tuple[str, Callable[[], bytes], str, str]
) -> None:
    name, make, role, code = case
    path = tmp_path / name
    path.write_bytes(make())
    found = subprocess.run(
        [sys.executable, "-c", PREPARE, name, str(path), role, str(tmp_path / "cache")],
        cwd=PRODUCT,
        capture_output=True,
        check=True,
        text=True,
    )
    result = json.loads(found.stdout)
    print(f"{name} {role}: {result['peak']:.0f} MB {result['codes']}")
    assert result["peak"] < MOST_MB
    assert result["codes"] == ([code] if code else [])
