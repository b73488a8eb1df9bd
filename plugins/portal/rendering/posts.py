"""The register of posts as pages show it: of one organisation, and of all that have one."""

from __future__ import annotations

from collections.abc import Iterable

from domain.addresses import facet_url
from domain.languages import HTML_LANG, Text, text_in
from plugins.portal.catalogue.entries import Entry
from plugins.portal.catalogue.posts import PostHistory, Term
from plugins.portal.kinds import KINDS
from plugins.portal.kinds.appointment import ORGANISATION_FAMILIES
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, Translate, entry_context

COLUMN = KINDS["appointment"].main_column

ACTION_LABELS = {
    "appoint": "Appointed",
    "confirm": "Confirmed after probation",
    "remove": "Removed",
    "resign": "Resigned",
    "retire": "Retired",
    "dismiss": "Dismissed",
}


def named(names: Text, lang: str, reads: Reads) -> Context:
    """A name in a language, with its own language where that is another."""
    text, own_lang = text_in(names, lang, reads.site().default_language)
    return {"text": text, "html_lang": "" if own_lang == lang else HTML_LANG[own_lang]}


def organisation_names(organisation: str, reads: Reads) -> Text:
    """The names of "department/finance", "county/barkam" or "organisation/<slug>"."""
    family, _, id_ = organisation.partition("/")
    if family == "organisation":
        names: Text = reads.ask(f"organisation:{id_}")
        return names
    return reads.department(id_).names if family == "department" else reads.county(id_).names


def post_names(post: str, names: Text, reads: Reads) -> Text:
    """The names of a declared post, else those that the decision writes."""
    declared = reads.ask(f"term:post/{post}") if post and not post.startswith("=") else None
    return declared.names if declared else names


def register_url(lang: str, organisation: str) -> str:
    """The page of an organisation's register: its facet page in the column of appointments."""
    return facet_url(lang, COLUMN, organisation)


def register_of(organisation: str, lang: str, reads: Reads) -> list[Context]:
    """An organisation's posts in the order of the vocabulary, those in words last."""
    order = {id_: place for place, id_ in enumerate(reads.terms("post"))}
    histories: Iterable[PostHistory] = reads.ask(f"posts:{organisation}")
    return [
        _post_context(history, lang, reads)
        for history in sorted(histories, key=lambda h: (order.get(h.post, len(order)), h.post))
    ]


def _post_context(history: PostHistory, lang: str, reads: Reads) -> Context:
    declared = reads.ask(f"term:post/{history.post}") if history.post[0] != "=" else None
    names = declared.names if declared else history.names
    return {
        "post": named(names, lang, reads),
        "heads": bool(declared and declared.heads),
        "holders": [_term_context(term, lang, reads) for term in history.holders],
        "earlier": [_term_context(term, lang, reads) for term in history.earlier],
        "vacant_since": history.earlier[0].until if not history.holders else "",
    }


def _term_context(term: Term, lang: str, reads: Reads) -> Context:
    return {
        "person": named(term.person, lang, reads),
        "since": term.since,
        "begun_by": _notice(term.begun_by, lang, reads),
        "confirmed": term.confirmed,
        "until": term.until,
        "ended_by": _notice(term.ended_by, lang, reads),
        "ended_how": term.ended_how,
    }


def _notice(id_: str, lang: str, reads: Reads) -> Context | None:
    entry: Entry | None = reads.entry(id_, lang) if id_ else None
    return entry_context(entry) if entry else None


def heads_of(organisation: str, lang: str, reads: Reads) -> Context | None:
    """Who heads an organisation, and where all its posts stand; None where nothing is known."""
    posts = register_of(organisation, lang, reads)
    if not posts:
        return None
    has_page = COLUMN in reads.terms("column")
    return {
        "name": named(organisation_names(organisation, reads), lang, reads),
        "heads": [post for post in posts if post["heads"]],
        "url": register_url(lang, organisation) if has_page else "",
    }


def register_of_all(lang: str, reads: Reads) -> Context:
    """Departments and counties with those who head them, in their order; links to all others."""
    found: dict[str, list[str]] = {family: [] for family in ORGANISATION_FAMILIES}
    for facet, value, _ in reads.ask(f"facets:{COLUMN}"):
        found[facet].append(value)
    bodies = [
        f"{family}/{id_}"
        for family in ("department", "county")
        for id_ in reads.terms(family)
        if id_ in found[family]
    ]
    others = [f"organisation/{id_}" for id_ in found["organisation"]]
    return {
        "bodies": [heads_of(body, lang, reads) for body in bodies],
        "others": [
            {
                "name": named(organisation_names(other, reads), lang, reads),
                "url": register_url(lang, other),
            }
            for other in others
        ],
    }


def decision_contexts(
    decisions: Iterable[Context], lang: str, words: Translate, reads: Reads
) -> list[Context]:
    """The decisions of one notice, as its page shows them."""
    has_page = COLUMN in reads.terms("column")
    return [
        {
            "person": named(decision["person"], lang, reads),
            "post": named(post_names(decision["post"], decision["post_names"], reads), lang, reads),
            "organisation": named(
                decision["organisation_names"]
                or organisation_names(decision["organisation"], reads),
                lang,
                reads,
            ),
            "url": register_url(lang, decision["organisation"]) if has_page else "",
            "action": decision["action"],
            "action_label": words(ACTION_LABELS[decision["action"]]),
            "decided": decision["decided"],
            "since": decision["since"],
            "basis": named(decision["basis"], lang, reads),
        }
        for decision in decisions
    ]


def appointment_json_ld(decisions: Iterable[Context], lang: str, reads: Reads) -> Context:
    """schema.org's roles that begin with a notice."""
    return {
        "mentions": [
            {
                "@type": "GovernmentOrganization",
                "name": decision["organisation"]["text"],
                "employee": {
                    "@type": "EmployeeRole",
                    "roleName": decision["post"]["text"],
                    "startDate": decision["decided"],
                    "employee": {"@type": "Person", "name": decision["person"]["text"]},
                },
            }
            for decision in decision_contexts(decisions, lang, str, reads)
            if decision["action"] == "appoint"
        ]
    }
