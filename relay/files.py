"""Files that citizens send along: what each really is, and a name that harms nobody.

A file is judged by the end of its name, its first bytes and what holds it together, and
never by what the browser says of it. Nothing is unpacked: a container is judged by its list.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.forms import FILE_MEGABYTES, Field, FieldError
from domain.languages import text_in
from relay.multipart import Upload

FILE_REQUIRED = "Choose a file: %(label)s"
TOO_MANY_FILES = "%(label)s: at most %(max)s files can be sent"
FILE_TOO_LARGE = "%(name)s is larger than %(max)s MB; please send a smaller one"
FILES_TOO_LARGE = "Your files are too large together; please choose smaller or fewer ones"
FILE_EMPTY = "%(name)s is empty; please choose the file again"
FILE_KIND = "%(name)s cannot be sent; these can: %(kinds)s"
FILE_NOT_ITS_KIND = (
    "%(name)s is not what its name says, or is damaged; please save it anew as one of: %(kinds)s"
)
FILE_MACROS = "%(name)s has programs (macros) or another document in it; please save it without them, or as PDF"

MESSAGES = (
    FILE_REQUIRED,
    TOO_MANY_FILES,
    FILE_TOO_LARGE,
    FILES_TOO_LARGE,
    FILE_EMPTY,
    FILE_KIND,
    FILE_NOT_ITS_KIND,
    FILE_MACROS,
)
"""Every message, for translation."""

MOST_BYTES = FILE_MEGABYTES * 1_048_576
LONGEST_NAME = 100
_MOST_MEMBERS = 2_000
_MOST_UNPACKED_BYTES = 100 * 1_048_576
_MOST_PIXELS = 100_000_000
_TAIL_BYTES = 65_557
_ENDINGS = {"jpeg": "jpg"}
_STATUS = {
    FILE_TOO_LARGE: 413,
    FILES_TOO_LARGE: 413,
    FILE_KIND: 415,
    FILE_NOT_ITS_KIND: 415,
    FILE_MACROS: 415,
}
_MAIN_MEMBERS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_ACTIVE_MEMBER = re.compile(
    r"vbaProject|/embeddings/|/activeX/|\.(?:exe|dll|js|vbs)$", re.IGNORECASE
)
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that can be taken: a clean name, its kind, its bytes as they came."""

    name: str
    kind: str
    content: bytes


class _RefusedFileError(Exception):
    """A file that cannot be taken; never leaves this module."""

    def __init__(self, message_id: str) -> None:
        super().__init__(message_id)
        self.message_id = message_id


def check_files(
    asked: Field, uploads: Sequence[Upload], lang: str
) -> tuple[list[SentFile], list[FieldError]]:
    """The files that can be taken, in order, and an error for each that cannot."""
    label = text_in(asked.label, lang, "zh")[0]
    given = [upload for upload in uploads if upload.field_id == asked.id]
    if asked.required and not given:
        return [], [FieldError(asked.id, FILE_REQUIRED, {"label": label})]
    most = asked.max or 0
    if len(given) > most:
        return [], [FieldError(asked.id, TOO_MANY_FILES, {"label": label, "max": most})]
    files: list[SentFile] = []
    errors: list[FieldError] = []
    for upload in given:
        name = clean_name(upload.name)
        try:
            files.append(SentFile(name, _kind_of(upload, asked.accept), upload.content))
        except _RefusedFileError as refused:
            kinds = ", ".join(asked.accept).upper()
            params: dict[str, str | int] = {"name": name, "max": FILE_MEGABYTES, "kinds": kinds}
            errors.append(FieldError(asked.id, refused.message_id, params))
    return files, errors


def status_of(errors: Sequence[FieldError]) -> int:
    """What to answer to these errors: 413, 415 or 422, that of the first."""
    return _STATUS.get(errors[0].message_id, 422)


def clean_name(name: str) -> str:
    """The last part of the name without what is invisible or has a meaning to some system."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(
        c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    plain = " ".join(_NOT_IN_NAMES.sub("_", visible).split()).strip(". ")
    stem, point, ending = plain.rpartition(".")
    if not point:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending[:10]) - 1]}.{ending[:10]}"


def _kind_of(upload: Upload, accepted: Sequence[str]) -> str:
    """The file's kind. Raises _RefusedFileError where it is not surely one of the accepted."""
    ending = clean_name(upload.name).rpartition(".")[2].lower()
    kind = _ENDINGS.get(ending, ending)
    if kind not in accepted:
        raise _RefusedFileError(FILE_KIND)
    if not upload.content:
        raise _RefusedFileError(FILE_EMPTY)
    if len(upload.content) > MOST_BYTES:
        raise _RefusedFileError(FILE_TOO_LARGE)
    if not _IS_KIND[kind](upload.content):
        raise _RefusedFileError(FILE_NOT_ITS_KIND)
    return kind


def _is_pdf(content: bytes) -> bool:
    return (
        content.startswith(b"%PDF-")
        and b"%%EOF" in content[-2048:]
        and not _is_also_archive(content)
    )


def _is_image(content: bytes, start: bytes, name: str) -> bool:
    # Loaded for the rare picture: it is large.
    from PIL import Image, UnidentifiedImageError

    if not content.startswith(start) or b"%PDF-" in content[:1024] or _is_also_archive(content):
        return False
    try:
        with Image.open(io.BytesIO(content), formats=[name]) as image:
            width, height = image.size
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return width * height <= _MOST_PIXELS


def _is_also_archive(content: bytes) -> bool:
    """Whether a reader of ZIP, who looks at the end, would open it."""
    return b"PK\x05\x06" in content[-_TAIL_BYTES:]


def _is_text(content: bytes) -> bool:
    if b"\0" in content or content.startswith((b"MZ", b"%PDF-", b"PK\x03\x04")):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_office(content: bytes, kind: str) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            members = container.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return False
    names = {member.filename for member in members}
    if any(_ACTIVE_MEMBER.search(name) for name in names):
        raise _RefusedFileError(FILE_MACROS)
    return (
        {"[Content_Types].xml", _MAIN_MEMBERS[kind]} <= names
        and len(names) == len(members) <= _MOST_MEMBERS
        and sum(member.file_size for member in members) <= _MOST_UNPACKED_BYTES
        # Members that lie upon one another unpack to more than the list says.
        and sum(member.compress_size for member in members) <= len(content)
        and not any(member.flag_bits & 1 for member in members)
    )


_IS_KIND: Mapping[str, Callable[[bytes], bool]] = {
    "pdf": _is_pdf,
    "jpg": lambda content: _is_image(content, b"\xff\xd8\xff", "JPEG"),
    "png": lambda content: _is_image(content, b"\x89PNG\r\n\x1a\n", "PNG"),
    "docx": lambda content: _is_office(content, "docx"),
    "xlsx": lambda content: _is_office(content, "xlsx"),
    "txt": _is_text,
}
