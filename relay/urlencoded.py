"""Reads application/x-www-form-urlencoded strictly: a form as a browser sends it, or a refusal.

Lenient readers guess; what they guess differs between a proxy and us, and attacks live there.
"""

import re
from urllib.parse import unquote_to_bytes

Fields = dict[str, list[str]]

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class MalformedFormError(Exception):
    """The body is not a form that a browser sends."""


class TooManyFieldsError(Exception):
    """The body has more fields than any form of ours."""


def parse_urlencoded(body: bytes, max_fields: int) -> Fields:
    """The fields in order, each name with all its values.

    Raises TooManyFieldsError before anything is split, MalformedFormError for a part without
    a name and "=", a broken escape, or bytes that are not UTF-8.
    """
    if body.count(b"&") >= max_fields:
        raise TooManyFieldsError(f"more than {max_fields} fields")
    fields: Fields = {}
    for part in body.split(b"&") if body else []:
        name, equals, value = part.partition(b"=")
        if not name or not equals:
            raise MalformedFormError("a field has no name or no value")
        fields.setdefault(_decode(name), []).append(_decode(value))
    return fields


def _decode(encoded: bytes) -> str:
    if _BAD_ESCAPE.search(encoded):
        raise MalformedFormError("a broken escape")
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        # The error would quote the text.
        raise MalformedFormError("not UTF-8") from None
