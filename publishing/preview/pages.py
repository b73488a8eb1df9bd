"""The built site as a web server will give it, plus what only a preview adds.

Folders answer with their index.html, an unknown address with the site's own 404 page. Into
each HTML page go, before `</body>`, the reload script and, after a failed build, a banner.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from publishing.response_headers import content_type_of

# Revalidated at each request: an edit must show at once, an unchanged file costs a 304.
CACHE_CONTROL = "no-cache"
NOT_FOUND_PAGE = "errors/404.html"


class BuiltSite(StaticFiles):
    """Serves the files below `folder`; `addition()` is put into every HTML page."""

    def __init__(self, folder: Path, addition: Callable[[], str]) -> None:
        """`folder` is made where it is missing: before the first good build there is no site."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(directory=folder, html=True)
        self.folder = folder
        self.addition = addition

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`, or the site's 404 page with that status."""
        try:
            return await super().get_response(path, scope)
        except HTTPException as refusal:
            if refusal.status_code != 404:
                raise
            return self._not_found(scope)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file with its type and validators; 304 where the browser already has it."""
        headers = {"content-type": content_type_of(str(full_path)), "cache-control": CACHE_CONTROL}
        response: Response
        if Path(full_path).suffix == ".html":
            body = insert_before_body_end(Path(full_path).read_bytes(), self.addition())
            headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            response = Response(body, status_code=status_code, headers=headers)
        else:
            response = FileResponse(
                full_path, status_code=status_code, headers=headers, stat_result=stat_result
            )
        if status_code == 200 and self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response

    def _not_found(self, scope: Scope) -> Response:
        page = self.folder / NOT_FOUND_PAGE
        if page.is_file():
            return self.file_response(page, page.stat(), scope, status_code=404)
        addition = self.addition()
        if not addition:
            return PlainTextResponse("There is no page at this address.\n", status_code=404)
        # No site was ever built: the problems are all there is to show.
        page_html = f'<!doctype html><html lang="en"><title>Preview</title><body>{addition}</body>'
        return Response(
            page_html, status_code=404, headers={"content-type": content_type_of("404.html")}
        )


def insert_before_body_end(page: bytes, addition: str) -> bytes:
    """`page` with `addition` before its last `</body>`, or at its end where there is none."""
    head, tag, tail = page.rpartition(b"</body>")
    return head + addition.encode() + tag + tail if tag else page + addition.encode()
