"""When time alone next changes a page: for the timer that builds at that moment."""

from __future__ import annotations

import sqlite3

from domain.clock import local_text, to_utc_text
from domain.problems import PortalError
from domain.vocabulary import load_vocabulary
from plugins.portal.building.build import DATABASE, BuildRequest
from plugins.portal.catalogue.schema import open_catalogue_for_reading
from plugins.portal.kinds import KINDS


def find_next_change(request: BuildRequest) -> str:
    """The site's own time of the next timed change after `now`, "" where nothing is due.

    PortalError before the first build: what is due is known from it.
    """
    if not (request.build / DATABASE).is_file():
        raise PortalError(
            f"next-change: nothing was built in {request.build} yet\n  Run publish.py build."
        )
    vocabulary, problems = load_vocabulary(request.content, request.shipped, kinds=KINDS)
    if vocabulary is None:
        raise PortalError("next-change: the site's lists have errors", problems)
    moment = _next_transition(
        open_catalogue_for_reading(request.build / DATABASE), to_utc_text(request.now)
    )
    return local_text(moment, vocabulary.site.timezone) if moment else ""


def _next_transition(connection: sqlite3.Connection, now: str) -> str:
    row = connection.execute(
        "SELECT min(moment) FROM transition WHERE moment > ?", (now,)
    ).fetchone()
    connection.close()
    return str(row[0] or "")
