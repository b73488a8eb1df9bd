"""Clocks, reminders, the overdue list: one round a day."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.calendar import Calendar, CalendarYear
from domain.forms import Deadline
from relay.clocks import Clocks, is_working_day
from relay.moments import to_milliseconds
from relay.published import PublishedSite
from relay.rounds import Rounds, find_overdue
from relay.sending import Sender, make_translators
from relay.transport import SmtpTransport
from tests.relay.harness import LETTER, SURVEY, THEME, Relay, ScriptedServer
from tests.relay.test_staff import act, link_in_mail, look_up

CALENDAR = {
    "years": [2026, 2027],
    "days_off": ["2026-11-09", "2026-11-10", "2026-11-16"],
    "make_up_days": ["2026-11-14"],
}


@pytest.fixture
def relay(tmp_path: Path, build: Path) -> Relay:
    relay = Relay(tmp_path, build)
    form = relay.site_form("governor-mailbox")
    deadlines = {
        "answer": Deadline("letters", 15, "working-days"),
        "extension": Deadline("letters", 10, "working-days"),
    }
    topics = {"question": Deadline("question", 3, "working-days")}
    relay.publish(replace(form, deadlines=deadlines, topic_deadlines=topics))
    write_calendar(relay)
    return relay


def write_calendar(relay: Relay) -> None:
    (relay.build / "frames").mkdir(exist_ok=True)
    file = relay.build / "frames" / "labels.json"
    file.write_text(json.dumps({"calendar": CALENDAR}), "utf-8")


def rounds(relay: Relay) -> Rounds:
    return Rounds(relay.letters, relay.configuration, PublishedSite(relay.build))


def make_round(relay: Relay) -> bool:
    return rounds(relay).make_if_due(to_milliseconds(relay.clock()))


def test_the_last_day_is_counted_by_the_prefectures_calendar(relay: Relay) -> None:
    # Written on Thursday 12th: 13th, the made-up Saturday 14th, then, after a Monday off, 17th.
    reference, code = relay.write()
    assert relay.letters.query("SELECT due_day FROM letter") == [("2026-11-17",)]
    assert "2026-11-17" in look_up(relay, reference, code)
    relay.write({**LETTER, "topic": "other"})
    assert relay.count("letter", "due_day = '2026-12-03'") == 1


def test_a_survey_has_no_last_day(relay: Relay) -> None:
    relay.write(SURVEY, "service-survey")
    assert relay.letters.query("SELECT due_day FROM letter") == [("",)]


def test_a_year_that_the_calendar_lacks_is_counted_by_weekdays(relay: Relay) -> None:
    clocks = Clocks(PublishedSite(relay.build), "Asia/Shanghai")
    assert clocks.working_day(date(2030, 1, 3), 2) == date(2030, 1, 7)
    assert clocks.working_day(date(2030, 1, 7), -2) == date(2030, 1, 3)
    assert is_working_day(date(2026, 11, 14), PublishedSite(relay.build).calendar())
    assert not is_working_day(date(2030, 1, 5), Calendar({2026: CalendarYear(2026, "", "")}))


def test_a_year_that_the_calendar_lacks_is_told_to_staff_operators_and_metrics(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write({**LETTER, "topic": "other"})
    make_round(relay)
    assert relay.count("alarm", "kind = 'calendar'") == 0
    assert "relay_calendar_years_missing 0" in metrics(relay)
    relay.sender(server).deliver_due()
    relay.clock.turn(days=400)  # 15 working days from 17 December 2027 end in a year unknown
    relay.write({**LETTER, "topic": "other"})
    make_round(relay)
    assert relay.count("alarm", "kind = 'calendar'") == 1
    assert "relay_calendar_years_missing 1" in metrics(relay)
    relay.sender(server).deliver_due()
    texts = [mail.parse().get_content() for mail in server.mails]
    (place,) = [number for number, text in enumerate(texts) if "工作日历尚未覆盖" in text]
    desk = relay.client.get(act(relay, link_in_mail(server, place), "open")).text
    assert "工作日历尚未覆盖" in desk


def metrics(relay: Relay) -> str:
    return str(relay.make_client("127.0.0.1").get("/metrics").text)


@pytest.mark.parametrize(
    ("start", "deadline", "expected"),
    [
        (date(2026, 11, 12), Deadline("r", 20, "days"), date(2026, 12, 2)),
        (date(2026, 11, 30), Deadline("r", 3, "months"), date(2027, 2, 28)),
        (date(2026, 12, 15), Deadline("r", 1, "months"), date(2027, 1, 15)),
    ],
)
def test_days_and_months_are_counted_as_the_rules_name_them(
    relay: Relay, start: date, deadline: Deadline, expected: date
) -> None:
    assert Clocks(PublishedSite(relay.build), "Asia/Shanghai").count(start, deadline) == expected


def test_a_department_is_reminded_once_a_working_day(relay: Relay, server: ScriptedServer) -> None:
    relay.write({**LETTER, "topic": "other"})
    relay.sender(server).deliver_due()
    sender = relay.sender(server)
    reminded = []
    for _ in range(26):
        relay.clock.turn(days=1)
        make_round(relay)
        make_round(relay)
        before = len(server.mails)
        sender.deliver_due()
        if any("待答复" in str(mail.parse()["Subject"]) for mail in server.mails[before:]):
            reminded.append(relay.clock().date().isoformat())
    # Due on Thursday, 3 December: from the third working day before it, and no weekend.
    assert reminded[:6] == [
        *("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07"),
    ]


def test_overdue_letters_are_listed_without_a_word_of_them(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, _ = relay.write()
    relay.clock.turn(days=8)
    assert [one.reference for one in find_overdue(relay.letters, date(2026, 11, 20))] == [reference]
    make_round(relay)
    relay.sender(server).deliver_due()
    (listed,) = [mail for mail in server.mails if "逾期" in str(mail.parse()["Subject"])]
    text = listed.parse().get_content()
    assert reference in text
    assert not any(LETTER[name] in text for name in ("letter", "subject", "name", "phone"))
    assert len(server.alarms) == 1


def test_an_answered_letter_is_neither_reminded_of_nor_overdue(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    relay.sender(server).deliver_due()
    desk = act(relay, link_in_mail(server), "open")
    act(relay, desk, "reply", reply="好。")
    relay.clock.turn(days=30)
    make_round(relay)
    assert relay.count("outbox", "kind IN ('reminder', 'overdue')") == 0


def test_a_round_is_made_once_a_day_however_many_senders(either_relay: Relay) -> None:
    made = [make_round(either_relay) for _ in range(3)]
    either_relay.clock.turn(days=1)
    assert [*made, make_round(either_relay)] == [True, False, False, True]


def test_18_a_clock_that_ran_ahead_for_a_day_erases_nothing_and_rounds_go_on(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write({**LETTER, "topic": "other"})
    relay.sender(server).deliver_due()
    desk = act(relay, link_in_mail(server), "open")
    act(relay, desk, "reply", reply="好。")
    relay.write({**LETTER, "topic": "other"})
    assert make_round(relay)
    relay.clock.turn(days=3000)
    assert make_round(relay)
    assert relay.count("letter", "state = 'erased'") == 0
    assert relay.count("alarm", "kind = 'clock'") == 1
    relay.clock.turn(days=18 - 3000)  # right again, three days before the last day
    assert make_round(relay)
    assert not make_round(relay)
    assert relay.count("outbox", "kind = 'reminder' AND made_at < 1800000000000") == 1


def test_two_clocks_that_differ_a_little_make_the_round_once(relay: Relay) -> None:
    relay.clock.turn(hours=21, minutes=30, seconds=1)  # seven in the morning, just past
    assert make_round(relay)
    relay.clock.turn(seconds=-2)
    assert not make_round(relay)
    relay.clock.turn(seconds=2)
    assert not make_round(relay)


def test_a_round_that_fails_holds_up_no_mail_and_is_told(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    (relay.build / "frames" / "labels.json").write_text("{half", "utf-8")
    sender = Sender(
        relay.letters,
        relay.keyring,
        relay.configuration,
        SmtpTransport(replace(relay.mail, port=server.port)),
        relay.clock,
        make_translators(THEME),
        rounds(relay),
    )
    sender.deliver_due()
    assert len(server.mails) == 1
    assert relay.letters.query("SELECT kind FROM alarm") == [("round-failed",)]
