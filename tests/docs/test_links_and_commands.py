"""Links in the documentation lead somewhere; the commands that it names exist, and the reverse."""

import argparse
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from publish import make_parser

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OTHER_SITE = re.compile(r"[a-z]+:")
# `make serve` in a line of code or in a fence, never "make sure" in a sentence.
MAKE_COMMAND = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
MAKE_TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
PUBLISH_COMMAND = re.compile(r"publish\.py ([a-z][a-z-]+)")


def pages(repository: Path) -> list[Path]:
    """README, CHANGELOG and everything in docs/."""
    return [*sorted(repository.glob("*.md")), *sorted((repository / "docs").rglob("*.md"))]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def publish_commands() -> set[str]:
    """The commands that publish.py has."""
    actions = make_parser()._actions
    (subparsers,) = (part for part in actions if isinstance(part, argparse._SubParsersAction))
    return set(subparsers.choices)


def anchor_of(heading: str) -> str:
    """The fragment under which a heading can be linked, as code hosts make it."""
    words = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return re.sub(r"\s", "-", words.strip())


def anchors_of(page: Path) -> set[str]:
    """Every fragment that `page` has."""
    return {anchor_of(heading) for heading in HEADING.findall(text_of(page))}


def broken_links(page: Path) -> list[str]:
    """The links of `page` that lead to no file, or to no heading of it."""
    broken = []
    for target in LINK.findall(CODE.sub("", text_of(page))):
        if OTHER_SITE.match(target):
            continue
        path, _, fragment = unquote(target).partition("#")
        linked = (page.parent / path).resolve() if path else page
        if not linked.exists() or (fragment and fragment not in anchors_of(linked)):
            broken.append(target)
    return broken


def test_every_link_leads_somewhere(repository: Path) -> None:
    broken = {str(page): broken_links(page) for page in pages(repository)}
    assert {page: links for page, links in broken.items() if links} == {}


def test_every_make_command_named_exists(repository: Path) -> None:
    targets = set(MAKE_TARGET.findall(text_of(repository / "Makefile")))
    named = {word for page in pages(repository) for word in MAKE_COMMAND.findall(text_of(page))}
    assert named
    assert sorted(named - targets) == []


def test_every_make_command_is_in_the_docs(repository: Path) -> None:
    targets = set(MAKE_TARGET.findall(text_of(repository / "Makefile")))
    developers = text_of(repository / "docs" / "developers.md")
    assert sorted(targets - set(MAKE_COMMAND.findall(developers))) == []


def test_every_command_named_exists(repository: Path, publish_commands: set[str]) -> None:
    named = {word for page in pages(repository) for word in PUBLISH_COMMAND.findall(text_of(page))}
    assert sorted(named - publish_commands) == []


def test_every_command_is_in_the_docs(repository: Path, publish_commands: set[str]) -> None:
    named = {word for page in pages(repository) for word in PUBLISH_COMMAND.findall(text_of(page))}
    assert sorted(publish_commands - named) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "# One heading\n\n[good](a.md#one-heading) [bad](a.md#none) [gone](b.md) `[code](c.md)`\n",
        encoding="utf-8",
    )
    assert broken_links(page) == ["a.md#none", "b.md"]
