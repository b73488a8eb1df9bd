"""View: all that a template or a writer may see of a page; and the parts that pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from domain.addresses import column_url, page_url
from domain.clock import local_text
from domain.json_text import to_json
from domain.languages import HTML_LANG, OWN_NAMES, Text, join_names, text_in
from domain.records import record
from plugins.portal.catalogue.entries import Entry
from plugins.portal.rendering.reads import Reads

Context = dict[str, Any]
Translate = Callable[..., str]


@record
class HtmlView:
    """A page made by a template."""

    template: str
    lang: str
    context: Context = field(default_factory=dict)


@record
class TextView:
    """An output whose text is the view itself: a feed, a sitemap, a search row.

    `words`: a template of its family, where it has words of the theme's translations.
    """

    text: str
    words: str = ""


WORDS = "parts/words.html"
"""The template that stands for the theme's words where no template makes the output."""


@record
class FileView:
    """A file handed on as it is; `path` is below the content folder or the theme's static.

    With `derived` (role, hash of the original, name in the cache) it is what was made of it.
    """

    origin: str
    path: str
    hash: str
    derived: tuple[str, str, str] | tuple[()] = ()


View = HtmlView | TextView | FileView


@record
class Viewer:
    """What a view function is handed besides its arguments."""

    reads: Reads
    translate: Callable[[str], Translate]

    def words(self, lang: str) -> Translate:
        """gettext of a language."""
        return self.translate(lang)


def name_in(names: Text, lang: str, reads: Reads) -> str:
    """A vocabulary name in a language, else in the site's own."""
    return text_in(names, lang, reads.site().default_language)[0]


def marked_name(names: Mapping[str, str], lang: str, default: str) -> Markup:
    """A name as HTML that says its language where that is not the page's."""
    text, own_lang = text_in(names, lang, default)
    if own_lang == lang:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[own_lang], text)


def names_in(names: Sequence[Text], lang: str, reads: Reads) -> tuple[str, str]:
    """Names as a list, and the language that it is in: the site's own where one has no other."""
    default = reads.site().default_language
    own_lang = lang if all(each.get(lang) for each in names) else default
    return join_names((text_in(each, own_lang, default)[0] for each in names), own_lang), own_lang


def described(names: Text, lang: str, reads: Reads, key: str = "description") -> Context:
    """`description`, and `description_html_lang` where it is in another language than the page."""
    text, own_lang = text_in(names, lang, reads.site().default_language)
    return {key: text, f"{key}_html_lang": "" if own_lang == lang else HTML_LANG[own_lang]}


def link(name: str, url: str, **more: object) -> Context:
    """A link as templates read it."""
    return {"name": name, "url": url, **more}


@lru_cache(maxsize=8192)
def entry_context(entry: Entry) -> Context:
    """A line of a list as templates read it; one and the same in all lists, so never altered."""
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "lang": entry.lang,
        "html_lang": HTML_LANG.get(entry.lang, entry.lang),
        "date": entry.date,
        "number": entry.number,
        "issuer": entry.issuer,
        "validity": entry.validity,
        "kind": entry.kind,
        "summary": entry.summary,
    }


def in_another_language(lang: str) -> Context:
    """What a link needs to say that it leads to a page in another language than its own."""
    return {"html_lang": HTML_LANG[lang], "language": OWN_NAMES[lang]}


def entries_context(entries: Iterable[Entry]) -> list[Context]:
    """Lines of a list as templates read them."""
    return [entry_context(entry) for entry in entries]


def due_context(lang: str, listing: str, reads: Reads) -> list[Context]:
    """What readers can still do, soonest end first, as templates read it."""
    zone = reads.site().timezone
    return [
        {
            **entry_context(entry),
            "until": local_text(moment, zone),
            "column_name": name_in(reads.column(entry.column).names, lang, reads),
        }
        for moment, entry in reads.due(lang, listing)
    ]


