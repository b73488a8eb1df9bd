"""Forms: their definition, reading it from YAML, and checking what citizens answer."""

from domain.forms.answers import MESSAGES, FieldError, check_answers
from domain.forms.definition import (
    CONSENT_VALUE,
    FIELD_TYPES,
    FORM_FORMAT,
    Field,
    Form,
    Option,
)
from domain.forms.loading import load_forms
from domain.forms.reading import parse_form

__all__ = [
    "CONSENT_VALUE",
    "FIELD_TYPES",
    "FORM_FORMAT",
    "MESSAGES",
    "Field",
    "FieldError",
    "Form",
    "Option",
    "check_answers",
    "load_forms",
    "parse_form",
]
