"""Making: a chunk of stale outputs into views, views into bytes, bytes into files.

Runs in the building process or in a forked worker; opens its own read-only catalogue. Search
rows and what the ledger is to note are handed back, since one process alone writes databases.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from plugins.portal.building.ledger import Asked, Made, Stale, find_stale, pack_questions
from plugins.portal.building.output import copy_file, write_file
from plugins.portal.building.preparing import Preparer
from plugins.portal.catalogue.questions import Questions
from plugins.portal.catalogue.schema import one_moment, open_catalogue_for_reading
from plugins.portal.rendering.constants import Constants
from plugins.portal.rendering.families import ROW, page_view
from plugins.portal.rendering.reads import Answers, Reads
from plugins.portal.rendering.templates import Templates
from plugins.portal.rendering.views import FileView, HtmlView, TextView, View, Viewer


@dataclass(frozen=True, slots=True)
class Workshop:
    """What making needs; handed to workers by fork, so nothing in it is an open database."""

    build: Path
    content: Path
    catalogue: Path
    templates: Templates
    constants: Constants
    closures: Mapping[str, str]
    engine: bytes


@dataclass(slots=True)
class MadeChunk:
    """What a chunk gave: for the ledger, for the search rows, for the report."""

    made: list[Made] = field(default_factory=list)
    answers: list[Asked] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def opened_maker(workshop: Workshop) -> Iterator[Callable[[Sequence[int]], MadeChunk]]:
    """A function that makes the stale outputs of these numbers, with a catalogue of its own.

    It is closed at the end: as long as somebody reads, the catalogue's log cannot be folded.
    """
    connection = open_catalogue_for_reading(workshop.catalogue)
    with closing(connection):
        yield _make_maker(workshop, connection)


def _make_maker(
    workshop: Workshop, connection: sqlite3.Connection
) -> Callable[[Sequence[int]], MadeChunk]:
    constants = workshop.constants
    answers = Answers(
        Questions(
            connection,
            constants.families(),
            languages=constants.languages,
            default_language=constants.default_language,
            now=constants.now,
        )
    )

    def make_chunk(numbers: Sequence[int]) -> MadeChunk:
        result = MadeChunk()
        with one_moment(connection):
            for stale in find_stale(connection, numbers):
                result.made.append(_make(workshop, answers, stale, result.rows))
        result.answers = sorted(answers.take_asked())
        return result

    return make_chunk


def _make(workshop: Workshop, answers: Answers, stale: Stale, rows: list[tuple[str, str]]) -> Made:
    reads = Reads(answers)
    viewer = Viewer(reads, workshop.templates.translate)
    view = page_view(stale.page, viewer)
    fingerprint = _fingerprint(view, reads, workshop)
    hash_ = stale.hash
    is_row = stale.path.startswith(ROW)
    target = f"{workshop.build}/{stale.path}"
    is_written = False
    if fingerprint != stale.fingerprint or not (is_row or os.path.isfile(target)):
        hash_ = _write(workshop, view, reads, stale, target, rows)
        is_written = hash_ != stale.hash or fingerprint != stale.fingerprint
    numbers = pack_questions(reads.asked)
    return Made(stale.number, fingerprint, hash_, is_written, numbers, stale.is_new)


def _fingerprint(view: View, reads: Reads, workshop: Workshop) -> bytes:
    """A digest of all that the bytes are made from: engine, template, and every answer read.

    A view is a pure function of the answers, so their digests stand for it; that is cheaper
    than a digest of the view, which has the whole text in it.
    """
    digest = hashlib.blake2b(workshop.engine, digest_size=16)
    if isinstance(view, HtmlView):
        reads.frame(view.lang)
        reads.site()
        digest.update(workshop.closures[view.template].encode())
    elif isinstance(view, TextView) and view.words:
        digest.update(workshop.closures[view.words].encode())
    digest.update(b"".join(reads.asked.values()))
    return digest.digest()


def _write(
    workshop: Workshop,
    view: View,
    reads: Reads,
    stale: Stale,
    target: str,
    rows: list[tuple[str, str]],
) -> bytes:
    """The output is there with the view's bytes; their digest."""
    if isinstance(view, FileView):
        copy_file(_origin(workshop, view), target)
        return bytes.fromhex(view.hash)
    if isinstance(view, HtmlView):
        text = workshop.templates.render(view, reads.frame(view.lang), reads.site())
    else:
        text = view.text
    data = text.encode()
    digest = hashlib.sha256(data).digest()[:16]  # which most processors have a circuit for
    if stale.path.startswith(ROW):
        rows.append((stale.path[len(ROW) :], text))
    elif digest != stale.hash or not os.path.isfile(target):
        write_file(target, data)
    return digest


def _origin(workshop: Workshop, view: FileView) -> Path:
    if view.origin == "theme":
        return workshop.templates.asset_path(view.path)
    if view.derived:
        preparer = Preparer(workshop.content, workshop.build, jobs=1)
        return preparer.find_derivative(view.path, *view.derived)
    return workshop.content / view.path
