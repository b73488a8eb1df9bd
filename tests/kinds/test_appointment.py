"""Decisions of a notice as they are read, and as open data."""

from __future__ import annotations

from plugins.portal.kinds import KINDS
from plugins.portal.kinds.appointment import AppointmentKind
from plugins.portal.reading import Document
from tests.reading.contexts import read

HEAD = """---
title: 任免
kind: appointment
date: 2026-03-06 17:00
number: 阿府人〔2026〕3号
issuers: [州政府]
made: 2026-03-02
decisions:
{}---
正文
"""


def read_notice(*decisions: str) -> tuple[Document, list[tuple[int, str]]]:
    lines = "".join(f"  - {{{decision}}}\n" for decision in decisions)
    document, problems = read("appointments/2026/x.md", HEAD.format(lines))
    assert document is not None
    return document, [(p.line, p.code) for p in problems if not p.code.startswith("path")]


def test_a_decision_is_about_a_declared_post_or_one_in_words() -> None:
    document, problems = read_notice(
        "person: 某甲, post: director, organisation: gov-office, action: appoint, decided: 2026-03-02",
        "person: {zh: 某乙, en: Person B}, post: 总会计师, organisation: {zh: 州文化馆, en: Centre},"
        " action: retire, decided: 2026-03-02, since: 2019-01-01, basis: 常务会议",
        "person: 某丙, post: {zh: 主任}, organisation: maerkang, action: confirm, decided: 2026-03-02",
    )
    assert problems == []
    first, second, third = document.fields["decisions"]
    assert (first["post"], first["organisation"]) == ("director", "department/gov-office")
    assert (first["person"], first["organisation_names"]) == ({"zh": "某甲"}, {})
    assert (second["post"], second["post_names"]) == ("", {"zh": "总会计师"})
    assert second["organisation"] == "organisation/zhou-wen-hua-guan"
    assert (second["since"], second["basis"]) == ("2019-01-01", {"zh": "常务会议"})
    assert third["organisation"] == "county/maerkang"
    assert [decision["line"] for decision in document.fields["decisions"]] == [9, 10, 11]
    assert KINDS["appointment"].facet_values(document, "") == {
        "department": ("gov-office",),
        "organisation": ("zhou-wen-hua-guan",),
        "county": ("maerkang",),
    }


def test_open_data_keeps_together_what_belongs_together() -> None:
    document, _ = read_notice(
        "person: 某甲, post: director, organisation: gov-office, action: appoint, decided: 2026-03-02",
        "person: 某乙, post: 总会计师, organisation: 州文化馆, action: retire, decided: 2026-03-01,"
        " since: 2019-01-01",
    )
    assert AppointmentKind().open_record(document.fields) == {
        "number": "阿府人〔2026〕3号",
        "index": "",
        "issuers": "州政府",
        "decided": "2026-03-02; 2026-03-01",
        "action": "appoint; retire",
        "person": "某甲; 某乙",
        "post": "director; 总会计师",
        "organisation": "gov-office; 州文化馆",
        "since": "; 2019-01-01",
    }
    assert set(AppointmentKind().open_record({}).values()) == {""}


def test_a_decision_published_in_the_first_hours_of_its_day_is_in_order() -> None:
    text = HEAD.replace("2026-03-06 17:00", "2026-03-02 00:30").format(
        "  - {person: 某甲, post: director, organisation: gov-office, action: appoint,"
        " decided: 2026-03-02}\n"
    )
    _, problems = read("appointments/2026/x.md", text)
    assert [p.code for p in problems if p.code == "meta-date-order"] == []
