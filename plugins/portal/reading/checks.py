"""Checks of one document by itself that hold for every kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.fields import Report
from domain.problems import Severity
from plugins.portal.reading.document import Document
from plugins.portal.reading.placement import SourcePath, is_in_column

if TYPE_CHECKING:
    from domain.vocabulary.model import Vocabulary
    from plugins.portal.reading.kind import Kind

SUMMARY_MAX = "summary-characters"
SUMMARY_MAX_SHORT_TEXT = "summary-characters-short-text"
SHORT_TEXT = "summary-short-text-below"
#: Where the rules of the vocabulary lack these. Source: document card, rules.md.
DEFAULT_RULES = {SUMMARY_MAX: 500, SUMMARY_MAX_SHORT_TEXT: 300, SHORT_TEXT: 5_000}

_BLANKS = re.compile(r"\s+")


def is_strict(document: Document, path: SourcePath, vocabulary: Vocabulary) -> bool:
    """Whether gaps in the card are errors: in the folder of a column that is strict.

    Elsewhere, as in a folder of Markdown from another site, they are warnings.
    """
    column = vocabulary.columns.get(document.column)
    return is_in_column(path, vocabulary) and column is not None and column.strict


def check_common(
    document: Document,
    path: SourcePath,
    kind: Kind,
    body: str,
    vocabulary: Vocabulary,
    report: Report,
) -> None:
    """Date needed, order of dates, summary, card; problems go to the report."""
    severity = Severity.ERROR if is_strict(document, path, vocabulary) else Severity.WARNING
    if kind.is_dated and "date" not in document.lines:
        _report_no_date(document, report)
    _check_order(document, report)
    _check_summary(document, body, vocabulary, severity, report)
    # The card is the source's; translations beside it share it.
    if not path.lang or path.lang == vocabulary.site.default_language:
        _check_card(document, kind, severity, report)


def _report_no_date(document: Document, report: Report) -> None:
    report.add(
        1,
        "meta-date-missing",
        f"a document of the kind {document.kind} needs a date published",
        "Without a date, nothing can be put in order of time, and the inspection counts the "
        "page as never updated.",
        "Add a line like date: 2026-03-01 09:00 (the site's own time).",
    )


def _check_order(document: Document, report: Report) -> None:
    if document.expires and document.date and document.expires <= document.date:
        report.add(
            document.lines.get("expires", 0),
            "meta-date-order",
            "the document expires before it is published",
            "No reader would ever see it as valid.",
            "Correct date or expires; both are the site's own time.",
        )


def _check_summary(
    document: Document, body: str, vocabulary: Vocabulary, severity: Severity, report: Report
) -> None:
    limits = {
        name: int(vocabulary.rules[name].value) if name in vocabulary.rules else default
        for name, default in DEFAULT_RULES.items()
    }
    length = len(document.summary)
    if length <= limits[SUMMARY_MAX_SHORT_TEXT]:
        return
    text_length = len(_BLANKS.sub("", body))
    is_short = text_length < limits[SHORT_TEXT]
    allowed = limits[SUMMARY_MAX_SHORT_TEXT if is_short else SUMMARY_MAX]
    if length <= allowed:
        return
    report.add(
        document.lines.get("summary", 0),
        "summary-length",
        f"the summary has {length} characters, more than {allowed}",
        f"The document card allows {allowed} for a text of {text_length:,} characters.",
        f"Shorten it to {allowed} characters.",
        severity,
    )


def _check_card(document: Document, kind: Kind, severity: Severity, report: Report) -> None:
    missing = [key for key in kind.card if key not in document.lines]
    for key in missing:
        report.add(
            1,
            "card-missing",
            f"the document card lacks {key}",
            "The disclosure catalogue must show it, and readers search by it.",
            f"Add a line {key}: ... (docs/editors/metadata.md has an example).",
            severity,
        )
