"""How commands speak: counts, refusals, and not more lines than a person reads."""

from __future__ import annotations

from collections.abc import Sequence

from domain.problems import PortalError, Problem, Severity, format_problem
from plugins.portal.building.request import BuildRefusedError

SHOWN_WARNINGS = 10


def count_of(problems: Sequence[Problem]) -> str:
    """ "2 errors, 1 warning", or "no problems"."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = ((errors, "error"), (len(problems) - errors, "warning"))
    words = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    return ", ".join(words) or "no problems"


def explain(error: PortalError) -> str:
    """What a person reads of a refusal: every error with its count, or the message itself."""
    if not error.problems:
        return str(error)
    errors = [problem for problem in error.problems if problem.severity is Severity.ERROR]
    lines = [format_problem(problem) for problem in errors]
    if isinstance(error, BuildRefusedError):
        more = "" if len(errors) == len(error.problems) else ", which publish.py check lists"
        lines.append(
            f"build: refused: {count_of(error.problems)}{more}\n"
            "  Nothing was changed: the site is as it was before."
        )
    return "\n".join(lines)


def warnings_text(problems: Sequence[Problem]) -> str:
    """The first few warnings, and where the others are listed."""
    lines = [format_problem(problem) for problem in problems[:SHOWN_WARNINGS]]
    left = len(problems) - SHOWN_WARNINGS
    if left > 0:
        lines.append(f"... and {left:,} more warnings: publish.py check lists them all.")
    return "\n".join(lines)
