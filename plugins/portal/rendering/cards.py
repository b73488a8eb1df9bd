"""The document card of the rules (rules.md, "Document card") and validity in words."""

from __future__ import annotations

from domain.clock import local_text
from domain.languages import HTML_LANG, join_names
from plugins.portal.catalogue.questions import DocumentAnswer
from plugins.portal.kinds import KINDS
from plugins.portal.kinds.budget import owner_of
from plugins.portal.reading.document import Document
from plugins.portal.rendering.figures import STAGE_LABELS, UNIT_LABELS, owner_name
from plugins.portal.rendering.policies import policy_lines
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.tallies import feedback_lines
from plugins.portal.rendering.views import Context, Translate, names_in

VALIDITY_LABELS = {
    "in-force": "In force",
    "not-yet-in-force": "Not yet in force",
    "amended": "Amended",
    "partly-void": "Partly void",
    "repealed": "Repealed",
    "void": "Void",
    "expired": "Expired",
}

VOID_STATES = ("repealed", "void", "expired")


def card_lines(
    document: Document, validity: str, lang: str, words: Translate, reads: Reads
) -> list[Context]:
    """The card of a document or budget; empty for the other kinds."""
    fields = document.fields
    if document.kind == "budget":
        return budget_lines(document, lang, words, reads)
    if document.kind == "feedback":
        return feedback_lines(document, lang, words, reads)
    if not KINDS[document.kind].has_card:
        return []
    zone = reads.site().timezone
    lines = [
        ("Index number", fields.get("index"), lang),
        ("Subject", *_subject(str(fields.get("subject") or ""), lang, reads)),
        ("Issuer", join_names(fields.get("issuers") or (), lang), lang),
        ("Date made", document.made, lang),
        ("Title", document.title, lang),
        # Document numbers are Chinese in every language.
        ("Document number", fields.get("number"), "zh"),
        ("Date published", local_text(document.date, zone) if document.date else "", lang),
        *(
            policy_lines(document, lang, words, reads)
            if document.kind == "policy"
            else [("Effective", fields.get("effective"), lang)]
        ),
        ("Keywords", join_names(document.keywords, lang), lang),
        ("Validity", words(VALIDITY_LABELS[validity]) if validity else "", lang),
    ]
    return [
        {
            "label": words(label),
            "value": value,
            "url": "",
            "html_lang": HTML_LANG[own_lang] if own_lang != lang else "",
        }
        for label, value, own_lang in lines
        if value
    ]


def budget_lines(document: Document, lang: str, words: Translate, reads: Reads) -> list[Context]:
    """The card of a budget: whose, which year and stage, in what unit, when approved."""
    fields = document.fields
    stage, unit = fields.get("stage"), fields.get("unit")
    lines = [
        ("Budget of", owner_name(owner_of(document), lang, words, reads)),
        ("Year", fields.get("year")),
        ("Stage", words(STAGE_LABELS[stage]) if stage else ""),
        ("Unit", words(UNIT_LABELS[unit]) if unit else ""),
        ("Approved on", fields.get("approved")),
        ("Date published", local_text(document.date, reads.site().timezone)),
    ]
    return [
        {"label": words(label), "value": value, "url": "", "html_lang": ""}
        for label, value in lines
        if value
    ]


def _subject(code: str, lang: str, reads: Reads) -> tuple[str, str]:
    term = reads.ask(f"term:subject/{code}") if code else None
    return names_in([term.names], lang, reads) if term else (code, lang)


def explain_validity(answer: DocumentAnswer, words: Translate) -> str:
    """One sentence on why a document is not simply in force, "" where nothing is to be said."""
    fields = answer.document.fields
    if answer.validity == "not-yet-in-force" and fields.get("effective"):
        return words("It takes effect on %(date)s.") % {"date": fields["effective"]}
    if answer.validity == "expired" and fields.get("valid_until"):
        return words("It could be used until %(date)s.") % {"date": fields["valid_until"]}
    if answer.validity == "expired":
        return words("Its period of validity has ended.")
    if answer.validity == "repealed":
        return words("It must no longer be applied; what repealed it is named below.")
    if answer.validity == "void":
        return words("It must no longer be applied.")
    if answer.validity == "partly-void":
        return words("Parts of it must no longer be applied.")
    if answer.validity == "amended":
        return words("It has been changed since; read it together with what amended it.")
    return ""
