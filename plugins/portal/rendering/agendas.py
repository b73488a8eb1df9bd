"""Agendas: the days that the documents of a column or audience name, as iCalendar (RFC 5545).

Bounded: the last days that have passed and the next to come by the build's clock. Times of
making are the texts' own, so that the same documents give the same bytes.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from domain.addresses import slugify
from domain.languages import HTML_LANG, join_names
from plugins.portal.catalogue.entries import Entry
from plugins.portal.catalogue.following import AgendaEntry
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.feeds import front_of, last_changed, title_and_front
from plugins.portal.rendering.views import WORDS, TextView, Viewer

PRODUCT = "-//Government portal//Calendar//ZH"
REFRESH = timedelta(days=1)


def agenda_path(lang: str, listing: str) -> str:
    """/zh/notices/calendar.ics"""
    return f"{front_of(lang, listing)}calendar.ics"


def view_agenda(viewer: Viewer, lang: str, listing: str) -> TextView:
    """The agenda of a column or an audience."""
    # Only agendas need it, so it is loaded here.
    import icalendar

    reads, words = viewer.reads, viewer.words(lang)
    title, front = title_and_front(lang, listing, reads)
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title, parameters={"language": HTML_LANG[lang]})
    calendar.add("x-wr-calname", title)  # what most programs read for `name`
    calendar.add("url", reads.site().url + front)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    head, end = calendar.to_ical().decode().split("END:VCALENDAR")
    base = reads.site().url
    pattern = words("%(what)s: %(title)s")
    events = [
        _event(event, words(_label(event)), pattern, HTML_LANG[lang], base)
        for event in reads.ask(f"dates:{lang}:{listing}")
    ]
    return TextView("".join([head, *events, "END:VCALENDAR", end]), words=WORDS)


@lru_cache(maxsize=2048)
def _event(dated: AgendaEntry, what: str, pattern: str, html_lang: str, base: str) -> str:
    """The event as iCalendar text; the same in the agendas of columns and audiences."""
    import icalendar

    entry = dated.entry
    own_lang = {"language": HTML_LANG[entry.lang]}
    event = icalendar.Event()
    event.add("uid", event_uid(entry.id, dated.what, base))
    event.add("dtstamp", last_changed(entry))
    event.add("dtstart", date.fromisoformat(dated.day))  # a day alone is a whole day
    event.add("summary", pattern % {"what": what, "title": entry.title}, parameters=own_lang)
    if description := _description(entry):
        event.add("description", description, parameters=own_lang)
    event.add("categories", [what], parameters={"language": html_lang})
    event.add("url", base + entry.url)
    event.add("transp", "TRANSPARENT")
    text: str = event.to_ical().decode()
    return text


def _label(dated: AgendaEntry) -> str:
    return KINDS[dated.entry.kind].date_labels[dated.what]


def event_uid(id_: str, what: str, base: str) -> str:
    """By what an event is known for good, in every language and after every correction."""
    return f"{id_}.{slugify(what)}@{base.partition('://')[2]}"


def _description(entry: Entry) -> str:
    facts = [entry.summary, join_names(filter(None, (entry.issuer, entry.number)), entry.lang)]
    return "\n".join(fact for fact in facts if fact)
