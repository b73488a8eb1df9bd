"""The kinds there are, and validity as the clock moves on."""

import pytest

from plugins.portal.kinds import KINDS
from plugins.portal.reading import Document
from tests.reading.contexts import codes, read

HEAD = "---\ntitle: x\ndate: 2026-03-01 09:00\n{}---\nx\n"


def make(keys: str) -> Document:
    document, _ = read("interpretation/2026/x.md", HEAD.format(keys))
    assert document is not None
    return document


def test_each_kind_is_registered_under_its_name() -> None:
    assert set(KINDS) == {"document", "news", "page", "budget", "appointment", "policy", "feedback"}
    assert [kind.name for kind in KINDS.values()] == list(KINDS)
    assert [kind.template for kind in KINDS.values()] == [f"{name}.html" for name in KINDS]


@pytest.mark.parametrize(
    ("keys", "before", "later"),
    [
        ("", "", ""),
        ("effective: 2026-04-01\n", "not-yet-in-force", "in-force"),
        ("effective: 2026-04-01\nvalidity: not-yet-in-force\n", "not-yet-in-force", "in-force"),
        ("effective: 2026-04-01\nvalidity: amended\n", "not-yet-in-force", "amended"),
        ("validity: in-force\nexpires: 2026-04-01\n", "in-force", "expired"),
        ("validity: partly-void\n", "partly-void", "partly-void"),
        ("validity: repealed\nexpires: 2026-04-01\n", "repealed", "repealed"),
    ],
)
def test_validity_follows_the_clock(keys: str, before: str, later: str) -> None:
    document, kind = make(keys), KINDS["document"]
    assert kind.validity(document, "2026-03-31T15:59:59Z") == before
    assert kind.validity(document, "2026-03-31T16:00:00Z") == later


def test_transitions_are_the_moments_at_which_something_changes() -> None:
    document = make("effective: 2026-04-01\nexpires: 2027-01-01\n")
    assert KINDS["document"].transitions(document) == [
        "2026-03-01T01:00:00Z",
        "2026-03-31T16:00:00Z",
        "2026-12-31T16:00:00Z",
    ]
    news, _ = read("news/2026/x.md", HEAD.format(""))
    assert news is not None
    assert KINDS["news"].transitions(news) == ["2026-03-01T01:00:00Z"]
    assert KINDS["news"].validity(news, "2026-03-01T01:00:00Z") == ""


def test_what_is_odd_about_a_document_is_a_warning() -> None:
    keys = "number: 12号\nmade: 2026-03-01\neffective: 2026-02-01\n"
    _, problems = read("interpretation/2026/x.md", HEAD.format(keys))
    found = [problem for problem in problems if problem.code != "card-missing"]
    assert codes(found) == [(4, "document-number"), (6, "meta-date-order")]
    assert {problem.severity for problem in found} == {"warning"}


def test_relations_name_an_id_or_a_full_number() -> None:
    keys = "amends: [water-rules, 《水法》]\nrepeals: 国务院令第711号\nvalidity: valid\n"
    _, problems = read("interpretation/2026/x.md", HEAD.format(keys))
    found = [problem for problem in problems if problem.code != "card-missing"]
    assert codes(found) == [(4, "relation-target"), (6, "meta-choice")]


def test_keys_of_another_kind_are_unknown() -> None:
    _, problems = read("news/2026/x.md", HEAD.format("number: 阿府发〔2026〕12号\n"))
    assert codes(problems) == [(4, "meta-unknown-key")]


def test_a_day_before_all_clocks_is_a_problem() -> None:
    _, problems = read("interpretation/2026/x.md", HEAD.format("effective: 0001-01-01\n"))
    assert (4, "meta-date") in codes(problems)
