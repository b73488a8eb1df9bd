"""The preview of the whole portal behind `publish.py serve`: what it is put together from.

Build and index run in the preview's build process; search and relay are their own services,
mounted as they are; the relay delivers to a mail catcher on this machine and to nowhere else.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from domain.problems import PortalError
from plugins.portal.building.build import BuildRequest, build_site
from publishing.preview.application import make_application
from publishing.preview.rebuild import BuildProcess, rebuild_on_change, report
from publishing.preview.server import HOST, open_port, run_server
from publishing.preview.state import BuildOutcome, PreviewState
from relay.mailcatcher import Preview as RelayPreview
from relay.mailcatcher import make_preview
from search.indexing import apply_rows
from search.service import make_application as make_search

DEFAULT_PORT = 8000


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What to show: the build to make again and again, and the port (0: any that is free).

    `is_clock_fixed` keeps the `now` of `build`; otherwise each build has the present moment.
    """

    build: BuildRequest
    port: int = DEFAULT_PORT
    is_clock_fixed: bool = False

    @property
    def watched(self) -> list[Path]:
        """The folders whose changes are built: the content and every theme."""
        return [self.build.content, *self.build.themes]


def serve(request: PreviewRequest) -> int:
    """Build, then serve and build again on each change, until Ctrl-C. The exit status is 0.

    Raises PortalError where the port is taken. Content that does not build is served as its
    problems, and built as soon as it is mended.
    """
    listener = open_port(request.port)
    state = PreviewState()
    build, theme = request.build.build, request.build.themes[-1]
    with BuildProcess(partial(build_and_index, request)) as process:
        print("Building ...", flush=True)
        state.record_build(process.run())
        report(state.outcome)
        relay = make_preview(build, theme, build / "relay")
        application = make_application(
            build / "site",
            state,
            services=[make_search(build, theme), relay.application],
            companions=[
                partial(rebuild_on_change, request.watched, process, state),
                partial(run_relay, relay),
            ],
        )
        for line in address_lines(listener.getsockname()[1]):
            print(line, flush=True)
        run_server(application, listener, partial(setattr, state, "is_closing", True))
    return 0


def build_and_index(request: PreviewRequest) -> BuildOutcome:
    """One build and its index, in the build process; problems are an outcome, not an error."""
    now = request.build.now if request.is_clock_fixed else datetime.now(UTC)
    try:
        built = build_site(replace(request.build, now=now))
        apply_rows(request.build.build)
    except PortalError as error:
        return BuildOutcome(is_built=False, problems=error.problems)
    return BuildOutcome(
        is_built=True,
        problems=tuple(built.problems),
        outputs_written=built.outputs_written,
        seconds=built.seconds,
    )


async def run_relay(relay: RelayPreview, stop: asyncio.Event) -> None:
    """Mail catcher and sender run until `stop` is set."""
    await asyncio.to_thread(relay.start)
    try:
        await stop.wait()
    finally:
        await asyncio.to_thread(relay.stop)


def address_lines(port: int) -> list[str]:
    """One line for each address, as they are printed."""
    base = f"http://{HOST}:{port}"
    return [
        f"Site          {base}/",
        f"Search        {base}/zh/search/",
        f"Letters       {base}/zh/forms/",
        f"Mail catcher  {base}/mail/",
        "Ctrl-C ends it. Saved changes in content and theme show at once.",
    ]
