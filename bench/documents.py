"""What the corpus consists of: documents with their facts, and the lists that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ISSUERS = (
    ("阿坝州人民政府", "阿府发"),
    ("阿坝州政府办公室", "阿府办发"),
    ("阿坝州发展和改革委员会", "阿发改发"),
    ("阿坝州财政局", "阿财发"),
    ("阿坝州自然资源局", "阿自然资发"),
    ("阿坝州交通运输局", "阿交发"),
    ("阿坝州农业农村局", "阿农发"),
    ("阿坝州卫生健康委员会", "阿卫发"),
    ("阿坝州教育局", "阿教发"),
    ("阿坝州民政局", "阿民发"),
)


@dataclass(frozen=True, slots=True)
class Lists:
    """The site's closed lists that documents name: columns are (id, kind) pairs."""

    columns: tuple[tuple[str, str], ...]
    departments: tuple[str, ...]
    counties: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What links to a document need, without its text."""

    number: int
    column: str
    kind: str
    date: datetime
    title: str
    traits: frozenset[str]

    @property
    def id(self) -> str:
        return f"b-{self.number:07}"

    @property
    def year(self) -> int:
        return self.date.year

    @property
    def folder(self) -> str:
        return f"{self.column}/{self.year}"

    @property
    def slug(self) -> str:
        return f"text-{self.number:07}"

    @property
    def issuer(self) -> str:
        return ISSUERS[self.number % len(ISSUERS)][0]

    @property
    def official_number(self) -> str:
        prefix = ISSUERS[self.number % len(ISSUERS)][1]
        return f"{prefix}〔{self.year}〕{self.number // len(ISSUERS) + 1}号"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file beside a document."""

    name: str
    title: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus; `lang` "en" stands for the translation of the same facts."""

    facts: Facts
    lang: str
    title: str
    paragraphs: Sequence[str]
    departments: Sequence[str]
    counties: Sequence[str]
    subject: str
    summary: str
    table: Sequence[Sequence[str]] = ()
    links: Sequence[Facts] = ()
    relation: tuple[str, Facts] | None = None
    attachments: Sequence[Attachment] = ()
    extra: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.facts.slug}{'' if self.lang == 'zh' else '.' + self.lang}.md"

    @property
    def source_path(self) -> str:
        return f"{self.facts.folder}/{self.file_name}"
