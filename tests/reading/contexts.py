"""A small vocabulary for tests of reading, and one call that reads a text with it."""

from domain.problems import Problem
from domain.vocabulary.model import (
    Audience,
    Column,
    County,
    Department,
    Post,
    Site,
    Subject,
    Term,
    Vocabulary,
)
from plugins.portal.kinds import KINDS
from plugins.portal.reading import Document, ReadingContext, read_document

AUDIENCES = ("public", "enterprises", "investors", "tourists")


def make_column(column_id: str, kind: str, *, strict: bool = False) -> Column:
    return Column(
        id=column_id, names={"zh": column_id}, kind=kind, audiences=("public",), strict=strict
    )


COLUMNS = (
    make_column("documents", "document", strict=True),
    make_column("interpretation", "document"),
    make_column("news", "news", strict=True),
    make_column("institutions", "page"),
    make_column("appointments", "appointment"),
    make_column("investment-policies", "policy"),
)
VOCABULARY = Vocabulary(
    site=Site(id="aba", names={"zh": "阿坝州"}, url="https://www.aba.example", strict=True),
    columns={column.id: column for column in COLUMNS},
    audiences={audience: Audience(audience, {}) for audience in AUDIENCES},
    departments={"gov-office": Department("gov-office", {})},
    counties={"maerkang": County("maerkang", {})},
    subjects={"01": Subject("01", {})},
    posts={"director": Post("director", {})},
    industries={id_: Term(id_, {}) for id_ in ("tourism", "digital")},
    incentives={"grant": Term("grant", {})},
    levels={"county": Term("county", {})},
)
CONTEXT = ReadingContext(VOCABULARY, KINDS)

NEWS = "---\ntitle: 新桥通车\ndate: 2026-03-01 09:00\n---\n"


def read(source: str, text: str | bytes) -> tuple[Document | None, list[Problem]]:
    data = text if isinstance(text, bytes) else text.encode()
    return read_document(source, data, CONTEXT)


def read_sound(source: str, text: str | bytes) -> Document:
    """The document, of which nothing may be wrong."""
    document, problems = read(source, text)
    assert problems == []
    assert document is not None
    return document


def codes(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in problems]


def read_news(body: str) -> tuple[Document, list[Problem]]:
    """A news item with this text, which begins in line 5."""
    document, problems = read("news/2026/x.md", NEWS + body)
    assert document is not None
    return document, problems
