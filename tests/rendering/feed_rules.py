"""The rules of Atom (RFC 4287) and of JSON Feed 1.1, as far as a feed of ours can break them.

feedparser reads what is there and forgives what is not; the rules are checked beside it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import feedparser  # type: ignore[import-untyped]  # the library has no types

ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = ("id", "title", "updated")
VERSION = "https://jsonfeed.org/version/1.1"


def check_atom(data: bytes) -> list[str]:
    """What is wrong with an Atom feed."""
    parsed = feedparser.parse(data)
    if parsed.bozo:
        return [f"it cannot be parsed: {parsed.bozo_exception}"]
    wrong = [] if parsed.version == "atom10" else [f"it is {parsed.version}"]
    feed = ElementTree.fromstring(data)
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        wrong += _check_element(element)
    links = {link.get("rel", "alternate") for link in feed.findall(f"{ATOM}link")}
    wrong += [f"no link rel={rel}" for rel in ("self", "alternate") if rel not in links]
    if not [name for name in feed.findall(f"{ATOM}author/{ATOM}name") if name.text]:
        wrong.append("no author")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(ids) != len(set(ids)):
        wrong.append("an id occurs twice")
    newest = max((entry.findtext(f"{ATOM}updated") or "" for entry in entries), default="")
    if feed.findtext(f"{ATOM}updated") != newest:
        wrong.append("updated is not that of its newest entry")
    if len(parsed.entries) != len(entries):
        wrong.append("not all entries are read")
    return wrong


def _check_element(element: ElementTree.Element) -> list[str]:
    """Of a feed or an entry: what must be there once, dates with an offset, addresses in full."""
    wrong = [
        f"{len(element.findall(f'{ATOM}{name}'))} times {name}"
        for name in ONCE
        if len(element.findall(f"{ATOM}{name}")) != 1
    ]
    for name in ("updated", "published"):
        wrong += [m for each in element.findall(f"{ATOM}{name}") for m in _moment(each.text)]
    addresses = [element.findtext(f"{ATOM}id")]
    addresses += [link.get("href") for link in element.findall(f"{ATOM}link")]
    wrong += [f"{url} is no address" for url in addresses if not _is_address(url)]
    if element.tag == f"{ATOM}entry" and element.find(f"{ATOM}link") is None:
        wrong.append("an entry with neither content nor link")
    return wrong


def _moment(text: object) -> list[str]:
    try:
        has_zone = datetime.fromisoformat(str(text)).tzinfo is not None and "T" in str(text)
    except ValueError:
        has_zone = False
    return [] if has_zone else [f"{text} is no moment with an offset"]


def _is_address(url: object) -> bool:
    return isinstance(url, str) and url.startswith("https://")


def check_json_feed(data: bytes) -> list[str]:
    """What is wrong with a JSON feed."""
    feed = json.loads(data)
    wrong = [] if feed.get("version") == VERSION else ["another version"]
    wrong += [] if feed.get("title") else ["no title"]
    wrong += [
        f"no {key}" for key in ("home_page_url", "feed_url") if not _is_address(feed.get(key))
    ]
    items = feed.get("items")
    if not isinstance(items, list):
        return [*wrong, "no items"]
    wrong += [message for item in items for message in _check_item(item)]
    if len({item.get("id") for item in items}) != len(items):
        wrong.append("an id occurs twice")
    return wrong


def _check_item(item: dict[str, Any]) -> list[str]:
    wrong = [] if isinstance(item.get("id"), str) else ["an item without an id"]
    if not (item.get("content_text") or item.get("content_html")):
        wrong.append("an item without content")
    wrong += [] if _is_address(item.get("url")) else ["an item without an address"]
    return wrong + _moment(item.get("date_published")) + _moment(item.get("date_modified"))
