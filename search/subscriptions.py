"""What other programs subscribe to: a query as an Atom feed, and the search for browsers (OpenSearch)."""

import re
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from domain.clock import local_with_offset, parse_local, to_utc_text
from domain.languages import HTML_LANG, text_in
from search.answers import Answer, Labels, ResultLine
from search.parameters import Parameters

FEED_ENTRIES: Final = 50
FEED_TYPE: Final = "application/atom+xml; charset=utf-8"
OPENSEARCH_TYPE: Final = "application/opensearchdescription+xml; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_NOT_IN_XML = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_DAWN: Final = "1970-01-01 00:00"


def feed_address(parameters: Parameters, lang: str) -> str:
    """Where the newest results of this search are a feed."""
    return parameters.address(f"/{lang}/search/feed.atom", sort=None)


def render_feed(parameters: Parameters, answer: Answer, lang: str, labels: Labels) -> bytes:
    """The newest results of a search as Atom."""
    site = labels.get("site", {})
    base = str(site.get("url", ""))
    moments = [_moment(line.date, labels) for line in answer.results]
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": HTML_LANG[lang]})
    name = site_name(lang, labels)
    title = f"{parameters.text} - {name}" if parameters.text else name
    SubElement(feed, "title").text = _plain(title)
    address = base + feed_address(parameters, lang)
    SubElement(feed, "id").text = address
    SubElement(feed, "updated").text = max(moments, default=_moment(_DAWN, labels))
    SubElement(SubElement(feed, "author"), "name").text = name
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    page = base + parameters.address(f"/{lang}/search/")
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for line, moment in zip(answer.results, moments, strict=True):
        _add_entry(feed, line, moment, base)
    return _serialised(feed)


def _add_entry(feed: Element, line: ResultLine, moment: str, base: str) -> None:
    entry = SubElement(feed, "entry", {"xml:lang": line.html_lang})
    SubElement(entry, "title").text = _plain(line.title)
    SubElement(entry, "id").text = base + line.url
    SubElement(entry, "updated").text = moment
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": base + line.url})
    for issuer in line.issuers:
        SubElement(SubElement(entry, "author"), "name").text = _plain(issuer)
    summary = line.snippet.striptags()
    if summary:
        SubElement(entry, "summary").text = _plain(summary)


def render_opensearch(lang: str, labels: Labels) -> bytes:
    """The description by which a browser searches this site from its own bar."""
    base = str(labels.get("site", {}).get("url", ""))
    description = Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    name = site_name(lang, labels)
    # The standard allows 16 characters, and browsers show this one in a menu.
    SubElement(description, "ShortName").text = name[:16]
    SubElement(description, "Description").text = name
    SubElement(description, "Language").text = HTML_LANG[lang]
    for encoding in ("InputEncoding", "OutputEncoding"):
        SubElement(description, encoding).text = "UTF-8"
    results = f"{base}/{lang}/search/?q={{searchTerms}}"
    SubElement(description, "Url", {"type": "text/html", "template": results})
    feed = f"{base}/{lang}/search/feed.atom?q={{searchTerms}}"
    SubElement(description, "Url", {"type": "application/atom+xml", "template": feed})
    return _serialised(description)


def site_name(lang: str, labels: Labels) -> str:
    """The short name of the site, in this language where it has one."""
    site = labels.get("site", {})
    names = site.get("short_names") or site.get("names") or {}
    return text_in(names, lang, str(site.get("default_language", lang)))[0] or lang


def _moment(date: str, labels: Labels) -> str:
    """A page's date by the site's clock, with its offset; the dawn of time for none."""
    timezone = str(labels.get("site", {}).get("timezone", "UTC"))
    return local_with_offset(to_utc_text(parse_local(date or _DAWN, timezone)), timezone)


def _plain(text: str) -> str:
    """Without characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def _serialised(root: Element) -> bytes:
    ElementTree.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n%b\n' % ElementTree.tostring(root, "utf-8")
