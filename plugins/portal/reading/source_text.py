"""From bytes to text: encoding, line ends, control characters, and what a path may look like."""

from __future__ import annotations

import codecs
import re

from domain.fields import Report
from domain.problems import quoted

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_CONTROL_IN_PATH = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WHY_PATH = "The path becomes an address, which readers and other systems must be able to write."


def decode_source(data: bytes, report: Report) -> str | None:
    """The text with "\\n" as line end and no byte order mark; None when it is not UTF-8."""
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        _report_encoding(data, error.start, report)
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _CONTROL.search(text) if _may_have_control(data) else None
    if match:
        report.add(
            text.count("\n", 0, match.start()) + 1,
            "text-control-character",
            f"the control character {quoted(match.group())} stands in the text",
            "It is invisible to you, and browsers and feeds may refuse the page for it.",
            "Delete it; if you cannot see it, write the words around it anew.",
        )
        return _CONTROL.sub("", text)
    return text


def _may_have_control(data: bytes) -> bool:
    """Whether the pattern may find one in the text of these bytes, in a quarter of its time."""
    return len(data.translate(None, _CONTROL_BYTES)) < len(data) or b"\xef\xbf" in data


def _report_encoding(data: bytes, offset: int, report: Report) -> None:
    guess = _guess_encoding(data)
    report.add(
        data.count(b"\n", 0, offset) + 1,
        "file-encoding",
        f"the byte 0x{data[offset]:02x} at offset {offset} is not UTF-8",
        "Characters in another encoding would reach readers as garbage.",
        f"The file is likely {guess}: open it as {guess} and save it as UTF-8."
        if guess
        else "Save the file as UTF-8 (in many editors: Save with encoding).",
    )


def _guess_encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    for name, codec in (("GBK", "gbk"), ("GB18030", "gb18030"), ("Big5", "big5")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return name
    return ""


def check_source_path(
    source: str, size: int, max_depth: int, max_bytes: int, *, is_text: bool = True
) -> Report:
    """What is wrong with a file before it is opened: its path and its size."""
    report = Report(source)
    parts = source.split("/")
    if _CONTROL_IN_PATH.search(source):
        report.add(
            0,
            "path-control-character",
            f"the path {quoted(source)} has a control character in it",
            _WHY_PATH,
            "Rename the file or folder without it.",
        )
    if source.startswith("/") or "\\" in source or any(part in ("", ".", "..") for part in parts):
        report.add(
            0,
            "path-outside",
            f"the path {quoted(source)} does not lead straight into the content folder",
            "A file from elsewhere could be published without anyone having meant it.",
            "Put the file into its column's folder and name it without .. and backslash.",
        )
    if len(parts) > max_depth:
        report.add(
            0,
            "path-depth",
            f"the file lies {len(parts)} levels deep, more than {max_depth}",
            "Addresses this deep are cut off by mail programs and refused by some browsers.",
            "Move it up: column/year/name.md is all that is needed.",
        )
    if size > max_bytes:
        report.add(
            0,
            "file-size",
            f"the file has {size:,} bytes, more than {max_bytes:,}",
            "A page of this size does not load on the slow lines in the mountains.",
            "Divide the text, or attach it as a file; the limit is max_bytes in site.yaml."
            if is_text
            else "Save it smaller, or divide it; the limit is max_file_bytes in site.yaml.",
        )
    return report
