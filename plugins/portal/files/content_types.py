"""The type of a file by its content: the first bytes, and for containers what is in them.

Only types that a government offers for download or shows; the rest is "" and told by its name.
"""

from __future__ import annotations

import io
import zipfile

_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"8BPS", "PSD"),
    (b"{\\rtf", "RTF"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1a\x45\xdf\xa3", "WEBM"),
    (b"ID3", "MP3"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_BOXES = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"), "MP4"),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (("WordDocument", "DOC"), ("Workbook", "XLS"), ("PowerPoint Document", "PPT"))
_ZIP_PARTS = (("word/", "DOCX"), ("xl/", "XLSX"), ("ppt/", "PPTX"), ("OFD.xml", "OFD"))
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
}
_MOST_ENTRIES = 5_000

#: Types that a name promises, by its ending; other endings promise nothing.
PROMISED = {
    **{name: name.upper() for name in ("pdf", "png", "gif", "bmp", "rtf", "rar", "7z", "mp4")},
    **{name: name.upper() for name in ("docx", "xlsx", "pptx", "odt", "ods", "odp", "ofd")},
    **{name: name.upper() for name in ("doc", "xls", "ppt", "zip", "webp", "svg", "avif", "heic")},
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "tif": "TIFF",
    "tiff": "TIFF",
    "webm": "WEBM",
    "mp3": "MP3",
    **{name: name.upper() for name in ("txt", "csv", "json", "xml", "md", "vtt")},
    "html": "HTML",
    "htm": "HTML",
}
TEXTS = frozenset({"TXT", "CSV", "JSON", "XML", "MD", "VTT", "HTML", "SVG"})
RASTERS = frozenset({"JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIC", "PSD"})


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, "" for none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def promised_type(name: str) -> str:
    """The type that a name promises by its ending, "" where it promises none."""
    return PROMISED.get(ending_of(name), "")


def find_type(data: bytes) -> str:
    """The type that the bytes are of; "text" for any text but SVG and HTML, "" for others."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _BOXES.get(data[8:12], "MP4")
    if data.startswith(b"PK\x03\x04"):
        return _find_zip_type(data)
    if data.startswith(_OLE):
        return _find_ole_type(data)
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "MP3"
    return _find_text_type(data)


def is_as_promised(promised: str, found: str) -> bool:
    """Whether a file of the type found may bear a name that promises `promised`."""
    if promised in TEXTS:
        # A page of text may look like HTML to us and be meant as text: both are only read.
        return found in ("text", "HTML", "SVG") if promised != "SVG" else found == "SVG"
    return not promised or promised == found


def _find_zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[:_MOST_ENTRIES]
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < 100:
                stated = archive.read("mimetype").decode("ascii", "replace").strip()
                return _OPEN_DOCUMENTS.get(stated, "ZIP")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return "broken ZIP"
    for part, name in _ZIP_PARTS:
        if any(entry.startswith(part) for entry in names):
            return name
    return "ZIP"


def _find_ole_type(data: bytes) -> str:
    """Old office files name their streams in UTF-16."""
    for stream, name in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return name
    return "OLE"


def _find_text_type(data: bytes) -> str:
    start = data[:4_096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\0" in start:
        return ""
    words = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if words.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if b"<svg" in words and words.startswith(b"<"):
        return "SVG"
    return "text"
