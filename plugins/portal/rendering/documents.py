"""Views of documents: the page of a text, its search row, its files, and what replaced it."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable, Iterable

from markupsafe import Markup

from domain.addresses import column_url, county_url, department_url, page_url
from domain.clock import local_text, local_with_offset
from domain.languages import HTML_LANG, OWN_NAMES
from domain.search_rows import SearchRow
from plugins.portal.catalogue.entries import Entry
from plugins.portal.catalogue.placing import reference_name
from plugins.portal.catalogue.questions import DocumentAnswer
from plugins.portal.kinds import KINDS
from plugins.portal.reading.document import Document
from plugins.portal.rendering.attachments import (
    attachment_context,
    contact_for_forms,
    searched_attachment,
)
from plugins.portal.rendering.budgets import budget_context, budget_json_ld, item_names
from plugins.portal.rendering.cards import (
    VALIDITY_LABELS,
    VOID_STATES,
    card_lines,
    explain_validity,
)
from plugins.portal.rendering.links import resolve_links
from plugins.portal.rendering.pictures import lead_picture, place_pictures
from plugins.portal.rendering.policies import policy_context, policy_facts, policy_json_ld
from plugins.portal.rendering.posts import appointment_json_ld, decision_contexts
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.tallies import tally_context
from plugins.portal.rendering.views import (
    Context,
    HtmlView,
    PageFacts,
    TextView,
    Translate,
    Viewer,
    all_languages,
    breadcrumb_json,
    column_breadcrumbs,
    column_meta,
    entries_context,
    entry_context,
    link,
    name_in,
    page_context,
)

_BLOCKS = "p li h1 h2 h3 h4 h5 h6 tr td th dt dd div pre blockquote"
_BLOCK_ENDS = frozenset(("br", "br/", "br /", *(f"/{name}" for name in _BLOCKS.split())))
_BACK_LINK = re.compile(r'<a class="footnote-backref"[^>]*>[^<]*</a>')
_SPACES = re.compile(r"[ \t]{2,}|\t")

_RELATIONS = {
    "amends": ("Amends", "Amended by"),
    "repeals": ("Repeals", "Repealed by"),
    "implements": ("Implements", "Implemented by"),
    "interprets": ("Interprets", "Interpretation"),
}


def view_document(viewer: Viewer, id_: str, lang: str, url: str) -> HtmlView:
    """The page of a document, news item or standing page."""
    answer = viewer.reads.document(id_, lang)
    if answer is None:
        raise LookupError(f"{url}: {id_} in {lang} is planned but not visible")
    document, reads = answer.document, viewer.reads
    words = viewer.words(lang)
    translations = answer.translations
    trail = [
        *column_breadcrumbs(document.column, lang, words("Home"), reads),
        (document.title, url),
    ]
    facts = PageFacts(
        kind=document.kind,
        url=url,
        title=document.title,
        description=document.summary,
        breadcrumbs=trail,
        translations=[(entry.lang, entry.url) for entry in translations],
        switch=_switch(document, translations, reads),
        meta=[*column_meta(document.column, lang, reads), *_article_meta(document, url, reads)],
        json_ld=_json_ld(answer, url, trail, words, reads),
    )
    context: Context = {
        "page": page_context(facts, lang, reads),
        "document": _document_context(viewer, answer, translations, words),
    }
    if document.kind == "budget":
        context["budget"] = budget_context(answer, words, reads)
    if document.kind == "feedback":
        context["tally"] = tally_context(document, words, reads.site().default_language)
    return HtmlView(KINDS[document.kind].template, lang, context)


def _document_context(
    viewer: Viewer, answer: DocumentAnswer, translations: Iterable[Entry], words: Translate
) -> Context:
    document, reads = answer.document, viewer.reads
    lang = document.lang
    previous, following = _neighbours(document, answer.moment, reads)
    return {
        "title": document.title,
        # Sanitised when it was read; nothing but addresses is put in here.
        "html": Markup(_html_of(answer, reads)),  # noqa: S704
        "picture": lead_picture(document, reads),
        "toc": [
            {"id": own_id, "title": title, "level": level}
            for own_id, title, level in document.headings
        ],
        "summary": document.summary,
        "date": _shown_date(document, reads),
        "made": document.made,
        "source": document.source_name,
        "keywords": list(document.keywords),
        "sample": document.sample,
        "lang": lang,
        "html_lang": HTML_LANG[lang],
        "card": card_lines(document, answer.validity, lang, words, reads),
        "validity": _validity_context(answer, words),
        "attachments": [attachment_context(a, document.id, reads) for a in document.attachments],
        "files_contact": contact_for_forms(document, reads) if document.attachments else None,
        "corrections": [
            {"date": c.date, "what": c.what, "why": c.why} for c in document.corrections
        ],
        "translations": _translation_contexts(
            document, translations, reads.site().default_language
        ),
        "related": _related(answer, words, reads),
        "previous": previous,
        "next": following,
        **_belonging(document, reads),
        "external": list(document.fields.get("cites_external") or ()),
        **_own_context(document, words, reads),
    }


def _own_context(document: Document, words: Translate, reads: Reads) -> Context:
    """What only documents of this kind have."""
    if document.kind == "appointment":
        decisions = document.fields["decisions"]
        return {"decisions": decision_contexts(decisions, document.lang, words, reads)}
    return policy_context(document) if document.kind == "policy" else {}


def _html_of(answer: DocumentAnswer, reads: Reads) -> str:
    document = answer.document
    placed = place_pictures(answer.html, document.id, reads)
    return resolve_links(placed, document.id, document.lang, reads)


def _shown_date(document: Document, reads: Reads) -> str:
    return local_text(document.date, reads.site().timezone) if document.date else ""


def _switch(
    document: Document, translations: Iterable[Entry], reads: Reads
) -> list[tuple[str, str]]:
    """Each language's translation; where there is none, the column's front in that language."""
    urls = {entry.lang: entry.url for entry in translations}
    return [
        (lang, urls.get(lang) or column_url(lang, document.column))
        for lang in reads.site().languages
    ]


def _article_meta(document: Document, url: str, reads: Reads) -> list[tuple[str, str]]:
    site = reads.site()
    tags = [
        ("ArticleTitle", document.title),
        ("PubDate", _shown_date(document, reads)),
        ("ContentSource", document.source_name or name_in(site.names, document.lang, reads)),
        ("Keywords", ",".join(document.keywords)),
        ("Description", document.summary),
        ("Image", _image_url(document, reads)),
        ("Url", site.url + url),
    ]
    return [(name, content) for name, content in tags if content]


def _image_url(document: Document, reads: Reads) -> str:
    """The lead picture's address for programs that know no WebP, "" for none."""
    lead = lead_picture(document, reads)
    return f"{reads.site().url}{lead['src']}" if lead else ""


