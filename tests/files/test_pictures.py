"""What becomes of one picture: its sizes, its colours, and nothing of what it told."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from domain.problems import Problem, Severity, has_errors
from plugins.portal.files.facts import FALLBACK, LARGE, MEDIUM, OFFERED, PICTURE, SMALL, Facts
from plugins.portal.files.preparing import prepare_file, prepared_folder
from tests.files import samples


class Desk:
    """Prepares files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"

    def prepare(
        self, name: str, data: bytes, role: str = PICTURE
    ) -> tuple[Facts | None, list[Problem]]:
        path = self.folder / name
        path.write_bytes(data)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        self.made = prepared_folder(self.cache, role, digest)
        return prepare_file(f"news/2026/{name}", path, digest, role, self.cache)

    def sizes(self, name: str, data: bytes, role: str = PICTURE) -> dict[str, bytes]:
        """Each derivative's bytes, by its name."""
        facts, problems = self.prepare(name, data, role)
        assert not has_errors(problems)
        assert facts is not None
        return {
            derivative: (self.made / made.file).read_bytes()
            for derivative, made in facts.derivatives.items()
        }

    def images(self, name: str, data: bytes, role: str = PICTURE) -> dict[str, Image.Image]:
        """The same, decoded."""
        return {
            size: Image.open(io.BytesIO(made))
            for size, made in self.sizes(name, data, role).items()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_photograph_has_three_sizes_and_a_fallback(desk: Desk) -> None:
    images = desk.images("bridge.jpg", samples.encoded(samples.ridges()))
    assert {name: (image.format, image.size) for name, image in images.items()} == {
        LARGE: ("WEBP", (1280, 800)),
        FALLBACK: ("JPEG", (1280, 800)),
        MEDIUM: ("WEBP", (720, 450)),
        SMALL: ("WEBP", (360, 225)),
    }


def test_no_size_is_larger_than_the_original(desk: Desk) -> None:
    images = desk.images("icon.png", samples.encoded(samples.ridges(300, 200), "PNG"))
    assert {image.size for image in images.values()} == {(300, 200)}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_lies_as_it_was_held(desk: Desk, orientation: int, format_: str) -> None:
    upright = samples.flat("white", (800, 1200))
    upright.paste("red", (0, 0, 400, 300))  # its upper left corner
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright
    if orientation != 1:
        stored = upright.transpose(Image.Transpose(undo[orientation]))
    options = {"exif": samples.telling_exif(orientation)}
    name = f"held.{'jpg' if format_ == 'JPEG' else format_.lower()}"
    images = desk.images(name, samples.encoded(stored, format_, **options))
    for image in images.values():
        assert image.height > image.width
        shown = image.convert("RGB")
        assert _is_near(shown.getpixel((10, 10)), (255, 0, 0), 12)
        assert _is_near(shown.getpixel((image.width - 10, 10)), (255, 255, 255), 12)
        assert _is_near(shown.getpixel((10, image.height - 10)), (255, 255, 255), 12)


class TestNothingIsTold:
    """Not a byte of the original's metadata is in any derivative."""

    SECRETS = (samples.LATITUDE, samples.SERIAL, samples.OWNER)

    @pytest.mark.parametrize("role", [PICTURE, OFFERED])
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    def test_every_segment_and_chunk_is_one_that_pixels_need(
        self, desk: Desk, format_: str, role: str
    ) -> None:
        options = {"exif": samples.telling_exif(6), "icc_profile": samples.swapped_profile()}
        if format_ == "JPEG":
            options["comment"] = samples.OWNER.encode()
        if format_ == "WEBP":
            options["xmp"] = f"<x>{samples.OWNER}</x>".encode()
        original = samples.encoded(samples.ridges(), format_, **options)
        assert samples.OWNER.encode() in original
        ending = "jpg" if format_ == "JPEG" else format_.lower()
        for data in desk.sizes(f"told.{ending}", original, role).values():
            assert not [secret for secret in self.SECRETS if secret.encode() in data]
            assert b"swapped" not in data
            assert parts_of(data) <= {
                *("SOI", "APP0 JFIF", "DQT", "SOF", "DHT", "SOS", "EOI"),
                *("IHDR", "IDAT", "IEND", "PLTE", "tRNS"),
                *("VP8 ", "VP8L", "VP8X", "ALPH"),
            }


def parts_of(data: bytes) -> set[str]:
    """The names of all segments of a JPEG or chunks of a PNG or WebP, to the last byte."""
    if data[:4] == b"RIFF":
        return _chunks(data, 12, "<", (8, 4), 0)
    if data[:4] == b"\x89PNG":
        return _chunks(data, 8, ">", (0, 4), 4)
    return _segments(data)


def _chunks(data: bytes, start: int, order: str, _unused: tuple[int, int], after: int) -> set[str]:
    names, offset = set(), start
    while offset < len(data):
        if order == ">":
            (length,) = struct.unpack_from(">I", data, offset)
            names.add(data[offset + 4 : offset + 8].decode())
        else:
            names.add(data[offset : offset + 4].decode())
            (length,) = struct.unpack_from("<I", data, offset + 4)
            length += length % 2
        offset += 8 + length + after
    assert offset == len(data), "bytes after the last chunk"
    return names


def _segments(data: bytes) -> set[str]:
    assert data[:2] == b"\xff\xd8"
    names, offset = {"SOI"}, 2
    while data[offset + 1] != 0xD9:
        marker = data[offset + 1]
        (length,) = struct.unpack_from(">H", data, offset + 2)
        if 0xE0 <= marker <= 0xEF:
            label = data[offset + 4 : offset + 2 + length].split(b"\0")[0].decode("latin-1")
            names.add(f"APP{marker - 0xE0} {label}")
        else:
            known = {0xDB: "DQT", 0xC4: "DHT", 0xDA: "SOS", 0xC0: "SOF", 0xC2: "SOF"}
            names.add(known.get(marker, f"{marker:02x}"))
        offset += 2 + length
        if marker == 0xDA:
            while data[offset] != 0xFF or data[offset + 1] in (0, *range(0xD0, 0xD8)):
                offset += 1
    assert offset + 2 == len(data), "bytes after the end of the picture"
    return names | {"EOI"}


class TestColours:
    """sRGB comes out, whatever came in."""

    def colours(self, desk: Desk, name: str, data: bytes) -> list[tuple[int, ...]]:
        made = desk.images(name, data)
        return [image.convert("RGB").getpixel((20, 20)) for image in made.values()]  # type: ignore[misc]

    def test_a_profile_is_followed(self, desk: Desk) -> None:
        options = {"icc_profile": samples.swapped_profile()}
        for name, format_ in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")):
            data = samples.encoded(samples.flat((250, 10, 10)), format_, **options)
            for red, green, _ in self.colours(desk, name, data):
                assert green > 200 > 60 > red

    def test_a_broken_profile_is_passed_over(self, desk: Desk) -> None:
        data = samples.encoded(samples.flat((250, 10, 10)), icc_profile=b"no profile at all")
        assert all(_is_near(c, (250, 10, 10), 6) for c in self.colours(desk, "a.jpg", data))

    @pytest.mark.parametrize(
        ("inks", "colour"),
        [
            ((0, 0, 0, 0), (255, 255, 255)),
            ((0, 255, 255, 0), (255, 0, 0)),
            ((255, 0, 255, 0), (0, 255, 0)),
            ((255, 255, 0, 0), (0, 0, 255)),
            ((0, 0, 0, 255), (0, 0, 0)),
            ((0, 0, 0, 128), (127, 127, 127)),
        ],
    )
    def test_printing_inks_become_what_they_print(
        self, desk: Desk, inks: tuple[int, ...], colour: tuple[int, ...]
    ) -> None:
        data = samples.encoded(samples.flat(inks, mode="CMYK"))
        assert all(_is_near(c, colour, 8) for c in self.colours(desk, "inks.jpg", data))

    @pytest.mark.parametrize("value", [0, 10_000, 40_000, 65_535])
    def test_sixteen_bits_become_eight_and_are_not_cut_off(self, desk: Desk, value: int) -> None:
        expected = (value >> 8,) * 3
        for colours, channels in ((0, 1), (2, 3), (4, 2), (6, 4)):
            pixel = [value] * channels
            if colours in (4, 6):
                pixel[-1] = 65_535
            row = b"\0" + struct.pack(f">{channels}H", *pixel) * 40
            data = samples.png(40, 40, 16, colours, row * 40)
            assert all(_is_near(c, expected, 3) for c in self.colours(desk, "deep.png", data))

    def test_transparency_stays_and_is_white_in_the_fallback(self, desk: Desk) -> None:
        image = samples.ridges(800, 500, "RGBA")
        image.putalpha(Image.linear_gradient("L").resize((800, 500)))
        made = desk.images("fog.png", samples.encoded(image, "PNG"))
        assert {made[name].mode for name in (LARGE, MEDIUM, SMALL)} == {"RGBA"}
        assert _is_near(made[FALLBACK].getpixel((400, 2)), (255, 255, 255), 12)

    def test_a_chart_of_few_colours_is_kept_without_loss(self, desk: Desk) -> None:
        chart = samples.flat("white", (700, 400))
        chart.paste((11, 85, 99), (50, 50, 200, 390))
        made = desk.images("chart.png", samples.encoded(chart, "PNG"))
        assert sorted(made[LARGE].convert("RGB").getcolors() or []) == sorted(
            chart.getcolors() or []
        )


@pytest.mark.parametrize("name", sorted(samples.UNFIT))
def test_an_unfit_picture_is_refused_by_name(desk: Desk, name: str) -> None:
    make, code = samples.UNFIT[name]
    facts, problems = desk.prepare(name, make())
    assert facts is None
    assert [(problem.file, problem.code) for problem in problems] == [(f"news/2026/{name}", code)]


@pytest.mark.parametrize("name", sorted(samples.REMARKED))
@pytest.mark.parametrize("role", [PICTURE, OFFERED])
def test_a_picture_that_is_changed_in_being_shown_is_shown_and_remarked_on(
    desk: Desk, name: str, role: str
) -> None:
    make, code = samples.REMARKED[name]
    for _ in ("made", "from the cache"):
        facts, problems = desk.prepare(name, make(), role)
        assert facts is not None
        assert [(p.file, p.code, p.severity) for p in problems] == [
            (f"news/2026/{name}", code, Severity.WARNING)
        ]
    images = desk.images(name, make(), role).values()
    assert {getattr(image, "n_frames", 1) for image in images} == {1}
    assert all(_is_near(i.convert("RGB").getpixel((20, 20)), (128, 0, 0), 128) for i in images)


def test_a_refused_picture_leaves_nothing_in_the_cache(desk: Desk) -> None:
    desk.prepare("cut-off.jpg", samples.UNFIT["cut-off.jpg"][0]())
    assert [path for path in desk.cache.rglob("*") if path.is_file()] == []


def test_a_drawing_keeps_its_shapes_and_loses_its_author(desk: Desk) -> None:
    (data,) = desk.sizes("ridges.svg", samples.PLAIN_SVG).values()
    assert data.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' width="120" height="80">\n\n'
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#0b5563"></stop>'
        "</linearGradient></defs>\n"
        '<path d="M0 60 L40 20 L80 60 Z" fill="url(#g)"></path>\n</svg>\n'
    )


def test_the_same_content_is_decoded_once(desk: Desk) -> None:
    data = samples.encoded(samples.ridges())
    desk.prepare("a.jpg", data)
    times = {path: path.stat().st_mtime_ns for path in desk.made.iterdir()}
    desk.prepare("b.jpg", data)
    assert {path: path.stat().st_mtime_ns for path in desk.made.iterdir()} == times


def _is_near(one: object, other: tuple[int, ...], tolerance: int) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))
