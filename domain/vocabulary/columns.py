"""columns.yaml -> columns: the tree of three levels, with audiences handed down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from domain import field_types as types
from domain.addresses import CONTENT_FOLDERS, RESERVED
from domain.fields import FieldSpec, Record, Report, optional, required
from domain.problems import quoted
from domain.vocabulary.graphs import find_loops
from domain.vocabulary.model import Column, Site
from domain.vocabulary.sources import SourceFile, read_list, reviewed_languages
from domain.yaml_source import Node

DEEPEST_LEVEL = 3
HOME_PLACES = ("open-government", "budget-chart", "take-part", "letters", "pictures", "video")
"""The parts of the home page in which a column can stand."""

SHOWN = ("register-of-posts",)
"""What the front of a column may show besides its documents."""

UPDATE_FIELDS: Mapping[str, FieldSpec] = {
    "days": optional(types.whole_number(1, 3660)),
    "rule": optional(types.choice(["event"]), ""),
}


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that columns may refer to."""

    departments: Collection[str]
    audiences: Collection[str]
    kinds: Collection[str]


def column_fields(site: Site, known: Known) -> Mapping[str, FieldSpec]:
    """The keys of a column."""
    needed = [site.default_language]
    return {
        "id": required(types.identifier),
        "parent": optional(types.identifier),
        "names": required(types.texts(needed=needed, max_length=100)),
        "description": optional(types.texts(max_length=1000), {}),
        "keywords": optional(types.by_language(types.list_of(types.text(max_length=60))), {}),
        "audiences": optional(
            types.list_of(types.reference("audience", known.audiences)),
            why="The column would be missing from the pages of its readers.",
        ),
        "owners": optional(
            types.list_of(types.reference("department", known.departments, "departments.yaml")),
            (),
            why="Nobody would answer for what stands in the column.",
        ),
        "kind": optional(
            types.reference("kind", known.kinds),
            "document",
            why="The kind decides which keys a document has and how it is shown.",
        ),
        "update": optional(types.record(UPDATE_FIELDS, lambda found: found.values, "update"), {}),
        "home": optional(types.choice(HOME_PLACES), ""),
        "deadlines": optional(types.yes_no),
        "strict": optional(types.yes_no),
        "shows": optional(types.choice(SHOWN), ""),
        "reviewed": optional(types.yes_no, True),
    }


def read_columns(file: SourceFile, site: Site, known: Known) -> dict[str, Column]:
    """The columns by id, in the order of the file; problems go to the file's report."""
    records, ids = read_list(file, "columns", column_fields(site, known), "a column")
    by_id = {str(record["id"]): record for record in records if record["id"] is not None}
    _check_reserved(by_id, file.report)
    _check_parents(by_id, ids, file.report)
    parents = _parents_without_loops(by_id, file.report)
    levels = {column_id: _level(column_id, parents) for column_id in by_id}
    _check_depth(by_id, levels, file.report)
    _check_audiences(by_id, file.report)
    return _make_columns(by_id, parents, levels, site)


def _check_reserved(by_id: Mapping[str, Record], report: Report) -> None:
    for column_id in by_id:
        if column_id in RESERVED or column_id in CONTENT_FOLDERS:
            report.add(
                by_id[column_id].line_of("id"),
                "column-reserved",
                f"{quoted(column_id)} is kept for pages and folders of the portal itself",
                "The column would take the address or the folder of something else.",
                f"Choose another id, for example {quoted(column_id + '-news')}.",
            )


def _check_parents(by_id: Mapping[str, Record], ids: Collection[str], report: Report) -> None:
    is_known = types.reference(
        "column", ids, "columns.yaml", "The column would hang in no place of the navigation."
    )
    for record in by_id.values():
        parent = record["parent"]
        if parent is not None:
            is_known("parent", Node(parent, record.line_of("parent")), report)


def _parents_without_loops(by_id: Mapping[str, Record], report: Report) -> dict[str, str | None]:
    """The parent of each column; none where it is unknown or stands on a loop, which is reported.

    So one mistake is one problem: what hangs below is not called too deep as well.
    """
    parents: dict[str, str | None] = {
        column_id: record["parent"] if record["parent"] in by_id else None
        for column_id, record in by_id.items()
    }
    edges = {column_id: [parent] for column_id, parent in parents.items() if parent is not None}
    for loop in find_loops(edges):
        report.add(
            by_id[loop[0]].line_of("parent"),
            "column-loop",
            f"the columns lie in a loop: {' > '.join([*loop, loop[0]])}",
            "None of them would hang in the navigation, and readers could not reach them.",
            "Give one of them a parent outside the loop, or take its parent out.",
        )
        parents.update(dict.fromkeys(loop, None))
    return parents


def _level(column_id: str, parents: Mapping[str, str | None]) -> int:
    """The level, counted no further than is needed to call it too deep."""
    level = 1
    parent = parents[column_id]
    while parent is not None and level <= DEEPEST_LEVEL + 1:
        level += 1
        parent = parents[parent]
    return level


def _check_depth(by_id: Mapping[str, Record], levels: Mapping[str, int], report: Report) -> None:
    for column_id, record in by_id.items():
        # Only the first level too deep: those below it are mended with it.
        if levels[column_id] == DEEPEST_LEVEL + 1:
            report.add(
                record.line_of("parent"),
                "column-depth",
                f"the column {quoted(column_id)} stands on level {levels[column_id]}, "
                f"below {quoted(str(record['parent']))}",
                f"Navigation and addresses have {DEEPEST_LEVEL} levels.",
                f"Hang it below a column of level 1 or {DEEPEST_LEVEL - 1}.",
            )


def _check_audiences(by_id: Mapping[str, Record], report: Report) -> None:
    for column_id, record in by_id.items():
        if "parent" not in record.lines and "audiences" not in record.lines:
            report.add(
                record.line,
                "meta-missing-key",
                f'the main column {quoted(column_id)} lacks the key "audiences"',
                "It would be missing from the pages of its readers, with all that is in it.",
                "Add a line such as audiences: [public, enterprises].",
            )


def _make_columns(
    by_id: Mapping[str, Record],
    parents: Mapping[str, str | None],
    levels: Mapping[str, int],
    site: Site,
) -> dict[str, Column]:
    columns = {}
    for order, (column_id, record) in enumerate(by_id.items(), start=1):
        update = record["update"]
        strict = _nearest(column_id, "strict", by_id, parents)
        columns[column_id] = Column(
            id=column_id,
            names=record["names"] or {},
            kind=record["kind"],
            parent=parents[column_id],
            descriptions=record["description"],
            keywords=record["keywords"],
            audiences=_nearest(column_id, "audiences", by_id, parents) or (),
            owners=record["owners"],
            update_days=update.get("days"),
            update_rule=update.get("rule", ""),
            order=order,
            level=levels[column_id],
            strict=site.strict if strict is None else strict,
            shows=record["shows"],
            reviewed=reviewed_languages(record["reviewed"], site.languages),
            home=record["home"],
            deadlines=bool(_nearest(column_id, "deadlines", by_id, parents)),
        )
    return columns


def _nearest(
    column_id: str, key: str, by_id: Mapping[str, Record], parents: Mapping[str, str | None]
) -> Any:
    """The column's own value, else that of the nearest column above that has one."""
    nearest: str | None = column_id
    for _ in range(DEEPEST_LEVEL):
        if nearest is None:
            break
        if by_id[nearest][key] is not None:
            return by_id[nearest][key]
        nearest = parents[nearest]
    return None