def _json_ld(
    answer: DocumentAnswer,
    url: str,
    trail: list[tuple[str, str]],
    words: Translate,
    reads: Reads,
) -> Context:
    document, site = answer.document, reads.site()
    publisher = {
        "@type": "GovernmentOrganization",
        "name": name_in(site.names, document.lang, reads),
    }
    article: Context = {
        "@type": KINDS[document.kind].schema_type,
        "name": document.title,
        "headline": document.title,
        "inLanguage": HTML_LANG[document.lang],
        "url": site.url + url,
        "publisher": publisher,
    }
    if document.date:
        article["datePublished"] = local_with_offset(document.date, site.timezone)
    if document.corrections:
        article["dateModified"] = max(correction.date for correction in document.corrections)
    if document.fields.get("number"):
        article["identifier"] = document.fields["number"]
    image = _image_url(document, reads)
    if image:
        article["image"] = image
    if document.summary:
        article["description"] = document.summary
    if document.kind == "policy":
        article |= policy_json_ld(document, answer.validity, words, reads)
    if document.kind == "appointment":
        article |= appointment_json_ld(document.fields["decisions"], document.lang, reads)
    if document.kind == "budget":
        article |= budget_json_ld(document, reads)
    return {"@context": "https://schema.org", "@graph": [article, breadcrumb_json(trail, reads)]}


def _validity_context(answer: DocumentAnswer, words: Translate) -> Context | None:
    if not answer.validity:
        return None
    return {
        "state": answer.validity,
        "label": words(VALIDITY_LABELS[answer.validity]),
        "explanation": explain_validity(answer, words),
        "is_void": answer.validity in VOID_STATES,
    }


def _translation_contexts(
    document: Document, translations: Iterable[Entry], default_language: str
) -> list[Context]:
    entries = list(translations)
    originals = [entry for entry in entries if entry.lang == default_language] or entries
    updated = originals[0].updated if originals else ""
    return [
        {
            "lang": entry.lang,
            "html_lang": HTML_LANG[entry.lang],
            "name": OWN_NAMES[entry.lang],
            "title": entry.title,
            "url": entry.url,
            "is_outdated": entry.updated < updated,
        }
        for entry in entries
        if entry.lang != document.lang
    ]


def _related(answer: DocumentAnswer, words: Translate, reads: Reads) -> list[Context]:
    """What this document refers to and what refers to it, by relation, in the page's language."""
    document = answer.document
    groups: dict[str, list[str]] = {}
    for reference in document.references:
        target = reads.ask(f"target:{reference_name(reference.target)}")
        if target:
            groups.setdefault(_RELATIONS[reference.relation][0], []).append(target[0])
    for relation, id_ in reads.ask(f"citing:{document.id}"):
        groups.setdefault(_RELATIONS[relation][1], []).append(id_)
    related = []
    for label, ids in groups.items():
        entries = [reads.entry(id_, document.lang) for id_ in dict.fromkeys(ids)]
        shown = [entry for entry in entries if entry and entry.id != document.id]
        if shown:
            related.append({"label": words(label), "entries": entries_context(shown)})
    return related


