"""Planning: from the changed sources to the outputs that are to be made or removed.

Works inside the caller's transaction and writes only rows: a plan with errors is rolled back
and leaves site, catalogue and ledger as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.problems import Problem
from plugins.portal.building.ingest import Changes, apply_changes
from plugins.portal.building.ledger import Ledger
from plugins.portal.building.preparing import Preparer
from plugins.portal.building.sources import is_document, is_file
from plugins.portal.catalogue.footprint import Footprint, FootprintTaker, Page, questions_of_file
from plugins.portal.catalogue.placing import names_of
from plugins.portal.catalogue.questions import Questions, answer_digest
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.checking import documents_by_number, numbers_of_ids
from plugins.portal.checking.addresses import check_addresses, check_aliases, check_released
from plugins.portal.checking.budgets import check_budgets
from plugins.portal.checking.links import check_links, leading_to
from plugins.portal.checking.posts import PostKey, all_posts, check_posts
from plugins.portal.checking.suspects import find_suspects
from plugins.portal.rendering.families import FIXED_FAMILIES, address_of, output_path

_BY_PERIOD = ("archive", "sitemap", "facet")
"""Families whose pages have the arguments of the question that they ask."""

SERVICE_PATHS = ("search", "relay")


@dataclass(slots=True)
class Planner:
    """What planning works with: the new sources' catalogue, the ledger, and the fixed pages."""

    store: CatalogueStore
    ledger: Ledger
    questions: Questions
    taker: FootprintTaker
    preparer: Preparer
    fixed: set[Page]
    now: str
    last_now: str
    touched_urls: set[str] = field(default_factory=set)

    # A change

    def plan_change(self, changes: Changes, constants_changed: bool) -> list[Problem]:
        """Outputs that the change touches are stale, born or dead; what is wrong with it."""
        ids = self._ids_of_sources(file.source for file in changes.files)
        ids |= self._due_ids()
        ids |= self._referenced(ids)
        before = self.taker.take(ids, Footprint(urls=set(self.touched_urls)))
        targets = self._targets(ids)
        apply_changes(self.store, changes)
        more = self._ids_of_sources(file.source for file in changes.files)
        more = (more | self._referenced(more)) - ids
        _join(before, self.taker.take(more))
        ids |= more
        # Where they are going to stand, as it is before they do: a list that grows may lose
        # a page too, when a year is divided into months.
        years = self._years_of(ids - self._ids_of_sources(changes.unsound))
        _join(before, self.taker.take((), Footprint(years=years)))
        self._refresh(ids - self._ids_of_sources(changes.unsound))
        files = [file.source for file in changes.files if is_file(file.source)]
        unfit = self.preparer.prepare(self.store, {*files, *self.store.files_used_by(ids)})
        after = self.taker.take(ids, before)
        self._plan_pages(before.pages, after.pages)
        questions = before.questions | after.questions
        questions |= {question for path in files for question in questions_of_file(path)}
        questions |= {f"redirect:{url}" for url in after.urls}
        questions |= {f"withdrawal:{url}" for url in after.urls}
        # Where a year is divided or joined again, its other pages change as well.
        questions |= {
            ":".join(page) for page in before.pages ^ after.pages if page[0] in _BY_PERIOD
        }
        if not changes.unsound:  # else the plan is rolled back, and its catalogue has gaps
            if constants_changed:
                self.plan_constants()
            self._ask_again(questions)
        targets |= self._targets(ids) | {f"file:{path}" for path in files}
        lost = {address_of(output_path(page)) for page in before.pages - after.pages}
        targets |= {f"url:{url}" for url in lost}
        numbers = numbers_of_ids(self.store.connection, ids)
        numbers |= leading_to(self.store.connection, targets)
        posts = before.posts | after.posts
        return [*unfit, *self._check(numbers, lost | self.touched_urls, posts)]

    def _ids_of_sources(self, sources: Iterable[str]) -> set[str]:
        return {
            row[0]
            for source in sources
            if is_document(source)
            for row in self.store.connection.execute(
                "SELECT id FROM document WHERE source=?", (source,)
            )
        }

    def _due_ids(self) -> set[str]:
        """Ids with a timed change between the last build's moment and this one's."""
        first, last = sorted((self.last_now, self.now))
        rows = self.store.connection.execute(
            "SELECT DISTINCT id FROM transition WHERE moment > ? AND moment <= ?", (first, last)
        )
        return {row[0] for row in rows}

    def _referenced(self, ids: Iterable[str]) -> set[str]:
        """Ids that these ids' documents refer to: their validity may follow."""
        return {
            row[0]
            for id_ in ids
            for row in self.store.connection.execute(
                "SELECT DISTINCT t.id FROM document d JOIN reference r ON r.document = d.number"
                " JOIN name n ON n.name = r.target JOIN document t ON t.number = n.document"
                " WHERE d.id=?",
                (id_,),
            )
        }

    def _targets(self, ids: Iterable[str]) -> set[str]:
        numbers = numbers_of_ids(self.store.connection, ids)
        documents = documents_by_number(self.store.connection, numbers)
        return {f"doc:{name}" for _, document in documents for name in names_of(document)}

    def _years_of(self, ids: Iterable[str]) -> set[tuple[str, str]]:
        """(listing, year) of every place that these ids' documents may have."""
        numbers = numbers_of_ids(self.store.connection, ids)
        documents = documents_by_number(self.store.connection, numbers)
        members = (m for _, d in documents for m in self.store.placing.possible_members(d))
        return {(listing, year) for listing, year, _, _ in members if year}

    def _refresh(self, ids: Iterable[str]) -> None:
        for id_ in sorted(ids):
            self.store.refresh(id_)
        self.store.flush_tallies()

    def _plan_pages(self, before: set[Page], after: set[Page]) -> None:
        self.ledger.mark_dead(sorted(before - after))
        self.ledger.add_pages((page, output_path(page)) for page in sorted(after - before))

    def plan_constants(self) -> None:
        """Vocabulary, forms or theme changed: fixed pages come and go, constants are asked again."""
        before = self.ledger.pages_of_families(FIXED_FAMILIES)
        self._plan_pages(before, self.fixed)
        self._ask_again(self.ledger.questions_of_constants())

    def _ask_again(self, questions: Iterable[str]) -> None:
        for number, question, digest in self.ledger.known_questions(sorted(questions)):
            answer = self._answer(question)
            if answer != digest:
                self.ledger.change_answer(number, answer)

    def _answer(self, question: str) -> bytes:
        try:
            return answer_digest(self.questions.answer(question))
        except KeyError:
            return b"gone"  # a term or form that was taken out of the vocabulary

    # Everything

    def plan_everything(self, changes: Changes) -> list[Problem]:
        """Every output that should be is to be made; every other is to go.

        The catalogue was emptied and has all sources, each placed as if it were alone.
        """
        with self.preparer.started(self.store) as finish:
            self._refresh(self.store.ids_to_refresh() - self._ids_of_sources(changes.unsound))
            self.store.finish_anew()
            unfit = finish()
        self.ledger.mark_all_dead()
        self.ledger.add_pages((page, output_path(page)) for page in sorted(self.fixed))
        self.ledger.add_pages((page, output_path(page)) for page in self.taker.everything())
        self.ledger.settle_dead()
        released = self.store.connection.execute("SELECT url FROM released").fetchall()
        suspects = find_suspects(self.store.connection)
        suspects |= self.ledger.documents_at_taken_paths()
        posts = all_posts(self.store.connection)
        return [*unfit, *self._check(suspects, {row[0] for row in released}, posts)]

    # Checks

    def _check(self, numbers: set[int], lost: set[str], posts: set[PostKey]) -> list[Problem]:
        connection = self.store.connection
        problems = check_addresses(connection, numbers, self._is_taken)
        problems += check_aliases(connection, numbers)
        problems += check_posts(connection, posts, self.store.placing.vocabulary)
        problems += check_budgets(connection, numbers)
        problems += check_links(connection, numbers, self.is_address)
        problems += check_released(connection, (url for url in lost if not self.is_address(url)))
        return problems

    def is_address(self, url: str) -> bool:
        """Whether a page, a file or a service answers at an address."""
        plain = url.partition("#")[0].partition("?")[0]
        parts = plain.split("/")
        if len(parts) > 2 and parts[2] in SERVICE_PATHS:
            return True
        path = f"site{plain}index.html" if plain.endswith("/") else f"site{plain}"
        return self.ledger.is_living_path(path)

    def _is_taken(self, url: str) -> bool:
        """Whether something other than a document answers at an address."""
        return self.ledger.is_taken_path(f"site{url}index.html", "document")


def _join(footprint: Footprint, other: Footprint) -> None:
    footprint.questions |= other.questions
    footprint.pages |= other.pages
    footprint.years |= other.years
    footprint.urls |= other.urls
    footprint.posts |= other.posts
