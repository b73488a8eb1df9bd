"""Views of what the services need: forms, frames, labels; error pages, robots.txt, assets."""

from __future__ import annotations

import json
from dataclasses import asdict

from domain.addresses import form_url, page_url
from domain.forms import Form
from domain.languages import HTML_LANG, Text
from plugins.portal.kinds import KINDS
from plugins.portal.reading.metadata import day_text
from plugins.portal.rendering.cards import VALIDITY_LABELS
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import (
    WORDS,
    Context,
    FileView,
    HtmlView,
    PageFacts,
    TextView,
    Translate,
    Viewer,
    all_languages,
    entry_context,
    link,
    name_in,
    page_context,
)

_LATER = "Please try again in a few minutes. If it is urgent, please call or write to us."
ERRORS = {
    "403": (
        "This is not open to the public",
        "If you think that it should be, please call or write to us.",
    ),
    "404": (
        "There is no page here",
        "The address may be mistyped, or the page has gone. Search for it, or look in the site map.",
    ),
    "500": ("Something went wrong on our side", _LATER),
    "503": ("This service is not available now", _LATER),
}


def view_form(viewer: Viewer, lang: str, id_: str) -> HtmlView:
    """The static page of a form."""
    reads, words = viewer.reads, viewer.words(lang)
    form, state = reads.form(id_)
    url, name = form_url(lang, id_), name_in(form.names, lang, reads)
    facts = PageFacts(
        kind="form",
        url=url,
        title=name,
        description=name_in(form.introduction, lang, reads),
        breadcrumbs=[
            (words("Home"), page_url(lang)),
            (words("Forms"), page_url(lang, "forms")),
            (name, url),
        ],
        translations=all_languages(lambda other: form_url(other, id_), reads),
    )
    context = {
        "page": page_context(facts, lang, reads),
        "form": form,
        "action": f"/{lang}/relay/{id_}/check",
        "is_open": state == "open",
        "state_text": _state_text(state, str(form.opens or ""), str(form.closes or ""), words),
        "draft": _draft_of(form, lang, reads),
    }
    return HtmlView("form.html", lang, context)


def _draft_of(form: Form, lang: str, reads: Reads) -> Context | None:
    entry = reads.entry(form.draft, lang) if form.draft else None
    return entry and entry_context(entry)


def _state_text(state: str, opens: str, closes: str, words: Translate) -> str:
    if state == "not-yet-open":
        return words("This form opens on %(date)s.") % {"date": opens}
    if state == "closed":
        return words("This form closed on %(date)s.") % {"date": closes}
    return words("Open until %(date)s.") % {"date": closes} if closes else ""


def view_form_definition(viewer: Viewer, id_: str) -> TextView:
    """build/forms/<id>.json: the definition that the relay reads."""
    return TextView(viewer.reads.form(id_)[0].to_json())


def view_frame(viewer: Viewer, lang: str) -> HtmlView:
    """build/frames/<lang>.html: the page around what the services answer."""
    facts = PageFacts(kind="service", url=page_url(lang), title="")
    return HtmlView("frame.html", lang, {"page": page_context(facts, lang, viewer.reads)})


def view_labels(viewer: Viewer) -> TextView:
    """build/frames/labels.json: names of everything that search and relay show by id."""
    reads = viewer.reads
    site = reads.site()

    def names(family: str) -> dict[str, Text]:
        return {id_: reads.ask(f"term:{family}/{id_}").names for id_ in reads.terms(family)}

    def translated(labels: dict[str, str]) -> dict[str, Text]:
        return {
            id_: {lang: viewer.words(lang)(label) for lang in site.languages}
            for id_, label in labels.items()
        }

    labels = {
        "format": 1,
        "columns": names("column"),
        "departments": names("department"),
        "counties": names("county"),
        "audiences": names("audience"),
        "subjects": names("subject"),
        "kinds": translated({name: kind.label for name, kind in KINDS.items()}),
        "validity": translated(VALIDITY_LABELS),
        # The relay counts by it until when a letter is to be answered.
        "calendar": reads.ask("setting:calendar"),
        "site": {
            "names": site.names,
            "short_names": site.short_names,
            "url": site.url,
            "timezone": site.timezone,
            "languages": list(site.languages),
            "default_language": site.default_language,
        },
    }
    return TextView(json.dumps(labels, ensure_ascii=False, indent=1) + "\n", words=WORDS)


def view_search_words(viewer: Viewer) -> TextView:
    """build/frames/search.json: synonyms, pins and common searches, as the search reads them."""
    synonyms, pins = viewer.reads.ask("setting:search")
    words = {
        "format": 1,
        "common_searches": viewer.reads.site().common_searches,
        "synonyms": [asdict(group) for group in synonyms],
        "pins": [
            {
                "queries": pin.queries,
                "pages": pin.pages,
                "demote": pin.demote,
                "from": day_text(pin.first_day),
                "until": day_text(pin.last_day),
            }
            for pin in pins
        ],
    }
    return TextView(json.dumps(words, ensure_ascii=False, indent=1) + "\n")


def view_error(viewer: Viewer, code: str) -> HtmlView:
    """/errors/<code>.html, which a server gives to whoever asks: in all languages of the site.

    The default language is that of the page; the others follow, each as a part of its own.
    """
    reads = viewer.reads
    site = reads.site()
    lang = site.default_language
    said = [_error_in(other, code, viewer) for other in sorted(site.languages, key=lang.__ne__)]
    facts = PageFacts(
        kind="error",
        url=f"/errors/{code}.html",
        title=said[0]["heading"],
        switch=[(other, page_url(other)) for other in site.languages],
    )
    context = {"page": page_context(facts, lang, reads), "code": code, "said": said}
    return HtmlView("error.html", lang, context)


def _error_in(lang: str, code: str, viewer: Viewer) -> Context:
    """What an error page says in one language, and where it leads."""
    words = viewer.words(lang)
    heading, what = ERRORS[code]
    links = [
        link(words("Go to the home page"), page_url(lang)),
        link(words("Search"), f"/{lang}/search/"),
        link(words("Site map"), page_url(lang, "site-map")),
        link(words("Contact"), f"{page_url(lang)}#footer-contact"),
    ]
    facts = {"lang": lang, "html_lang": HTML_LANG[lang], "links": links}
    return {**facts, "heading": words(heading), "what": words(what)}


def view_robots(viewer: Viewer) -> TextView:
    """/robots.txt: everything but the services, and where the sitemap is."""
    return TextView(robots_text(viewer.reads))


def robots_text(reads: Reads) -> str:
    """Crawlers are welcome to all pages; result pages of search and relay are not pages."""
    languages = reads.site().languages
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{lang}/{part}/" for lang in languages for part in ("search", "relay")]
    return "\n".join([*lines, f"Sitemap: {reads.site().url}/sitemap.xml", ""])


def view_asset(viewer: Viewer, name: str) -> FileView:
    """/assets/<name>: a file of the theme, handed on as it is."""
    return FileView("theme", name, str(viewer.reads.ask(f"asset:{name}")))
