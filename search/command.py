"""The search without a server: what `publish.py search` and `python -m search query` ask."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from domain.problems import PortalError
from search.answers import answer_json
from search.backend import SearchUnavailableError
from search.engine import SearchEngine, default_language
from search.parameters import API_PARAMETERS, read_parameters


def find(
    build: Path,
    text: str,
    *,
    lang: str,
    filters: Mapping[str, str],
    page: int,
    size: int,
) -> dict[str, Any]:
    """See search.find."""
    engine = SearchEngine(build)
    try:
        return _find(engine, text, lang, filters, page, size)
    finally:
        engine.close()


def _find(
    engine: SearchEngine, text: str, lang: str, filters: Mapping[str, str], page: int, size: int
) -> dict[str, Any]:
    labels = engine.labels()
    # Through the same door as a request over the web, so that both check alike.
    asked = {**filters, "q": text, "lang": lang, "page": str(page), "size": str(size)}
    raw = urlencode(asked, errors="replace").encode()
    parameters, problems = read_parameters(raw, API_PARAMETERS, labels)
    if problems:
        raise PortalError("search: " + " ".join(problem.message for problem in problems))
    try:
        return answer_json(engine.answer(parameters, parameters.lang or default_language(labels)))
    except SearchUnavailableError as cause:
        raise PortalError(f"search: {cause}. Run: publish.py index") from cause
