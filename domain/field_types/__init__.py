"""Parsers of values for domain.fields: texts, dates, numbers, choices, references, lists.

Each takes the key's name, its node and the report, and returns the value, or None after
reporting what is wrong.
"""

from domain.field_types.compounds import by_language, list_of, mapping_of, record, texts
from domain.field_types.numbers import day, moment, number, timezone, whole_number
from domain.field_types.places import email, folder_pattern, link, phone, web_address
from domain.field_types.texts import MAX_TEXT, choice, identifier, reference, text, yes_no

__all__ = [
    "MAX_TEXT",
    "by_language",
    "choice",
    "day",
    "email",
    "folder_pattern",
    "identifier",
    "link",
    "list_of",
    "mapping_of",
    "moment",
    "number",
    "phone",
    "record",
    "reference",
    "text",
    "texts",
    "timezone",
    "web_address",
    "whole_number",
    "yes_no",
]
