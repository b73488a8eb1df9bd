"""Posts: decisions of different notices that cannot all be true.

Judged post by post, and only the posts that a change touches. Every published notice counts,
also one whose hour has not come: else it would fail at its hour, with nobody there to mend it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from domain.problems import Problem, quoted
from domain.vocabulary import Vocabulary
from plugins.portal.catalogue.posts import (
    DECISIONS,
    Decision,
    Fault,
    decision_from_row,
    trace_post,
)
from plugins.portal.kinds.appointment import quoted_name

PostKey = tuple[str, str]
"""(organisation, post), as the table `decision` has them."""

_WHY = "Readers ask the register who holds a post, and it would give a wrong answer."


def check_posts(
    connection: sqlite3.Connection, posts: Collection[PostKey], vocabulary: Vocabulary
) -> list[Problem]:
    """The contradictions in the decisions about these posts."""
    problems = []
    for organisation, post in sorted(posts):
        decisions = _decisions(connection, organisation, post)
        declared = vocabulary.posts.get(post)
        is_shared = declared is not None and declared.several
        faults = trace_post(decisions, is_shared).faults
        problems += [_problem(fault, organisation) for fault in faults]
    return problems


def all_posts(connection: sqlite3.Connection) -> set[PostKey]:
    """Every post that some decision is about."""
    return set(connection.execute("SELECT DISTINCT organisation, post FROM decision"))


def _decisions(connection: sqlite3.Connection, organisation: str, post: str) -> list[Decision]:
    rows: Iterable[tuple[object, ...]] = connection.execute(
        f"{DECISIONS} WHERE c.organisation=? AND c.post=?", (organisation, post)
    )
    return [decision_from_row(row) for row in rows]


def _problem(fault: Fault, organisation: str) -> Problem:
    decision, other = fault.decision, fault.other
    person, post = quoted_name(decision.person), _post_of(decision, organisation)
    place = f"{other.source}:{other.line}" if other else ""
    if fault.what == "two-holders" and other:
        holder = quoted_name(other.person)
        return _contradiction(
            decision,
            "appointment-two-holders",
            f"{person} is appointed {post}, a post that {holder} holds "
            f"since {other.decided} by {place}",
            f"Add the decision by which {holder} leaves it (action: remove, resign, retire or "
            "dismiss), or declare the post in vocabulary/posts.yaml with several: true.",
        )
    if fault.what == "repeated" and other:
        return _contradiction(
            decision,
            "appointment-repeated",
            f"{person} is appointed {post}, and is that already since {other.decided} by {place}",
            "Take one of the two decisions out; the end of a probation is action: confirm.",
        )
    if fault.what == "order" and other:
        return _contradiction(
            decision,
            "appointment-order",
            f"{person} leaves the post {post} on {decision.decided}, before being appointed to it "
            f"on {other.decided} by {place}",
            "Correct the day decided in one of the two notices; where an earlier appointment is "
            "not on this site, add since: with the day on which it began.",
        )
    known = f"; the last that is known is action: {other.action} in {place}" if other else ""
    return _contradiction(
        decision,
        "appointment-not-held",
        f"action: {decision.action} for {person}, who is not {post}{known}",
        "Check the person, the post and the organisation; where the appointment is not on this "
        "site, add since: with the day on which it began.",
    )


def _post_of(decision: Decision, organisation: str) -> str:
    post = quoted(decision.post) if decision.post[0] != "=" else quoted_name(decision.post_names)
    names = decision.organisation_names
    body = quoted_name(names) if names else quoted(organisation.partition("/")[2])
    return f"{post} of {body}"


def _contradiction(decision: Decision, code: str, message: str, remedy: str) -> Problem:
    return Problem(decision.source, decision.line, code, message, _WHY, remedy)
