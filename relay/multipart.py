"""Reads multipart/form-data strictly, in memory: a form as a browser sends it, or a refusal.

No temporary file is ever written. A preamble, nested parts, transfer encodings and folded
headers, which no browser sends, are refused: attacks on lenient readers live there.
"""

import re
from dataclasses import dataclass

from relay.urlencoded import Fields, MalformedFormError, TooManyFieldsError

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([0-9A-Za-z\'()+_,./:=?-]{1,70}))')
_HEADERS_END = b"\r\n\r\n"
_LONGEST_HEADERS = 4096
_DISPOSITION = re.compile(
    r'form-data; name="(?P<field>[^"\r\n]*)"(?:; filename="(?P<file>[^"\r\n]*)")?', re.IGNORECASE
)
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: the field it is for, the name it was given, its bytes."""

    field_id: str
    name: str
    content: bytes


def read_boundary(content_type: str) -> bytes | None:
    """The boundary that a Content-Type of multipart/form-data names, None where it has none."""
    kind, _, parameters = content_type.partition(";")
    match = _BOUNDARY.fullmatch(parameters.strip())
    if kind.strip().lower() != "multipart/form-data" or match is None:
        return None
    return (match.group(1) or match.group(2)).encode("ascii", "replace")


def parse_multipart(
    body: bytes, boundary: bytes, max_fields: int, *, is_whole: bool = True
) -> tuple[Fields, list[Upload]]:
    """The fields in order, each with all its values, and the files.

    An input for files in which none was chosen gives no file. Of a body that was cut off
    (`is_whole` False), all parts that are complete. Raises TooManyFieldsError and MalformedFormError.
    """
    delimiter = b"--" + boundary
    if not body.startswith(delimiter + b"\r\n"):
        raise MalformedFormError("the body does not begin with its boundary")
    fields: Fields = {}
    uploads: list[Upload] = []
    start, count = len(delimiter) + 2, 0
    while True:
        end = body.find(b"\r\n" + delimiter, start)
        if end < 0:
            if is_whole:
                raise MalformedFormError("the last boundary is missing")
            return fields, uploads
        count += 1
        if count > max_fields:
            raise TooManyFieldsError(f"more than {max_fields} parts")
        _take_part(body, start, end, fields, uploads)
        after = end + 2 + len(delimiter)
        if body[after : after + 2] == b"--":
            if body[after + 2 :] not in (b"", b"\r\n"):
                raise MalformedFormError("something follows the last boundary")
            return fields, uploads
        if body[after : after + 2] != b"\r\n":
            raise MalformedFormError("a boundary is followed by something")
        start = after + 2


def _take_part(body: bytes, start: int, end: int, fields: Fields, uploads: list[Upload]) -> None:
    head_end = body.find(_HEADERS_END, start, min(end, start + _LONGEST_HEADERS))
    if head_end < 0:
        raise MalformedFormError("the headers of a part do not end")
    field_id, file_name = _read_headers(body[start:head_end])
    content = body[head_end + len(_HEADERS_END) : end]
    if file_name is None:
        fields.setdefault(field_id, []).append(_decode(content))
    elif file_name or content:
        uploads.append(Upload(field_id, file_name, content))


def _read_headers(head: bytes) -> tuple[str, str | None]:
    """The names of the field and of the file (None where the part is no file)."""
    found: dict[str, str] = {}
    for line in _decode(head).split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name.lower() in found or name != name.strip():
            raise MalformedFormError("a header of a part cannot be read")
        found[name.lower()] = value.strip()
    if not found.keys() <= {"content-disposition", "content-type"}:
        raise MalformedFormError("a header that no browser sends")
    match = _DISPOSITION.fullmatch(found.get("content-disposition", ""))
    if match is None or not match["field"]:
        raise MalformedFormError("a part has no name")
    file_name = match["file"]
    return _unescape(match["field"]), None if file_name is None else _unescape(file_name)


def _unescape(name: str) -> str:
    for escaped, character in _ESCAPES.items():
        name = name.replace(escaped, character)
    return name


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        # The error would quote the text.
        raise MalformedFormError("not UTF-8") from None
