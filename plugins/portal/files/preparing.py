"""Preparing one file: its facts, and its derivatives in the cache, made once by its content.

A folder of the cache is named after the settings (with the versions of the libraries) and the
content's hash, and appears whole or not at all; so it outlives builds, full ones too.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from domain.fields import Report
from domain.problems import Problem, has_errors, quoted
from plugins.portal.files.content_types import (
    RASTERS,
    TEXTS,
    find_type,
    is_as_promised,
    promised_type,
)
from plugins.portal.files.drawings import make_drawing
from plugins.portal.files.facts import (
    PICTURE,
    Derivative,
    Facts,
    Remark,
    facts_from_json,
    warnings_of,
)
from plugins.portal.files.pages import count_pages, count_tiff_pages
from plugins.portal.files.rasters import Gate, make_clean_copy, make_sizes

SETTINGS_VERSION = 2
"""Raise this with any change of what preparing makes of a file."""

FACTS = "facts.json"
LARGE_BYTES = 50_000_000
"""Pictures that take more memory than this are decoded one at a time."""

SHOWN = frozenset({"JPEG", "PNG", "WEBP", "GIF"})
PICTURES = frozenset({*RASTERS, "SVG"})


def prepared_folder(cache_folder: Path, role: str, content_hash: str) -> Path:
    """Where the facts and derivatives of a content are kept."""
    return cache_folder / settings_digest() / content_hash[:2] / f"{content_hash}-{role}"


@cache
def settings_digest() -> str:
    """What besides the file decides its derivatives: they are the same bytes wherever made."""
    parts = (SETTINGS_VERSION, version("pillow"), version("pypdf"))
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def prepare_file(
    source: str, full: Path, content_hash: str, role: str, cache_folder: Path
) -> tuple[Facts | None, list[Problem]]:
    """The file's facts, from the cache where they are there; its problems, None with errors."""
    folder = prepared_folder(cache_folder, role, content_hash)
    facts, problems = _find_prepared(folder), list[Problem]()
    if facts is None:
        data = full.read_bytes()
        type_ = find_type(data)
        if role == PICTURE or type_ in PICTURES:
            facts, problems = _prepare_anew(source, type_, data, role, folder, cache_folder)
        else:
            facts, problems = _read_facts(source, type_, data)
    if facts is not None:
        problems += [*warnings_of(source, facts), *_check_name(source, facts, role)]
    return (None if has_errors(problems) else facts), problems


def _find_prepared(folder: Path) -> Facts | None:
    try:
        return facts_from_json((folder / FACTS).read_text("utf-8"))
    except FileNotFoundError:
        return None


def _read_facts(source: str, type_: str, data: bytes) -> tuple[Facts | None, list[Problem]]:
    """The facts of a file that goes out as it is: found out sooner than kept."""
    report = Report(source)
    if type_ == "text":
        type_ = promised_type(source) if promised_type(source) in TEXTS else "TXT"
    facts = Facts(type_, count_pages(data, report) if type_ == "PDF" else 0)
    return (None if report.problems else facts), report.problems


def _prepare_anew(
    source: str, type_: str, data: bytes, role: str, folder: Path, cache_folder: Path
) -> tuple[Facts | None, list[Problem]]:
    report = Report(source)
    with _new_folder(folder) as new:
        gate = partial(_one_at_a_time, cache_folder)
        derivatives = _make_picture(type_, data, role, new, gate, report)
        if has_errors(report.problems):
            return None, report.problems
        remarks = tuple(Remark(p.code, p.message, p.why, p.remedy) for p in report.problems)
        facts = Facts(type_, 0, derivatives, remarks)
        (new / FACTS).write_text(facts.to_json(), "utf-8")
    return facts, []


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder that becomes `folder` once facts are in it, and is gone without them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix="new-"))
    try:
        yield new
        if (new / FACTS).is_file():
            _publish(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _publish(new: Path, folder: Path) -> None:
    new.chmod(0o755)
    try:
        new.rename(folder)
    except OSError:
        if not (folder / FACTS).is_file():
            raise  # else another process was there first, with the same bytes


@contextmanager
def _one_at_a_time(cache_folder: Path, memory_bytes: int) -> Iterator[None]:
    """Large pictures wait for one another, so that their memory does not add up."""
    if memory_bytes < LARGE_BYTES:
        yield
        return
    descriptor = os.open(cache_folder / "one-at-a-time", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_picture(
    type_: str, data: bytes, role: str, folder: Path, gate: Gate, report: Report
) -> dict[str, Derivative]:
    if type_ == "SVG":
        return make_drawing(data, folder, report)
    if type_ == "TIFF" and (pages := count_tiff_pages(data)) > 1:
        report.add(
            0,
            "picture-pages",
            f"this is a TIFF with {pages} pages",
            "Browsers show no TIFF, and a picture has one page.",
            "Save the page that is meant as PNG; offer the whole as a PDF among the attachments.",
        )
        return {}
    if type_ not in SHOWN:
        _report_type(type_, report)
        return {}
    make = make_sizes if role == PICTURE else make_clean_copy
    return make(data, folder, gate, report)


def _report_type(type_: str, report: Report) -> None:
    what = f"this is a {type_} file" if type_ not in ("", "text") else "this is no picture"
    report.add(
        0,
        "picture-type",
        f"{what}, and pictures are JPEG, PNG, WebP, GIF or SVG",
        "Browsers would not show it, and what the file tells of its maker could not be taken out.",
        "Save it as JPEG (photographs) or PNG (drawings, screenshots).",
    )


def _check_name(source: str, facts: Facts, role: str) -> list[Problem]:
    """Whether the file is what its name says; what is in the cache does not know its name."""
    report = Report(source)
    promised, name = promised_type(source), source.rpartition("/")[2]
    found = facts.type or "something else"
    if facts.type == "program":
        report.add(
            0,
            "attachment-type",
            f"{quoted(name)} is a program",
            "Readers who open it would run it.",
            "Take it out of the content.",
        )
    elif role == PICTURE and promised != facts.type:
        report.add(
            0,
            "picture-extension",
            f"{quoted(name)} is a {found} picture by its content",
            "Some programs go by the name and fail; whoever checks files takes it for a disguise.",
            f"Rename it, with the ending .{found.lower()}.",
        )
    elif not is_as_promised(promised, "text" if facts.type in TEXTS - {"SVG"} else facts.type):
        report.add(
            0,
            "attachment-type",
            f"{quoted(name)} is called {promised}, and its content is {found}",
            "Readers could not open it.",
            f"Save it as {promised} again, or give it the ending of what it is.",
        )
    return report.problems
