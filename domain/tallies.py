"""Tallies: what many people answered, counted so that nobody can be made out.

The relay writes one for a survey, for opinions, for a month of letters; an editor puts it beside
a document, and the build draws it. Small counts are never in it, not even for the build.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from domain.languages import Text

TALLY_FORMAT = 1
LEAST_COUNT = 5
"""A smaller count, none aside, is not shown: in a small place it can name a person."""

MEASURES = ("answers", "choices", "first-place", "letters", "working-days")
"""What is counted: one answer each, any number of choices, what was put first; letters; days."""


@dataclass(frozen=True, slots=True)
class TallyLine:
    """One answer that was offered; `count` is None where it is too small to be shown."""

    label: Text
    count: int | None


@dataclass(frozen=True, slots=True)
class TallyQuestion:
    """A question, how many answered it (None where too few), and its lines in their order."""

    label: Text
    measure: str
    answered: int | None
    lines: tuple[TallyLine, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """All questions of one form, of `received` answers that were sent from `first` to `last`."""

    form: str
    received: int | None
    first: str
    last: str
    questions: tuple[TallyQuestion, ...] = field(default_factory=tuple)

    def to_json(self) -> str:
        """Readable and byte-stable: an editor reviews it before it is committed."""
        values = {"format": TALLY_FORMAT, **asdict(self)}
        return json.dumps(values, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The tally written by to_json. Raises ValueError for anything else."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values.pop("format") != TALLY_FORMAT:
                raise ValueError("a tally of another format")
            questions = tuple(_question_from(part) for part in values.pop("questions"))
            tally = cls(**values, questions=questions)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no tally ({type(error).__name__})") from None
        if not _is_sound(tally):
            raise ValueError("a tally with a part of the wrong kind")
        return tally


def hide_small(question: TallyQuestion) -> TallyQuestion:
    """The question without counts from 1 to 4.

    Where each person gave one answer and only one count is hidden, it could be computed from the
    others: the next smallest goes with it.
    """
    if (question.answered or 0) < LEAST_COUNT:
        lines = tuple(replace(line, count=None) for line in question.lines)
        return replace(question, answered=None if question.answered else 0, lines=lines)
    hidden = {n for n, line in enumerate(question.lines) if _is_small(line.count)}
    if len(hidden) == 1 and question.measure != "choices":
        shown = [n for n, line in enumerate(question.lines) if line.count and n not in hidden]
        hidden |= set(sorted(shown, key=lambda n: question.lines[n].count or 0)[:1])
    lines = tuple(
        replace(line, count=None) if n in hidden else line for n, line in enumerate(question.lines)
    )
    return replace(question, lines=lines)


def shown_count(count: int) -> int | None:
    """The count, None where it is too small to be shown."""
    return None if _is_small(count) else count


def _is_small(count: int | None) -> bool:
    return count is None or 0 < count < LEAST_COUNT


def _question_from(values: dict[str, Any]) -> TallyQuestion:
    lines = tuple(TallyLine(**line) for line in values.pop("lines"))
    return TallyQuestion(**values, lines=lines)


def _is_sound(tally: Tally) -> bool:
    questions = tally.questions
    return (
        all(isinstance(text, str) for text in (tally.form, tally.first, tally.last))
        and _are_counts([tally.received, *(question.answered for question in questions)])
        and all(question.measure in MEASURES for question in questions)
        and all(_is_text(question.label) for question in questions)
        and all(_is_text(line.label) for question in questions for line in question.lines)
        and _are_counts([line.count for question in questions for line in question.lines])
    )


def _is_text(label: Any) -> bool:
    return isinstance(label, dict) and all(isinstance(text, str) for text in label.values())


def _are_counts(counts: Sequence[Any]) -> bool:
    return all(
        count is None or (isinstance(count, int) and not isinstance(count, bool) and count >= 0)
        for count in counts
    )
