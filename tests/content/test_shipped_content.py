"""The shipped content is what it says: complete lists, and samples that claim nothing."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from domain.forms import FIELD_TYPES, load_forms
from domain.vocabulary import Vocabulary, load_vocabulary
from plugins.portal.kinds import KINDS
from plugins.portal.reading import ReadingContext, read_document
from plugins.portal.reading.document import Document
from publishing.settings import SHIPPED_CONTENT

LANGUAGES = ("zh", "en", "bo")

FILLED = (*range(1, 15), 19, 20)
"""The main columns, as portal.md counts them, that have something in each first-class column."""

OF_A_KIND = {"budgets": "budget", "appointments": "appointment", "investment-policies": "policy"}
"""Main columns with a kind of their own; they are filled by the texts that come with it."""


@cache
def vocabulary() -> Vocabulary:
    found, problems = load_vocabulary(SHIPPED_CONTENT, SHIPPED_CONTENT, kinds=KINDS)
    assert problems == []
    assert found is not None
    return found


def open_file(source: str) -> bytes | None:
    path = SHIPPED_CONTENT / source
    return path.read_bytes() if path.is_file() else None


@cache
def documents() -> tuple[Document, ...]:
    context = ReadingContext(vocabulary(), KINDS)
    found = []
    for path in sorted(SHIPPED_CONTENT.rglob("*.md")):
        source = path.relative_to(SHIPPED_CONTENT).as_posix()
        document, problems = read_document(source, path.read_bytes(), context, open_file)
        assert problems == []
        assert document is not None
        found.append(document)
    return tuple(found)


def test_there_are_24_main_90_first_class_and_95_second_class_columns() -> None:
    levels = Counter(column.level for column in vocabulary().columns.values())
    assert levels == {1: 24, 2: 90, 3: 95}


def test_there_are_44_departments_and_13_counties_and_four_audiences() -> None:
    lists = vocabulary()
    assert (len(lists.departments), len(lists.counties), len(lists.audiences)) == (44, 13, 4)


def test_every_entry_of_the_lists_has_a_name_in_three_languages() -> None:
    lists = vocabulary()
    names = {column.id: column.names for column in lists.columns.values()}
    for body in (*lists.departments.values(), *lists.counties.values()):
        names[f"body {body.id}"] = body.names
    assert [id_ for id_, each in names.items() if not all(each.get(x) for x in LANGUAGES)] == []


def test_the_calendar_covers_2024_to_2027() -> None:
    assert {2024, 2025, 2026, 2027} <= set(vocabulary().calendar.years)


def test_every_audience_has_its_five_commonest_tasks() -> None:
    assert {len(audience.tasks) for audience in vocabulary().audiences.values()} == {5}


def test_there_is_a_form_for_each_thing_that_people_come_to_say() -> None:
    forms, problems = load_forms(SHIPPED_CONTENT, vocabulary())
    assert problems == []
    assert {id_: form.kind for id_, form in forms.items()} == {
        "governor-mailbox": "letter",
        "online-petition": "letter",
        "service-survey": "survey",
        "school-bus-opinions": "opinions",
        "proposals": "letter",
        "travel-complaint": "letter",
        "booking-request": "letter",
        "information-request": "letter",
        "report-error": "letter",
        "service-complaint": "letter",
        "department-report": "letter",
    }
    used = {field.type for form in forms.values() for field in form.fields}
    assert used == set(FIELD_TYPES)


def test_no_mail_of_a_letter_carries_its_text_and_surveys_ask_for_no_names() -> None:
    """Petitions above all, but nothing that a person writes to an office stands in a plain mail."""
    forms, _ = load_forms(SHIPPED_CONTENT, vocabulary())
    modes = {form.mail_mode for form in forms.values() if form.kind == "letter"}
    assert modes == {"notify"}
    assert forms["service-survey"].anonymous


def test_each_letter_has_a_clock_and_what_is_counted_has_days() -> None:
    forms, _ = load_forms(SHIPPED_CONTENT, vocabulary())
    for form in forms.values():
        assert ("answer" in form.deadlines) == (form.kind == "letter"), form.id
        assert form.kind == "letter" or (form.opens and form.closes), form.id
    # The regulation on disclosure: twenty working days, and twenty more.
    request = forms["information-request"].deadlines
    assert (request["answer"].value, request["answer"].unit) == (20, "working-days")
    assert {"answer", "extension", "correction"} <= set(request)


def test_what_forms_say_to_citizens_is_said_in_three_languages() -> None:
    forms, _ = load_forms(SHIPPED_CONTENT, vocabulary())
    for form in forms.values():
        texts = [form.names, form.introduction, form.what_next, form.short_reason]
        for field in form.fields:
            texts += [field.label, field.hint, *(option.label for option in field.options)]
        assert all(set(text) == set(LANGUAGES) for text in texts if text), form.id


@pytest.mark.parametrize(("kind", "least"), [("document", 12), ("news", 20), ("page", 10), ("budget", 8)])
def test_there_are_enough_samples_of_each_kind(kind: str, least: int) -> None:
    assert len({d.id for d in documents() if d.kind == kind}) >= least


def _filled_columns() -> list[str]:
    mains = [column.id for column in vocabulary().columns.values() if column.level == 1]
    chosen = [mains[number - 1] for number in FILLED]
    return [id_ for id_ in chosen if id_ not in OF_A_KIND or OF_A_KIND[id_] in KINDS]


def _with_those_above(column: str) -> set[str]:
    return {column, *(above.id for above in vocabulary().ancestors_of(column))}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_first_class_column_of_the_disclosure_is_empty(lang: str) -> None:
    there = {id_ for d in documents() if d.lang == lang for id_ in _with_those_above(d.column)}
    # What a column shows besides its documents, a register, is something too.
    there |= {c.id for c in vocabulary().columns.values() if getattr(c, "shows", "")}
    first_class = [c.id for main in _filled_columns() for c in vocabulary().children_of(main)]
    assert len(first_class) >= 40
    assert [id_ for id_ in first_class if id_ not in there] == []


def test_columns_of_a_kind_have_texts_of_that_kind() -> None:
    own = {kind: main for main, kind in OF_A_KIND.items() if kind in KINDS}
    there = {d.kind for d in documents() if own.get(d.kind) in _with_those_above(d.column)}
    assert there == set(own)


def test_every_document_is_declared_a_sample() -> None:
    assert [document.source for document in documents() if not document.sample] == []


def test_nearly_every_chinese_text_has_an_english_one() -> None:
    ids = {lang: {d.id for d in documents() if d.lang == lang} for lang in LANGUAGES}
    assert len(ids["zh"] & ids["en"]) >= 0.9 * len(ids["zh"])
    assert len(ids["bo"]) >= 4


def test_telephone_numbers_are_demonstrative() -> None:
    lists = vocabulary()
    numbers = [body.phone for body in (*lists.departments.values(), *lists.counties.values())]
    assert {number[:8] for number in numbers} == {"0837-555"}
    assert Path(SHIPPED_CONTENT / "site.yaml").read_text("utf-8").count("aba.example") > 0


def test_summaries_of_letters_on_the_home_page_say_what_their_tables_say() -> None:
    columns = [id_ for id_, column in vocabulary().columns.items() if column.home == "letters"]
    shown = [d for d in documents() if d.column in columns]
    assert {document.lang for document in shown} == {"zh", "en"}
    for document in shown:
        last_row = re.findall(r"<tr>.*?</tr>", document.html, re.DOTALL)[-1]
        totals = re.findall(r"<strong>(\d+)</strong>", last_row)
        assert len(totals) == 4
        assert all(re.search(rf"\b{total}(?!\d)", document.summary, re.ASCII) for total in totals)
