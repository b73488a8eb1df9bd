"""Answers laid out for people: labels and values, the same on the check page and in the mail."""

from collections.abc import Callable, Mapping, Sequence

from domain.forms import Field, Form
from domain.languages import text_in
from relay.files import SentFile
from relay.payload import Rows

Translate = Callable[[str], str]


def answer_rows(
    form: Form,
    answers: Mapping[str, Sequence[str]],
    lang: str,
    translate: Translate,
    files: Sequence[SentFile] | None = None,
) -> Rows:
    """One row for each field in the form's order: its label, and its answer's lines or none.

    Without `files`, which are not there yet while answers are read again, their field has no row.
    """
    return tuple(
        (
            text_in(field.label, lang, "zh")[0],
            tuple(f"{file.name} ({_show_size(len(file.content))})" for file in files or ())
            if field.type == "file"
            else _show_answer(field, answers.get(field.id, ()), lang, translate),
        )
        for field in form.fields
        if field.type != "file" or files is not None
    )


def _show_answer(
    field: Field, given: Sequence[str], lang: str, translate: Translate
) -> tuple[str, ...]:
    shown = [_show_value(field, value, lang, translate) for value in given if value]
    if field.type == "ranking":
        return tuple(f"{place}. {text}" for place, text in enumerate(shown, start=1))
    return tuple(shown)


def _show_size(count: int) -> str:
    return f"{max(1, round(count / 1024))} KB"


def _show_value(field: Field, value: str, lang: str, translate: Translate) -> str:
    if field.type == "consent":
        return translate("Yes")
    for option in field.options:
        if option.id == value:
            return text_in(option.label, lang, "zh")[0]
    if field.type == "scale":
        return f"{value} ({field.min}-{field.max})"
    return value


def as_lists(clean: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    """Clean answers with every answer a list; empty where nothing was answered."""
    return {
        name: [value] if isinstance(value, str) and value else list(value)
        for name, value in clean.items()
    }
