"""Files made for tests: pictures of every sort, whole and damaged, each as bytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

LATITUDE, SERIAL, OWNER = "31.9058", "SN-4711-0815", "Owner-Of-This-Camera"


def ridges(width: int = 1600, height: int = 1000, mode: str = "RGB") -> Image.Image:
    """A picture with many colours: gradients that no two pixels of a line share."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    both = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, both)).convert(mode)


def flat(colour: Any, size: tuple[int, int] = (900, 600), mode: str = "RGB") -> Image.Image:
    """A picture of one colour, of which every size must have the same."""
    return Image.new(mode, size, colour)


def encoded(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def telling_exif(orientation: int = 1) -> bytes:
    """EXIF as a telephone writes it: place, serial number, owner, a thumbnail's worth of it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = OWNER
    exif.get_ifd(0x8769)[0xA431] = SERIAL
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 54.0, 20.9)
    exif.get_ifd(0x8825)[29] = LATITUDE
    return exif.tobytes()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int, colours: int, rows: bytes) -> bytes:
    """A PNG as its header says, whether there are pixels for it or not."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def bomb() -> bytes:
    """Seventy bytes that claim to be six million million pixels."""
    return png(3_000_000, 2_000_000, 8, 2, b"")


def swapped_profile() -> bytes:
    """A colour profile whose red is sRGB's green and the reverse: whoever passes it over shows
    the wrong one."""
    red, green, blue = (
        (0.43607, 0.22249, 0.01392),
        (0.38515, 0.71687, 0.09708),
        (0.14307, 0.06061, 0.71410),
    )
    white = (0.96420, 1.0, 0.82491)

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    text = b"text\0\0\0\0swapped\0"
    tags = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 8) + b"swapped\0" + b"\0" * 79),
        (b"cprt", text),
        (b"wtpt", xyz(white)),
        (b"rXYZ", xyz(green)),
        (b"gXYZ", xyz(red)),
        (b"bXYZ", xyz(blue)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    ]
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        padded = data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += padded
    total = offset + len(body)
    head = struct.pack(">I4sI4s4s4s", total, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += b"".join(struct.pack(">i", round(v * 65536)) for v in white)
    return head.ljust(128, b"\0") + table + body


PLAIN_SVG = b"""<?xml version="1.0"?>
<!-- made by Owner-Of-This-Camera -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:e="http://editor.example" width="120" height="80" e:who="me">
<metadata><e:author>Owner-Of-This-Camera</e:author></metadata>
<defs><linearGradient id="g"><stop offset="0" stop-color="#0b5563"/></linearGradient></defs>
<path d="M0 60 L40 20 L80 60 Z" fill="url(#g)"/>
</svg>
"""


def svg(inside: str, attributes: str = "") -> bytes:
    """A drawing with something in it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"{attributes}>{inside}</svg>'
    ).encode()


#: Damaged and hostile files by name, and the code that each is refused with.
UNFIT: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut-off.jpg": (lambda: encoded(ridges())[:9_000], "picture-truncated"),
    "cut-off.png": (lambda: encoded(ridges(), "PNG")[:9_000], "picture-truncated"),
    "cut-off.webp": (lambda: encoded(ridges(), "WEBP")[:4_000], "picture-truncated"),
    "cut-off.gif": (lambda: encoded(ridges(), "GIF")[:9_000], "picture-truncated"),
    "empty.jpg": (lambda: b"", "picture-type"),
    "bomb.png": (bomb, "picture-too-large"),
    "very-long.jpg": (lambda: encoded(ridges(40, 20_000)), "picture-too-large"),
    "scan.tif": (
        lambda: encoded(flat("red"), "TIFF", save_all=True, append_images=[flat("blue")]),
        "picture-pages",
    ),
    "one-page.tif": (lambda: encoded(flat("red"), "TIFF"), "picture-type"),
    "bitmap.bmp": (lambda: encoded(flat("red"), "BMP"), "picture-type"),
    "phone.heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 40, "picture-type"),
    "text.png": (lambda: b"no picture", "picture-type"),
    "disguised.png": (lambda: encoded(ridges()), "picture-extension"),
    "script.svg": (lambda: svg("<script>alert(1)</script>"), "picture-active"),
    "event.svg": (lambda: svg('<path d="M0 0" onclick="a()"/>'), "picture-active"),
    "elsewhere.svg": (lambda: svg('<image href="https://a.example/x.png"/>'), "picture-active"),
    "link.svg": (lambda: svg('<a href="javascript:a()"><path/></a>'), "picture-active"),
    "style.svg": (lambda: svg("<style>@import 'x.css';</style>"), "picture-active"),
    "paint.svg": (lambda: svg('<path fill="url(https://a.example/x)"/>'), "picture-active"),
    "use.svg": (lambda: svg('<use href="other.svg#a"/>'), "picture-active"),
    "html.svg": (
        lambda: svg("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
        "picture-active",
    ),
    "entity.svg": (
        lambda: b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("<text>&a;</text>"),
        "picture-active",
    ),
    "broken.svg": (lambda: svg("<path>"), "picture-unreadable"),
}

#: Pictures that are shown, and the code of what is said of each.
REMARKED: dict[str, tuple[Callable[[], bytes], str]] = {
    "moving.gif": (
        lambda: encoded(flat("red"), "GIF", save_all=True, append_images=[flat("blue")]),
        "picture-animated",
    ),
    "moving.webp": (
        lambda: encoded(flat("red"), "WEBP", save_all=True, append_images=[flat("blue")]),
        "picture-animated",
    ),
    "moving.png": (
        lambda: encoded(flat("red"), "PNG", save_all=True, append_images=[flat("blue")]),
        "picture-animated",
    ),
    "inks.jpg": (lambda: encoded(flat((0, 255, 255, 0), mode="CMYK")), "picture-inks"),
    "deep.png": (lambda: png(40, 40, 16, 2, (b"\0" + b"\x80\0" * 120) * 40), "picture-depth"),
}
