"""Problems: what is wrong in the content, where, why it matters and how to mend it.

Every reader and checker returns a list of these instead of raising; the command line prints them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_SHOWN_VALUE = 60
LONGEST_LIST_OF_CHOICES = 8
LONGEST_GUESSED_WORD = 80


class Severity(StrEnum):
    """An error stops a build, a warning never does."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in the content.

    `file` is relative to the content folder; `line` counts from 1, 0 means the file as a whole.
    `message` has the wrong value in it; `why` and `remedy` are sentences.
    """

    file: str
    line: int
    code: str
    message: str
    why: str
    remedy: str
    severity: Severity = Severity.ERROR


class PortalError(Exception):
    """Something that a person must mend; shown without a traceback."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)


def format_problem(problem: Problem, prefix: str = "") -> str:
    """The three lines an editor reads; `prefix` ("content/") is put before the file name."""
    place = f"{prefix}{problem.file}" + (f":{problem.line}" if problem.line else "")
    warning = "warning: " if problem.severity is Severity.WARNING else ""
    lines = [f"{place}: {warning}{problem.message}  [{problem.code}]"]
    lines += [f"  {sentence}" for sentence in (problem.why, problem.remedy) if sentence]
    return "\n".join(lines)


def has_errors(problems: Iterable[Problem]) -> bool:
    """True when at least one of the problems stops a build."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The valid choice nearest to `word`, or None when nothing comes near."""
    if len(word) > LONGEST_GUESSED_WORD:
        return None
    # Loaded only when something is wrong.
    import difflib

    by_shape: dict[str, str] = {}
    for choice in known:
        by_shape.setdefault(_shape(choice), choice)
    nearest = difflib.get_close_matches(_shape(word), by_shape, n=1, cutoff=0.6)
    return by_shape[nearest[0]] if nearest else None


def _shape(word: str) -> str:
    """Spelling with all that people mix up taken away: case, blanks, underscores, full width."""
    folded = unicodedata.normalize("NFKC", word).casefold().strip()
    return folded.replace("_", "-").replace(" ", "-")


def choose_from(word: str, known: Iterable[str], list_name: str = "") -> str:
    """A remedy: the nearest valid choice, else the choices themselves, else where they stand."""
    choices = list(known)
    nearest = did_you_mean(word, choices)
    if nearest is not None:
        return f"Did you mean {quoted(nearest)}?"
    if choices and len(choices) <= LONGEST_LIST_OF_CHOICES:
        return f"Choose from: {', '.join(choices)}."
    return f"Choose one from {list_name}." if list_name else "Choose one that is declared."


def quoted(value: str) -> str:
    """The value in quotation marks, on one line, shortened, with what is invisible made visible."""
    shown = "".join(_visible(character) for character in value[: LONGEST_SHOWN_VALUE + 1])
    if len(value) > LONGEST_SHOWN_VALUE:
        shown = shown[:LONGEST_SHOWN_VALUE] + "…"
    return f'"{shown}"'


def _visible(character: str) -> str:
    if character == "\n":
        return "\\n"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\u{ord(character):04x}"
    return character
