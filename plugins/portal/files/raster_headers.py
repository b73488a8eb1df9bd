"""What the header of a raster picture says, and what decoding it would take: judged beforehand.

A file of seventy bytes can claim more pixels than a server has memory for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.fields import Report
from domain.problems import Severity

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_DECODED_BYTES = 200_000_000
"""Of one picture while it is decoded and scaled. With Python and its libraries a process stays
below 300 MB, whatever comes in (tests/files/test_hostile_pictures.py measures it)."""
MAX_SHOWN_PIXELS = 7_680_000
"""Of the largest size: 1,280 x 6,000. WebP takes 25 bytes for each while it is written."""
MAX_SIDE = 16_383
"""WebP has no longer side."""
_ORIENTATION = 0x0112
SIDEWAYS = range(5, 9)
_WHY_LARGE = (
    "Opening it would take more memory than the server has; such files are also made to stop it."
)


class Header(NamedTuple):
    """A picture before it is decoded: its pixels as stored, and how it lies."""

    width: int
    height: int
    orientation: int

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as it is shown."""
        sideways = self.orientation in SIDEWAYS
        return (self.height, self.width) if sideways else (self.width, self.height)


def read_header(image: Image) -> Header:
    """What an opened picture says of itself; nothing is decoded."""
    orientation = _exif(image).get(_ORIENTATION, 1)
    is_known = isinstance(orientation, int) and 1 <= orientation <= 8
    return Header(*image.size, orientation if is_known else 1)


def _exif(image: Image) -> Mapping[int, Any]:
    """EXIF without decoding: for PNG, Pillow's getexif() would decode the whole picture first."""
    if image.format != "PNG":
        return image.getexif()
    import PIL.Image

    exif = PIL.Image.Exif()
    exif.load(image.info.get("exif", b""))
    return exif


def is_fit(image: Image, header: Header, wanted: int, report: Report) -> bool:
    """Whether the picture may be decoded and brought to `wanted` pixels across."""
    width, height = header.upright
    frames = 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))
    if frames > 1:
        _report_animation(frames, report)
    if image.mode == "CMYK":
        _report_inks(report)
    scale = min(1.0, wanted / max(1, width))
    is_long = width * height * scale * scale > MAX_SHOWN_PIXELS or height * scale > MAX_SIDE
    if wanted < MAX_SIDE and is_long:
        report.add(
            0,
            "picture-too-large",
            f"the picture has {width:,} x {height:,} pixels, too long for its width",
            "At the width of a page it would have more lines than a telephone can hold.",
            "Divide it into several pictures.",
        )
        return False
    if decoded_bytes(image, header, wanted) <= MAX_DECODED_BYTES:
        return True
    report.add(
        0,
        "picture-too-large",
        f"the picture has {header.width:,} x {header.height:,} pixels",
        _WHY_LARGE,
        "Save it anew with at most 4,000 pixels on its longer side.",
    )
    return False


def _report_animation(frames: int, report: Report) -> None:
    report.add(
        0,
        "picture-animated",
        f"the picture moves: it has {frames:,} frames, and only the first is shown",
        "Readers could not stop it, and some cannot read beside what moves (WCAG 2.2.2).",
        "Where the first does not say enough, save another as a picture, or offer a video with its "
        "own controls.",
        Severity.WARNING,
    )


def _report_inks(report: Report) -> None:
    report.add(
        0,
        "picture-inks",
        "the picture is in the inks of print (CMYK), and is shown in the colours of screens",
        "The same picture looks different on paper and on a screen; nobody has looked at it there.",
        "Look at the page; where the colours are wrong, save the picture in RGB (sRGB).",
        Severity.WARNING,
    )


def report_depth(report: Report) -> None:
    """The picture has finer shades than a page shows."""
    report.add(
        0,
        "picture-depth",
        "the picture has 16 bits for each colour, and is shown with 8",
        "Dark parts may show steps, and the file is twice as large as it need be.",
        "Look at the page; where it shows steps, save the picture with 8 bits.",
        Severity.WARNING,
    )


def decoded_bytes(image: Image, header: Header, wanted: int) -> int:
    """What decoding, scaling and writing take at their peak, from the header alone.

    A size is small beside what it is made from; a clean copy is as large, so that its being
    turned, converted and written counts too. The numbers are those of the libraries, measured.
    """
    is_copy = wanted >= MAX_SIDE
    if image.format in ("JPEG", "MPO"):
        return _jpeg_bytes(image, header, wanted) * (2 if is_copy else 1)
    has_key = "transparency" in image.info
    if image.format == "WEBP":
        each = (24, 36)  # two canvases and a buffer in the library, its answer, ours
    elif image.mode.startswith("I"):
        each = (6, 9)
    elif image.mode in ("L", "1") and not has_key:
        each = (2, 9)
    elif image.mode == "RGB" and not has_key:
        each = (4, 8)
    else:
        each = (12, 16)  # converted to colours with transparency, and those multiplied
    return header.width * header.height * each[is_copy]


def _jpeg_bytes(image: Image, header: Header, wanted: int) -> int:
    """A JPEG is decoded at a half, a quarter or an eighth where that is enough; a progressive
    one needs all its coefficients before that, two bytes each."""
    pixels = header.width * header.height
    decoded = pixels // draft_divisor(header, wanted) ** 2 * 4
    if "progressive" not in image.info:
        return decoded
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    across = max((layer[1] for layer in layers), default=1)
    down = max((layer[2] for layer in layers), default=1)
    share = sum(layer[1] * layer[2] / (across * down) for layer in layers)
    return decoded + round(pixels * 2 * share)


def draft_divisor(header: Header, wanted: int) -> int:
    """By how much a JPEG can be divided while it is decoded and stay wide enough."""
    width = header.upright[0]
    return next((divisor for divisor in (8, 4, 2) if width // divisor >= wanted), 1)
