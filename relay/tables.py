"""Letters of one form as a table: the CSV that a department opens in a spreadsheet.

Columns are the form's own fields, so that they cannot drift from what was asked. No cell is a
formula, whatever a citizen wrote: spreadsheets run those.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.forms import Form
from domain.languages import text_in
from relay.layout import Translate, answer_rows

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class TableLine:
    """A letter: `answers` by field id as they were checked, `files` by name."""

    reference: str
    received: str
    state: str
    answers: Mapping[str, Sequence[str]]
    files: Sequence[str] = ()


def format_table(form: Form, lines: Iterable[TableLine], lang: str, translate: Translate) -> str:
    """The CSV, with the mark by which spreadsheets know UTF-8; several answers share a cell."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    labels = [text_in(field.label, lang, "zh")[0] for field in form.fields]
    head = [translate("Reference"), translate("Received"), translate("State"), *labels]
    writer.writerow([plain_cell(cell) for cell in head])
    for line in lines:
        cells = [line.reference, line.received, line.state, *_answers(form, line, lang, translate)]
        writer.writerow([plain_cell(cell) for cell in cells])
    return _BOM + output.getvalue()


def plain_cell(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _answers(form: Form, line: TableLine, lang: str, translate: Translate) -> list[str]:
    shown = iter(answer_rows(form, line.answers, lang, translate))
    return [
        "; ".join(line.files) if field.type == "file" else "; ".join(next(shown)[1])
        for field in form.fields
    ]
