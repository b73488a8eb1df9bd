"""The words around the texts, in every language: those of the theme's own catalogues.

Peers take them as data, so that their pages say what ours say.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench import ROOT
from bench.lists import lists_in_full
from domain.languages import LANGUAGES
from domain.templating import load_translations

MESSAGES = {
    "about_column": "About this column",
    "about_page": "About this page",
    "address": "Address",
    "all_columns": "All columns",
    "ask_for_form": "In large print, or as text to be read aloud, from:",
    "atom": "Feed (Atom)",
    "attachments": "Attachments",
    "audiences_heading": "What would you like to do?",
    "by_year": "By year",
    "card": "Document card",
    "catalogue": "Catalogue of government documents",
    "children": "Parts of this column",
    "column": "Column",
    "columns": "Columns",
    "contact": "Contact",
    "contact_body": "How to reach it",
    "counties": "Counties",
    "date_made": "Date made",
    "date_published": "Date published",
    "departments": "Departments",
    "effective": "Effective",
    "email": "E-mail",
    "feeds": "Feeds, calendars and data",
    "follow": "Follow and download",
    "for_whom": "For whom",
    "forms": "Forms",
    "high_contrast": "High contrast",
    "home": "Home",
    "hours": "Opening hours",
    "implemented_by": "Implemented by",
    "implements": "Implements",
    "in_force": "In force",
    "index": "Index number",
    "interpretation": "Interpretation",
    "interprets": "Interprets",
    "issuer": "Issuer",
    "json": "Feed (JSON)",
    "keywords": "Keywords",
    "languages": "Languages",
    "large_text": "Large text",
    "letter": "How far has my letter come?",
    "navigation": "Main navigation",
    "neighbours": "Neighbouring texts",
    "newest": "Newest",
    "next": "Next",
    "normal_contrast": "Normal contrast",
    "normal_text": "Normal text",
    "nothing": "Nothing has been published here yet.",
    "number": "Document number",
    "on_this_page": "On this page",
    "other_languages": "This text in other languages",
    "previous": "Previous",
    "published_here": "Published here",
    "report": "Report an error on this site",
    "responsible": "Responsible",
    "sample": "This is a sample.",
    "sample_more": "It shows how the portal works and states no decision, sum or date of a real authority.",
    "search": "Search",
    "search_hint": "Title, text or number",
    "search_site": "Search this site",
    "share": "Address for sharing",
    "site_map": "Site map",
    "skip_to_main": "Skip to the main content",
    "skip_to_search": "Skip to search",
    "something_wrong": "Something wrong on this page?",
    "source": "Source",
    "subject": "Subject",
    "tasks": "Most used",
    "telephone": "Telephone",
    "the_site": "The whole site",
    "title": "Title",
    "updated": "Updated",
    "update_days": "at least every %(days)s days",
    "validity": "Validity",
    "what_for": "What are you looking for?",
    "you_are_here": "You are here",
}


def write_lists_and_words(folder: Path) -> None:
    """The closed lists and the words around texts, as the JSON files that a peer's templates read."""
    for name, values in (("lists", lists_in_full()), ("words", words_in_full())):
        (folder / f"{name}.json").write_text(json.dumps(values, ensure_ascii=False), "utf-8")


def words_in_full() -> dict[str, dict[str, str]]:
    """language -> key -> text."""
    catalogues = {
        lang: load_translations(ROOT / "theme" / "translations", lang) for lang in LANGUAGES
    }
    return {
        lang: {key: catalogue.gettext(message) for key, message in MESSAGES.items()}
        for lang, catalogue in catalogues.items()
    }
