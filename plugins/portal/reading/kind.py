"""What a kind of document must say of itself. The kinds stand in plugins.portal.kinds."""

# ruff: noqa: ARG002 - what a kind says that has nothing of its own to say
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.fields import FieldSpec
from domain.problems import Problem

if TYPE_CHECKING:
    from domain.vocabulary import Vocabulary
    from plugins.portal.reading.beside import Beside
    from plugins.portal.reading.document import Document


def join_values(values: Iterable[str]) -> str:
    """Several values in one cell of open data."""
    return "; ".join(str(value) for value in values)


class Kind:
    """A kind of document: its fields, its checks of one record, its states by the clock.

    A new kind is a subclass with a name of its own in one file, and one template.
    """

    name: str
    #: Where documents go that lie in no column's folder.
    main_column: str
    template: str
    #: What readers call documents of this kind (a message of the theme), and schema.org does.
    label: str
    schema_type: str
    #: Whether a year stands in its addresses and a date is needed.
    is_dated: bool = True
    #: Whether departments and counties list it apart from everything else that they publish.
    is_apart: bool = False
    #: Keys of own fields that name other documents by id or number.
    relations: tuple[str, ...] = ()
    #: Keys, common or own, whose absence leaves a gap on the page's card.
    card: tuple[str, ...] = ()
    #: What agendas call the days of `open_dates`, and the last day before `expires` (messages).
    date_labels: Mapping[str, str] = {
        "effective": "Takes effect",
        "expires": "Last day",
        "valid_from": "Open from",
        "valid_until": "Last day",
    }
    #: Whether its page has a document card.
    has_card: bool = False
    #: The facets by which its main column lists its documents, in the order of the front.
    facets: tuple[str, ...] = ()

    def own_fields(self, vocabulary: Vocabulary) -> Mapping[str, FieldSpec]:
        """The kind's own keys besides the common ones."""
        return {}

    def make_fields(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
        """The values read from the own keys, as `Document.fields` keeps them (JSON-able)."""
        return {}

    def read_beside(
        self, values: Mapping[str, Any], beside: Beside, vocabulary: Vocabulary
    ) -> tuple[dict[str, Any], list[Problem]]:
        """What files beside the document add to its `Document.fields`, and what is wrong there."""
        return {}, []

    def listings(self, document: Document, main_column: str) -> list[tuple[str, str, str]]:
        """(listing, year, place in the year) of the kind's own lists, besides the common ones."""
        return []

    def check(self, document: Document, vocabulary: Vocabulary) -> list[Problem]:
        """What is wrong with the document by itself, besides what its fields' types say."""
        return []

    def validity(self, document: Document, now_utc: str) -> str:
        """The state of validity at that moment by the document's own fields, "" for none."""
        return ""

    def open_dates(self, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(key, day) of the days that the own fields name, for agendas.

        The key never changes, since programs know an event by it; its words stand in
        `date_labels`. `day` is YYYY-MM-DD, or "" for none. `expires` is not among them.
        """
        return []

    @property
    def is_open_data(self) -> bool:
        """Whether columns of this kind hand out their documents as CSV and JSON."""
        return type(self).open_record is not Kind.open_record

    def open_record(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """The own columns of the kind's CSV and JSON: always the same keys, "" for nothing.

        A kind that has this hands out its data.
        """
        return {}

    def facet_values(self, document: Document, validity: str) -> Mapping[str, Sequence[str]]:
        """The document's values of each of `facets`: segments of an address."""
        return {}

    def transitions(self, document: Document) -> list[str]:
        """The UTC moments, sorted, at which time alone changes what readers see of it."""
        return sorted({moment for moment in (document.date, document.expires) if moment})
