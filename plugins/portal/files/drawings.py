"""Drawings in SVG: written anew from what a drawing needs, refused when something in it acts.

An SVG file can run programs, load from other hosts and tell who made it. Known shapes and their
attributes are copied, in order; editors' own marks, comments and metadata are left out; whatever
could act or load is a problem, so that nobody wonders where it went.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from domain.fields import Report
from domain.problems import quoted
from plugins.portal.files.facts import PLAIN, Derivative

SVG, XLINK, XML = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
SHAPES = frozenset(
    {
        *(
            "svg",
            "g",
            "defs",
            "symbol",
        ),
        *(
            "use",
            "switch",
            "title",
            "desc",
        ),
        *(
            "path",
            "rect",
            "circle",
            "ellipse",
        ),
        *(
            "line",
            "polyline",
            "polygon",
            "text",
        ),
        *(
            "tspan",
            "textPath",
            "style",
            "linearGradient",
        ),
        *(
            "radialGradient",
            "stop",
            "clipPath",
            "mask",
        ),
        *(
            "pattern",
            "marker",
            "filter",
            "feBlend",
        ),
        *(
            "feColorMatrix",
            "feComponentTransfer",
            "feComposite",
            "feConvolveMatrix",
        ),
        *(
            "feDiffuseLighting",
            "feDisplacementMap",
            "feDistantLight",
            "feDropShadow",
        ),
        *(
            "feFlood",
            "feFuncA",
            "feFuncB",
            "feFuncG",
        ),
        *(
            "feFuncR",
            "feGaussianBlur",
            "feMerge",
            "feMergeNode",
        ),
        *(
            "feMorphology",
            "feOffset",
            "fePointLight",
            "feSpecularLighting",
        ),
        *(
            "feSpotLight",
            "feTile",
            "feTurbulence",
        ),
    }
)
#: Refused in whatever namespace they stand.
ACTING = frozenset({"script", "foreignobject", "iframe", "handler", "listener"})
#: Elements of SVG that say nothing to a reader and may name who drew it.
SILENT = frozenset({"metadata", "view"})
_MOST_ELEMENTS = 100_000
_DEEPEST = 200
_URL = re.compile(r"url\s*\(\s*(?![\"']?\s*#)", re.IGNORECASE)
_LOADING = re.compile(r"@import|javascript:|expression\s*\(|\\", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(?:px)?\s*")
_BLANKS = re.compile(r"[\s,]+")


class _Refusal(Exception):  # noqa: N818 - it ends the parsing and goes no further
    """What in the drawing acts or loads, with its line."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


def make_drawing(data: bytes, folder: Path, report: Report) -> dict[str, Derivative]:
    """The drawing, written anew, is in the folder; {} after a problem."""
    copier = _Copier()
    try:
        text = copier.copy(data)
    except _Refusal as refusal:
        report.add(
            refusal.line,
            "picture-active",
            f"the drawing has {refusal.what} in it",
            "A drawing that runs programs or loads from elsewhere acts in the reader's browser.",
            "Save it as plain SVG without scripts, links and embedded files, or as PNG.",
        )
        return {}
    except (expat.ExpatError, ValueError, LookupError) as error:
        report.add(
            getattr(error, "lineno", 0),
            "picture-unreadable",
            "the drawing is no well-formed SVG",
            "Browsers would show nothing of it.",
            "Open it in a drawing program and save it anew as plain SVG.",
        )
        return {}
    written = text.encode()
    (folder / PLAIN).write_bytes(written)
    digest = hashlib.blake2b(written, digest_size=16).hexdigest()
    width, height = copier.size
    return {PLAIN: Derivative(PLAIN, width, height, len(written), digest)}


class _Copier:
    """Copies what SHAPES names; afterwards `size` is the drawing's own, (0, 0) without one."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self._elements = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def copy(self, data: bytes) -> str:
        parser = self._parser
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        parser.Parse(data, True)
        return "".join(self._parts) + "\n"

    def _refuse(self, what: str) -> None:
        raise _Refusal(self._parser.CurrentLineNumber, what)

    def _doctype(
        self, _name: str, _system: str | None, _public: str | None, has_subset: bool
    ) -> None:
        if has_subset:
            self._refuse("a document type of its own")

    def _entity(self, *_entity: object) -> None:
        self._refuse("an entity")

    def _instruction(self, target: str, _text: str) -> None:
        if target == "xml-stylesheet":
            self._refuse("a style sheet from elsewhere")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            self._refuse("more elements than can be shown")
        if not self._open:
            if (namespace, name) != (SVG, "svg"):
                raise ValueError("its first element is not svg")
            self.size = _size_of(attributes)
        if name.lower() in ACTING:
            self._refuse(f"<{name}>")
        if self._silent or namespace != SVG or name in SILENT:
            self._silent += 1
            return
        if name not in SHAPES:
            self._refuse(f"<{name}>")
        self._parts.append(self._tag(name, attributes))
        self._open.append(name)

    def _tag(self, name: str, attributes: dict[str, str]) -> str:
        written = [f"<{name}"]
        if not self._open:
            written.append(f' xmlns="{SVG}" xmlns:xlink="{XLINK}"')
        for qualified, value in attributes.items():
            namespace, _, attribute = qualified.rpartition(" ")
            prefix = {"": "", XLINK: "xlink:", XML: "xml:"}.get(namespace)
            if prefix is None:
                continue  # an editor's own mark
            self._check(attribute, value)
            written.append(f" {prefix}{attribute}={quoteattr(value)}")
        return "".join(written) + ">"

    def _check(self, attribute: str, value: str) -> None:
        if attribute.lower().startswith("on"):
            self._refuse(f"the event {attribute}")
        if attribute in ("href", "src") and not value.startswith("#"):
            self._refuse(f"a reference to {quoted(value)}")
        if attribute == "base":
            self._refuse("a base address")
        self._check_style(value)

    def _check_style(self, text: str) -> None:
        if _URL.search(text) or _LOADING.search(text):
            self._refuse("a style that loads something")

    def _end(self, _tag: str) -> None:
        if self._silent:
            self._silent -= 1
            return
        self._parts.append(f"</{self._open.pop()}>")

    def _text(self, text: str) -> None:
        if self._silent:
            return
        if self._open and self._open[-1] == "style":
            self._check_style(text)
        self._parts.append(escape(text))


def _size_of(attributes: dict[str, str]) -> tuple[int, int]:
    """Width and height in pixels, by the attributes, else by the view box."""
    lengths = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    width, height = (round(float(match.group(1))) if match else 0 for match in lengths)
    if width and height:
        return width, height
    numbers = _BLANKS.split(attributes.get("viewBox", "").strip())
    try:
        return (round(float(numbers[2])), round(float(numbers[3])))
    except (IndexError, ValueError, OverflowError):
        return (0, 0)
