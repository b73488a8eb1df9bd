"""CSV that spreadsheet programs read as it is meant: open data of the build, results of the search."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

_BYTE_ORDER_MARK = "\ufeff"  # spreadsheet programs take a file without it for another encoding
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+%?")


def csv_text(keys: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as RFC 4180 has it, with a byte order mark, below a header of the keys."""
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(keys)
    writer.writerows([safe_cell(row.get(key, "")) for key in keys] for row in rows)
    return text.getvalue()


def safe_cell(value: str) -> str:
    """The value so that no spreadsheet program takes it for a formula; numbers stay numbers."""
    if value.startswith(_ACTIVE) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
