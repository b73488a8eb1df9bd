"""The relay's addresses described for programs (OpenAPI 3.1), from the forms of a build.

Pages are for people; the description is for those who test or guard them: what may be sent
where, and with which answers to reckon. `python -m relay describe` prints it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from domain.forms import CONSENT_VALUE, Field, Form
from domain.languages import LANGUAGES
from relay.pages import REFUSALS

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_LANGUAGE: Final[Schema] = {"type": "string", "enum": [*LANGUAGES]}
_MEANINGS: Final[Mapping[int, str]] = {
    200: "a page",
    303: "leads on to another page",
    409: "the token has sent another letter, or somebody acted meanwhile",
    410: "the link or receipt is too old",
    **{status: problem.heading for status, problem in REFUSALS.items() if status != 500},
}
_REFUSED: Final = (400, 403, 404, 408, 413, 415, 422)
_FORM_TYPE, _FILES_TYPE = "application/x-www-form-urlencoded", "multipart/form-data"


def describe_api(forms: Iterable[Form]) -> Schema:
    """The description of all addresses, with a check and a submit for each form."""
    paths: dict[str, Schema] = {}
    for form in forms:
        paths |= _form_paths(form)
    look_up = _body({"reference": _TEXT, "code": _TEXT, "act": _TEXT})
    act = _body({"act": _TEXT, "reply": _TEXT, "department": _TEXT, "file": _TEXT, "parked": _TEXT})
    paths |= {
        "/{lang}/relay/status": {
            "get": _operation("the form to look a letter up", ["lang"], (200, 404)),
            "post": _operation(
                "how far a letter has come", ["lang"], (200, *_REFUSED, 409, 429, 503), look_up
            ),
        },
        "/{lang}/relay/receipt/{sealed}": {
            "get": _operation("a receipt", ["lang", "sealed"], (200, 404, 410, 503)),
        },
        "/{lang}/relay/staff/{link}": {
            "get": _operation("a letter for staff", ["lang", "link"], (200, 404, 409, 410, 503)),
            "post": _operation(
                "an act of staff",
                ["lang", "link"],
                (200, 303, *_REFUSED, 409, 410, 429, 503),
                act,
            ),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Form relay of the portal",
            "version": "1",
            "description": "Every answer is a page in the language of its address.",
        },
        "paths": paths,
    }


def _form_paths(form: Form) -> dict[str, Schema]:
    answers = {field.id: _answer(field) for field in form.fields if field.type != "file"}
    needed = [field.id for field in form.fields if field.required and field.type != "file"]
    check = _body({**answers, "website": _TEXT, "_step": _TEXT}, needed)
    submit = _body({**answers, "_token": _TEXT}, [*needed, "_token"])
    file = form.file_field
    if file is not None:
        parts = {**answers, "_token": _TEXT, file.id: {**_TEXT, "format": "binary"}}
        submit["content"] |= _body(parts, [*needed, "_token"], _FILES_TYPE)["content"]
    at = f"/{{lang}}/relay/{form.id}"
    lead = _operation("leads to the form", ["lang"], (303, 404))
    return {
        f"{at}/check": {
            "get": lead,
            "post": _operation(
                f"{form.id}: answers to read again", ["lang"], (200, *_REFUSED, 429, 503), check
            ),
        },
        f"{at}/submit": {
            "get": lead,
            "post": _operation(
                f"{form.id}: the letter is stored",
                ["lang"],
                (200, 303, *_REFUSED, 409, 429, 503),
                submit,
            ),
        },
    }


def _answer(field: Field) -> Schema:
    if field.type == "consent":
        return {**_TEXT, "enum": [CONSENT_VALUE]}
    if field.type == "scale":
        steps = range(field.min or 0, (field.max or 0) + 1)
        return {**_TEXT, "enum": [str(step) for step in steps]}
    if field.options:
        options = {**_TEXT, "enum": [option.id for option in field.options]}
        return {"type": "array", "items": options} if field.type != "choice" else options
    return {**_TEXT, "maxLength": field.max_length} if field.max_length else _TEXT


def _body(
    properties: Mapping[str, Schema], needed: Sequence[str] = (), content_type: str = _FORM_TYPE
) -> Schema:
    schema = {"type": "object", "properties": dict(properties), "required": [*needed]}
    return {"required": True, "content": {content_type: {"schema": schema}}}


def _operation(
    summary: str, names: Iterable[str], statuses: Iterable[int], body: Schema | None = None
) -> Schema:
    operation: Schema = {
        "summary": summary,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": _LANGUAGE if name == "lang" else _TEXT,
            }
            for name in names
        ],
        "responses": {
            str(status): {"description": _MEANINGS[status], "content": {"text/html": {}}}
            for status in sorted(set(statuses))
        },
    }
    return operation | ({"requestBody": body} if body else {})
