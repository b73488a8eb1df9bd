"""What a form may refer to: the bodies and rules of its site."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.forms.definition import Deadline, Option
from domain.languages import Text
from domain.vocabulary.model import Rule, Vocabulary

_OPINION_RULE = "opinion-collection-period"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Names of departments and counties by id, and the rules; None where they are not known."""

    departments: Mapping[str, Text] | None = None
    counties: Mapping[str, Text] | None = None
    rules: Mapping[str, Rule] | None = None
    default_language: str = "zh"

    @classmethod
    def of(cls, vocabulary: Vocabulary | None) -> Self:
        """Those of a site; nothing is known where its vocabulary has errors."""
        if vocabulary is None:
            return cls()
        return cls(
            departments={id_: body.names for id_, body in vocabulary.departments.items()},
            counties={id_: body.names for id_, body in vocabulary.counties.items()},
            rules=vocabulary.rules,
            default_language=vocabulary.site.default_language,
        )

    @property
    def opinion_days(self) -> int | None:
        """How long opinions are collected at least, None where no rule says."""
        rule = (self.rules or {}).get(_OPINION_RULE)
        return None if rule is None else int(rule.value)

    def deadline_of(self, rule_id: str) -> Deadline:
        """The time that a rule gives."""
        rule = (self.rules or {})[rule_id]
        return Deadline(rule_id, int(rule.value), rule.unit)

    def options_from(self, list_name: str) -> tuple[Option, ...]:
        """The bodies of a list as options; none for the name "" and a list that is not known."""
        lists = {"departments": self.departments, "counties": self.counties}
        return tuple(Option(id_, names) for id_, names in (lists.get(list_name) or {}).items())


NOTHING_KNOWN = Surroundings()
