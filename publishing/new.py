"""A new document: a file with an id that stays, and the keys its kind needs."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from domain.addresses import slugify
from domain.clock import local_text, to_utc_text
from domain.problems import PortalError, choose_from
from domain.vocabulary import Vocabulary, load_vocabulary
from plugins.portal.kinds import KINDS, Kind
from publishing.settings import SHIPPED_CONTENT, SiteFolders

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 10


def write_new_document(folders: SiteFolders, kind: str, title: str, column: str) -> str:
    """The path, below the content folder, of a new draft of that kind.

    PortalError for an unknown kind or column, and where the file is there already.
    """
    vocabulary, problems = load_vocabulary(folders.content, SHIPPED_CONTENT, kinds=KINDS)
    if vocabulary is None:
        raise PortalError("new: the site's lists have errors", problems)
    if kind not in KINDS:
        raise PortalError(f'new: "{kind}" is not a kind\n  {choose_from(kind, KINDS)}')
    column = column or KINDS[kind].main_column
    if column not in vocabulary.columns:
        hint = choose_from(column, vocabulary.columns, "columns.yaml")
        raise PortalError(f'new: "{column}" is not a column\n  {hint}')
    now = local_text(to_utc_text(datetime.now(UTC)), vocabulary.site.timezone)
    year = f"{now[:4]}/" if KINDS[kind].is_dated else ""
    source = f"{column}/{year}{slugify(title)}.md"
    path = folders.content / source
    if path.exists():
        raise PortalError(
            f"new: {source} is there already\n  Nothing was changed. Edit it instead."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_front_matter(KINDS[kind], title, now, vocabulary, column), encoding="utf-8")
    return source


def new_id() -> str:
    """Ten characters that are easy to read out, 50 bits by chance: no two alike."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


def _front_matter(kind: Kind, title: str, now: str, vocabulary: Vocabulary, column: str) -> str:
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    lines = ["---", f"id: {new_id()}", f'title: "{quoted}"', f"kind: {kind.name}", "status: draft"]
    if kind.is_dated:
        lines.append(f"date: {now}")
    owners = vocabulary.columns[column].owners
    if owners:
        lines.append(f"departments: [{owners[0]}]")
    needed = [key for key, spec in kind.own_fields(vocabulary).items() if spec.is_required]
    lines += [f'{key}: ""' for key in (*kind.card, *needed) if key != "made"]
    if "made" in kind.card:
        lines.append(f"made: {now[:10]}")
    return "\n".join([*lines, "---", "", "", ""])
