"""What `publish.py serve` shows: a build of its own, with drafts, that no release is made from."""

from __future__ import annotations

from dataclasses import replace

from publishing.preview.portal import PreviewRequest, serve
from publishing.settings import SiteFolders, build_request


def serve_preview(folders: SiteFolders, port: int, jobs: int, as_of: str = "") -> int:
    """Serve the site of `folders` until Ctrl-C, built in preview/ below their build folder.

    With `as_of` the clock stands still at that time; otherwise each build has the present.
    """
    own = replace(folders, build=folders.build / "preview")
    request = build_request(own, jobs=jobs, as_of=as_of, shows_drafts=True)
    return serve(PreviewRequest(request, port, is_clock_fixed=bool(as_of)))
