"""Counts answers for the site: of a survey, of opinions; and how fast letters were answered.

Nothing leaves here that could name a person: texts are not counted at all, small counts hidden.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.forms import Field, Form
from domain.languages import Text
from domain.tallies import Tally, TallyLine, TallyQuestion, hide_small, shown_count

_COUNTED = ("choice", "multiple", "scale", "ranking")
_MEASURES = {"multiple": "choices", "ranking": "first-place"}
_DAY_BOUNDS = (1, 2, 5, 10, 15)
_LETTERS_BY_FORM: Text = {"zh": "收到的来信", "en": "Letters received", "bo": "འབྱོར་བའི་འཕྲིན་ཡིག"}
_ANSWERED_WITHIN: Text = {
    "zh": "多少天内答复",
    "en": "Days until the answer",
    "bo": "ལན་སྤྲོད་ཡུན།",
}


@dataclass(frozen=True, slots=True)
class AnsweredLetter:
    """A letter of a month: its form, and after how many days it was answered (None if not yet)."""

    form_id: str
    days: int | None


def tally_answers(
    form: Form, answers: Sequence[Mapping[str, Sequence[str]]], first: str, last: str
) -> Tally:
    """The counts of every question with answers to choose from; of a ranking, the first places."""
    questions = tuple(
        hide_small(_tally_question(field, [one.get(field.id, ()) for one in answers]))
        for field in form.fields
        if field.type in _COUNTED
    )
    return Tally(form.id, shown_count(len(answers)), first, last, questions)


def tally_month(
    letters: Sequence[AnsweredLetter], names: Mapping[str, Text], first: str, last: str
) -> Tally:
    """How many letters came on each form, and how long their answers took."""
    by_form = Counter(letter.form_id for letter in letters)
    forms = [TallyLine(names.get(id_, {"zh": id_}), by_form[id_]) for id_ in sorted(by_form)]
    days = [letter.days for letter in letters]
    took = [*_lines_of_days([one for one in days if one is not None])]
    took.append(TallyLine({"zh": "尚未答复", "en": "not yet", "bo": "ལན་མ་བཏབ།"}, days.count(None)))
    questions = (
        TallyQuestion(_LETTERS_BY_FORM, "letters", len(letters), tuple(forms)),
        TallyQuestion(_ANSWERED_WITHIN, "letters", len(letters), tuple(took)),
    )
    return Tally("", shown_count(len(letters)), first, last, tuple(map(hide_small, questions)))


def _tally_question(field: Field, given: Sequence[Sequence[str]]) -> TallyQuestion:
    counted = [one[:1] if field.type == "ranking" else one for one in given]
    counts = Counter(value for one in counted for value in one)
    lines = tuple(TallyLine(label, counts[value]) for value, label in _offered(field))
    answered = sum(1 for one in given if one)
    return TallyQuestion(field.label, _MEASURES.get(field.type, "answers"), answered, lines)


def _offered(field: Field) -> Iterable[tuple[str, Text]]:
    if field.type == "scale":
        steps = range(field.min or 0, (field.max or 0) + 1)
        return [(str(step), {"zh": str(step), "en": str(step), "bo": str(step)}) for step in steps]
    return [(option.id, option.label) for option in field.options]


def _lines_of_days(days: Sequence[int]) -> Iterable[TallyLine]:
    low = 0
    for high in _DAY_BOUNDS:
        count = sum(low <= one <= high for one in days)
        span = f"{low}-{high}"
        yield TallyLine({"zh": f"{span} 天", "en": f"{span} days", "bo": f"ཉིན་ {span}"}, count)
        low = high + 1
    count = sum(one > _DAY_BOUNDS[-1] for one in days)
    most = _DAY_BOUNDS[-1]
    yield TallyLine(
        {"zh": f"{most} 天以上", "en": f"over {most} days", "bo": f"ཉིན་ {most} ལས་མང་བ།"}, count
    )
