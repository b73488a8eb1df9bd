"""Analysed documents: search rows turned into what an engine indexes.

The engine gets terms, filter values and the stored row, never text to analyse, so that every
backend finds the same.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from domain.document_numbers import DocumentNumber, parse_number, terms_in_text
from domain.search_rows import SearchRow
from search.analysis import Terms, index_terms, whole_text_term
from search.folding import fold
from search.pinyin import sound_of

TEXT_FIELDS: Final = ("title", "number", "summary", "body", "attached")
# Between two texts of one field, so that no phrase reaches from one into the other.
_APART = "\n;\n"
FILTERS: Final = (
    "audience",
    "column",
    "department",
    "county",
    "kind",
    "year",
    "validity",
    "issuer",
    "subject",
    "in",
)
SORTS: Final = ("relevance", "date", "number")
"""Orders of an answer: the best first, the newest first, by document number."""
# In these states a document no longer holds: it is marked, and ranked below what holds.
VOID_STATES: Final = ("repealed", "void", "expired")


class Title(NamedTuple):
    """A page's title, its language, and the syllables of the folded title (pinyin.sound_of), ""
    where nobody has worked them out."""

    text: str
    lang: str
    sound: str


@dataclass(frozen=True, slots=True)
class AnalysedDocument:
    """One page as the engine indexes it.

    `texts` has the terms of every TEXT_FIELDS entry, `filters` the values of every FILTERS
    entry; `stamp` is the page's date in minutes since 1970, 0 without one; `stored` is the
    row's own JSON. `sound` is that of the title, or "". `order_number` sorts by document number: by prefix, then the newer year
    first, then by serial.
    """

    key: str
    title: str
    sound: str
    texts: dict[str, Terms]
    whole_title: str
    whole_number: str
    whole_index: str
    order_number: str
    filters: dict[str, tuple[str, ...]]
    stamp: int
    stored: str

    def length(self, field: str) -> int:
        """How many terms the field has, each occurrence counted."""
        return sum(map(len, self.texts[field].values()))


def analyse_row(row: SearchRow, *, with_sound: bool = True) -> AnalysedDocument:
    """The row's terms and filter values.

    Without its sound a single document is sooner there: the dictionary of sounds takes a fifth of a
    second to load. Whoever makes suggestions then works out what is missing.
    """
    number = parse_number(fold(row.number))
    return AnalysedDocument(
        key=row.key,
        title=row.title,
        sound=sound_of(fold(row.title)) if with_sound else "",
        texts=_texts(row),
        whole_title=whole_text_term(row.title),
        whole_number=whole_text(row.number),
        whole_index=whole_text(row.index),
        order_number=_order_of(number),
        filters=_filters(row),
        stamp=_minutes(row.date),
        stored=row.to_json(),
    )


def whole_text(written: str) -> str:
    """A number or index number as one term, in any spelling; "" for none."""
    folded = fold(written)
    number = parse_number(folded)
    return number.canonical if number else "".join(folded.split())


def _order_of(number: DocumentNumber | None) -> str:
    """Sorts by prefix, then the newer year first, then by serial; what has no number comes last."""
    if number is None:
        return "\uffff"
    newest_first = 9999 - int(number.year or "0")
    return f"{number.prefix}|{newest_first:04}|{number.serial:>6}"


def minutes_of(day: date) -> int:
    """The stamp of the beginning of a day."""
    return max(0, int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60)


def _texts(row: SearchRow) -> dict[str, Terms]:
    number = index_terms(f"{row.number}\n{row.index}", with_single_characters=True)
    parsed = parse_number(fold(row.number))
    for term in terms_in_text(parsed) if parsed else ():
        number.setdefault(term, [0])
    attached = [file.get("title", "") for file in row.attachments]
    about = [row.summary, " ; ".join([*row.keywords, *row.issuers, *attached])]
    return {
        "title": index_terms(row.title, with_single_characters=True),
        "number": number,
        "summary": index_terms(" ; ".join(about), with_single_characters=True),
        "body": index_terms(row.body),
        "attached": index_terms(_APART.join(file.get("text", "") for file in row.attachments)),
    }


def _filters(row: SearchRow) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {
        "audience": row.audiences,
        "column": row.columns or ((row.column,) if row.column else ()),
        "department": row.departments,
        "county": row.counties,
        "kind": (row.kind,),
        "year": (row.year,),
        "validity": (row.validity,),
        "issuer": row.issuers,
        "subject": (row.subject,),
        "in": (row.lang,),
    }
    return {name: tuple(dict.fromkeys(filter(None, values[name]))) for name in FILTERS}


def _minutes(date: str) -> int:
    """Minutes since 1970 of "YYYY-MM-DD[ HH:MM]"; 0 for what is no date, so that it comes last."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            moment = datetime.strptime(date, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return max(0, int(moment.timestamp()) // 60)
    return 0
