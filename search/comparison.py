"""The comparison: up to four pages side by side, as the rows of the released index have them.

    GET /<lang>/search/compare?id=…&id=…

Only rows with facts (`SearchRow.facts`: investment policies) can be compared. What stands in the
address is never repeated on the page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from domain.languages import HTML_LANG, LANGUAGES, OWN_NAMES, text_in
from search.answers import Labels, Names
from search.documents import VOID_STATES
from search.parameters import MAX_PARAMETERS

MOST_COMPARED: Final = 4
PARAMETER: Final = "id"
FACTS: Final = (
    *("industry", "incentive", "level", "region", "valid_from", "valid_until"),
    *("benefit", "apply", "contact"),
)
"""The rows of the table, in the order of an investor's questions."""

_ID: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Choice:
    """The ids asked for, each once; `problem` is "" or "unknown", "value", "too-many"."""

    ids: tuple[str, ...] = ()
    problem: str = ""

    def address(self, lang: str) -> str:
        """This comparison in a language."""
        query = urlencode([(PARAMETER, id_) for id_ in self.ids])
        return f"/{lang}/search/compare" + (f"?{query}" if query else "")


def read_choice(raw_query: bytes) -> Choice:
    """The ids in a raw query string; of a wrong one nothing is kept."""
    try:
        pairs = parse_qsl(raw_query.decode("latin-1"), max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return Choice(problem="too-many")
    if any(name != PARAMETER for name, _ in pairs):
        return Choice(problem="unknown")
    ids = tuple(dict.fromkeys(value for _, value in pairs))
    if not all(_ID.fullmatch(id_) for id_ in ids):
        return Choice(problem="value")
    return Choice(problem="too-many") if len(ids) > MOST_COMPARED else Choice(ids)


def keys_of(id_: str, lang: str, default: str) -> tuple[str, ...]:
    """The keys of a page's rows, the reader's language first, then the site's own."""
    languages = dict.fromkeys((lang, default, *LANGUAGES))
    return tuple(f"{id_}.{each}" for each in languages)


def make_comparison(rows: Iterable[Mapping[str, Any]], lang: str, labels: Labels) -> dict[str, Any]:
    """What the template shows: the pages, and for each fact what each of them says, None for
    nothing; in the reader's language where it is there."""
    found = [row for row in rows if row.get("facts")]
    facts = [
        {fact["key"]: _value(fact["texts"], lang, row["lang"]) for fact in row["facts"]}
        for row in found
    ]
    names = Names(labels, lang)
    return {
        "pages": [_page(row, names) for row in found],
        "lines": [
            {"key": key, "values": [each.get(key) for each in facts]}
            for key in FACTS
            if any(key in each for each in facts)
        ],
    }


def _value(texts: Mapping[str, str], lang: str, row_lang: str) -> dict[str, str]:
    text, own_lang = text_in(texts, lang, row_lang)
    return {"text": text, "html_lang": HTML_LANG[own_lang]}


def _page(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    validity, validity_html_lang = names.name("validity", row["validity"])
    return {
        "url": row["url"],
        "title": row["title"],
        "lang": row["lang"],
        "html_lang": HTML_LANG[row["lang"]],
        "own_name": OWN_NAMES.get(row["lang"], row["lang"]),
        "validity": validity,
        "validity_html_lang": validity_html_lang,
        "state": row["validity"],
        "is_void": row["validity"] in VOID_STATES,
    }
