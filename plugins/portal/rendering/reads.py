"""Reads: the only way by which a view learns anything, so that the ledger knows what it read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from domain.forms import Form
from domain.vocabulary import Audience, Column, County, Department
from plugins.portal.catalogue.entries import Entry
from plugins.portal.catalogue.periods import ArchiveAnswer
from plugins.portal.catalogue.questions import (
    DocumentAnswer,
    Questions,
    answer_digest,
    is_constant,
    question_number,
)
from plugins.portal.rendering.constants import FrameParts, SiteConstants

Part = TypeVar("Part")

Answered = tuple[Any, int, bytes]
"""(answer, number of its question, digest)"""


class Answers:
    """The answers given in one worker: their digests, and those that pages ask for again."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.digests: dict[str, bytes] = {}
        self._kept: dict[str, Answered] = {}
        self._recent: dict[str, Answered] = {}
        self._shared: dict[tuple[Any, ...], tuple[Any, dict[int, bytes]]] = {}

    def answer(self, question: str) -> Answered:
        """The answer with the question's number and the answer's digest, which is noted."""
        known = self._kept.get(question) or self._recent.get(question)
        if known:
            return known
        answer = self.questions.answer(question)
        digest = self.digests[question] = answer_digest(answer)
        number = question_number(question)
        answered = answer, number, digest
        (self._kept if is_constant(number) else self._recent)[question] = answered
        return answered

    def shared(self, reads: Reads, make: Callable[..., Any], arguments: tuple[str, ...]) -> Any:
        """What `make` gave for these arguments, with its reads noted in `reads`."""
        key = make, arguments
        known = self._shared.get(key)
        if known is None:
            own = Reads(self)
            known = self._shared[key] = make(own, *arguments), own.asked
        reads.asked.update(known[1])
        return known[0]

    def take_digests(self) -> dict[str, bytes]:
        """The digests noted since the last call; answers that are not kept are forgotten."""
        taken, self.digests = self.digests, {}
        self._recent.clear()
        return taken


class Reads:
    """What one view reads; `asked` has the number of each question once, in the order asked,
    with the digest of its answer."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: dict[int, bytes] = {}

    def ask(self, question: str) -> Any:
        """The answer to a question, noted as read."""
        answer, number, digest = self._answers.answer(question)
        self.asked[number] = digest
        return answer

    def shared(self, make: Callable[..., Part], *arguments: str) -> Part:
        """`make(reads, *arguments)`, made once in a worker for all views with these arguments.

        What it reads is noted for each of them.
        """
        return cast(Part, self._answers.shared(self, make, arguments))

    def site(self) -> SiteConstants:
        """Names, address, languages and contact of the site."""
        return cast(SiteConstants, self.ask("setting:site"))

    def frame(self, lang: str) -> FrameParts:
        """What every page of a language shows around its content."""
        return cast(FrameParts, self.ask(f"frame:{lang}"))

    def column(self, id_: str) -> Column:
        """A column of the vocabulary."""
        return cast(Column, self.ask(f"term:column/{id_}"))

    def department(self, id_: str) -> Department:
        """A department of the vocabulary."""
        return cast(Department, self.ask(f"term:department/{id_}"))

    def county(self, id_: str) -> County:
        """A county of the vocabulary."""
        return cast(County, self.ask(f"term:county/{id_}"))

    def audience(self, id_: str) -> Audience:
        """One of the four audiences."""
        return cast(Audience, self.ask(f"term:audience/{id_}"))

    def terms(self, family: str) -> tuple[str, ...]:
        """All ids of `audience`, `column`, `department`, `county` or `form`, in their order."""
        return cast("tuple[str, ...]", self.ask(f"terms:{family}"))

    def children(self, column: str) -> tuple[str, ...]:
        """The columns directly below a column; of "" the main columns."""
        return cast("tuple[str, ...]", self.ask(f"tree:{column}"))

    def ancestors(self, column: str) -> tuple[str, ...]:
        """The columns above a column, nearest first."""
        return cast("tuple[str, ...]", self.ask(f"tree:/{column}"))

    def form(self, id_: str) -> tuple[Form, str]:
        """A form and its state: "open", "not-yet-open" or "closed"."""
        return cast("tuple[Form, str]", self.ask(f"form:{id_}"))

    def document(self, id_: str, lang: str) -> DocumentAnswer | None:
        """A document where it is visible."""
        return cast("DocumentAnswer | None", self.ask(f"doc:{id_}.{lang}"))

    def entry(self, id_: str, lang: str) -> Entry | None:
        """A document's line in a language, else in the language it is shown in."""
        return cast("Entry | None", self.ask(f"entry:{id_}.{lang}"))

    def picture(self, path: str) -> tuple[tuple[str, int, int], ...]:
        """(name, width, height) of each size of a shown picture."""
        return cast("tuple[tuple[str, int, int], ...]", self.ask(f"picture:{path}"))

    def latest(self, lang: str, listing: str) -> tuple[Entry, ...]:
        """The newest entries of a listing."""
        return cast("tuple[Entry, ...]", self.ask(f"latest:{lang}:{listing}"))

    def due(self, lang: str, listing: str) -> tuple[tuple[str, Entry], ...]:
        """(UTC moment, entry) of what of a listing readers can still do, soonest end first."""
        return cast("tuple[tuple[str, Entry], ...]", self.ask(f"due:{lang}:{listing}"))

    def at_home(self, place: str) -> tuple[str, ...]:
        """The columns that stand in a part of the home page, in their order."""
        return cast("tuple[str, ...]", self.ask(f"home:{place}"))

    def pages(self, lang: str, column: str) -> tuple[Entry, ...]:
        """The standing pages of a column, or of the whole site ("all")."""
        return cast("tuple[Entry, ...]", self.ask(f"pages:{lang}:{column}"))

    def archive(self, lang: str, listing: str, period: str) -> ArchiveAnswer:
        """A period of a listing."""
        return cast(ArchiveAnswer, self.ask(f"archive:{lang}:{listing}:{period}"))
