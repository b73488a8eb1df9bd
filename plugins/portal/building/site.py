"""The site of a build: its lists, forms and theme, and the problems that keep it from being one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from domain.clock import local_text, to_utc_text
from domain.forms import Form, load_forms
from domain.problems import Problem, has_errors
from domain.vocabulary import Vocabulary, load_vocabulary
from plugins.portal.building.ingest import Reader, read_changes
from plugins.portal.building.inputs import Inputs, engine_digest, read_inputs
from plugins.portal.building.request import BuildRefusedError, BuildRequest
from plugins.portal.building.sources import find_sources
from plugins.portal.catalogue.listings import open_listings
from plugins.portal.catalogue.placing import Placing
from plugins.portal.catalogue.schema import open_catalogue_in_memory
from plugins.portal.catalogue.store import CatalogueStore
from plugins.portal.checking.lists import check_tasks
from plugins.portal.kinds import KINDS
from plugins.portal.reading import ReadingContext
from plugins.portal.rendering.constants import Constants, FrameParts
from plugins.portal.rendering.templates import Templates


@dataclass(frozen=True, slots=True)
class Site:
    """The site's lists, forms and theme as this build finds them; `warnings` are the lists'."""

    vocabulary: Vocabulary
    forms: Mapping[str, Form]
    templates: Templates
    frames: Mapping[str, FrameParts]
    constants: Constants
    inputs: Inputs
    warnings: list[Problem]


def load_site(request: BuildRequest) -> Site:
    """Vocabulary, forms and theme; BuildRefusedError with the problems of all files otherwise."""
    vocabulary, problems = load_vocabulary(request.content, request.shipped, kinds=KINDS)
    forms, found = load_forms(request.content, vocabulary)
    problems += found
    if vocabulary is None:
        raise refusal([*problems, *_document_problems_apart(request)])
    problems += check_tasks(vocabulary, forms, request.content)
    if has_errors(problems):
        raise refusal([*problems, *_document_problems(request, vocabulary)])
    templates = Templates(request.themes, _compiled_templates(request.build))
    frames = {lang: templates.frame_parts(vocabulary, lang) for lang in vocabulary.site.languages}
    constants = Constants(vocabulary, forms, templates.assets, frames.__getitem__, request.now)
    day = local_text(to_utc_text(request.now), vocabulary.site.timezone)[:10]
    settings = {"drafts": str(request.shows_drafts), "content": str(request.content.resolve())}
    inputs = read_inputs(vocabulary, forms, templates, frames.values(), settings, day)
    return Site(vocabulary, forms, templates, frames, constants, inputs, problems)


def _compiled_templates(build: Path) -> Path:
    """The folder of the templates compiled by this engine: Jinja compares their sources alone.

    Those of other engines are gone.
    """
    folder = build / "cache" / "templates"
    own = folder / engine_digest()
    if not own.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    return own


def refusal(problems: list[Problem]) -> BuildRefusedError:
    """The refusal that names these problems, sorted, each once."""
    return BuildRefusedError("the content has errors", sorted(set(problems)))


def _document_problems_apart(request: BuildRequest) -> list[Problem]:
    """Problems of documents while the site's own lists cannot be used.

    Read with the product's lists, so what only those lack is left out.
    """
    vocabulary, _ = load_vocabulary(request.shipped, request.shipped, kinds=KINDS)
    if vocabulary is None:
        return []
    problems = _document_problems(request, vocabulary)
    return [problem for problem in problems if not problem.code.startswith("unknown-")]


def _document_problems(request: BuildRequest, vocabulary: Vocabulary) -> list[Problem]:
    """What is wrong with each document by itself; nothing is known of an earlier build."""
    reader = make_reader(request, vocabulary)
    with closing(open_catalogue_in_memory()) as connection:
        store = CatalogueStore(connection, reader.placing)
        changes = read_changes(reader, find_sources(request.content, "", ()), store)
    return changes.problems


def make_reader(request: BuildRequest, vocabulary: Vocabulary) -> Reader:
    """What reads the request's content by this vocabulary."""
    placing = Placing(
        vocabulary=vocabulary,
        kinds=KINDS,
        now=to_utc_text(request.now),
        shows_drafts=request.shows_drafts,
        open_listings=open_listings(vocabulary, KINDS),
    )
    return Reader(request.content, ReadingContext(vocabulary, KINDS), placing, request.jobs)
