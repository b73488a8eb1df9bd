"""What a person wrote, taken out of a post that is refused: so that nobody has to write it again.

Lenient where the readers of posts are strict, since nothing here is stored: it is shown on the
page of the refusal, and goes through the strict reader when it is sent from there.
"""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

from relay.urlencoded import Fields

_MOST_PARTS = 1_000
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_NAME = re.compile(rb'name="([^"\r\n]{1,100})"')


def salvage_fields(body: bytes, names: Collection[str], most_bytes: int) -> Fields:
    """The texts of these fields as far as they can be read, each name once.

    Of a body longer than `most_bytes` only the beginning: what is shown must fit when it is sent.
    """
    body = body[:most_bytes]
    # What a browser sends as urlencoded has no such bytes, whatever was written.
    parts = _parts(body) if b'form-data; name="' in body else _pairs(body)
    found: Fields = {}
    for name, content in parts:
        text = _INVISIBLE.sub("", _read(content))
        if name in names and name not in found and text.strip():
            found[name] = [text]
    return found


def _pairs(body: bytes) -> Iterator[tuple[str, bytes]]:
    for pair in body.split(b"&", _MOST_PARTS)[:_MOST_PARTS]:
        name, _, value = pair.partition(b"=")
        yield _read(_unquote(name)), _unquote(value)


def _parts(body: bytes) -> Iterator[tuple[str, bytes]]:
    for part in body.split(b"\r\n--", _MOST_PARTS)[:_MOST_PARTS]:
        head, _, content = part.partition(b"\r\n\r\n")
        match = _NAME.search(head[:4096])
        if match is not None and b"filename" not in head:
            yield _read(match.group(1)), content


def _unquote(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def _read(content: bytes) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    # A character that was cut in two, most likely: the rest is right.
    return content.decode("utf-8", "ignore")
