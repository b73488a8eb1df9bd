"""vocabulary/synonyms.yaml and pins.yaml: what editors tell the search."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain import field_types as types
from domain.fields import FieldSpec, Record, Report, optional, required
from domain.problems import quoted
from domain.vocabulary.bodies import check_order_of_days
from domain.vocabulary.model import Pin, Synonyms
from domain.vocabulary.sources import SourceFile, read_list

_WORDS = types.list_of(types.text(max_length=60))

SYNONYM_FIELDS: Mapping[str, FieldSpec] = {
    "words": required(_WORDS),
    "finds": optional(_WORDS, ()),
}

PIN_FIELDS: Mapping[str, FieldSpec] = {
    "queries": required(_WORDS),
    "pages": optional(types.list_of(types.identifier), ()),
    "demote": optional(types.list_of(types.identifier), ()),
    "from": optional(types.day),
    "until": optional(types.day),
    "note": optional(types.text(max_length=500), ""),
}


def read_synonyms(file: SourceFile) -> tuple[Synonyms, ...]:
    """The groups of words, in the order of the file."""
    records, _ = read_list(file, "synonyms", SYNONYM_FIELDS, "a group of synonyms")
    sound = [record for record in records if record["words"]]
    for record in sound:
        _check_group(record, file.report)
    _check_once(sound, file.report)
    return tuple(Synonyms(record["words"], record["finds"]) for record in sound)


def _check_group(record: Record, report: Report) -> None:
    if len(record["words"]) < 2 and not record["finds"]:
        report.add(
            record.line_of("words"),
            "synonym-alone",
            f"{quoted(record['words'][0])} stands alone",
            "A word without another would change nothing in the search.",
            "Write a second word beside it, or under finds: what it is to find.",
        )


def _check_once(records: Iterable[Record], report: Report) -> None:
    """A word stands in one group: what it means is read in one place."""
    first: dict[str, int] = {}
    for record in records:
        line = record.line_of("words")
        for word in record["words"]:
            if word.casefold() in first:
                report.add(
                    line,
                    "synonym-repeated",
                    f"{quoted(word)} stands already in the group on line {first[word.casefold()]}",
                    "Readers who search for it would find the words of one group alone.",
                    "Put all its synonyms into one group.",
                )
            first.setdefault(word.casefold(), line)


def read_pins(file: SourceFile) -> tuple[Pin, ...]:
    """The pins, in the order of the file."""
    records, _ = read_list(file, "pins", PIN_FIELDS, "a pin")
    sound = [record for record in records if record["queries"]]
    for record in sound:
        _check_pin(record, file.report)
    _check_queries(sound, file.report)
    return tuple(_make_pin(record) for record in sound)


def _make_pin(record: Record) -> Pin:
    return Pin(
        queries=record["queries"],
        pages=record["pages"],
        demote=record["demote"],
        first_day=record["from"],
        last_day=record["until"],
        line=record.line_of("pages" if record["pages"] else "demote"),
    )


def _check_pin(record: Record, report: Report) -> None:
    check_order_of_days(record, "from", "until", report)
    if not record["pages"] and not record["demote"]:
        report.add(
            record.line_of("queries"),
            "pin-empty",
            f"the pin for {quoted(record['queries'][0])} names no page",
            "It would change nothing in the search.",
            "Write under pages: what comes first, or under demote: what comes last.",
        )


def _check_queries(records: Iterable[Record], report: Report) -> None:
    """On one day, one query has one pin."""
    seen: dict[str, list[Record]] = {}
    for record in records:
        for query in record["queries"]:
            others = seen.setdefault(query.casefold(), [])
            clash = next((other for other in others if _overlap(record, other)), None)
            if clash is not None:
                report.add(
                    record.line_of("queries"),
                    "pin-repeated",
                    f"{quoted(query)} is pinned already on line {clash.line_of('queries')}, "
                    "on some of the same days",
                    "Which page comes first would hang on the order of the file.",
                    "Join the two, or give them days that do not overlap.",
                )
            others.append(record)


def _overlap(one: Record, other: Record) -> bool:
    return _first(one) <= _last(other) and _first(other) <= _last(one)


def _first(record: Record) -> date:
    return record["from"] or date.min


def _last(record: Record) -> date:
    return record["until"] or date.max
