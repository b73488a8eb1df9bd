"""What HTML a text may bring: everything else is taken out, and the editor is told.

Runs on the HTML that Markdown made, raw HTML of the text included; links come after it.
"""

from __future__ import annotations

import html
import re
from functools import cache

import nh3

from domain.fields import Report
from domain.problems import Severity, quoted
from plugins.portal.reading.text_lines import TextLines

TAGS = (nh3.ALLOWED_TAGS - {"area", "footer", "header", "hgroup", "map", "nav"}) | {
    "audio",
    "picture",
    "section",
    "source",
    "track",
    "video",
}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "dir", "id", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "preload", "src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"align", "colspan", "headers", "rowspan"},
    "th": {"align", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "preload", "src", "width"},
}
SCHEMES = {"doc", "http", "https", "mailto", "tel"}

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)")
_EVENT = re.compile(r"<[a-zA-Z][^<>]*?\s(on[a-zA-Z]+)\s*=")
_ADDRESS = re.compile(r"(?:href|src)=[\"']([^\"']*)[\"']", re.IGNORECASE)
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
# HTML of Markdown's own making in which there is nothing to clean, and which the cleaner would
# write in the same way (tests/reading/test_sanitising.py): most texts are that, and a tenth of
# their reading was spent on taking them apart and putting them together again.
_INNOCENT = re.compile(
    r"(?:[^<>&\x00-\x09\x0b-\x1f\xa0]++"
    r"|</?(?:blockquote|em|h[2-6]|li|ol|p|strong|ul)>"
    r"|<h[2-6] id=\"[^\"<>&\x00-\x1f\xa0]*\">)*+"
)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        link_rel=None,
        url_schemes=SCHEMES,
    )


def sanitise(made: str, lines: TextLines, report: Report) -> str:
    """The HTML with nothing in it that could act; what was dropped is a warning with its line."""
    # Every tag and attribute that is not Markdown's own comes from one of these characters.
    if "<" in lines.text or "{" in lines.text:
        _report_dropped(_COMMENT.sub("", made), lines, report)
    elif _INNOCENT.fullmatch(made):
        return made
    if ":" in lines.text and ("href=" in made or "src=" in made):
        _report_schemes(made, lines, report)
    return _cleaner().clean(made)


def _report_dropped(made: str, lines: TextLines, report: Report) -> None:
    for name in sorted({tag.lower() for tag in _TAG_NAME.findall(made)} - TAGS):
        _warn(f"<{name}>", lines.line_of_tag(name), report)
    for name in sorted({event.lower() for event in _EVENT.findall(made)}):
        _warn(f"{name}=", lines.line_of(name), report)


def _warn(what: str, line: int, report: Report) -> None:
    report.add(
        line,
        "html-dropped",
        f"{what} was left out of the page",
        "Pages of this site run no programs and carry no styles of their own.",
        "Take it out of the text, or say the same in Markdown.",
        Severity.WARNING,
    )


def _report_schemes(made: str, lines: TextLines, report: Report) -> None:
    for written in _ADDRESS.findall(made):
        address = html.unescape(written)
        match = _SCHEME.match(address)
        if match and match.group(1).lower() not in SCHEMES:
            report.add(
                lines.line_of(address),
                "link-scheme",
                f"the address {quoted(address)} was left out of the page",
                "Only web addresses, mail addresses and telephone numbers can be followed safely.",
                "Write an address that begins with https://, or the path of a file.",
                Severity.WARNING,
            )
