"""The site's own lists against each other: what one of them names and another lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from domain.addresses import page_url
from domain.forms import Form
from domain.problems import Problem, choose_from, quoted
from domain.vocabulary import Vocabulary

AUDIENCES = "vocabulary/audiences.yaml"
PINS = "vocabulary/pins.yaml"
INDEXES = ("departments", "counties", "forms", "feeds", "site-map")


def check_tasks(vocabulary: Vocabulary, forms: Collection[str], content: Path) -> list[Problem]:
    """Tasks of the site's own audiences that lead nowhere.

    With the product's audiences, tasks for columns that a site does not have are left out of
    its pages: that is no mistake of its editors.
    """
    if not (content / AUDIENCES).is_file():
        return []
    known = {*vocabulary.columns, *INDEXES, *(f"forms/{id_}" for id_ in forms)}
    return [
        Problem(
            AUDIENCES,
            task.line,
            "task-link",
            f"the task leads to {quoted(task.link)}, and this site has no such column or form",
            "Readers would not find the task on their page.",
            choose_from(task.link.strip("/"), known, "columns.yaml"),
        )
        for audience in vocabulary.audiences.values()
        for task in audience.tasks
        if task.link.strip("/") not in known
    ]


def check_pins(
    vocabulary: Vocabulary, is_document: Callable[[str], bool], content: Path
) -> list[Problem]:
    """Pages of the site's own pins that no document has as its id."""
    if not (content / PINS).is_file():
        return []
    return [
        Problem(
            PINS,
            pin.line,
            "pin-page",
            f"no document has the id {quoted(id_)}",
            "What readers are to find first would not be found.",
            "Write the id of a document; it is its file's name, unless its metadata say another.",
        )
        for pin in vocabulary.pins
        for id_ in (*pin.pages, *pin.demote)
        if not is_document(id_)
    ]


def check_drafts(forms: Mapping[str, Form], is_document: Callable[[str], bool]) -> list[Problem]:
    """Drafts that opinions are collected on and that are not on the site."""
    return [
        Problem(
            f"forms/{form.id}.yaml",
            form.draft_line,
            "form-draft",
            f"no document has the id {quoted(form.draft)}",
            "Nobody can give an opinion on a text that cannot be read.",
            "Write the id that stands in the head of the draft.",
        )
        for form in forms.values()
        if form.draft and not is_document(form.draft)
    ]


def check_footer(vocabulary: Vocabulary, is_address: Callable[[str], bool]) -> list[Problem]:
    """Links of the footer at whose address nothing answers, in a language that they name."""
    site = vocabulary.site
    wanted = [
        (item.line, page_url(lang, item.link.strip("/")))
        for item in site.footer
        for lang in site.languages
        if lang in item.names and "://" not in item.link
    ]
    if site.report_error and "://" not in site.report_error:
        wanted += [(0, page_url(lang, site.report_error.strip("/"))) for lang in site.languages]
    return [
        Problem(
            "site.yaml",
            line,
            "footer-link",
            f"nothing answers at {url}, to which the footer leads",
            "Every page of the site would have this dead link.",
            "Correct the link, add the page in this language, or take the name in it out.",
        )
        for line, url in wanted
        if not is_address(url)
    ]
