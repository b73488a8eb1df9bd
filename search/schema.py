# Whoosh tells no types; everything that leaves this module is typed.
# mypy: allow-untyped-calls
"""Schema: what of an index Whoosh pickles. Part of the guard, used by it alone.

Schema, segments and codec are pickled into the index by class name: what is named here keeps its
name and its module, and with any change search.indexing.SCHEMA_VERSION is raised.
"""

from typing import Any

from whoosh import fields
from whoosh.codec.whoosh3 import W3Codec, W3Segment

from search.segments import FIELDS


class ColumnsCodec(W3Codec):
    """Says of a segment that its content lies in columns (search/segments.py)."""


def make_schema() -> fields.Schema:
    """A field for each of FIELDS."""
    schema = fields.Schema()
    for name in FIELDS:
        schema.add(name, fields.ID())
    return schema


def new_segment(index_name: str, size: int) -> Any:
    """A segment of Whoosh with a name of its own and so many documents."""
    return W3Segment(ColumnsCodec(), index_name, size)
