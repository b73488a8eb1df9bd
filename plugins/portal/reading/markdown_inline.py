"""Inline patterns of Python-Markdown, tried only where they can match, and bounded in cost.

The engine (markdown_engine.py) puts these in the place of the library's own; the output stays
the same, byte for byte. Links are where a text can cost the square of its length: the end of
each bracket that never closes is looked for to the end of the paragraph, by each of six patterns.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any, cast
from xml.etree import ElementTree

from markdown import Markdown, inlinepatterns, treeprocessors
from markdown.util import AtomicString

from plugins.portal.reading.markdown_bounds import MAX_NESTING, TextTooDeepError, Work

INLINE_SYNTAX = re.compile(r"[`\\\[<&*_\x02]|  \n")
# One of these (at most two) must stand in a text for the inline pattern of that
# name to match anywhere.
TRIGGERS: dict[str, tuple[str, ...]] = {
    "backtick": ("`",),
    "escape": ("\\",),
    "footnote": ("[^",),
    "reference": ("[",),
    "link": ("[",),
    "image_link": ("![",),
    "image_reference": ("![",),
    "short_reference": ("[",),
    "short_image_ref": ("![",),
    "autolink": ("<",),
    "automail": ("<",),
    "linebreak": ("  \n",),
    "html": ("<",),
    "entity": ("&",),
    "em_strong": ("*", "_"),
}
_BRACKETS = re.compile(r"[\[\]]")

_Found = list[tuple[ElementTree.Element, list[str]]]


class _Bounded(inlinepatterns.LinkInlineProcessor):
    """The search for the end of a link, by regular expression, within the allowance."""

    def __init__(self, pattern: str, md: Markdown, work: Work) -> None:
        super().__init__(pattern, md)
        self.work = work

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        depth = 1
        for count, match in enumerate(_BRACKETS.finditer(data, index), start=1):
            depth += 1 if match.group() == "[" else -1
            if depth == 0:
                self.work.add_inline(count % 1000)
                return data[index : match.start()], match.end(), True
            if count % 1000 == 0:
                self.work.add_inline(1000)
        # A character that is no bracket takes a hundredth of the time of one that is.
        self.work.add_inline((len(data) - index) // 100)
        return data[index:], len(data), False

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        href, title, end, is_link = super().getLink(data, index)
        self.work.add_inline(
            (end if is_link or not data.startswith("(", index) else len(data)) - index
        )
        return href, title, end, is_link


class _Code(inlinepatterns.BacktickInlineProcessor):
    """Backticks, the search for the closing ones within the allowance."""

    def __init__(self, pattern: str, work: Work) -> None:
        super().__init__(pattern)
        self.work = work

    def find_code_spans(self, start: int, text: str) -> Any:
        inner_start, end = cast(tuple[int, int | None], super().find_code_spans(start, text))
        self.work.add_inline((len(text) if end is None else end) - start)
        return inner_start, end


class _Reference(_Bounded, inlinepatterns.ReferenceInlineProcessor):
    def makeTag(self, href: str, title: str, text: str) -> ElementTree.Element:  # noqa: N802
        # A definition is written once and copied at each use.
        self.work.add_inline(len(href) + len(title or ""))
        return super().makeTag(href, title, text)


class _ShortReference(_Reference, inlinepatterns.ShortReferenceInlineProcessor):
    pass


class _Image(_Bounded, inlinepatterns.ImageInlineProcessor):
    pass


class _ImageReference(_Bounded, inlinepatterns.ImageReferenceInlineProcessor):
    def makeTag(self, href: str, title: str, text: str) -> ElementTree.Element:  # noqa: N802
        self.work.add_inline(len(href) + len(title or ""))
        return super().makeTag(href, title, text)


class _ShortImageReference(_ImageReference, inlinepatterns.ShortImageReferenceInlineProcessor):
    pass


def bound_inline_patterns(md: Markdown, work: Work) -> None:
    """Put the library's patterns for code, links and images under the allowance."""
    md.inlinePatterns.register(_Code(inlinepatterns.BACKTICK_RE, work), "backtick", 190)
    link, image = inlinepatterns.LINK_RE, inlinepatterns.IMAGE_LINK_RE
    for bounded, name, priority in (
        (_Reference(link, md, work), "reference", 170),
        (_Bounded(link, md, work), "link", 160),
        (_Image(image, md, work), "image_link", 150),
        (_ImageReference(image, md, work), "image_reference", 140),
        (_ShortReference(link, md, work), "short_reference", 130),
        (_ShortImageReference(image, md, work), "short_image_ref", 125),
    ):
        md.inlinePatterns.register(bounded, name, priority)


