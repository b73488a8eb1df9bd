"""Labels that a text's parts need away from their place: cells of tables, ways back from notes.

On a phone a wide table is read as a list, each cell with the name of its column before it; a
reader who hears a page must be told where the arrow behind a note leads. After linking.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

FEWEST_COLUMNS = 3
"""A table of fewer fits on a phone as it is."""

WAYS_BACK = {"zh": "回到正文注{}处", "en": "Back to note {} in the text", "bo": "མཆན་{}ལ་ཕྱིར་ལོག"}

_TABLE = re.compile(
    r'<div class="table"([^>]*)><table>\s*(<thead>.*?</thead>)\s*(<tbody>.*?</tbody>)\s*</table>',
    re.DOTALL,
)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<td\b")
_TAG = re.compile(r"<[^>]*>")
_BACK = re.compile(r' title="↩ (\d+)"')


def label_parts(text: str, lang: str) -> str:
    """The text's HTML with these labels, in the language of the text."""
    if '<div class="table"' in text:
        text = _TABLE.sub(_label_table, text)
    if 'class="footnote-backref"' in text:
        way = WAYS_BACK.get(lang, WAYS_BACK["en"])
        text = _BACK.sub(lambda match: f' aria-label="{way.format(match.group(1))}"', text)
    return text


def _label_table(match: re.Match[str]) -> str:
    region, head, body = match.groups()
    names = [_plain(name) for name in _HEAD.findall(head)]
    is_plain = "span=" not in match.group() and "<table" not in body
    if len(names) < FEWEST_COLUMNS or not all(names[1:]) or not is_plain:
        return match.group()
    rows = _ROW.sub(lambda row: _label_row(row.group(), names), body)
    return f'<div class="table table-lines"{region}><table>\n{head}\n{rows}\n</table>'


def _label_row(row: str, names: Sequence[str]) -> str:
    """Each cell but the first, which is the line's own name."""
    labels = iter(["<td", *(f'<td data-label="{name}"' for name in names[1:])])
    return _CELL.sub(lambda _cell: next(labels, "<td"), row)


def _plain(name: str) -> str:
    """A heading's text, escaped for an attribute; escaped already but for quotation marks."""
    return html.escape(html.unescape(_TAG.sub("", name))).strip()
