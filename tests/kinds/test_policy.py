"""A policy's days, its facets, and what it gives to open data and calendars."""

from __future__ import annotations

import pytest

from plugins.portal.kinds import KINDS
from plugins.portal.kinds.policy import PolicyKind
from plugins.portal.reading import Document
from tests.reading.contexts import read

HEAD = """---
title: 支持办法
kind: policy
date: 2026-03-06 17:00
industries: [tourism, digital]
incentives: grant
level: county
benefit: 奖补。
apply: 申请。
contact: {{office: 办公室, phone: 0837-5550101}}
{}---
正文
"""


def make(keys: str) -> Document:
    document, problems = read("investment-policies/2026/x.md", HEAD.format(keys))
    assert document is not None
    assert [p for p in problems if p.severity == "error" and not p.code.startswith("path")] == []
    return document


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-04-30T15:59:59Z", "not-yet-in-force"),
        ("2026-04-30T16:00:00Z", "in-force"),
        # The last day counts to its end by the site's clock.
        ("2028-06-30T15:59:59Z", "in-force"),
        ("2028-06-30T16:00:00Z", "expired"),
    ],
)
def test_a_policy_is_open_from_its_first_day_to_its_last(moment: str, state: str) -> None:
    document, kind = make("valid_from: 2026-05-01\nvalid_until: 2028-06-30\n"), KINDS["policy"]
    assert kind.validity(document, moment) == state
    assert kind.transitions(document)[1:] == ["2026-04-30T16:00:00Z", "2028-06-30T16:00:00Z"]


def test_a_policy_without_an_end_stays_open() -> None:
    document = make("valid_from: 2026-05-01\n")
    assert KINDS["policy"].validity(document, "2099-01-01T00:00:00Z") == "in-force"


def test_facets_of_a_policy() -> None:
    kind, document = KINDS["policy"], make("valid_from: 2026-05-01\ncounties: [maerkang]\n")
    values = {name: list(each) for name, each in kind.facet_values(document, "expired").items()}
    assert values == {
        "state": ["closed"],
        "industry": ["tourism", "digital"],
        "incentive": ["grant"],
        "level": ["county"],
        "county": ["maerkang"],
    }
    assert set(values) == set(kind.facets)
    everywhere = kind.facet_values(make("valid_from: 2026-05-01\n"), "in-force")
    assert (everywhere["county"], everywhere["state"]) == (("whole",), ("open",))


def test_what_a_policy_gives_to_open_data_and_calendars() -> None:
    document = make("valid_from: 2026-05-01\nvalid_until: 2028-06-30\nissuers: [甲局, 乙局]\n")
    record = PolicyKind().open_record(document.fields)
    assert (record["industries"], record["issuers"]) == ("tourism; digital", "甲局; 乙局")
    assert (record["valid_until"], record["phone"]) == ("2028-06-30", "0837-5550101")
    assert set(PolicyKind().open_record({})) == set(record)
    assert PolicyKind().open_dates(document.fields) == [
        ("valid_from", "2026-05-01"),
        ("valid_until", "2028-06-30"),
    ]


def test_a_translation_answers_the_two_questions_in_its_own_words() -> None:
    text = "---\ntitle: Support\nkind: policy\ndate: 2026-03-06 17:00\n---\nText\n"
    _, problems = read("investment-policies/2026/x.en.md", text)
    missing = [p.message for p in problems if p.code == "meta-missing-key"]
    assert missing == [
        'the front matter lacks the key "apply"',
        'the front matter lacks the key "benefit"',
    ]
