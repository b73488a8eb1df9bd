"""Pictures on pages: the sizes that a browser may choose from, and the pictures of a text.

Addresses are /pictures/<id>/<file name>/<size>: they hold when the picture is replaced or its
document moves, and never name a width.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import quote

from domain.languages import HTML_LANG
from plugins.portal.catalogue.entries import Entry
from plugins.portal.files.facts import FALLBACK, LARGE, MEDIUM, PICTURE, PLAIN, SMALL
from plugins.portal.reading.document import Document
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, FileView, Viewer, entry_context

IN_TEXT = "(min-width: 48rem) 43rem, calc(100vw - 2rem)"
"""How wide a picture of a text is shown, for `sizes`; the theme's --measure, about."""
GALLERY_ENTRIES = 4
IN_LISTS = "(min-width: 48rem) 18rem, (min-width: 30rem) 50vw, calc(100vw - 2rem)"

_ATTRIBUTES = r'(?: [^\s="<>]+="[^"]*")*'
_IMG = re.compile(rf"<img(?={_ATTRIBUTES} src=\"\{{picture:)({_ATTRIBUTES})>")
_ALONE = re.compile(rf"<p>((?:<img{_ATTRIBUTES}>(?:\s|<br>)*)+)</p>")
_ATTRIBUTE = re.compile(r' ([^\s="<>]+)="([^"]*)"')
_TARGET = re.compile(r"\{picture:(.*)\}")


def picture_context(path: str, id_: str, alt: str, reads: Reads) -> Context | None:
    """A picture as templates read it, None where there is none (yet).

    {alt, src, width, height, webp}: `src` for browsers without WebP, `webp` the value of srcset,
    "" for a drawing in SVG, which has one form for all sizes.
    """
    sizes = {name: (width, height) for name, width, height in reads.picture(path)}
    if not sizes:
        return None
    base = f"/pictures/{quote(id_)}/{quote(path.rsplit('/', 1)[-1])}/"
    if PLAIN in sizes:
        width, height = sizes[PLAIN]
        return {"alt": alt, "src": base + PLAIN, "width": width, "height": height, "webp": ""}
    by_width = {sizes[name][0]: name for name in (LARGE, MEDIUM, SMALL)}
    webp = ", ".join(f"{base}{name} {width}w" for width, name in sorted(by_width.items()))
    width, height = sizes[FALLBACK]
    return {"alt": alt, "src": base + FALLBACK, "width": width, "height": height, "webp": webp}


def lead_picture(document: Document, reads: Reads) -> Context | None:
    """The lead picture of a document's page, with its caption and the language of its texts."""
    lead = document.picture
    if lead is None:
        return None
    context = picture_context(lead.file, document.id, lead.alt, reads)
    if context is None:
        return None
    own_lang = "" if lead.lang == document.lang else HTML_LANG[lead.lang]
    return {**context, "caption": lead.caption, "html_lang": own_lang, "sizes": IN_TEXT}


def entry_picture(entry: Entry, lang: str, reads: Reads) -> Context | None:
    """The lead picture of a line on a page in `lang`, as `lead_picture`; None without one.

    Asked only by views that show pictures, so that other lists read nothing more.
    """
    if not entry.picture:
        return None
    path, alt, caption, own = entry.picture
    context = picture_context(path, entry.id, alt, reads)
    own_lang = "" if own == lang else HTML_LANG[own]
    return context and {**context, "caption": caption, "html_lang": own_lang, "sizes": IN_LISTS}


def gallery_context(entries: Iterable[Entry], lang: str, reads: Reads) -> list[Context]:
    """The first few lines with a lead picture, each with its `picture`; of others nothing is read."""
    shown: dict[str, Context] = {}
    for entry in entries:
        if len(shown) == GALLERY_ENTRIES:
            break
        picture = None if entry.id in shown else entry_picture(entry, lang, reads)
        if picture:
            shown[entry.id] = {**entry_context(entry), "picture": picture}
    return list(shown.values())


def place_pictures(stored: str, id_: str, reads: Reads) -> str:
    """The HTML of a text with the sizes of its pictures; those that stand alone are figures."""
    if '="{picture:' not in stored:
        return stored
    figures = _ALONE.sub(lambda match: _figures(match.group(1)), stored)
    return _IMG.sub(lambda match: _picture(match.group(1), id_, reads), figures)


def _figures(images: str) -> str:
    """A paragraph of pictures alone: each with its title as caption, several as a gallery."""
    found = re.findall(rf"<img({_ATTRIBUTES})>", images)
    made = "\n".join(_figure(attributes) for attributes in found)
    return made if len(found) == 1 else f'<div class="gallery">\n{made}\n</div>'


def _figure(attributes: str) -> str:
    title = dict(_ATTRIBUTE.findall(attributes)).get("title", "")
    bare = attributes.replace(f' title="{title}"', "")
    caption = f"<figcaption>{title}</figcaption>" if title else ""
    return f'<figure class="figure"><img{bare}>{caption}</figure>'


def _picture(attributes: str, id_: str, reads: Reads) -> str:
    """One picture with its sizes. What the text's own HTML says of it (class, lang) stays."""
    own: dict[str, str] = dict(_ATTRIBUTE.findall(attributes))
    target = _TARGET.fullmatch(own.pop("src"))
    context = target and picture_context(html.unescape(target.group(1)), id_, "", reads)
    for name in ("width", "height"):
        own.pop(name, None)
    own.setdefault("alt", "")
    if not context:
        return own["alt"]
    kept = "".join(f' {name}="{value}"' for name, value in own.items())
    size = f' width="{context["width"]}" height="{context["height"]}"' if context["width"] else ""
    img = f'<img src="{context["src"]}"{size} loading="lazy" decoding="async"{kept}>'
    if not context["webp"]:
        return img
    webp = f'<source type="image/webp" srcset="{context["webp"]}" sizes="{IN_TEXT}">'
    return f"<picture>{webp}{img}</picture>"


def view_picture(viewer: Viewer, id_: str, name: str, size: str) -> FileView:
    """One size of a picture that a document shows."""
    path = viewer.reads.ask(f"shown:{id_}/{name}")
    found = viewer.reads.ask(f"derivative:{PICTURE}/{size}/{path}")
    if not found:
        raise LookupError(f"/pictures/{id_}/{name}/{size} is planned but {path} is not there")
    content_hash, file, hash_ = found
    return FileView("content", path, hash_, (PICTURE, content_hash, file))
