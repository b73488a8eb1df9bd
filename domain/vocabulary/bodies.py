"""departments.yaml and counties.yaml -> departments and counties."""

from collections.abc import Mapping
from typing import TypeVar

from domain import field_types as types
from domain.fields import FieldSpec, Record, Report, optional, required
from domain.problems import quoted
from domain.vocabulary.graphs import find_loops
from domain.vocabulary.model import Body, Site
from domain.vocabulary.sources import SourceFile, read_list, reviewed_languages
from domain.yaml_source import Node

B = TypeVar("B", bound=Body)


def body_fields(site: Site) -> Mapping[str, FieldSpec]:
    """The keys of a department or county."""
    names = types.texts(max_length=100)
    long_texts = types.texts(max_length=1000)
    return {
        "id": required(types.identifier),
        "names": required(types.texts(needed=[site.default_language], max_length=100)),
        "short_names": optional(names, {}),
        "phone": optional(types.phone, ""),
        "postcode": optional(types.text(max_length=10), ""),
        "email_public": optional(types.email, ""),
        "address": optional(long_texts, {}),
        "hours": optional(long_texts, {}),
        "functions": optional(long_texts, {}),
        "description": optional(long_texts, {}),
        "valid_from": optional(types.day),
        "valid_until": optional(types.day),
        "successors": optional(types.list_of(types.identifier), ()),
        "owners": optional(types.list_of(types.folder_pattern), ()),
        "reviewed": optional(types.yes_no, True),
    }


def read_bodies(
    file: SourceFile, key: str, what: str, body_type: type[B], site: Site
) -> tuple[dict[str, B], set[str]]:
    """The bodies by id in the order of the file, and the ids of all, sound or not."""
    records, ids = read_list(file, key, body_fields(site), f"a {what}")
    by_id = {str(record["id"]): record for record in records if record["id"] is not None}
    for record in by_id.values():
        check_order_of_days(record, "valid_from", "valid_until", file.report)
    _check_successors(by_id, ids, what, file.report)
    return {name: _make_body(record, body_type, site) for name, record in by_id.items()}, ids


def _make_body(record: Record, body_type: type[B], site: Site) -> B:
    values = dict(record.values)
    values["descriptions"] = values.pop("description")
    values["names"] = values["names"] or {}
    values["reviewed"] = reviewed_languages(values["reviewed"], site.languages)
    return body_type(**values)


def check_order_of_days(record: Record, first: str, last: str, report: Report) -> None:
    """A problem where the last day lies before the first."""
    if record[first] is not None and record[last] is not None and record[last] < record[first]:
        report.add(
            record.line_of(last),
            "dates-reversed",
            f"{last} {record[last]} lies before {first} {record[first]}",
            "What ends before it begins would never be shown.",
            "Exchange the two days, or correct the wrong one.",
        )


def _check_successors(
    by_id: Mapping[str, Record], ids: set[str], what: str, report: Report
) -> None:
    for record in by_id.values():
        is_known = types.reference(
            what, ids, report.file, "Who answers for it now would be unknown to readers."
        )
        for successor in record["successors"]:
            is_known("successors", Node(successor, record.line_of("successors")), report)
    for loop in find_loops({name: record["successors"] for name, record in by_id.items()}):
        report.add(
            by_id[loop[0]].line_of("successors"),
            "successor-loop",
            f"each is the successor of the next: {' > '.join([*loop, loop[0]])}",
            "Whoever looks for the one who answers now would be sent in a circle.",
            f"Take the successor out of the one that still exists, for example {quoted(loop[-1])}.",
        )
