"""What the page, the structured data and the search row of a policy say besides a document's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plugins.portal.kinds.policy import state_of
from plugins.portal.reading.document import Document
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, Viewer, name_in, names_in

CARD_LABELS = {
    "industry": "Industry",
    "incentive": "What it offers",
    "level": "Made by",
    "region": "Where it holds",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
}


def policy_context(document: Document) -> Context:
    """What an investor asks first, for the head of the page."""
    fields = document.fields
    return {
        "benefit": fields["benefit"].splitlines(),
        "apply": fields["apply"].splitlines(),
        "contact": fields["contact"],
    }


def policy_lines(
    document: Document, lang: str, words: Translate, reads: Reads
) -> Iterator[tuple[str, str, str]]:
    """Lines of the card: (label, value, the value's language), labels still to be translated."""
    return (
        (CARD_LABELS[key], value, own_lang)
        for key, value, own_lang in _card(document, lang, words, reads)
    )


def _card(
    document: Document, lang: str, words: Translate, reads: Reads
) -> list[tuple[str, str, str]]:
    fields = document.fields
    return [
        ("industry", *_terms("industry", fields["industries"], lang, reads)),
        ("incentive", *_terms("incentive", fields["incentives"], lang, reads)),
        ("level", *_terms("level", filter(None, [fields["level"]]), lang, reads)),
        ("region", *_region(document, lang, words, reads)),
        ("valid_from", fields["valid_from"], lang),
        ("valid_until", fields["valid_until"] or words("no end is set"), lang),
    ]


def _region(document: Document, lang: str, words: Translate, reads: Reads) -> tuple[str, str]:
    """The counties where it holds, or that it holds in all."""
    if not document.counties:
        return words("The whole prefecture"), lang
    return names_in([reads.county(id_).names for id_ in document.counties], lang, reads)


def _terms(family: str, ids: Iterable[str], lang: str, reads: Reads) -> tuple[str, str]:
    return names_in([reads.ask(f"term:{family}/{id_}").names for id_ in ids], lang, reads)


def policy_json_ld(document: Document, validity: str, words: Translate, reads: Reads) -> Context:
    """schema.org's Legislation, as far as a policy says it."""
    fields = document.fields
    force = {"open": "InForce", "coming": "NotInForce", "closed": "NotInForce"}[state_of(validity)]
    found: Context = {
        "legislationLegalForce": f"https://schema.org/{force}",
        "spatialCoverage": _region(document, document.lang, words, reads)[0],
        "abstract": fields["benefit"],
        "about": [
            {
                "@type": "Thing",
                "name": name_in(reads.ask(f"term:industry/{id_}").names, document.lang, reads),
            }
            for id_ in fields["industries"]
        ],
    }
    if fields["valid_from"]:
        found["legislationDateOfApplicability"] = fields["valid_from"]
        found["temporalCoverage"] = f"{fields['valid_from']}/{fields['valid_until'] or '..'}"
    return found


def policy_facts(document: Document, viewer: Viewer) -> tuple[Context, ...]:
    """What the comparison shows of a policy: of the vocabulary in each language of the site, in
    the editor's words in the language of the text."""
    fields = document.fields
    texts: dict[str, dict[str, str]] = {}
    for lang in viewer.reads.site().languages:
        for key, value, own_lang in _card(document, lang, viewer.words(lang), viewer.reads):
            texts.setdefault(key, {})[own_lang] = value
    contact = "\n".join(filter(None, fields["contact"].values()))
    said = {"benefit": fields["benefit"], "apply": fields["apply"], "contact": contact}
    texts |= {key: {document.lang: value} for key, value in said.items()}
    return tuple(
        {"key": key, "texts": by_lang} for key, by_lang in texts.items() if any(by_lang.values())
    )
