"""The closed lists that the corpus uses: those that come with the product."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from bench import ROOT, BenchError
from bench.documents import Lists
from domain.languages import LANGUAGES, text_in
from domain.vocabulary import Vocabulary, load_vocabulary
from plugins.portal.kinds import KINDS

CORPUS_KINDS = ("document", "news")


def shipped_lists() -> Lists:
    """Columns for documents and news, departments, counties and subjects of content/."""
    vocabulary = _shipped()
    columns = vocabulary.columns.values()
    return Lists(
        columns=tuple(
            (column.id, column.kind) for column in columns if column.kind in CORPUS_KINDS
        ),
        departments=tuple(vocabulary.departments),
        counties=tuple(vocabulary.counties),
        subjects=tuple(vocabulary.subjects),
    )


def column_path(column: str) -> str:
    """The ids from the main column down to this one, as folders: "safety/environment"."""
    above = _shipped().ancestors_of(column)
    return "/".join([*(each.id for each in reversed(above)), column])


def lists_in_full() -> dict[str, Any]:
    """All that pages say of columns, audiences, departments, counties and subjects, as plain
    values: each with its texts in every language, and with what it inherits."""
    vocabulary = _shipped()
    return {
        "columns": [_column(vocabulary, id_) for id_ in vocabulary.columns],
        "audiences": [
            {
                "id": audience.id,
                "names": _texts(audience.names),
                "descriptions": _texts(audience.descriptions),
                "tasks": [
                    {"names": _texts(task.names), "link": task.link} for task in audience.tasks
                ],
            }
            for audience in vocabulary.audiences.values()
        ],
        "departments": [_body(body, body.functions) for body in vocabulary.departments.values()],
        "counties": [_body(body, body.descriptions) for body in vocabulary.counties.values()],
        "subjects": {code: _texts(each.names) for code, each in vocabulary.subjects.items()},
    }


def _column(vocabulary: Vocabulary, id_: str) -> dict[str, Any]:
    column = vocabulary.columns[id_]
    above = vocabulary.ancestors_of(id_)
    return {
        "id": id_,
        "path": column_path(id_),
        "parent": column.parent or "",
        "above": [each.id for each in above],
        "main": vocabulary.main_column_of(id_).id,
        "names": _texts(column.names),
        "descriptions": _texts(column.descriptions),
        "keywords": {
            lang: list(column.keywords.get(lang) or column.keywords.get("zh", ()))
            for lang in LANGUAGES
        },
        "audiences": list(column.audiences),
        "owners": list(column.owners),
        "days": column.update_days,
        "is_open_data": KINDS[column.kind].is_open_data,
    }


def _body(body: Any, description: Mapping[str, str]) -> dict[str, Any]:
    """A department or a county, which have the same facts under other names."""
    return {
        "id": body.id,
        "names": _texts(body.names),
        "descriptions": _texts(description),
        "phone": body.phone,
        "address": _texts(body.address),
        "hours": _texts(body.hours),
    }


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {lang: text_in(texts, lang, "zh")[0] for lang in LANGUAGES}


@cache
def _shipped() -> Vocabulary:
    shipped = ROOT / "content"
    vocabulary, problems = load_vocabulary(shipped, shipped, kinds=KINDS)
    if vocabulary is None:
        raise BenchError(f"content/ has problems, the first: {problems[0]}")
    return vocabulary
