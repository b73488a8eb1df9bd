"""The vocabulary's files: taken from the site's content, else from the product's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.field_types import whole_number
from domain.fields import FieldSpec, Record, Report, read_fields, report_type, required
from domain.problems import quoted
from domain.yaml_source import Node, decode_text, parse_yaml

FORMAT = 1
MAX_FILE_BYTES = 5_000_000

_WHY_NOTHING_WITHOUT = "Without it no document can be placed, and nothing is built."


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file read: its nodes (None when unreadable) and the report of what is wrong."""

    name: str
    root: Node | None
    report: Report
    is_shipped: bool


def read_source(content: Path, shipped: Path, name: str) -> SourceFile:
    """The file from `content`, from `shipped` where `content` lacks it; problems in its report."""
    report = Report(name)
    own_path = content / name
    is_shipped = not own_path.is_symlink() and not own_path.exists()
    data = _read_bytes(shipped / name if is_shipped else own_path, report)
    if data is None:
        return SourceFile(name, None, report, is_shipped)
    return SourceFile(name, _read_root(data, name, report), report, is_shipped)


def read_yaml_file(source_path: Path, report: Report) -> Node | None:
    """The nodes of a YAML file; None, with problems in `report`, when it cannot be read."""
    data = _read_bytes(source_path, report)
    return None if data is None else _read_root(data, report.file, report)


def _read_bytes(source_path: Path, report: Report) -> bytes | None:
    try:
        size = source_path.stat().st_size
        if size <= MAX_FILE_BYTES:
            return source_path.read_bytes()
    except OSError as error:
        report.add(
            0,
            "file-unreadable",
            f"the file cannot be read ({error.strerror})",
            _WHY_NOTHING_WITHOUT,
            "Put the file there, and let the account that builds the site read it.",
        )
        return None
    report.add(
        0,
        "file-size",
        f"the file has {size:,} bytes, more than {MAX_FILE_BYTES:,}",
        "A list of this size is a slip, and would slow down every build.",
        "Take out what does not belong there.",
    )
    return None


def _read_root(data: bytes, name: str, report: Report) -> Node | None:
    text, problems = decode_text(data, name)
    report.problems += problems
    if text is None:
        return None
    root, problems = parse_yaml(text, name)
    report.problems += problems
    if root is None and not problems:
        report.add(
            0,
            "meta-empty",
            "the file is empty",
            _WHY_NOTHING_WITHOUT,
            "Write the list, or delete the file to take the one that comes with the product.",
        )
    return root


def read_format(name: str, node: Node, report: Report) -> int | None:
    """The `format:` of a file: the one that this version of the product reads."""
    found: int | None = whole_number(1, 9999)(name, node, report)
    if found is None or found == FORMAT:
        return found
    report.add(
        node.line,
        "vocabulary-format",
        f"format {found} is not the format of this version, which is {FORMAT}",
        "Keys may mean something else in another format.",
        f"Write format: {FORMAT}, or use the version of the product that the file was written for.",
    )
    return None


def read_list(
    file: SourceFile, key: str, specs: Mapping[str, FieldSpec], what: str, id_key: str = "id"
) -> tuple[list[Record], set[str]]:
    """The entries of a file {format: 1, <key>: [...]}, and the ids of all, sound or not.

    An id that stands twice is a problem naming the first line; what refers to an unsound entry
    is not a mistake of its own, so the ids are all there.
    """
    nodes = _entries_of(file, key)
    records: list[Record] = []
    first_lines: dict[str, int] = {}
    for node in nodes:
        record = read_fields(node, specs, file.report, what)
        if record is None:
            continue
        found = _raw_id(node, id_key)
        if found is not None and found in first_lines:
            _report_duplicate(file.report, record, what, id_key, found, first_lines[found])
        elif found is not None:
            first_lines[found] = record.line_of(id_key)
            records.append(record)
        else:
            records.append(record)
    return records, set(first_lines)


def _entries_of(file: SourceFile, key: str) -> list[Node]:
    if file.root is None:
        return []
    specs = {"format": required(read_format), key: required(_node_itself)}
    record = read_fields(file.root, specs, file.report, file.name)
    if record is None or record[key] is None:
        return []
    node: Node = record[key]
    if node.entries is None:
        report_type(key, node, "a list", file.report)
    return node.entries or []


def _node_itself(_name: str, node: Node, _report: Report) -> Node:
    return node


def _raw_id(node: Node, id_key: str) -> str | None:
    fields = node.fields or {}
    return fields[id_key].text if id_key in fields else None


def _report_duplicate(
    report: Report, record: Record, what: str, id_key: str, found: str, first_line: int
) -> None:
    report.add(
        record.line_of(id_key),
        "vocabulary-duplicate-id",
        f"{what} with the {id_key} {quoted(found)} stands already on line {first_line}",
        "Only one of the two could have the address, and the other would vanish.",
        "Give one of them another id, or remove it.",
    )


def reviewed_languages(is_reviewed: bool, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages approved by a reader: all, or all but Tibetan where `reviewed: false`."""
    return tuple(lang for lang in languages if is_reviewed or lang != "bo")
