"""What the page, the structured data and the search row of a policy say besides a document's."""

from __future__ import annotations

from domain.languages import join_names
from plugins.portal.kinds.policy import state_of
from plugins.portal.reading.document import Document
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, name_in

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


def policy_lines(document: Document, words: Translate, reads: Reads) -> list[tuple[str, str]]:
    """Lines of the card: (label, value), labels still to be translated."""
    return [(CARD_LABELS[key], value) for key, value in _card(document, words, reads)]


def _card(document: Document, words: Translate, reads: Reads) -> list[tuple[str, str]]:
    fields, lang = document.fields, document.lang
    return [
        ("industry", _terms("industry", fields["industries"], lang, reads)),
        ("incentive", _terms("incentive", fields["incentives"], lang, reads)),
        ("level", _terms("level", [fields["level"]] if fields["level"] else [], lang, reads)),
        ("region", region(document, words, reads)),
        ("valid_from", fields["valid_from"]),
        ("valid_until", fields["valid_until"] or words("no end is set")),
    ]


def region(document: Document, words: Translate, reads: Reads) -> str:
    """The counties where it holds, or that it holds in all."""
    if not document.counties:
        return words("The whole prefecture")
    names = [name_in(reads.county(id_).names, document.lang, reads) for id_ in document.counties]
    return join_names(names, document.lang)


def _terms(family: str, ids: list[str], lang: str, reads: Reads) -> str:
    names = [name_in(reads.ask(f"term:{family}/{id_}").names, lang, reads) for id_ in ids]
    return join_names(names, lang)


def policy_json_ld(document: Document, validity: str, words: Translate, reads: Reads) -> Context:
    """schema.org's Legislation, as far as a policy says it."""
    fields = document.fields
    force = {"open": "InForce", "coming": "NotInForce", "closed": "NotInForce"}[state_of(validity)]
    found: Context = {
        "legislationLegalForce": f"https://schema.org/{force}",
        "spatialCoverage": region(document, words, reads),
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


def policy_facts(document: Document, words: Translate, reads: Reads) -> tuple[dict[str, str], ...]:
    """What the comparison shows of a policy, in the language of the text."""
    fields, contact = document.fields, document.fields["contact"]
    found = [
        *_card(document, words, reads),
        ("benefit", fields["benefit"]),
        ("apply", fields["apply"]),
        ("contact", join_names(filter(None, contact.values()), document.lang)),
    ]
    return tuple({"key": key, "value": value} for key, value in found if value)
