"""The corpus written out: as content of this product, of plain Pelican, Hugo or Eleventy.

All forms have the same prose, headings, tables, links, attachments and translations; they
differ in the header, in the way links are written, in where attachments are named, and Hugo's
in where texts lie.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.corpus import Corpus
from bench.documents import Document, Facts
from bench.lists import column_path

SITE = """\
format: 1
id: bench
names: {zh: 测试州人民政府, en: Bench Prefecture, bo: རྔ་བ}
url: https://www.bench.example
timezone: Asia/Shanghai
languages: [zh, en, bo]
default_language: zh
strict: false
"""

Form = Callable[[Document], str]
PART = 1_000


def write_corpus(corpus: Corpus, form: str, target: Path, begun: Path | None = None) -> int:
    """The documents with their attachments are in `target`, in one of FORMS; how many files.

    `begun` is a file that notes how many documents are written, for a writing that goes on where
    it was cut off; then only the files since are counted.
    """
    if form == "portal":
        _write(target / "site.yaml", SITE.encode())
    done = int(begun.read_text("utf-8")) if begun and begun.exists() else 0
    written = 0
    for number, document in enumerate(corpus.documents(done), done + 1):
        written += write_document(document, form, target)
        if begun and number % PART == 0:
            begun.write_text(str(number), "utf-8")
    return written


def write_document(document: Document, form: str, target: Path) -> int:
    """One document with its attachments; how many files."""
    path = target / (PLACES[form](document) if form in PLACES else document.source_path)
    _write(path, FORMS[form](document).encode())
    for attachment in document.attachments:
        _write(path.parent / attachment.name, attachment.content)
    return 1 + len(document.attachments)


def portal_text(document: Document) -> str:
    """As our editors write it: YAML front matter, doc: and file links."""
    facts = document.facts
    head: dict[str, object] = {
        "id": facts.id,
        "title": document.title,
        "kind": facts.kind,
        "date": f"{facts.date:%Y-%m-%d %H:%M}",
        "departments": list(document.departments),
        "summary": document.summary,
        "keywords": ["公告", facts.issuer],
        "source": facts.issuer,
        "sample": True,
    }
    if document.counties:
        head["counties"] = list(document.counties)
    if facts.kind == "document":
        head |= _card(document)
    lines = _yaml_lines(head)
    if document.attachments:
        lines.append("attachments:")
        lines += [f"- {{file: {a.name}, title: {_yaml(a.title)}}}" for a in document.attachments]
    return "\n".join(["---", *lines, "---", "", _body(document, _portal_link)])


CONTENTS_FROM = 3
"""Headings from which a text has a list of contents."""


def pelican_text(document: Document) -> str:
    """As plain Pelican reads it: `Key: value` lines, {filename} and {static} links.

    What Pelican has no key for is carried by those it has: departments, counties and keywords
    are tags, the issuer is the author; the card's lines are metadata of the article.
    """
    facts = document.facts
    tags = [*document.departments, *document.counties, "公告", facts.issuer]
    lines = [
        f"Title: {document.title}",
        f"Date: {facts.date:%Y-%m-%d %H:%M}",
        f"Category: {facts.column}",
        f"Tags: {', '.join(tags)}",
        f"Authors: {facts.issuer}",
        f"Slug: {facts.slug}",
        f"Lang: {document.lang}",
        f"Summary: {document.summary}",
    ]
    if facts.kind == "document":
        lines += [
            f"{_PELICAN_CARD[name]}: {value}"
            for name, value in _card(document).items()
            if name in _PELICAN_CARD
        ]
    body = _body(document, _pelican_link)
    # Python-Markdown's own mark for a list of contents, where we show one too.
    contents = ["[TOC]"] if body.count("\n## ") + body.startswith("## ") >= CONTENTS_FROM else []
    parts = ["\n".join(lines), *contents, body]
    if document.attachments:
        files = [f"- [{a.title}]({{static}}{a.name})" for a in document.attachments]
        parts.append("\n".join(files) + "\n")
    return "\n\n".join(parts)


_PELICAN_CARD = {
    "number": "Number",
    "index": "Index",
    "subject": "Subject",
    "made": "Made",
    "effective": "Effective",
    "validity": "Validity",
}


def hugo_text(document: Document) -> str:
    """As Hugo reads it: departments and counties are taxonomies, the card's lines parameters.

    Links and relations name the place of their target in the tree.
    """
    facts = document.facts
    head: dict[str, object] = {
        "title": document.title,
        "date": f"{facts.date:%Y-%m-%dT%H:%M}:00+08:00",
        "description": document.summary,
        "departments": list(document.departments),
        "counties": list(document.counties),
        "keywords": ["公告", facts.issuer],
    }
    parameters: dict[str, object] = {
        "id": facts.id,
        "genre": facts.kind,
        "source": facts.issuer,
        "sample": True,
    }
    if facts.kind == "document":
        parameters |= _card(document)
    if document.relation:
        relation, target = document.relation
        parameters[relation] = _hugo_place(target)
    lines = _yaml_lines(head)
    lines += ["params:", *(f"  {line}" for line in _yaml_lines(parameters))]
    if document.attachments:
        lines.append("resources:")
        lines += [f"- {{src: {a.name}, title: {_yaml(a.title)}}}" for a in document.attachments]
    return "\n".join(
        ["---", *lines, "---", "", _body(document, lambda _, target: _hugo_place(target))]
    )


def hugo_path(document: Document) -> str:
    """Columns lie within each other; a text with attachments has a folder of its own, which
    its translation is in too."""
    place, facts = _hugo_place(document.facts).removeprefix("/"), document.facts
    ending = document.file_name.removeprefix(facts.slug)
    return f"{place}/index{ending}" if "attached" in facts.traits else f"{place}{ending}"


def _hugo_place(facts: Facts) -> str:
    return f"/{column_path(facts.column)}/{facts.year}/{facts.slug}"


def eleventy_text(document: Document) -> str:
    """As Eleventy reads it fastest: JSON before the text; addresses and links as they will be."""
    facts = document.facts
    head: dict[str, object] = {
        "title": document.title,
        "date": f"{facts.date:%Y-%m-%dT%H:%M}:00+08:00",
        "permalink": f"{_eleventy_url(facts, document.lang)}index.html",
        "lang": document.lang,
        "id": facts.id,
        "genre": facts.kind,
        "column": facts.column,
        "departments": list(document.departments),
        "counties": list(document.counties),
        "summary": document.summary,
        "keywords": ["公告", facts.issuer],
        "source": facts.issuer,
        "sample": True,
    }
    if facts.kind == "document":
        head |= _card(document)
    if document.relation:
        relation, target = document.relation
        head[relation] = target.id
    if document.attachments:
        head["attachments"] = [{"file": a.name, "title": a.title} for a in document.attachments]
    text = json.dumps(head, ensure_ascii=False, indent=1)
    body = _body(document, lambda _, target: _eleventy_url(target, "zh"))
    return f"---json\n{text}\n---\n\n{body}"


def _eleventy_url(facts: Facts, lang: str) -> str:
    return f"/{lang}/{facts.folder}/{facts.slug}/"


FORMS: Mapping[str, Form] = {
    "portal": portal_text,
    "pelican": pelican_text,
    "hugo": hugo_text,
    "eleventy": eleventy_text,
}
PLACES: Mapping[str, Form] = {"hugo": hugo_path}
"""Where a form has its texts, if not where ours are."""


def _card(document: Document) -> dict[str, object]:
    facts = document.facts
    day = f"{facts.date:%Y-%m-%d}"
    card: dict[str, object] = {
        "number": facts.official_number,
        "index": f"513200000/{facts.year}-{facts.number + 1:07}",
        "issuers": [facts.issuer],
        "subject": document.subject,
        "made": day,
        "effective": day,
        "validity": "in-force",
    }
    if document.relation:
        relation, target = document.relation
        card[relation] = [target.id if facts.number % 2 else target.official_number]
    return card


def _body(document: Document, link: Callable[[Document, Facts], str]) -> str:
    paragraphs = list(document.paragraphs)
    for place, target in enumerate(document.links):
        chosen = (place * 3 + 1) % len(paragraphs)
        paragraphs[chosen] += f"具体依照[{target.title}]({link(document, target)})执行。"
    if document.extra:
        paragraphs.insert(len(paragraphs) // 2, document.extra)
    if document.table:
        names, *rows = document.table
        lines = [names, ["---"] * len(names), *rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        paragraphs.insert(len(paragraphs) // 3 + 1, table)
    return "\n\n".join(paragraphs) + "\n"


def _portal_link(document: Document, target: Facts) -> str:
    """By id or by path, as editors do both."""
    if (document.facts.number + target.number) % 2:
        return f"doc:{target.id}"
    return _pelican_link(document, target)


def _pelican_link(_: Document, target: Facts) -> str:
    return f"{{filename}}/{target.folder}/{target.slug}.md"


def _yaml_lines(values: Mapping[str, object]) -> list[str]:
    return [f"{name}: {_yaml(value)}" for name, value in values.items()]


def _yaml(value: object) -> str:
    """A value as YAML; JSON is that, and needs no library."""
    if isinstance(value, str) and value[:1].isdigit() and " " in value:
        return value  # a moment, as editors write it
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
