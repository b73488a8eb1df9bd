"""Python-Markdown without its wasted work, and with bounds on what a text may cost.

The output equals that of plain Python-Markdown with the same extensions, byte for byte
(tests/reading/test_markdown_engine.py holds it to that). What is saved: block tests are not run
on blocks that can only be paragraphs, inline patterns not on text that has none of their
characters, and steps are left out whose trigger is nowhere in the source.
`markdown_text` is the only caller.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any, TypeVar, cast
from xml.etree import ElementTree

from markdown import Markdown, blockparser, serializers, treeprocessors
from markdown.extensions import Extension, abbr, attr_list, footnotes, toc
from markdown.util import ETX, STX

from plugins.portal.reading.markdown_bounds import (
    MAX_ABBREVIATION_CHARACTERS,
    MAX_CONTENTS_LISTS,
    MAX_NESTING,
    TextTooDeepError,
    Work,
    check_openings,
)
from plugins.portal.reading.markdown_inline import InlineProcessor, bound_inline_patterns

_Extension = TypeVar("_Extension", bound=Extension)

EXTENSIONS = ("extra", "toc", "sane_lists")
EXTENSION_CONFIGS: dict[str, dict[str, Any]] = {
    "toc": {"slugify": toc.slugify_unicode},
    "extra": {
        # Read out in any language; the library's own title is English.
        "footnotes": {"BACKLINK_TITLE": "↩ {}"},
        "tables": {"use_align_attribute": True},
    },
}

# A block that starts with, or has a line that starts with, one of these may be more than a
# paragraph. Digits begin numbered lists, STX begins stashed HTML.
_LINE_SYNTAX = frozenset(" #=-_*+>:[\n" + STX)
_LATER_LINE_SYNTAX = re.compile(r"\n[ #=\-_*+>:\[\d\x02]|\|")
_BLANKS_ALONE = re.compile(r"(?<=\n) +\n")
# The published types describe an older release than the one in the lock file.
_SERIALIZERS: Any = serializers
_TOC: Any = toc
_HTML_EMPTY: frozenset[str] = _SERIALIZERS.HTML_EMPTY | {
    "script",
    "style",
}  # serialised by the library


def _is_plain(block: str) -> bool:
    """Whether no block processor but that of paragraphs can want this block."""
    if not block or block[0] in _LINE_SYNTAX or block[0].isdecimal():
        return False
    return "\n" not in block or not _LATER_LINE_SYNTAX.search(block)


class _BlockParser(blockparser.BlockParser):
    """Runs of plain paragraphs are taken at once, and nesting is bounded."""

    depth = 0

    def parseBlocks(self, parent: ElementTree.Element, blocks: list[str]) -> None:  # noqa: N802
        if self.depth >= MAX_NESTING:
            raise TextTooDeepError("quotes or lists stand inside one another too deeply")
        self.depth += 1
        work = cast(Engine, self.md).work
        while blocks:
            if _is_plain(blocks[0]) and not self.state.isstate("list"):
                _take_paragraphs(parent, blocks)
                continue
            work.add_block(len(blocks[0]))
            for processor in self.blockprocessors:
                if processor.test(parent, blocks[0]) and processor.run(parent, blocks) is not False:
                    break
        self.depth -= 1


def _take_paragraphs(parent: ElementTree.Element, blocks: list[str]) -> None:
    taken = 0
    for block in blocks:
        if not _is_plain(block):
            break
        if text := block.lstrip():
            ElementTree.SubElement(parent, "p").text = text
        taken += 1
    del blocks[:taken]


class _Prettify(treeprocessors.PrettifyTreeprocessor):
    """The base's line breaks, without a call for each element that has no children."""

    def _prettifyETree(self, elem: ElementTree.Element) -> None:  # noqa: N802
        is_block = self.md.is_block_level
        if len(elem) and is_block(elem.tag) and elem.tag not in ("code", "pre"):
            if (not elem.text or not elem.text.strip()) and is_block(elem[0].tag):
                elem.text = "\n"
            for child in elem:
                if not is_block(child.tag):
                    continue
                if len(child):
                    self._prettifyETree(child)
                elif not child.tail or not child.tail.strip():
                    child.tail = "\n"
        if not elem.tail or not elem.tail.strip():
            elem.tail = "\n"