# Named as its base, so that the private methods here take the place of the base's own.
class InlineProcessor(treeprocessors.InlineProcessor):
    """Inline patterns, tried only on text that has their characters."""

    def __init__(self, md: Markdown, work: Work) -> None:
        super().__init__(md)
        self.work = work
        self.depth = 0
        names = sorted(TRIGGERS, key=md.inlinePatterns.get_index_for_name)
        if len(names) != len(md.inlinePatterns):
            raise ValueError("an inline pattern without triggers")
        self.triggered = [
            (md.inlinePatterns[name], TRIGGERS[name][0], TRIGGERS[name][-1]) for name in names
        ]

    def __handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString) or not INLINE_SYNTAX.search(data):
            return data
        if self.depth >= MAX_NESTING:
            raise TextTooDeepError("emphasis and links stand inside one another too deeply")
        self.depth += 1
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]  # the base's
        for index in range(patternIndex, len(self.triggered)):
            pattern, trigger, other = self.triggered[index]
            start = 0
            matched = trigger in data or other in data
            while matched:
                data, matched, start = apply(pattern, data, index, start)
                self.work.add_inline(len(data) // 1000)  # each match makes the text anew
        self.depth -= 1
        return data

    def run(
        self, tree: ElementTree.Element, ancestors: list[str] | None = None
    ) -> ElementTree.Element:
        self.stashed_nodes: dict[str, ElementTree.Element | str] = {}
        self.parent_map: dict[
            ElementTree.Element, ElementTree.Element
        ] = {}  # the base only writes it
        self.depth = 0
        parents = [*(ancestors or ()), tree.tag.lower()]
        waiting: deque[tuple[ElementTree.Element, list[str]]] = deque([(tree, parents)])
        while waiting:
            element, self.ancestors = waiting.popleft()
            if element is not tree:
                self.ancestors.append(element.tag.lower())
            self._process_children(element, waiting)
        return tree

    def _process_children(
        self, element: ElementTree.Element, waiting: deque[tuple[ElementTree.Element, list[str]]]
    ) -> None:
        inserted: list[tuple[ElementTree.Element, _Found]] = []
        for child in element:  # grows while we walk it: what a tail yields is walked as well
            text = child.text
            if text and not isinstance(text, AtomicString) and INLINE_SYNTAX.search(text):
                self.ancestors.append(child.tag.lower())
                child.text = None
                found = self._place(self.__handleInline(text), child)
                waiting += found
                inserted.append((child, found))
                self.ancestors.pop()
            if child.tail and INLINE_SYNTAX.search(child.tail):
                self._process_tail(element, child)
            if len(child):
                waiting.append((child, self.ancestors[:]))
        for child, found in inserted:
            for index, (node, _) in enumerate(found):
                child.insert(index, node)

    def _process_tail(self, element: ElementTree.Element, child: ElementTree.Element) -> None:
        holder = ElementTree.Element("d")
        tail = self.__handleInline(cast(str, child.tail))
        child.tail = None
        found = self._place(tail, holder, False)
        if holder.tail:
            child.tail = holder.tail
        position = list(element).index(child) + 1
        for node, _ in reversed(found):
            element.insert(position, node)

    def _place(self, text: str, element: ElementTree.Element, is_text: bool = True) -> _Found:
        """Put the stashed nodes where their marks stand in the text."""
        place = self._InlineProcessor__processPlaceholders  # type: ignore[attr-defined]  # the base's
        return cast(_Found, place(text, element, is_text))
