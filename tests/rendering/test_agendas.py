"""Agendas: which days stand in them, bounded by the clock, as iCalendar that others can read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from tests.small_site import SmallSite, differences, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.document(
        "orders/2026/rule.md",
        id="rule",
        title="办法；甲,乙",
        number="阿府发〔2026〕12号",
        issuers="[办公室]",
        summary=f"摘要。{'很长的说明' * 20}",
        effective="2026-08-01",
        expires="2031-08-01",
    )
    site.document("orders/2026/rule.en.md", "Text.", id="rule", title="Rule")
    site.document("news/2026/call.md", id="call", title="报名", expires="2026-06-20 17:00")
    site.document("news/2026/plain.md", id="plain", title="无日期")
    return site


def read(site: SmallSite, url: str, build: str = "build") -> Calendar:
    """The agenda as another library reads it."""
    text = (site.root / f"{build}/site{url}calendar.ics").read_bytes().decode()
    return IcsCalendarStream.calendar_from_ics(text)


def agendas(site: SmallSite) -> set[str]:
    root = site.root / "build/site"
    return {f"/{path.relative_to(root).parent.as_posix()}/" for path in root.rglob("*.ics")}


def test_columns_and_audiences_with_days_have_an_agenda(site: SmallSite) -> None:
    site.build()
    assert agendas(site) == {
        "/zh/documents/",
        "/zh/orders/",
        "/zh/news/",
        "/zh/public/",
        "/zh/enterprises/",
        "/zh/tourists/",
        "/en/documents/",
        "/en/orders/",
        "/en/public/",
        "/en/enterprises/",
    }


def test_an_event_is_a_whole_day_with_a_lasting_name_and_no_time_of_the_build(
    site: SmallSite,
) -> None:
    site.build()
    event, last = read(site, "/zh/orders/").events
    assert event.uid == "rule.effective@www.small.example"
    assert (event.summary, event.dtstart) == ("施行：办法；甲,乙", date(2026, 8, 1))
    assert event.dtstamp.isoformat() == "2026-03-01T01:00:00+00:00"
    assert event.url == "https://www.small.example/zh/orders/2026/rule/"
    assert (event.description or "").endswith("很长的说明\n办公室、阿府发〔2026〕12号")
    # From 1 August it no longer holds: the last day is the one before.
    assert (last.summary, last.dtstart) == ("有效期最后一日：办法；甲,乙", date(2031, 7, 31))
    (english, _) = read(site, "/en/orders/").events
    assert english.uid == event.uid
    assert english.summary == "Takes effect: Rule"


def test_a_deadline_within_a_day_is_on_that_day(site: SmallSite) -> None:
    site.build()
    (event,) = read(site, "/zh/news/").events
    assert (event.summary, event.dtstart) == ("截止：报名", date(2026, 6, 20))


def test_lines_are_folded_within_characters_and_end_as_the_format_asks(site: SmallSite) -> None:
    site.build()
    data = (site.root / "build/site/zh/orders/calendar.ics").read_bytes()
    lines = data.split(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert any(line.startswith(b" ") for line in lines)
    assert all(line.decode() for line in lines[:-1])
    assert b"X-WR-CALNAME:" in data


def test_the_language_of_each_text_is_said(site: SmallSite) -> None:
    site.build()
    text = (site.root / "build/site/en/public/calendar.ics").read_text()
    assert "SUMMARY;LANGUAGE=en:Takes effect: Rule" in text
    assert "SUMMARY;LANGUAGE=zh-CN:Last day: 报名" in text


@pytest.mark.slow
def test_days_are_bounded_by_the_clock_in_both_directions(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    first = date(2026, 4, 1)
    for number in range(230):
        day = first + timedelta(days=number)
        site.document(f"news/2026/n{number}.md", id=f"n{number}", expires=f"{day} 12:00")
    early, late = "2026-04-30 09:00", "2026-05-20 09:00"
    site.build(now=early)
    shown = [event.dtstart for event in read(site, "/zh/news/").events]
    assert (len(shown), shown[0], shown[10]) == (200, date(2026, 4, 20), date(2026, 4, 30))
    before = site.outputs()
    site.build(now=late)
    shown = [event.dtstart for event in read(site, "/zh/news/").events]
    assert (shown[0], shown[10]) == (date(2026, 5, 10), date(2026, 5, 20))
    site.build("fresh", now=late)
    assert differences(site.outputs(), site.outputs("fresh")) == []
    site.build(now=early)
    assert differences(site.outputs(), before) == []


def test_a_build_at_another_moment_of_the_same_days_changes_no_agenda(site: SmallSite) -> None:
    site.build(now="2026-06-01 08:00")
    before = {name: data for name, data in site.outputs().items() if name.endswith(".ics")}
    site.build("later", now="2026-06-02 22:00")
    after = {name: data for name, data in site.outputs("later").items() if name.endswith(".ics")}
    assert before == after


def test_a_word_of_the_theme_that_changes_is_changed_in_agendas_too(site: SmallSite) -> None:
    site.build()
    path = site.theme / "translations/zh.po"
    path.write_text(path.read_text().replace('msgstr "施行"', 'msgstr "开始施行"'))
    site.build()
    assert read(site, "/zh/orders/").events[0].summary == "开始施行：办法；甲,乙"


def test_an_agenda_goes_with_its_last_day(site: SmallSite) -> None:
    site.build()
    site.document("news/2026/call.md", id="call", title="报名")
    site.build()
    assert "/zh/tourists/" not in agendas(site)
    assert "calendar.ics" not in (site.root / "build/site/zh/tourists/index.html").read_text()
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []
