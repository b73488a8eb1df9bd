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
from search.snippets import first_snippet, mark_text

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


class Names:
    """What the values of filters are called for a reader of a language."""

    def __init__(self, labels: Labels, lang: str) -> None:
        self._labels = labels
        self._lang = lang
        self._default = str(labels.get("site", {}).get("default_language", lang))
        self._found: dict[tuple[str, str], tuple[str, str]] = {}

    def name(self, group: str, value: str) -> tuple[str, str]:
        """(name, HTML's code of the language it is in); the value itself where it has no name."""
        found = self._found.get((group, value))
        if found is None:
            if group == "in":
                return OWN_NAMES.get(value, value), HTML_LANG.get(value, value)
            texts = self._labels.get(_LABEL_GROUPS.get(group, ""), {}).get(value)
            name, lang = text_in(texts, self._lang, self._default) if texts else ("", "")
            if not name:
                # Not kept: a request may bring any value.
                return value, HTML_LANG.get(self._lang, self._lang)
            found = self._found[group, value] = name, HTML_LANG.get(lang, lang)
        return found


def make_answer(
    result: SearchResult,
    query: Query,
    *,
    names: Names,
    filters: Mapping[str, str],
    page: int,
    size: int,
    suggestion: str = "",
    with_snippets: bool = True,
) -> Answer:
    """The answer to `query` with names in the reader's language; `with_snippets`: with a stretch of the
    text of each result, which takes most of the time."""
    return Answer(
        query=query,
        total=result.total,
        page=page,
        size=size,
        results=tuple(
            _line(found, query, names, with_snippet=with_snippets) for found in result.documents
        ),
        facets={
            name: _values(name, result.facets.get(name, {}), filters.get(name), names)
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


def _line(found: FoundDocument, query: Query, names: Names, *, with_snippet: bool) -> ResultLine:
    row = found.row
    column_name, column_html_lang = names.name("column", row["column"])
    snippet, attachment = _snippet(row, query) if with_snippet else (Markup(""), None)
    return ResultLine(
        url=row["url"],
        title=row["title"],
        title_marked=mark_text(row["title"], query),
        lang=row["lang"],
        html_lang=HTML_LANG.get(row["lang"], row["lang"]),
        kind=row["kind"],
        kind_name=names.name("kind", row["kind"])[0],
        column_name=column_name,
        column_html_lang=column_html_lang,
        date=row["date"],
        number=row["number"],
        number_marked=mark_text(row["number"], query),
        index=row["index"],
        subject=row.get("subject", ""),
        subject_name=names.name("subject", row.get("subject", ""))[0],
        issuers=tuple(row["issuers"]),
        validity=row["validity"],
        is_void=row["validity"] in VOID_STATES,
        is_exact=found.is_exact,
        snippet=snippet,
        attachment=attachment,
        is_pinned=found.is_pinned,
    )


def _snippet(row: Mapping[str, Any], query: Query) -> tuple[Markup, Mapping[str, str] | None]:
    """The snippet of the first that has the words: summary, body, an attachment, which is then
    given too. Of the summary where none has, and of the body where there is no summary."""
    texts = [(str(row["summary"]), None), (str(row["body"]), None)]
    texts += [(file.get("text", ""), file) for file in row["attachments"]]
    shown = [(text, file) for text, file in texts if text] or texts
    snippet, place = first_snippet([text for text, _ in shown], query)
    return snippet, shown[place][1]


def _values(
    name: str, counts: Mapping[str, int], chosen: str | None, names: Names
) -> tuple[FacetValue, ...]:
    """The chosen value first, then by count; years by year."""
    shown = dict(counts)
    if chosen is not None:
        shown.setdefault(chosen, 0)
    if name == "year":
        ordered = sorted(shown, reverse=True)
    else:
        ordered = sorted(shown, key=lambda value: (-shown[value], value))
    if chosen is not None:
        ordered.remove(chosen)
        ordered.insert(0, chosen)
    return tuple(
        FacetValue(value, *names.name(name, value), shown[value], value == chosen)
        for value in ordered
    )