class _Unescape(treeprocessors.UnescapeTreeprocessor):
    """Nothing was escaped where the source has no backslash."""

    def run(self, root: ElementTree.Element) -> None:
        if "\\" in cast(Engine, self.md).source:
            super().run(root)


class _AttributeLists(attr_list.AttrListTreeprocessor):
    """No attribute lists without a brace in the source."""

    def run(self, doc: ElementTree.Element) -> None:
        if "{" in cast(Engine, self.md).source:
            super().run(doc)


class _Abbreviations(abbr.AbbrTreeprocessor):
    """Each word is held against each abbreviation, and each use takes the whole title."""

    def run(self, root: ElementTree.Element) -> ElementTree.Element | None:
        if self.abbrs:
            source = cast(Engine, self.md).source
            cost = len(self.abbrs) * len(source)
            cost += sum(len(title) * source.count(key) for key, title in self.abbrs.items())
            if cost > MAX_ABBREVIATION_CHARACTERS:
                raise TextTooDeepError("there are too many abbreviations for so long a text")
        return super().run(root)


class _Contents(toc.TocTreeprocessor):
    """Heading ids as the base gives them, headings collected; a list only where asked for.

    Where a text has a first-level heading, all its headings go down by one: the page's own
    title is the only h1.
    """

    def run(self, doc: ElementTree.Element) -> None:
        engine = cast(Engine, self.md)
        self.base_level = 0 if next(doc.iter("h1"), None) is None else 1
        if engine.source.count(self.marker) > MAX_CONTENTS_LISTS:
            raise TextTooDeepError("the list of contents is asked for too often")
        if self.marker in engine.source or "data-toc-label" in engine.source:
            super().run(doc)
            engine.headings = list(_flatten(cast(Any, engine).toc_tokens))
            return
        used_ids = {element.attrib["id"] for element in doc.iter() if "id" in element.attrib}
        counters: dict[str, int] = {}
        engine.headings = []
        for element in doc.iter():
            if self.header_rgx.match(element.tag):
                self._take_heading(element, used_ids, counters)

    def _take_heading(
        self, element: ElementTree.Element, used_ids: set[str], counters: dict[str, int]
    ) -> None:
        self.set_level(element)
        text = element.text or ""
        if len(element) or STX in text or "&" in text:
            inner = toc.render_inner_html(toc.remove_fnrefs(element), self.md)
            name = html.unescape(toc.strip_tags(inner))
        else:
            name = " ".join(text.split())
        if "id" not in element.attrib:
            slug = self.slugify(name, self.sep)
            element.attrib["id"] = _TOC.unique(slug, used_ids, counters)
        own_id = toc.unescape(element.attrib["id"] or "")
        cast(Engine, self.md).headings.append((own_id, name, int(element.tag[-1])))


