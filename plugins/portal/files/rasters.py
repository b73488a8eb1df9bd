"""Raster pictures: what their header says, judged before anything is decoded, and their sizes.

Each derivative is new: pixels in sRGB, turned upright, and not one byte of the original's
metadata. What decoding would take in memory is worked out from the header alone.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.fields import Report
from plugins.portal.files.facts import FALLBACK, LARGE, MEDIUM, SMALL, Derivative
from plugins.portal.files.raster_headers import (
    MAX_SIDE,
    SIDEWAYS,
    Header,
    decoded_bytes,
    draft_divisor,
    is_fit,
    read_header,
    report_depth,
)

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = {LARGE: 1280, MEDIUM: 720, SMALL: 360}
"""Largest first, for each is made from the one before; none is made larger than the original."""

WEBP_QUALITY, JPEG_QUALITY = 78, 82
COPY = "copy"
FEW_COLOURS = 256
"""A picture of no more colours is a drawing or a chart: its sizes are kept without loss."""


FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

_PNG, _PNG_DEPTH = b"\x89PNG\r\n\x1a\n", 24
"""How a PNG begins, and where it says how many bits each colour has."""

_WHY_BROKEN = "Readers would see a grey area or nothing."


class Loaded(NamedTuple):
    """A picture decoded, upright, in sRGB; with few colours it is kept without loss."""

    image: Image
    has_few_colours: bool


Gate = Callable[[int], AbstractContextManager[None]]
"""Entered with the bytes of memory that are about to be taken."""


def make_sizes(data: bytes, folder: Path, gate: Gate, report: Report) -> dict[str, Derivative]:
    """The sizes of a shown picture are in the folder; {} after a problem."""
    image = _open(data, report, LARGE)
    if image is None:
        return {}
    made: dict[str, Derivative] = {}
    with image, gate(decoded_bytes(image, read_header(image), WIDTHS[LARGE])):
        for name, sized in _scaled(image, report):
            made[name] = _write(sized, name, folder, made)
    return made


def make_clean_copy(data: bytes, folder: Path, gate: Gate, report: Report) -> dict[str, Derivative]:
    """A picture that is offered for download, in its own format and size, is in the folder."""
    image = _open(data, report, "")
    if image is None:
        return {}
    header = read_header(image)
    with image, gate(decoded_bytes(image, header, header.upright[0])):
        format_ = "JPEG" if image.format == "MPO" else str(image.format)
        upright = _load(image, MAX_SIDE, report)
        if upright is None:
            return {}
        return {COPY: _write_as(upright, format_, COPY, folder)}


def _open(data: bytes, report: Report, largest: str) -> Image | None:
    """The picture, opened and not yet decoded; None where it must not be decoded."""
    from PIL import Image

    # Our own limit stands before every decoding, and says it in words.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        header = read_header(image)
        fits = is_fit(image, header, WIDTHS.get(largest, MAX_SIDE), report)
    except Exception as error:  # noqa: BLE001 - see _report_unreadable
        _report_unreadable(error, report, is_cut_off=_is_cut_off(data))
        return None
    if fits:
        if data[:8] == _PNG and data[_PNG_DEPTH] == 16:
            report_depth(report)
        return image
    image.close()
    return None


def _is_cut_off(data: bytes) -> bool:
    """Whether a WebP is shorter than it says."""
    return data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data)


def _scaled(image: Image, report: Report) -> Iterator[tuple[str, Loaded]]:
    """Each size by its name, the fallback beside the largest; nothing after a problem."""
    sized = _load(image, WIDTHS[LARGE], report)
    if sized is None:
        return
    yield LARGE, sized
    yield FALLBACK, sized
    for name in (MEDIUM, SMALL):
        width, height = sized.image.size
        if WIDTHS[name] < width:
            size = (WIDTHS[name], max(1, round(height * WIDTHS[name] / width)))
            sized = sized._replace(image=_resized(sized.image, size))
        yield name, sized


def _resized(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image

    return image.resize(size, Image.Resampling.LANCZOS)


def _load(image: Image, widest: int, report: Report) -> Loaded | None:
    """The picture, no wider than `widest`; None after a problem."""
    profile = image.info.get("icc_profile")
    try:
        header = read_header(image)
        if draft_divisor(header, widest) > 1:
            image.draft(None, _stored_size(header, widest))
        image.load()
        # A PNG may tell its orientation after its pixels.
        orientation = read_header(image).orientation
        size = _stored_size(header._replace(orientation=orientation), widest)
        plain = _with_channels(image)
        has_few = image.format in ("PNG", "GIF") and plain.getcolors(FEW_COLOURS) is not None
        if plain.size != size:
            plain = _resized(plain, size)
        plain = _turned(_in_srgb(plain, profile), orientation)
    except Exception as error:  # noqa: BLE001 - see _report_unreadable
        _report_unreadable(error, report)
        return None
    # Pillow writes what it finds in `info` (profiles, comments) into the file.
    plain.info = {}
    return Loaded(plain, has_few)


def _stored_size(header: Header, widest: int) -> tuple[int, int]:
    """The size, as the picture is stored, at which it is `widest` wide when it is shown."""
    width, height = header.upright
    wanted = min(widest, width)
    size = (wanted, max(1, round(height * wanted / width)))
    return size if header.orientation not in SIDEWAYS else size[::-1]


def _with_channels(image: Image) -> Image:
    """The picture in a mode that can be scaled: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # convert() alone would cut off all above 255.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "L", "1") and "transparency" not in image.info:
        return image.convert("L") if image.mode == "1" else image
    if image.mode in ("CMYK", "RGBA"):
        return image
    has_alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """The picture as RGB or RGBA in sRGB, by its own colour profile where it has a sound one."""
    if profile:
        converted = _by_profile(image, profile)
        if converted is not None:
            return converted
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _by_profile(image: Image, profile: bytes) -> Image | None:
    from PIL import ImageCms

    colours = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() == "GRAY" and colours.mode != "L":
            colours = colours.convert("L")
        made = ImageCms.profileToProfile(
            colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # a broken profile: shown as if it had none
    if made is not None and image.mode == "RGBA":
        made.putalpha(image.getchannel("A"))
    return made


def _turned(image: Image, orientation: int) -> Image:
    """The picture as it was held: EXIF tells by a number how the camera lay."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _write(sized: Loaded, name: str, folder: Path, made: dict[str, Derivative]) -> Derivative:
    """The derivative, written; one that is not smaller than the one before is the same file."""
    for other, derivative in made.items():
        is_webp = FALLBACK not in (other, name)
        if is_webp and derivative.width == sized.image.width:
            return derivative
    return _write_as(sized, "JPEG" if name == FALLBACK else "WEBP", name, folder)


def _write_as(loaded: Loaded, format_: str, name: str, folder: Path) -> Derivative:
    plain = loaded.image
    options: dict[str, object] = {}
    if format_ == "JPEG":
        plain = _on_white(plain)
        # Progressive is smaller, and takes all coefficients in memory: not for whole copies.
        is_size = name != COPY
        options = {"quality": JPEG_QUALITY, "optimize": is_size, "progressive": is_size}
    elif format_ == "WEBP":
        options = {"lossless": True} if loaded.has_few_colours else {"quality": WEBP_QUALITY}
        options["method"] = 4
    elif format_ == "PNG":
        options = {"optimize": True}
    target = folder / name
    plain.save(target, format_, **options)
    data = target.read_bytes()
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return Derivative(name, plain.width, plain.height, len(data), digest)


def _on_white(image: Image) -> Image:
    from PIL import Image

    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _report_unreadable(error: Exception, report: Report, *, is_cut_off: bool = False) -> None:
    """Decoders of damaged files raise whatever their parts do; for an editor it is one thing."""
    text = str(error).lower()
    if "truncated" in text or "end of file" in text or is_cut_off:
        report.add(
            0,
            "picture-truncated",
            "the picture ends before it is complete",
            _WHY_BROKEN,
            "Copy it again from where it came from; it was cut off on the way.",
        )
        return
    report.add(
        0,
        "picture-unreadable",
        f"the picture is damaged ({type(error).__name__})",
        _WHY_BROKEN,
        "Open it in a picture program and save it anew as JPEG or PNG.",
    )
