"""The API described for programs (OpenAPI 3.1), made from the same names that the service checks."""

from collections.abc import Mapping
from typing import Any, Final

from domain.languages import LANGUAGES
from search.documents import FILTERS, SORTS
from search.parameters import (
    API_PARAMETERS,
    DEFAULT_SIZE,
    LONGEST_NAME,
    MAX_PAGE,
    MAX_SIZE,
    SUGGEST_PARAMETERS,
)
from search.query import MAX_QUERY_CHARACTERS, MAX_QUERY_HAN
from search.suggestions import MOST_SUGGESTIONS

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": "integer", "minimum": 0}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_LANGUAGE: Final[Schema] = {"type": "string", "enum": [*LANGUAGES]}
_PARAMETERS: Final[Mapping[str, tuple[str, Schema]]] = {
    "q": (
        f"what to find; {MAX_QUERY_CHARACTERS} characters of it count, of Han {MAX_QUERY_HAN}",
        _TEXT,
    ),
    "lang": ("language of names in the answer, and preferred among translations", _LANGUAGE),
    "in": ("language of the text", _LANGUAGE),
    "year": ("year of the page", {"type": "string", "pattern": "^[0-9]{4}$"}),
    "issuer": (
        "name of an issuer, as documents give it",
        {"type": "string", "maxLength": LONGEST_NAME},
    ),
    "from": ("first day of publication", _DAY),
    "until": ("last day of publication", _DAY),
    "sort": ("order of the results", {"type": "string", "enum": [*SORTS], "default": SORTS[0]}),
    "literal": (
        "1: without synonyms, only pages with all of the words",
        {"type": "string", "enum": ["1"]},
    ),
    "page": (
        "page of the results",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
    ),
    "size": (
        "results on a page",
        {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE},
    ),
}


API_VERSION: Final = "1"
"""Raised with any change that a program could stumble over."""


def describe_api() -> dict[str, Any]:
    """The description of /api/."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Search of the portal",
            "version": API_VERSION,
            "description": "An unknown, repeated or wrong parameter is answered with 422.",
        },
        "paths": {
            "/api/search": _operation(
                "search", "pages that a query finds", API_PARAMETERS, _ANSWER
            ),
            "/api/suggest": _operation(
                "suggest", "what first letters may become", SUGGEST_PARAMETERS, _SUGGESTIONS
            ),
        },
    }


def _operation(name: str, summary: str, parameters: tuple[str, ...], answer: Schema) -> Schema:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [_parameter(each) for each in parameters],
            "responses": {
                "200": _response("the answer", answer),
                "422": _response("parameters that are wrong", _PROBLEMS),
                "429": _response("too many questions from one place; see Retry-After", _ERROR),
                "503": _response("the search is not available", _ERROR),
            },
        }
    }


def _parameter(name: str) -> Schema:
    # What is not described by itself is a filter by an id of the site's own lists.
    description, schema = _PARAMETERS.get(name, (f"an id of the site's lists: {name}", _TEXT))
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _response(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [*properties]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_VALUE: Final = _object(value=_TEXT, name=_TEXT, count=_NUMBER) | {
    "description": "one value of a filter, with the results that choosing it would give"
}
_VALUE["properties"]["chosen"] = {"type": "boolean"}
_RESULT: Final = _object(
    title=_TEXT,
    url=_TEXT,
    lang=_LANGUAGE,
    kind=_TEXT,
    date=_TEXT,
    number=_TEXT,
    validity=_TEXT,
    exact={"type": "boolean"},
    pinned={"type": "boolean"},
    snippet={"type": "string", "description": "HTML: escaped text with <mark>"},
    attachment=_or_null(_object(title=_TEXT, url=_TEXT)),
)
_ANSWER: Final = _object(
    query=_TEXT,
    total=_NUMBER,
    page=_NUMBER,
    pages=_NUMBER,
    results=_list(_RESULT),
    facets=_object(**{name: _list(_VALUE) for name in FILTERS}),
    loosened={"type": "boolean", "description": "pages with most of the words are there as well"},
    synonyms=_list(_object(word=_TEXT, also=_TEXT)),
    suggestion=_or_null(_TEXT),
)
_SUGGESTIONS: Final = _object(
    suggestions=_list(_object(text=_TEXT, lang=_LANGUAGE)) | {"maxItems": MOST_SUGGESTIONS}
)
_PROBLEMS: Final = _object(
    error=_TEXT, problems=_list(_object(parameter=_TEXT, code=_TEXT, message=_TEXT))
)
_ERROR: Final = _object(error=_TEXT, message=_TEXT)