def _neighbours(
    document: Document, moment: str, reads: Reads
) -> tuple[Context | None, Context | None]:
    if not document.year:
        return None, None
    place = f"column/{document.column}:{document.id}:{moment}"
    before, after = reads.ask(f"neighbours:{document.lang}:{place}")
    return before and entry_context(before), after and entry_context(after)


def _belonging(document: Document, reads: Reads) -> Context:
    def links(family: str, ids: Iterable[str]) -> list[Context]:
        return [reads.shared(_term_link, family, id_, document.lang) for id_ in ids]

    return {
        "column": links("column", (document.column,))[0],
        "departments": links("department", document.departments),
        "counties": links("county", document.counties),
        "audiences": links("audience", document.audiences),
    }


_TERM_URLS: dict[str, Callable[[str, str], str]] = {
    "column": column_url,
    "department": department_url,
    "county": county_url,
    "audience": page_url,
}


def _term_link(reads: Reads, family: str, id_: str, lang: str) -> Context:
    names = reads.ask(f"term:{family}/{id_}").names
    return link(name_in(names, lang, reads), _TERM_URLS[family](lang, id_))


def view_row(viewer: Viewer, id_: str, lang: str) -> TextView:
    """The search row of a document."""
    answer = viewer.reads.document(id_, lang)
    if answer is None:
        raise LookupError(f"{id_} in {lang} is planned but not visible")
    document, fields = answer.document, answer.document.fields
    row = SearchRow(
        key=f"{id_}.{lang}",
        id=id_,
        lang=lang,
        url=document.url,
        title=document.title,
        kind=document.kind,
        column=document.column,
        columns=(document.column, *viewer.reads.ancestors(document.column)),
        audiences=document.audiences,
        departments=document.departments,
        counties=document.counties,
        year=document.year or document.date[:4],
        date=_shown_date(document, viewer.reads),
        number=str(fields.get("number") or ""),
        index=str(fields.get("index") or ""),
        subject=str(fields.get("subject") or ""),
        issuers=tuple(fields.get("issuers") or ()),
        validity=answer.validity,
        summary=document.summary,
        keywords=document.keywords,
        body=_searched_text(answer, viewer.reads),
        facts=policy_facts(document, viewer) if document.kind == "policy" else (),
        attachments=tuple(
            searched_attachment(attachment, id_, viewer.reads)
            for attachment in document.attachments
        ),
    )
    return TextView(row.to_json())


def _searched_text(answer: DocumentAnswer, reads: Reads) -> str:
    """The text that the search finds a document by; of a budget its items too."""
    text = plain_text(answer.html)
    if answer.document.kind == "budget":
        text = "\n".join([text, *item_names(answer.document, reads)])
    return text


def plain_text(html: str) -> str:
    """The text of stored HTML: a line for each block, no markup, entities resolved.

    It is sanitised: a "<" begins a tag, and nothing else does.
    Arrows back from footnotes are no text.
    """
    if "footnote-backref" in html:
        html = _BACK_LINK.sub("", html)
    first, *pieces = html.split("<")
    parts = [first]
    for piece in pieces:
        tag, _, text = piece.partition(">")
        parts.append(f"\n{text}" if tag in _BLOCK_ENDS else text)
    text = html_module.unescape("".join(parts))
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def view_redirect(viewer: Viewer, url: str) -> HtmlView:
    """An address that moved: where it is answered now."""
    reads = viewer.reads
    target = str(reads.ask(f"redirect:{url}") or "").partition(":")[2]
    lang = _language_of(url, reads)
    words = viewer.words(lang)
    facts = PageFacts(
        kind="redirect",
        url=url,
        title=words("This page has moved"),
        switch=all_languages(page_url, reads),
    )
    context = {"page": page_context(facts, lang, reads), "target": target}
    return HtmlView("redirect.html", lang, context)


def view_withdrawn(viewer: Viewer, url: str) -> HtmlView:
    """An address whose text was withdrawn: that it was, when, and why."""
    reads = viewer.reads
    date, reason = reads.ask(f"withdrawal:{url}") or ("", "")
    lang = _language_of(url, reads)
    words = viewer.words(lang)
    facts = PageFacts(
        kind="withdrawn",
        url=url,
        title=words("This text has been withdrawn"),
        switch=all_languages(page_url, reads),
    )
    context = {"page": page_context(facts, lang, reads), "date": date, "reason": reason}
    return HtmlView("withdrawn.html", lang, context)


def _language_of(url: str, reads: Reads) -> str:
    site = reads.site()
    first = url.split("/")[1] if url.count("/") > 1 else ""
    return first if first in site.languages else site.default_language
