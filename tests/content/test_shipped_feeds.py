"""Every feed, agenda and file of open data of the shipped site, read by programs of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from domain.clock import parse_local
from plugins.portal.building.build import BuildRequest, build_site
from publishing.settings import SHIPPED_CONTENT, SHIPPED_THEME
from tests.rendering.data_rules import read_csv, read_index, read_json
from tests.rendering.feed_rules import check_atom, check_json_feed

pytestmark = pytest.mark.slow
BASE = "https://www.aba.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped site."""
    build = tmp_path_factory.mktemp("shipped")
    request = BuildRequest(
        content=SHIPPED_CONTENT,
        shipped=SHIPPED_CONTENT,
        build=build,
        themes=(SHIPPED_THEME,),
        now=parse_local("2026-11-27 09:00", "Asia/Shanghai"),
        jobs=2,
    )
    build_site(request)
    return build / "site"


def _files(site: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    found = sorted(site.rglob(pattern))
    assert found
    for path in found:
        yield path.relative_to(site).as_posix(), path.read_bytes()


def test_feeds_keep_the_rules_of_their_formats(site: Path) -> None:
    wrong = [(name, p) for name, data in _files(site, "feed.xml") for p in check_atom(data)]
    wrong += [(name, p) for name, data in _files(site, "feed.json") for p in check_json_feed(data)]
    assert wrong == []


def test_two_libraries_read_the_same_events_from_every_agenda(site: Path) -> None:
    for name, data in _files(site, "calendar.ics"):
        text = data.decode()
        strict = IcsCalendarStream.calendar_from_ics(text).events
        other = Calendar.from_ical(text)
        assert other.errors == [], name
        events = other.walk("VEVENT")
        assert [event.errors for event in events if event.errors] == [], name
        assert 0 < len(events) <= 200
        assert sorted(str(event["UID"]) for event in events) == sorted(e.uid for e in strict), name
        assert len({event.uid for event in strict}) == len(strict), name
        assert max(len(line) for line in data.split(b"\r\n")) <= 75, name


def test_csv_and_json_have_the_same_rows(site: Path) -> None:
    for name, data in _files(site, "data/**/*.csv"):
        rows = read_csv(data)
        same = read_json((site / name.replace(".csv", ".json")).read_bytes())
        assert [[v.removeprefix("'") for v in row.values()] for row in rows] == [
            [v.removeprefix("'") for v in row.values()] for row in same
        ], name
        assert len(rows) <= 200


def test_the_index_names_every_file_and_no_other(site: Path) -> None:
    index = read_index((site / "data/catalogue.jsonld").read_bytes())
    told = {url for urls in index.values() for url in urls}
    there = {f"{BASE}/{name}" for form in ("csv", "json") for name, _ in _files(site, f"data/**/*.{form}")}
    assert told == there


def test_every_address_in_feeds_and_agendas_is_a_page_of_the_site(site: Path) -> None:
    urls = {
        link.get("href", "")
        for _, data in _files(site, "feed.xml")
        for link in ElementTree.fromstring(data).iter("{http://www.w3.org/2005/Atom}link")
    }
    urls |= {
        str(event["URL"])
        for _, data in _files(site, "calendar.ics")
        for event in Calendar.from_ical(data).walk("VEVENT")
    }
    paths = {url.removeprefix(BASE) for url in urls}
    assert {p for p in paths if not (site / f"{p}index.html".lstrip("/")).is_file()} == {
        p for p in paths if p.endswith("feed.xml")
    }


def test_every_feed_and_agenda_is_named_by_a_page(site: Path) -> None:
    there = {f"/{name}" for p in ("feed.xml", "feed.json", "calendar.ics") for name, _ in _files(site, p)}
    texts = [path.read_text() for path in site.rglob("index.html")]
    listed = [path.read_text() for path in site.glob("*/feeds/index.html")]
    head = {url for url in there if any(f'href="{url}">\n' in t.split("<body")[0] for t in texts)}
    assert there - head == set()
    assert {url for url in there if not any(f'href="{url}"' in text for text in listed)} == set()
