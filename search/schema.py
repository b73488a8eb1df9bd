# Whoosh tells no types; everything that leaves this module is typed.
# mypy: allow-untyped-calls
"""Schema: how an analysed document lies in a Whoosh index. Part of the guard, used by it alone.

Schema, fields and formats are pickled into the index by class name: the classes here keep their
names and their module, and with any change search.indexing.SCHEMA_VERSION is raised.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from whoosh import columns, fields, formats

from search.documents import FILTERS, TEXT_FIELDS, AnalysedDocument

_NARROW_LIMIT: Final = 0x10000


class PackedPositions(formats.Format):
    """Positions as an array of 16-bit numbers, or of 32-bit ones after one byte of padding.

    Whoosh's own format pickles them one posting at a time, which costs more than all the rest
    of reading a posting; these bytes are looked into only when a phrase is checked.
    """

    def __init__(self) -> None:
        super().__init__()
        self.posting_size = -1

    def fixed_value_size(self) -> int:
        """Values differ in size."""
        return -1

    def supports(self, name: str) -> bool:
        """Whoosh asks before it decodes; nothing of it decodes these."""
        return name == "packed_positions"

    @staticmethod
    def encode(positions: list[int]) -> bytes:
        """The bytes of ascending positions."""
        is_narrow = positions[-1] < _NARROW_LIMIT
        packed = array("H" if is_narrow else "I", positions)
        if sys.byteorder == "big":
            packed.byteswap()
        return packed.tobytes() if is_narrow else b"\0" + packed.tobytes()

    @staticmethod
    def decode(value: bytes) -> "array[int]":
        """The positions in these bytes."""
        is_wide = len(value) % 2 == 1
        packed = array("I" if is_wide else "H", value[1:] if is_wide else value)
        if sys.byteorder == "big":
            packed.byteswap()
        return packed


class TermsField(fields.FieldType):
    """A field whose value is a mapping of terms to positions: analysis is done before."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), None, scorable=False, stored=False)

    def index(self, value: Mapping[str, list[int]], **_: object) -> Iterator[Any]:
        """Term bytes, frequency, weight and packed positions."""
        for term, positions in value.items():
            count = len(positions)
            yield term.encode(), count, float(count), PackedPositions.encode(positions)


class ValuesField(fields.FieldType):
    """A field whose value is a sequence of names that are matched whole."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None, scorable=False, stored=False)

    def index(self, value: Iterable[str], **_: object) -> Iterator[Any]:
        """Each name once, with no more than that it is there."""
        for name in value:
            yield name.encode(), 1, 1.0, b""


def filter_field(name: str) -> str:
    """Name of the engine's field for one of FILTERS."""
    return f"by_{name}"


def length_field(name: str) -> str:
    """Name of the column with the number of terms in one of TEXT_FIELDS."""
    return f"length_{name}"


def make_schema() -> fields.Schema:
    """The engine's fields: terms with positions, filter values, columns, the stored row."""
    schema = fields.Schema()
    schema.add("key", ValuesField())
    schema.add("whole_title", ValuesField())
    schema.add("whole_number", ValuesField())
    schema.add("whole_index", ValuesField())
    schema.add("order_number", fields.COLUMN(columns.VarBytesColumn()))
    schema.add("stored", fields.STORED())
    schema.add("key_column", fields.COLUMN(columns.VarBytesColumn()))
    schema.add("title_column", fields.COLUMN(columns.VarBytesColumn()))
    schema.add("stamp", fields.COLUMN(columns.NumericColumn("I")))
    for name in TEXT_FIELDS:
        schema.add(name, TermsField())
        schema.add(length_field(name), fields.COLUMN(columns.NumericColumn("I")))
    for name in FILTERS:
        schema.add(filter_field(name), ValuesField())
    return schema


def as_fields(document: AnalysedDocument) -> dict[str, object]:
    """The document as the writer takes it."""
    values: dict[str, object] = {
        "key": (document.key,),
        "key_column": document.key.encode(),
        "title_column": document.title.encode(),
        "whole_title": (document.whole_title,) if document.whole_title else (),
        "whole_number": (document.whole_number,) if document.whole_number else (),
        "whole_index": (document.whole_index,) if document.whole_index else (),
        "order_number": document.order_number.encode(),
        "stored": document.stored,
        "stamp": document.stamp,
    }
    for name in TEXT_FIELDS:
        values[name] = document.texts[name]
        values[length_field(name)] = document.length(name)
    for name in FILTERS:
        values[filter_field(name)] = document.filters[name]
    return values
