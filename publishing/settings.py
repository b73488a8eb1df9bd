"""Where things are: the product's own folders, and those of the site to build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.clock import parse_as_of
from domain.problems import PortalError
from plugins.portal.building.request import BuildRequest

PRODUCT = Path(__file__).resolve().parents[1]
SHIPPED_CONTENT = PRODUCT / "content"
SHIPPED_THEME = PRODUCT / "theme"


@dataclass(frozen=True, slots=True)
class SiteFolders:
    """A site: its content, the folder it is built into, its themes with the product's last."""

    content: Path
    build: Path
    themes: tuple[Path, ...]


def find_folders(site: Path | None, content: Path | None, build: Path | None) -> SiteFolders:
    """The folders of `--site DIR`, of `--content DIR`, or of the product itself.

    A site is a folder with content/ and, where it overrides any of it, theme/; it is built
    into build/ beside them. A content folder by itself is built into the product's build/.
    PortalError when the content is not there.
    """
    root = site.resolve() if site else PRODUCT
    found = content.resolve() if content else root / "content"
    if not found.is_dir():
        raise PortalError(
            f"{found} is not a folder\n"
            "  --content names a folder of Markdown, --site a folder with content/ in it."
        )
    own_theme = (root / "theme",) if site and (root / "theme").is_dir() else ()
    return SiteFolders(
        content=found,
        build=build.resolve() if build else root / "build",
        themes=(*own_theme, SHIPPED_THEME),
    )


def build_request(
    folders: SiteFolders,
    *,
    jobs: int = 2,
    as_of: str = "",
    is_full: bool = False,
    shows_drafts: bool = False,
) -> BuildRequest:
    """A request to build these folders at `as_of` ("2026-03-01 09:00"), "" being now.

    PortalError when `as_of` is no time. A time without zone is the site's own.
    """
    if as_of:
        from domain.vocabulary import load_timezone

        try:
            now = parse_as_of(as_of, load_timezone(folders.content, SHIPPED_CONTENT))
        except ValueError as wrong:
            raise PortalError(f"--as-of: {wrong}") from wrong
    else:
        now = datetime.now(UTC).replace(microsecond=0)
    return BuildRequest(
        content=folders.content,
        shipped=SHIPPED_CONTENT,
        build=folders.build,
        themes=folders.themes,
        now=now,
        jobs=jobs,
        is_full=is_full,
        shows_drafts=shows_drafts,
    )