@record
class PageFacts:
    """What the page around a content needs to know; see `page_context`."""

    kind: str
    url: str
    title: str
    description: str = ""
    breadcrumbs: Sequence[tuple[str, str]] = ()
    translations: Sequence[tuple[str, str]] = ()
    switch: Sequence[tuple[str, str]] = ()
    canonical: str = ""
    meta: Sequence[tuple[str, str]] = ()
    json_ld: object = None
    feeds: Sequence[Context] = ()


def page_context(facts: PageFacts, lang: str, reads: Reads) -> Context:
    """`page` as base.html reads it.

    `translations` are (language, url) of real translations, for hreflang; `switch` the same for
    the language switch, where pages without a translation lead to the other language's front.
    """
    site = reads.site()
    return {
        "kind": facts.kind,
        "url": facts.url,
        "title": facts.title,
        # `Description`, where the page tags have it, is the same name to browsers.
        "description": "" if _is_described(facts.meta) else facts.description,
        "canonical": site.url + (facts.canonical or facts.url),
        "alternates": [
            (HTML_LANG.get(other, other), site.url + url) for other, url in facts.translations
        ],
        "meta": [*site_meta(lang, reads), *facts.meta],
        "json_ld": safe_json(facts.json_ld) if facts.json_ld else None,
        "feeds": list(facts.feeds),
        "languages": [
            {
                "lang": other,
                "html_lang": HTML_LANG.get(other, other),
                "name": OWN_NAMES.get(other, other),
                "url": url,
                "is_current": other == lang,
            }
            for other, url in facts.switch or facts.translations
        ],
        "breadcrumbs": [link(name, url) for name, url in facts.breadcrumbs],
    }


def _is_described(meta: Sequence[tuple[str, str]]) -> bool:
    return any(name == "Description" for name, _ in meta)


def site_meta(lang: str, reads: Reads) -> list[tuple[str, str]]:
    """The page tags every page carries (国办发〔2017〕47号)."""
    return reads.shared(_site_meta, lang)


def _site_meta(reads: Reads, lang: str) -> list[tuple[str, str]]:
    site = reads.site()
    tags = [
        ("SiteName", name_in(site.names, lang, reads)),
        ("SiteDomain", site.url.partition("://")[2]),
        ("SiteIDCode", site.identifiers.get("site_id_code", "")),
    ]
    return [(name, content) for name, content in tags if content]


def column_meta(column: str, lang: str, reads: Reads) -> list[tuple[str, str]]:
    """The page tags of a column and of everything in it."""
    return reads.shared(_column_meta, column, lang)


def _column_meta(reads: Reads, column: str, lang: str) -> list[tuple[str, str]]:
    term = reads.column(column)
    ancestors = reads.ancestors(column)
    main = reads.column(ancestors[-1]) if ancestors else term
    tags = [
        ("ColumnName", name_in(term.names, lang, reads)),
        ("ColumnDescription", name_in(term.descriptions, lang, reads)),
        ("ColumnKeywords", ",".join(term.keywords.get(lang, ()))),
        ("ColumnType", name_in(main.names, lang, reads)),
    ]
    return [(name, content) for name, content in tags if content]


def all_languages(url_of: Callable[[str], str], reads: Reads) -> list[tuple[str, str]]:
    """(language, url) in every language of the site, for fronts, which exist in each."""
    return [(lang, url_of(lang)) for lang in reads.site().languages]


def column_breadcrumbs(column: str, lang: str, home: str, reads: Reads) -> list[tuple[str, str]]:
    """Home, the columns above, and the column itself."""
    return reads.shared(_column_breadcrumbs, column, lang, home)


def _column_breadcrumbs(reads: Reads, column: str, lang: str, home: str) -> list[tuple[str, str]]:
    trail = [(home, page_url(lang))]
    columns = (*reversed(reads.ancestors(column)), column)
    trail += [
        (name_in(reads.column(id_).names, lang, reads), column_url(lang, id_)) for id_ in columns
    ]
    return trail


def breadcrumb_json(trail: Sequence[tuple[str, str]], reads: Reads) -> Context:
    """A trail as schema.org's BreadcrumbList."""
    base = reads.site().url
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": base + url}
            for position, (name, url) in enumerate(trail, 1)
        ],
    }


def safe_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = to_json(value)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