def _flatten(tokens: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []
    for token in tokens:
        found.append((token["id"], html.unescape(token["name"]), token["level"]))
        found += _flatten(token["children"])
    return found


class Engine(Markdown):
    """One per process, used for one text after the other.

    After `convert`, `headings` are (id, text, level) in the order of the text.
    """

    def __init__(self) -> None:
        self.source = ""
        self.headings: list[tuple[str, str, int]] = []
        self.work = Work()
        self._last_uses: dict[str, str] = {}
        self._block_tags: dict[Any, bool] = {}
        super().__init__(
            extensions=EXTENSIONS, extension_configs=EXTENSION_CONFIGS, output_format="html"
        )
        self.parser.__class__ = _BlockParser  # its processors hold this very object
        bound_inline_patterns(self, self.work)
        self._remember_footnotes()
        for name, processor, priority in (
            ("inline", InlineProcessor(self, self.work), 20),
            ("prettify", _Prettify(self), 10),
            ("attr_list", _AttributeLists(self), 8),
            ("abbr", _Abbreviations(self, cast(Any, self._extension(abbr.AbbrExtension)).abbrs), 7),
            ("toc", _Contents(self, self._extension(toc.TocExtension).getConfigs()), 5),
            ("unescape", _Unescape(self), 0),
        ):
            self.treeprocessors.register(processor, name, priority)

    def _extension(self, wanted: type[_Extension]) -> _Extension:
        for extension in self.registeredExtensions:
            if isinstance(extension, wanted):
                return extension
        raise LookupError(wanted.__name__)

    def _remember_footnotes(self) -> None:
        """Number the uses of a footnote without counting again from its first one."""
        extension = self._extension(footnotes.FootnoteExtension)

        def unique_ref(reference: str, found: bool = False) -> str:
            if not found:
                return reference
            unused = self._last_uses.get(reference, reference)
            while unused in extension.used_refs:
                unused = _next_reference(unused)
            extension.used_refs.add(unused)
            self._last_uses[reference] = unused
            extension.found_refs[reference] = extension.found_refs.get(reference, 0) + 1
            return unused

        extension.unique_ref = unique_ref  # type: ignore[method-assign]  # it asks by this name

    def is_block_level(self, tag: Any) -> bool:
        known = self._block_tags.get(tag)
        if known is None:
            known = self._block_tags[tag] = super().is_block_level(tag)
        return known

    def convert(self, source: str) -> str:
        """The HTML of a text. Raises TextTooDeepError, after which the engine is to be dropped."""
        self.source = source
        self.headings = []
        self.work.start()
        self._last_uses.clear()
        if not source.strip():
            return ""
        check_openings(source)
        root = ElementTree.Element(self.doc_tag)
        self.parser.root = root
        self.parser.parseChunk(root, self._prepare(source))
        for treeprocessor in self.treeprocessors:
            replaced = treeprocessor.run(root)
            root = root if replaced is None else replaced
        output = _serialize(root)
        for postprocessor in self.postprocessors:
            output = postprocessor.run(output)
        return output.strip()

    def _prepare(self, source: str) -> str:
        """The base's preprocessors, each only where its trigger is in the text."""
        text = source.replace(STX, "").replace(ETX, "")
        text = text.replace("\r\n", "\n").replace("\r", "\n") + "\n\n"
        text = text.expandtabs(self.tab_length)
        if "\n " in text:
            text = _BLANKS_ALONE.sub("\n", text)
        if "```" in text or "~~~" in text:
            text = "\n".join(self.preprocessors["fenced_code_block"].run(text.split("\n")))
        if "<" in text or "&" in text:
            text = "\n".join(self.preprocessors["html_block"].run(text.split("\n")))
        return text


def _next_reference(reference: str) -> str:
    """fnref:1 -> fnref2:1 -> fnref3:1, as the base counts."""
    name, rest = reference.split(":", 1)
    match = footnotes.RE_REF_ID.match(name)
    return f"{match.group(1)}{int(match.group(2)) + 1}:{rest}" if match else f"{name}2:{rest}"


def _serialize(root: ElementTree.Element) -> str:
    """What lies in the root as HTML; elements without children or attributes are done here."""
    parts: list[str] = []
    write: Callable[[str], None] = parts.append
    escape = _SERIALIZERS._escape_cdata
    if root.text:
        write(escape(root.text))
    for element in root:
        tag = element.tag
        if len(element) or element.attrib or tag in _HTML_EMPTY:
            _SERIALIZERS._serialize_html(write, element, "html")
        else:
            text, tail = element.text, element.tail
            write(f"<{tag}>{escape(text) if text else ''}</{tag}>{escape(tail) if tail else ''}")
    return "".join(parts).strip()
