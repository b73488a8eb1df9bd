"""A link with names: a task of an audience, a link of the footer."""

from domain import field_types as types
from domain.fields import Parser, required
from domain.vocabulary.model import Task


def named_link(names: Parser, what: str) -> Parser:
    """Reads `{names: ..., link: ...}` as a Task; `what` is its word in problems."""
    fields = {"names": required(names), "link": required(types.link)}
    return types.record(fields, lambda found: Task(**found.values, line=found.line), what)
