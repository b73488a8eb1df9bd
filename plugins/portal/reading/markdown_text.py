"""A document's text: Markdown to safe HTML with the site's links, and the headings in it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from domain.fields import Report
from domain.problems import Severity
from plugins.portal.reading.document import Heading, Link
from plugins.portal.reading.plain_prose import convert_plain_prose
from plugins.portal.reading.text_lines import TextLines

if TYPE_CHECKING:
    from plugins.portal.reading.markdown_engine import Engine


@cache
def _engine() -> Engine:
    from plugins.portal.reading.markdown_engine import Engine

    return Engine()


def convert_text(lines: TextLines, report: Report) -> tuple[str, tuple[Heading, ...]]:
    """Plain Python-Markdown's HTML of the text, and its headings; ("", ()) after a problem."""
    from plugins.portal.reading.markdown_bounds import TextTooDeepError, check_html_depth

    engine = _engine()
    engine.reset()
    try:
        made = engine.convert(lines.text)
        if "<" in lines.text:
            check_html_depth(made)
    except (TextTooDeepError, RecursionError) as error:
        what = getattr(error, "what", "quotes, lists or HTML stand inside one another too deeply")
        report.add(
            lines.deepest_line(),
            "text-too-deep",
            what,
            "Neither a reader nor a program could follow the text.",
            "Close what is opened, take out levels, and part paragraphs by blank lines; "
            "write \\ before a sign that is meant as such.",
        )
    except Exception as error:  # noqa: BLE001
        # The library raises whatever its parts do (on class="footnote" in raw HTML, for one).
        # For an editor each is the same: this text, among thousands, cannot be read.
        report.add(
            lines.first_line,
            "text-unreadable",
            f"the text cannot be read as Markdown ({type(error).__name__})",
            "Nothing of the page could be shown.",
            "Look for unusual HTML or attribute lists in braces, and take them out.",
        )
    else:
        return made, tuple(engine.headings)
    _engine.cache_clear()  # its parts were left in the middle of something
    return "", ()


_SHALLOW_ITEM = re.compile(
    r"^(?:[-*+]|\d{1,3}\.)[ \t][^\n]*\n\n?(?P<item> {1,3}(?:[-*+]|\d{1,3}\.)[ \t])", re.MULTILINE
)


def render_text(
    lines: TextLines, source: str, url: str, title: str, report: Report
) -> tuple[str, tuple[Heading, ...], tuple[Link, ...]]:
    """The HTML as a Document keeps it, its headings and its links to this site."""
    from plugins.portal.reading.linking import TextLinker

    clean, headings = convert_plain_prose(lines.text) or _convert_and_clean(lines, report)
    titles = {own_id: name for own_id, name, _ in headings}
    linker = TextLinker(source, url, title, titles, lines, report)
    return linker.rewrite(clean), headings, tuple(linker.links)


def _convert_and_clean(lines: TextLines, report: Report) -> tuple[str, tuple[Heading, ...]]:
    """What any text gives, its links as they are written."""
    from plugins.portal.reading.sanitising import sanitise

    before = len(report.problems)
    made, headings = convert_text(lines, report)
    if not made:
        if lines.text.strip() and len(report.problems) == before:
            _report_empty(lines, report)
        return "", headings
    _check_list_indents(lines, report)
    return sanitise(made, lines, report), headings


def _report_empty(lines: TextLines, report: Report) -> None:
    report.add(
        lines.first_line,
        "text-empty",
        "nothing of the text would be shown",
        "Readers would find a title and an empty page.",
        "Close each HTML tag that is opened; definitions of links alone show nothing.",
        Severity.WARNING,
    )


def _check_list_indents(lines: TextLines, report: Report) -> None:
    """A line that its writer indented as a part of the item above and that will not be one."""
    found = _SHALLOW_ITEM.search(lines.text)
    if found is None:
        return
    report.add(
        lines.line_at(found.start("item")),
        "list-indent",
        "this item is indented by fewer than four spaces, so it is not part of the item above",
        "The list is shown flat, and in a numbered text the numbers change.",
        "Indent it by four spaces, or not at all.",
        Severity.WARNING,
    )
