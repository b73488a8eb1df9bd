"""References and query codes: how a person names a letter, and proves that it is theirs.

The reference is public and random, so that a restored backup can never issue one twice.
The query code is computed from the letter's id under a key, so nothing to steal is stored.
Both use Crockford's alphabet, which has no I, L, O or U.
"""

import os
import re
import secrets
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_SUFFIX_LENGTH = 5
_REFERENCE = re.compile(rf"\b[A-Z]{{1,8}}-[0-9]{{8}}-[{ALPHABET}]{{{_SUFFIX_LENGTH}}}\b")
_LOOKALIKES = str.maketrans("OIL", "011")


def draw_reference(prefix: str, day: date) -> str:
    """A new reference such as LX-20261112-7K3QD; the caller checks that it is free."""
    suffix = _in_alphabet(secrets.randbits(5 * _SUFFIX_LENGTH), _SUFFIX_LENGTH)
    return f"{prefix}-{day:%Y%m%d}-{suffix}"


def make_mail_id(now: int) -> str:
    """A new id of a mail: 26 characters that sort by time, never used before."""
    number = int.from_bytes(now.to_bytes(6, "big") + os.urandom(10), "big")
    return _in_alphabet(number, 26).lower()


def parse_reference(typed: str) -> str | None:
    """The reference that a person meant, or None: case, spaces and O for 0 are forgiven."""
    parts = re.sub(r"[\s‐-―－]+", "-", typed.strip().upper()).split("-")
    if len(parts) != 3:
        return None
    reference = f"{parts[0]}-{parts[1].translate(_LOOKALIKES)}-{parts[2].translate(_LOOKALIKES)}"
    return reference if _REFERENCE.fullmatch(reference) else None


def find_reference(page: str) -> str | None:
    """The first reference in a text."""
    found = _REFERENCE.search(page)
    return found.group() if found else None


def make_query_code(mac: bytes) -> str:
    """The 16 characters for a MAC of at least 10 bytes: 75 bits of it and a check character."""
    number = int.from_bytes(mac[:10], "big") >> 5
    body = _in_alphabet(number, CODE_LENGTH - 1)
    return body + _check_character(body)


def parse_query_code(typed: str) -> str | None:
    """The code that a person typed, without its gaps, or None where it must be mistyped."""
    code = re.sub(r"[\s‐-―－-]+", "", typed).upper().translate(_LOOKALIKES)
    if len(code) != CODE_LENGTH or any(character not in ALPHABET for character in code):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def show_query_code(code: str) -> str:
    """The code in groups of four, as it is shown and read out: 7K3Q-D0ZN-4V8M-2X1C."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def _check_character(body: str) -> str:
    # Odd weights have an inverse modulo 32, so any one wrong character changes the sum.
    weighted = (ALPHABET.index(one) * (2 * place + 1) for place, one in enumerate(body))
    return ALPHABET[sum(weighted) % 32]


def _in_alphabet(number: int, length: int) -> str:
    """The lowest 5 bits of the number for each of so many characters, the highest first."""
    return "".join([ALPHABET[(number >> shift) & 31] for shift in range(5 * length - 5, -1, -5)])
