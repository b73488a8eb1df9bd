"""`publish.py search`: the answers of the search service, on a terminal."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import search
from search.documents import FILTERS


def print_answers(build: Path, options: Namespace) -> int:
    """Prints what was found, for people or (`--json`) for programs; 0 also when nothing was."""
    chosen = {name: getattr(options, name, "") for name in FILTERS}
    filters = {name: value for name, value in chosen.items() if value}
    found = search.find(build, options.query, lang=options.lang, filters=filters, page=options.page)
    print(json.dumps(found, ensure_ascii=False, indent=1) if options.json else _text(found))
    return 0


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['total']:,} found"]
    for result in found["results"]:
        facts = [result.get(name, "") for name in ("date", "number", "validity")]
        lines += ["", result["title"], f"  {'  '.join(fact for fact in facts if fact)}"]
        lines.append(f"  {result['url']}")
    return "\n".join(lines)
