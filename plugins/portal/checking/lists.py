"""The site's own lists against each other: what one of them names and another lacks."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from domain.problems import Problem, choose_from, quoted
from domain.vocabulary import Vocabulary

AUDIENCES = "vocabulary/audiences.yaml"
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
