"""Files are what their bytes say; names only promise."""

import io
import zipfile

import pytest

from plugins.portal.files.content_types import find_type, is_as_promised, promised_type
from tests.files import samples


def archive(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64
WRITER = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml"), "DOCX"),
        ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml"), "XLSX"),
        ("a.pptx", archive("[Content_Types].xml", "ppt/presentation.xml"), "PPTX"),
        ("a.ofd", archive("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        ("a.odt", archive("content.xml", mimetype=WRITER), "ODT"),
        ("a.zip", archive("a.txt"), "ZIP"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "DOC"),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "XLS"),
        ("a.csv", "项目,元\n甲,1\n".encode(), "text"),
        ("a.csv", "项目,元\n甲,1\n".encode("gb18030"), "text"),
        ("a.txt", "文".encode("utf-16"), "text"),
        ("a.mp4", b"\0\0\0\x20ftypisom" + b"\0" * 20, "MP4"),
        ("a.jpg", samples.encoded(samples.flat("red")), "JPEG"),
        ("a.svg", samples.PLAIN_SVG, "SVG"),
    ],
)
def test_a_sound_file_is_as_promised(name: str, data: bytes, found: str) -> None:
    assert find_type(data) == found
    assert is_as_promised(promised_type(name), found)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.pdf", b"<!doctype html><title>x</title>", "HTML"),
        ("a.pdf", archive("word/document.xml"), "DOCX"),
        ("a.docx", archive("a.txt"), "ZIP"),
        ("a.docx", b"PK\x03\x04 cut off", "broken ZIP"),
        ("a.csv", archive("xl/workbook.xml"), "XLSX"),
        ("a.txt", b"MZ\x90\0", "program"),
        ("a.csv", b"a,b\0c", ""),
        ("a.mp4", b"", "text"),
    ],
)
def test_a_disguised_file_is_not(name: str, data: bytes, found: str) -> None:
    assert find_type(data) == found
    assert not is_as_promised(promised_type(name), found)


def test_a_name_without_a_known_ending_promises_nothing() -> None:
    assert [promised_type(name) for name in ("README", ".pdf", "a.shp", "年报")] == [""] * 4
