"""The register: terms traced from decisions, and what is contradictory in them."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.portal.catalogue.posts import Decision, trace_post, trace_posts


def decide(person: str, action: str, decided: str, since: str = "", *, line: int = 1) -> Decision:
    return Decision(
        post="director",
        post_names={},
        organisation_names={},
        person={"zh": person},
        action=action,
        decided=decided,
        since=since,
        line=line,
        notice=f"notice-{decided}",
        source=f"{decided}.md",
    )


def test_who_holds_a_post_since_when_and_who_held_it_before() -> None:
    (history,) = trace_posts(
        [
            decide("某乙", "appoint", "2026-03-02"),
            decide("某甲", "retire", "2026-03-02", since="2019-01-01"),
            decide("某乙", "confirm", "2027-03-02"),
            decide("某丙", "appoint", "2028-01-01"),
            decide("某乙", "remove", "2028-01-01"),
        ]
    )
    (holder,) = history.holders
    assert (holder.person, holder.since, holder.begun_by) == (
        {"zh": "某丙"},
        "2028-01-01",
        "notice-2028-01-01",
    )
    assert [(t.person["zh"], t.since, t.until, t.ended_how) for t in history.earlier] == [
        ("某乙", "2026-03-02", "2028-01-01", "remove"),
        ("某甲", "2019-01-01", "2026-03-02", "retire"),
    ]
    assert history.earlier[0].confirmed == "2027-03-02"
    assert history.earlier[1].begun_by == ""


@pytest.mark.parametrize(
    ("decisions", "is_shared", "faults"),
    [
        ([("某甲", "appoint", "2026-01-01"), ("某乙", "appoint", "2026-02-01")], True, []),
        (
            [("某甲", "appoint", "2026-01-01"), ("某乙", "appoint", "2026-02-01")],
            False,
            [("two-holders", "2026-02-01", "2026-01-01")],
        ),
        # Leaving comes first on one day, whatever the order in the notices.
        (
            [
                ("某乙", "appoint", "2026-02-01"),
                ("某甲", "remove", "2026-02-01"),
                ("某甲", "appoint", "2026-01-01"),
            ],
            False,
            [],
        ),
        (
            [("某甲", "appoint", "2026-01-01"), ("某甲", "appoint", "2026-02-01")],
            True,
            [("repeated", "2026-02-01", "2026-01-01")],
        ),
        ([("某甲", "remove", "2026-01-01")], False, [("not-held", "2026-01-01", None)]),
        ([("某甲", "remove", "2026-01-01", "2020-01-01")], False, []),
        ([("某甲", "confirm", "2026-01-01", "2025-01-01")], False, []),
        (
            [("某甲", "remove", "2026-01-01"), ("某甲", "appoint", "2026-02-01")],
            False,
            [("order", "2026-01-01", "2026-02-01")],
        ),
        # Blanks and full-width letters do not make another person.
        ([("Person Ａ", "appoint", "2026-01-01"), ("PersonA", "resign", "2026-02-01")], False, []),
    ],
)
def test_contradictions(
    decisions: list[tuple[str, ...]], is_shared: bool, faults: list[tuple[str, str, str | None]]
) -> None:
    trace = trace_post([decide(*each) for each in decisions], is_shared)
    assert [
        (fault.what, fault.decision.decided, fault.other.decided if fault.other else None)
        for fault in trace.faults
    ] == faults


_ACTIONS = st.sampled_from(("appoint", "confirm", "remove", "retire"))
_DECISIONS = st.lists(
    st.builds(
        decide,
        st.sampled_from(("某甲", "某乙", "某丙")),
        _ACTIONS,
        st.dates().map(lambda day: day.isoformat()),
        line=st.integers(1, 9),
    ),
    max_size=12,
)


@given(_DECISIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_notices_are_read_changes_nothing(
    decisions: list[Decision], shuffling: random.Random
) -> None:
    mixed = list(decisions)
    shuffling.shuffle(mixed)
    assert trace_posts(mixed) == trace_posts(decisions)


@given(_DECISIONS)
def test_without_contradictions_one_person_holds_a_post(decisions: list[Decision]) -> None:
    trace = trace_post(decisions, is_shared=False)
    terms = [*trace.ended, *(term for term, _ in trace.open.values())]
    assert all(term.since <= term.until for term in trace.ended)
    if not trace.faults:
        assert len(trace.open) <= 1
        ordered = sorted(terms, key=lambda term: (term.since, term.until or "~"))
        pairs = itertools.pairwise(ordered)
        assert all(earlier.until and earlier.until <= later.since for earlier, later in pairs)
