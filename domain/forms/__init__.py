"""Forms: their definition, reading it from YAML, and checking what citizens answer."""

from domain.forms.answers import MESSAGES, Clean, FieldError, check_answers
from domain.forms.definition import (
    CONSENT_VALUE,
    FIELD_TYPES,
    FILE_MEGABYTES,
    FORM_FORMAT,
    MOST_FILES,
    Deadline,
    Field,
    Form,
    Option,
)
from domain.forms.loading import load_forms
from domain.forms.reading import parse_form
from domain.forms.surroundings import Surroundings

__all__ = [
    "CONSENT_VALUE",
    "FIELD_TYPES",
    "FILE_MEGABYTES",
    "FORM_FORMAT",
    "MESSAGES",
    "MOST_FILES",
    "Clean",
    "Deadline",
    "Field",
    "FieldError",
    "Form",
    "Option",
    "Surroundings",
    "check_answers",
    "load_forms",
    "parse_form",
]
