"""Reads: the only way by which a view learns anything, so that the ledger knows what it read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

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
    """The answers given in one worker: what was asked, and what pages ask for again."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self._asked: list[tuple[int, str, bytes]] = []
        self._kept: dict[str, Answered] = {}
        self._recent: dict[str, Answered] = {}
        self._shared: dict[tuple[Any, ...], tuple[Any, dict[int, bytes]]] = {}

    def answer(self, question: str) -> Answered:
        """The answer with the question's number and the answer's digest, which is noted."""
        known = self._kept.get(question) or self._recent.get(question)
        if known:
            return known
        answer = self.questions.answer(question)
        number, digest = question_number(question), answer_digest(answer)
        self._asked.append((number, question, digest))
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

    def take_asked(self) -> list[tuple[int, str, bytes]]:
        """(number, question, digest) of what was asked since the last call; answers that are not
        kept are forgotten."""
        taken, self._asked = self._asked, []
        self._recent.clear()
        return taken


class Reads:
    """What one view reads; `asked` has the number of each question once, in the order asked,
    with the digest of its answer."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: dict[int, bytes] = {}
        self._site: SiteConstants | None = None

    def ask(self, question: str) -> Any:
        """The answer to a question, noted as read."""
        answer, number, digest = self._answers.answer(question)
        self.asked[number] = digest
        return answer

    def shared(self, make: Callable[..., Part], *arguments: str) -> Part:
        """`make(reads, *arguments)`, made once in a worker for all views with these arguments.

        What it reads is noted for each of them.
        """
        answer: Part = self._answers.shared(self, make, arguments)
        return answer

    def site(self) -> SiteConstants:
        """Names, address, languages and contact of the site."""
        if self._site is None:
            self._site = self.ask("setting:site")
        return self._site

    def frame(self, lang: str) -> FrameParts:
        """What every page of a language shows around its content."""
        answer: FrameParts = self.ask(f"frame:{lang}")
        return answer

    def column(self, id_: str) -> Column:
        """A column of the vocabulary."""
        answer: Column = self.ask(f"term:column/{id_}")
        return answer

    def department(self, id_: str) -> Department:
        """A department of the vocabulary."""
        answer: Department = self.ask(f"term:department/{id_}")
        return answer

    def county(self, id_: str) -> County:
        """A county of the vocabulary."""
        answer: County = self.ask(f"term:county/{id_}")
        return answer

    def audience(self, id_: str) -> Audience:
        """One of the four audiences."""
        answer: Audience = self.ask(f"term:audience/{id_}")
        return answer

    def terms(self, family: str) -> tuple[str, ...]:
        """All ids of `audience`, `column`, `department`, `county` or `form`, in their order."""
        answer: tuple[str, ...] = self.ask(f"terms:{family}")
        return answer

    def children(self, column: str) -> tuple[str, ...]:
        """The columns directly below a column; of "" the main columns."""
        answer: tuple[str, ...] = self.ask(f"tree:{column}")
        return answer

    def ancestors(self, column: str) -> tuple[str, ...]:
        """The columns above a column, nearest first."""
        answer: tuple[str, ...] = self.ask(f"tree:/{column}")
        return answer

    def form(self, id_: str) -> tuple[Form, str]:
        """A form and its state: "open", "not-yet-open" or "closed"."""
        answer: tuple[Form, str] = self.ask(f"form:{id_}")
        return answer

    def document(self, id_: str, lang: str) -> DocumentAnswer | None:
        """A document where it is visible."""
        answer: DocumentAnswer | None = self.ask(f"doc:{id_}.{lang}")
        return answer

    def entry(self, id_: str, lang: str) -> Entry | None:
        """A document's line in a language, else in the language it is shown in."""
        answer: Entry | None = self.ask(f"entry:{id_}.{lang}")
        return answer

    def picture(self, path: str) -> tuple[tuple[str, int, int], ...]:
        """(name, width, height) of each size of a shown picture."""
        answer: tuple[tuple[str, int, int], ...] = self.ask(f"picture:{path}")
        return answer

    def latest(self, lang: str, listing: str) -> tuple[Entry, ...]:
        """The newest entries of a listing."""
        answer: tuple[Entry, ...] = self.ask(f"latest:{lang}:{listing}")
        return answer

    def due(self, lang: str, listing: str) -> tuple[tuple[str, Entry], ...]:
        """(UTC moment, entry) of what of a listing readers can still do, soonest end first."""
        answer: tuple[tuple[str, Entry], ...] = self.ask(f"due:{lang}:{listing}")
        return answer

    def at_home(self, place: str) -> tuple[str, ...]:
        """The columns that stand in a part of the home page, in their order."""
        answer: tuple[str, ...] = self.ask(f"home:{place}")
        return answer

    def pages(self, lang: str, column: str) -> tuple[Entry, ...]:
        """The standing pages of a column, or of the whole site ("all")."""
        answer: tuple[Entry, ...] = self.ask(f"pages:{lang}:{column}")
        return answer

    def archive(self, lang: str, listing: str, period: str) -> ArchiveAnswer:
        """A period of a listing."""
        answer: ArchiveAnswer = self.ask(f"archive:{lang}:{listing}:{period}")
        return answer
