"""The Pelican plugin: Pelican's command and settings, the portal's engine.

The only file that imports pelican. `publish.py build` does the same without it, since
importing pelican alone takes longer than building one changed document.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PRODUCT = Path(__file__).resolve().parents[2]


def register() -> None:
    """Called by Pelican once: our generator takes the place of its own."""
    from pelican import signals

    signals.get_generators.connect(_get_generators)


def _get_generators(_pelican: object) -> type[PortalGenerator]:
    return PortalGenerator


class PortalGenerator:
    """A generator as Pelican calls it: it reads nothing beforehand and writes by itself."""

    def __init__(
        self,
        context: dict[str, Any],
        settings: dict[str, Any],
        path: str,
        theme: str,
        output_path: str,
        **_unused: object,
    ) -> None:
        self.context = context
        self.settings = settings
        self.content = Path(path)
        self.theme = Path(theme)
        self.output = Path(output_path)

    def generate_output(self, _writer: object) -> None:
        """The site built into the output folder's parent: Pelican's output is build/site.

        PelicanRefusedError, which ends Pelican with an exit code of 1, when the content has
        errors or the output folder is not called `site`.
        """
        from domain.problems import PortalError
        from plugins.portal.building.build import BuildRequest, build_site

        if self.output.name != "site":
            raise RuntimeError(
                f"OUTPUT_PATH is {self.output}: it must end in /site, since frames, forms and "
                "search rows are written beside it"
            )
        request = BuildRequest(
            content=self.content,
            shipped=PRODUCT / "content",
            build=self.output.parent,
            themes=(self.theme,),
            now=datetime.now(UTC).replace(microsecond=0),
            jobs=int(self.settings.get("PORTAL_JOBS", 2)),
        )
        try:
            build_site(request)
        except PortalError as refused:
            from domain.problems import format_problem

            lines = [format_problem(problem) for problem in refused.problems] or [str(refused)]
            raise SystemExit("\n".join(lines)) from refused
