"""vocabulary/audiences.yaml, subjects.yaml, posts.yaml, rules.yaml, and the lists of plain terms."""

import re
from collections.abc import Mapping

from domain import field_types as types
from domain.addresses import AUDIENCE_IDS
from domain.fields import FieldSpec, Record, Report, optional, read_fields, required
from domain.problems import quoted
from domain.vocabulary.model import Audience, Post, Rule, Site, Subject, Term
from domain.vocabulary.named_links import named_link
from domain.vocabulary.sources import SourceFile, read_format, read_list
from domain.yaml_source import Node

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", flags=re.ASCII)


def audience_fields(site: Site) -> Mapping[str, FieldSpec]:
    """The keys of an audience."""
    names = types.texts(needed=[site.default_language], max_length=100)
    return {
        "id": required(types.reference("audience", AUDIENCE_IDS)),
        "names": required(names),
        "descriptions": optional(types.texts(max_length=500), {}),
        "tasks": optional(types.list_of(named_link(names, "a task")), ()),
        "reviewed": optional(types.yes_no, True),
    }


def read_audiences(file: SourceFile, site: Site) -> dict[str, Audience]:
    """The four audiences, in the order of the file."""
    records, ids = read_list(file, "audiences", audience_fields(site), "an audience")
    missing = [audience for audience in AUDIENCE_IDS if audience not in ids]
    if missing and file.root is not None and records:
        file.report.add(
            0,
            "audience-missing",
            f"the audience {quoted(missing[0])} is missing"
            + (f", and {len(missing) - 1} more" if len(missing) > 1 else ""),
            "The portal has four doors, and each must open.",
            f"Add an entry with the id {quoted(missing[0])}.",
        )
    return {
        record["id"]: Audience(
            record["id"], record["names"] or {}, record["descriptions"], record["tasks"]
        )
        for record in records
        if record["id"] is not None
    }


def subject_fields(site: Site) -> Mapping[str, FieldSpec]:
    """The keys of a subject class."""
    return {
        "code": required(types.text(max_length=20)),
        "names": required(types.texts(needed=[site.default_language], max_length=100)),
        "reviewed": optional(types.yes_no, True),
    }


def read_subjects(file: SourceFile, site: Site) -> dict[str, Subject]:
    """The subject classes by code, in the order of the file."""
    fields = subject_fields(site)
    records, _ = read_list(file, "subjects", fields, "a subject class", id_key="code")
    return {
        record["code"]: Subject(record["code"], record["names"] or {})
        for record in records
        if record["code"] is not None
    }


def term_fields(site: Site) -> Mapping[str, FieldSpec]:
    """The keys of an entry that has no more than a name."""
    return {
        "id": required(types.identifier),
        "names": required(types.texts(needed=[site.default_language], max_length=100)),
        "reviewed": optional(types.yes_no, True),
    }


def read_terms(file: SourceFile, key: str, site: Site) -> dict[str, Term]:
    """The terms by id, in the order of the file."""
    records, _ = read_list(file, key, term_fields(site), "an entry")
    return {
        record["id"]: Term(record["id"], record["names"] or {})
        for record in records
        if record["id"] is not None
    }


def post_fields(site: Site) -> Mapping[str, FieldSpec]:
    """The keys of a post."""
    return {
        **term_fields(site),
        "heads": optional(types.yes_no, False),
        "several": optional(types.yes_no, False),
    }


def read_posts(file: SourceFile, site: Site) -> dict[str, Post]:
    """The posts by id, in the order of the file: the order on pages."""
    records, _ = read_list(file, "posts", post_fields(site), "a post")
    return {
        record["id"]: Post(record["id"], record["names"] or {}, record["heads"], record["several"])
        for record in records
        if record["id"] is not None
    }


RULE_FIELDS: Mapping[str, FieldSpec] = {
    "value": required(types.text(max_length=20)),
    "unit": required(types.text(max_length=40)),
    "source": required(
        types.text(max_length=500), why="A number without its source cannot be checked by anybody."
    ),
    "certainty": required(types.choice(["text", "copy", "recall"])),
    "note": optional(types.text(max_length=1000)),
}


def read_rules(file: SourceFile) -> dict[str, Rule]:
    """The rules by name, in the order of the file."""
    if file.root is None:
        return {}
    one_rule = types.record(RULE_FIELDS, lambda found: found, "a rule")
    specs = {"format": required(read_format), "rules": required(types.mapping_of(one_rule))}
    found = read_fields(file.root, specs, file.report, file.name)
    if found is None or found["rules"] is None:
        return {}
    rules = {name: _make_rule(name, rule, file.report) for name, rule in found["rules"].items()}
    return {name: rule for name, rule in rules.items() if rule is not None}


def _make_rule(name: str, record: Record, report: Report) -> Rule | None:
    """The rule; its value is a number, or MM-DD where the unit is month-day."""
    node = Node(record["value"], record.line_of("value"))
    value: int | float | str | None
    if record["unit"] == "month-day":
        value = _month_day(node, report)
    else:
        value = types.number("value", node, report)
    if value is None:
        return None
    return Rule(name, value, record["unit"], record["source"], record["certainty"])


def _month_day(node: Node, report: Report) -> str | None:
    value = node.text or ""
    if _MONTH_DAY.fullmatch(value):
        return value
    report.add(
        node.line,
        "meta-date",
        f"{quoted(value)} is not a day of the year",
        "The duty that comes due on it would never be shown as due.",
        "Write it as MM-DD, for example 01-31.",
    )
    return None
