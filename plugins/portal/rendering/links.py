"""Links of stored HTML: `{doc:...}` and `{file:...}` become addresses when a page is rendered."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from plugins.portal.rendering.reads import Reads

_PLACE = re.compile(r'(href|src)="\{(doc|file):([^"}]*)\}([^"]*)"')


def resolve_links(stored: str, id_: str, lang: str, reads: Reads) -> str:
    """The HTML with the addresses of this moment; a target that went is left without a link.

    A link to a document leads to its translation in `lang` where there is one. A fragment
    after the mark stays. Dead links are errors of the check, so the last case is a document
    whose target is not visible at this moment (embargoed, withdrawn).
    """
    if '="{' not in stored:
        return stored

    def address(match: re.Match[str]) -> str:
        attribute, family, name, rest = match.groups()
        name = html.unescape(name)
        if family == "file":
            return f'{attribute}="{html.escape(served_file_url(id_, name))}{rest}"'
        url = _document_url(name, lang, reads)
        return f'{attribute}="{html.escape(url)}{rest}"' if url else 'class="link-pending"'

    return _PLACE.sub(address, stored)


def _document_url(name: str, lang: str, reads: Reads) -> str:
    target = reads.ask(f"target:{name}")
    if target is None:
        return ""
    id_, own_lang, is_meant_itself = target
    entry = reads.entry(id_, own_lang if is_meant_itself else lang)
    return entry.url if entry else ""


def served_file_url(id_: str, path: str) -> str:
    """The address of a file beside a document: /files/<id>/<name>."""
    return f"/files/{quote(id_)}/{quote(path.rsplit('/', 1)[-1])}"
