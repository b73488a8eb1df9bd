"""How many pages a file has."""

from __future__ import annotations

import io
import logging
import struct

from domain.fields import Report

_MOST_PAGES = 100_000


def count_pages(data: bytes, report: Report) -> int:
    """The pages of a PDF; 0 after a problem."""
    # Only here: a build without a new PDF need not load it.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it complains of is our problem
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            _report_encrypted(report)
            return 0
        pages = reader.get_num_pages()
    except DependencyError:
        _report_encrypted(report)
        return 0
    except Exception as error:  # noqa: BLE001
        # A damaged file makes the library raise whatever its parts do; for an editor it is one thing.
        _report_unreadable(f"the PDF cannot be read ({type(error).__name__})", report)
        return 0
    if not 0 < pages <= _MOST_PAGES:
        _report_unreadable("the PDF has no pages", report)
        return 0
    return pages


def _report_encrypted(report: Report) -> None:
    report.add(
        0,
        "attachment-encrypted",
        "the PDF is encrypted",
        "Readers would be asked for a password, programs that read aloud would be shut out, and "
        "nobody could check what it publishes.",
        "Save it without a password and without restrictions.",
    )


def _report_unreadable(what: str, report: Report) -> None:
    report.add(
        0,
        "attachment-unreadable",
        what,
        "Readers would download a file that does not open.",
        "Export it from the program it was written in again.",
    )


def count_tiff_pages(data: bytes) -> int:
    """The pages that a TIFF chains together; at least 1."""
    order = "<" if data[:2] == b"II" else ">"
    pages, seen, offset = 0, set[int](), _number(data, 4, f"{order}I")
    while 0 < offset < len(data) and offset not in seen and pages < _MOST_PAGES:
        seen.add(offset)
        pages += 1
        entries = _number(data, offset, f"{order}H")
        offset = _number(data, offset + 2 + 12 * entries, f"{order}I")
    return max(1, pages)


def _number(data: bytes, offset: int, form: str) -> int:
    try:
        return int(struct.unpack_from(form, data, offset)[0])
    except struct.error:
        return 0
