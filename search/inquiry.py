"""Document inquiry: government documents by number, index, issuer, subject, year and validity.

Exact, unlike the search: a document is in the answer when it has each of these facts. The page
shows it in parts, the CSV as a whole.
"""

from collections.abc import Iterable
from typing import Any, Final

from domain.csv_text import csv_text
from search.answers import Answer, Labels, ResultLine
from search.parameters import WHOLE, Parameters

SELECTED: Final = ("issuer", "subject", "year", "validity")
MOST_LINES: Final = 10_000
"""Documents in one CSV file."""

COLUMNS: Final = (
    *("title", "number", "index", "issuers", "subject", "subject_name"),
    *("date", "validity", "lang", "url"),
)


def make_fields(parameters: Parameters, choices: Answer) -> dict[str, Any]:
    """What the form shows: the texts typed, and for each selection its options in order."""
    selections = {
        name: [
            {
                "value": each.value,
                "name": each.name,
                "html_lang": each.html_lang,
                "is_chosen": parameters.filters.get(name) == each.value,
            }
            for each in choices.facets[name]
        ]
        for name in SELECTED
    }
    texts = {name: parameters.whole.get(name, "") for name in WHOLE}
    return {"texts": texts, "selections": selections}


def make_csv(lines: Iterable[ResultLine], labels: Labels) -> str:
    """The documents as CSV, with whole addresses."""
    base = str(labels.get("site", {}).get("url", ""))
    return csv_text(COLUMNS, [_record(line, base) for line in lines])


def _record(line: ResultLine, base: str) -> dict[str, str]:
    return {
        "title": line.title,
        "number": line.number,
        "index": line.index,
        "issuers": "; ".join(line.issuers),
        "subject": line.subject,
        "subject_name": line.subject_name,
        "date": line.date,
        "validity": line.validity,
        "lang": line.lang,
        "url": base + line.url,
    }
