"""Answers: what a reader or a program gets for a query, from what the backend found.

One Answer feeds the results page and the JSON; texts are in the reader's language, each result
says its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from domain.languages import HTML_LANG, OWN_NAMES, text_in
from search.backend import FoundDocument, SearchResult
from search.documents import FILTERS, VOID_STATES
from search.query import Query
from search.snippets import has_mark, make_snippet, mark_text

Labels = Mapping[str, Any]
"""build/frames/labels.json"""

_LABEL_GROUPS: Final = {
    "audience": "audiences",
    "column": "columns",
    "department": "departments",
    "county": "counties",
    "kind": "kinds",
    "validity": "validity",
    "subject": "subjects",
}


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One result. `title_marked` and `snippet` are HTML, escaped, with <mark>.

    `attachment`: {"title", "url"} of the file that the snippet is taken from, None where it is
    taken from the page. `is_pinned`: editors put it first for this query.
    """

    url: str
    title: str
    title_marked: Markup
    lang: str
    html_lang: str
    kind: str
    kind_name: str
    column_name: str
    column_html_lang: str
    date: str
    number: str
    number_marked: Markup
    index: str
    subject: str
    subject_name: str
    issuers: tuple[str, ...]
    validity: str
    is_void: bool
    is_exact: bool
    snippet: Markup
    attachment: Mapping[str, str] | None = None
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a filter, with the number of results that choosing it would give."""

    value: str
    name: str
    html_lang: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of results with everything that is said about it."""

    query: Query
    total: int
    page: int
    size: int
    results: tuple[ResultLine, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    exact_total: int
    suggestion: str = ""

    @property
    def pages(self) -> int:
        """How many pages of results there are."""
        return (self.total + self.size - 1) // self.size

    @property
    def misses_number(self) -> bool:
        """True when a whole document number was asked and no document bears it."""
        return bool(self.query.numbers) and not self.exact_total


def make_answer(
    result: SearchResult,
    query: Query,
    *,
    lang: str,
    labels: Labels,
    filters: Mapping[str, str],
    page: int,
    size: int,
    suggestion: str = "",
    with_snippets: bool = True,
) -> Answer:
    """The answer to `query` in the language of the reader; `with_snippets`: with a stretch of the
    text of each result, which takes most of the time."""
    return Answer(
        query=query,
        total=result.total,
        page=page,
        size=size,
        results=tuple(
            _line(found, query, lang, labels, with_snippet=with_snippets)
            for found in result.documents
        ),
        facets={
            name: _values(name, result.facets.get(name, {}), filters.get(name), lang, labels)
            for name in FILTERS
        },
        exact_total=result.exact_total,
        suggestion=suggestion,
    )


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer for programs: the stable shape of docs/reference/search.md."""
    return {
        "query": answer.query.text,
        "total": answer.total,
        "page": answer.page,
        "pages": answer.pages,
        "results": [
            {
                "title": line.title,
                "url": line.url,
                "lang": line.lang,
                "kind": line.kind,
                "date": line.date,
                "number": line.number,
                "validity": line.validity,
                "exact": line.is_exact,
                "pinned": line.is_pinned,
                "snippet": str(line.snippet),
                "attachment": line.attachment and _named(line.attachment),
            }
            for line in answer.results
        ],
        "facets": {
            name: [
                {"value": each.value, "name": each.name, "count": each.count}
                | ({"chosen": True} if each.is_chosen else {})
                for each in values
            ]
            for name, values in answer.facets.items()
        },
        "loosened": answer.query.is_loosened,
        "synonyms": [{"word": word, "also": other} for word, other in answer.query.replaced],
        "suggestion": answer.suggestion or None,
    }


def _named(attachment: Mapping[str, str]) -> dict[str, str]:
    return {"title": attachment["title"], "url": attachment["url"]}


def label_of(group: str, value: str, lang: str, labels: Labels) -> tuple[str, str]:
    """(name, language it is in) of a filter's value; the value itself where it has no name."""
    if group == "in":
        return OWN_NAMES.get(value, value), value
    names = labels.get(_LABEL_GROUPS.get(group, ""), {}).get(value, {})
    default = str(labels.get("site", {}).get("default_language", lang))
    name, name_lang = text_in(names, lang, default)
    return (name, name_lang) if name else (value, lang)


def _line(
    found: FoundDocument, query: Query, lang: str, labels: Labels, *, with_snippet: bool
) -> ResultLine:
    row = found.row
    column, column_lang = label_of("column", row["column"], lang, labels)
    text, attachment = _text_to_show(row, query) if with_snippet else ("", None)
    return ResultLine(
        url=row["url"],
        title=row["title"],
        title_marked=mark_text(row["title"], query),
        lang=row["lang"],
        html_lang=HTML_LANG.get(row["lang"], row["lang"]),
        kind=row["kind"],
        kind_name=label_of("kind", row["kind"], lang, labels)[0],
        column_name=column,
        column_html_lang=HTML_LANG.get(column_lang, column_lang),
        date=row["date"],
        number=row["number"],
        number_marked=mark_text(row["number"], query),
        index=row["index"],
        subject=row.get("subject", ""),
        subject_name=label_of("subject", row.get("subject", ""), lang, labels)[0],
        issuers=tuple(row["issuers"]),
        validity=row["validity"],
        is_void=row["validity"] in VOID_STATES,
        is_exact=found.is_exact,
        snippet=make_snippet(text, query),
        attachment=attachment,
        is_pinned=found.is_pinned,
    )


def _text_to_show(row: Mapping[str, Any], query: Query) -> tuple[str, Mapping[str, str] | None]:
    """The first that has the words: summary, body, an attachment, which is then named.

    The summary where none has, and the body where there is no summary.
    """
    texts = [(str(row["summary"]), None), (str(row["body"]), None)]
    texts += [(file.get("text", ""), file) for file in row["attachments"]]
    shown = [(text, file) for text, file in texts if text] or texts
    if query.is_empty:
        return shown[0]
    return next((each for each in shown if has_mark(each[0], query)), shown[0])


def _values(
    name: str, counts: Mapping[str, int], chosen: str | None, lang: str, labels: Labels
) -> tuple[FacetValue, ...]:
    """The chosen value first, then by count; years by year."""
    shown = dict(counts)
    if chosen is not None:
        shown.setdefault(chosen, 0)
    values = []
    for value, count in shown.items():
        text, text_lang = label_of(name, value, lang, labels)
        values.append(
            FacetValue(value, text, HTML_LANG.get(text_lang, text_lang), count, value == chosen)
        )
    if name == "year":
        values.sort(key=lambda each: each.value, reverse=True)
        return tuple(sorted(values, key=lambda each: not each.is_chosen))
    return tuple(sorted(values, key=lambda each: (not each.is_chosen, -each.count, each.value)))
