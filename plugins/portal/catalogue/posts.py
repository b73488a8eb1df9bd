"""The register of posts: from the decisions of all notices, who holds which post since when.

`trace_posts` is pure; the question `posts:` asks it for the visible notices of an organisation,
and the check for those of a post, whose contradictions it names.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.languages import Text
from plugins.portal.kinds.appointment import BEGINS, CONFIRMS, ENDS, canonical_name

DECISIONS = (
    "SELECT c.post, c.data, d.id, d.source FROM decision c JOIN document d ON d.number = c.document"
)
"""What `decision_from_row` takes; the caller adds which."""


class Decision(NamedTuple):
    """A decision about one post, and the notice that makes it known."""

    post: str
    post_names: Text
    organisation_names: Text
    person: Text
    action: str
    decided: str
    since: str
    line: int
    notice: str
    source: str

    @property
    def person_key(self) -> str:
        """The person's name in the form by which decisions are matched."""
        return canonical_name(self.person)

    def order(self) -> tuple[str, int, str, int]:
        """By day; who leaves on a day leaves before another takes the post on it."""
        rank = 0 if self.action in ENDS else 2 if self.action == CONFIRMS else 1
        return self.decided, rank, self.source, self.line


class Term(NamedTuple):
    """One person's time in a post. `until` "" while it lasts; `begun_by` "" where the notice of
    the appointment is not on this site; notices are ids."""

    person: Text
    since: str
    begun_by: str
    confirmed: str = ""
    until: str = ""
    ended_by: str = ""
    ended_how: str = ""


class PostHistory(NamedTuple):
    """A post: who holds it now, in the order of appointment, and who held it, the last first."""

    post: str
    names: Text
    holders: tuple[Term, ...]
    earlier: tuple[Term, ...]


class Fault(NamedTuple):
    """A decision that contradicts another one (None: it has nothing to stand on)."""

    what: str
    decision: Decision
    other: Decision | None


def decision_from_row(row: tuple[Any, ...]) -> Decision:
    """The decision of a row of DECISIONS."""
    post, data, notice, source = row
    found = json.loads(data)
    return Decision(
        post=post,
        post_names=found["post_names"],
        organisation_names=found["organisation_names"],
        person=found["person"],
        action=found["action"],
        decided=found["decided"],
        since=found["since"],
        line=found["line"],
        notice=notice,
        source=source,
    )


def trace_posts(decisions: Iterable[Decision]) -> tuple[PostHistory, ...]:
    """The history of each post, by post."""
    by_post: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_post.setdefault(decision.post, []).append(decision)
    return tuple(_history(post, found) for post, found in sorted(by_post.items()))


def _history(post: str, decisions: list[Decision]) -> PostHistory:
    trace = trace_post(decisions)
    latest = max(decisions, key=Decision.order)
    return PostHistory(
        post,
        latest.post_names,
        tuple(term for term, _ in trace.open.values()),
        tuple(sorted(trace.ended, key=lambda term: (term.until, term.since), reverse=True)),
    )


@dataclass(slots=True)
class Trace:
    """A post as it stands after the decisions so far: terms that last, by person, each with the
    decision that began it; terms that ended; what was contradictory."""

    open: dict[str, tuple[Term, Decision]] = field(default_factory=dict)
    ended: list[Term] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def trace_post(decisions: Collection[Decision], is_shared: bool = True) -> Trace:
    """The terms of one post, and what is contradictory in its decisions.

    `is_shared`: several may hold it at once.
    """
    trace = Trace()
    ordered = sorted(decisions, key=Decision.order)
    for decision in ordered:
        if decision.action == BEGINS:
            _begin(trace, decision, is_shared)
        elif decision.action == CONFIRMS:
            _confirm(trace, decision, ordered)
        else:
            _end(trace, decision, ordered)
    return trace


def _begin(trace: Trace, decision: Decision, is_shared: bool) -> None:
    person = decision.person_key
    if person in trace.open:
        trace.faults.append(Fault("repeated", decision, trace.open[person][1]))
        return
    if trace.open and not is_shared:
        _, other = next(reversed(trace.open.values()))
        trace.faults.append(Fault("two-holders", decision, other))
    term = Term(decision.person, decision.decided, decision.notice)
    trace.open[person] = term, decision


def _confirm(trace: Trace, decision: Decision, all_: list[Decision]) -> None:
    held = trace.open.get(decision.person_key)
    if held:
        term, begun = held[0]._replace(confirmed=decision.decided), held[1]
    elif decision.since:
        term = Term(decision.person, decision.since, "", confirmed=decision.decided)
        begun = decision
    else:
        trace.faults.append(_fault_of_nothing(decision, all_))
        return
    trace.open[decision.person_key] = term, begun


def _end(trace: Trace, decision: Decision, all_: list[Decision]) -> None:
    held = trace.open.pop(decision.person_key, None)
    if held:
        term = held[0]
    elif decision.since:
        term = Term(decision.person, decision.since, "")
    else:
        trace.faults.append(_fault_of_nothing(decision, all_))
        return
    trace.ended.append(
        term._replace(until=decision.decided, ended_by=decision.notice, ended_how=decision.action)
    )


def _fault_of_nothing(decision: Decision, all_: list[Decision]) -> Fault:
    """Of one who does not hold the post then: appointed later, left before, or never known."""
    own = [other for other in all_ if other.person_key == decision.person_key]
    place = own.index(decision)
    later = [other for other in own[place + 1 :] if other.action == BEGINS]
    if later:
        return Fault("order", decision, later[0])
    return Fault("not-held", decision, own[place - 1] if place else None)
