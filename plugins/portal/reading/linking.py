"""Links, pictures and tables of a text: rewritten to the site's own form after sanitising.

Stored HTML keeps links of the site as `{doc:TARGET}`, `{file:PATH}` and `{picture:PATH}`, which
rendering resolves; so an address that changes does not change the text that is stored.
"""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote, urljoin

from domain.fields import Report
from domain.problems import Severity, quoted
from plugins.portal.reading.document import Link
from plugins.portal.reading.metadata import content_path
from plugins.portal.reading.text_lines import TextLines

_TAG = re.compile(
    r"<(/?)(a|img|h[1-6]|table|t[dh]|video|audio|source|track)"
    r"((?: [^\s=\"<>]+=\"[^\"]*\")*)>"
)
_HAS_TAG = re.compile(r"<(?:a|img|h1|table|video|audio|source|track)[ >]")
_ATTRIBUTE = re.compile(r" (href|src|poster)=\"([^\"]*)\"")
_ALT = re.compile(r" alt=\"\s*[^\s\"]")
_ID = re.compile(r" id=\"([^\"]*)\"")
_ALIGN = re.compile(r" align=\"(left|center|right)\"")
_PELICAN = re.compile(r"(?:\{(\w+)\}|\|(\w+)\|)(.*)", re.DOTALL)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_CONTENT_FOLDERS = ("/files/", "/pictures/")


class TextLinker:
    """Rewrites the HTML of one document; afterwards `links` are those to this site, in order."""

    def __init__(
        self,
        source: str,
        url: str,
        title: str,
        headings: Mapping[str, str],
        lines: TextLines,
        report: Report,
    ) -> None:
        self.source = source
        self.url = url
        self.label = title
        self.headings = headings
        self.lines = lines
        self.report = report
        self.links: list[Link] = []

    def rewrite(self, clean: str) -> str:
        """The HTML with the site's links; tables can be scrolled and are named."""
        return _TAG.sub(self._rewrite_tag, clean) if _HAS_TAG.search(clean) else clean

    def _rewrite_tag(self, match: re.Match[str]) -> str:
        closing, tag, attributes = match.groups()
        if tag[0] == "h":
            tag = "h2" if tag == "h1" else tag
            own_id = _ID.search(attributes)
            if own_id:
                self.label = self.headings.get(html.unescape(own_id.group(1)), self.label)
            return f"<{closing}{tag}{attributes}>"
        if tag == "table":
            return "</table></div>" if closing else self._open_table(attributes)
        if closing:
            return match.group()
        if tag in ("td", "th"):
            return f"<{tag}{_ALIGN.sub(_align_class, attributes)}>"
        if tag == "img" and not _ALT.search(attributes):
            self._report_alt(attributes)
        rewritten = _ATTRIBUTE.sub(lambda found: self._rewrite_address(found, tag), attributes)
        return f"<{tag}{rewritten}>"

    def _open_table(self, attributes: str) -> str:
        label = html.escape(self.label)
        # Reachable by keyboard, for a wide table scrolls by itself; so it must have a name.
        opening = f'<div class="table" tabindex="0" role="region" aria-label="{label}">'
        return f"{opening}<table{attributes}>"

    def _report_alt(self, attributes: str) -> None:
        found = _ATTRIBUTE.search(attributes)
        picture = html.unescape(found.group(2)) if found else ""
        self.report.add(
            self.lines.line_of(picture, is_taken=False),
            "image-alt",
            f"the picture {quoted(picture)} has no alternative text",
            "Readers who cannot see it learn nothing of what it shows.",
            "Write between the brackets what it shows: ![The new bridge at dusk](bridge.jpg).",
        )

    def _rewrite_address(self, match: re.Match[str], tag: str) -> str:
        name, value = match.groups()
        address = html.unescape(value)
        if tag == "a":
            rewritten = self._resolve_link(address)
        else:
            rewritten = self._resolve_shown(address, "picture" if tag == "img" else "file")
        return match.group() if rewritten is None else f' {name}="{rewritten}"'

    def _resolve_link(self, address: str) -> str | None:
        """The new value of the attribute, escaped; None where it stays as it is."""
        pelican = _PELICAN.match(address)
        if pelican:
            return self._resolve_pelican(pelican, address)
        if address.startswith("doc:"):
            target, fragment = _split_fragment(address[4:])
            return self._keep("doc", target, fragment, address)
        if not address or address[0] == "#" or address.startswith("//") or _SCHEME.match(address):
            return None
        if address[0] == "/" and not address.startswith(_CONTENT_FOLDERS):
            self._note(f"url:{_split_fragment(address)[0]}", address)
            return None
        path, _ = _split_fragment(address)
        suffix = _SUFFIX.search(path)
        if suffix is None or suffix.group(1).lower() in ("html", "htm"):
            joined = urljoin(self.url, address)
            self._note(f"url:{_split_fragment(joined)[0]}", address)
            return html.escape(joined)
        return self._resolve_path(address, address)

    def _resolve_pelican(
        self, match: re.Match[str], address: str, form: str = "file"
    ) -> str | None:
        if (match.group(1) or match.group(2)) in ("filename", "static", "attach"):
            return self._resolve_path(match.group(3), address, form)
        self._report_unknown(address)
        return None

    def _resolve_shown(self, address: str, form: str) -> str | None:
        """The same for what the page loads itself: a picture, or the parts of a video."""
        pelican = _PELICAN.match(address)
        if pelican:
            return self._resolve_pelican(pelican, address, form)
        if address.startswith("//") or _SCHEME.match(address):
            self.report.add(
                self.lines.line_of(address),
                "image-remote",
                f"{quoted(address)} lies on another host",
                "Pages of this site load nothing from elsewhere, so it would not be shown.",
                "Put the file beside the document and write its name.",
                Severity.WARNING,
            )
            return None
        return self._resolve_path(address, address, form) if address else None

    def _resolve_path(self, written: str, address: str, form: str = "file") -> str | None:
        path, fragment = _split_fragment(written)
        target = content_path(self.source, unicodedata.normalize("NFC", unquote(path)))
        if target is None or not path:
            self.report.add(
                self.lines.line_of(address),
                "link-outside",
                f"the link {quoted(address)} leads outside the content folder",
                "There is nothing on the site that it could lead to.",
                "Write the path from this file's folder, with no more ../ than there are folders.",
            )
            return None
        is_document = form == "file" and posixpath.splitext(target)[1].lower() == ".md"
        return self._keep("doc" if is_document else form, target, fragment, address)

    def _keep(self, form: str, target: str, fragment: str, address: str) -> str:
        self._note(f"{form}:{target}", address)
        kept = html.escape(target).replace("{", "&#123;").replace("}", "&#125;")
        return f"{{{form}:{kept}}}{html.escape(fragment)}"

    def _note(self, target: str, address: str) -> None:
        self.links.append(Link(target, self.lines.line_of(address)))

    def _report_unknown(self, address: str) -> None:
        self.report.add(
            self.lines.line_of(address),
            "link-form",
            f"the link {quoted(address)} is of a form this site does not know",
            "A reader who follows it would get nowhere.",
            "Write the path of the file, {filename}name.md, doc:id, or an address from /zh/ on.",
        )


def _split_fragment(address: str) -> tuple[str, str]:
    """The path without its query, and the fragment with its "#"."""
    path, mark, fragment = address.partition("#")
    return path.partition("?")[0], mark + fragment


def _align_class(match: re.Match[str]) -> str:
    return f' class="align-{match.group(1)}"'
