"""What staff do by their links, and what the writer then sees; fault 53."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from domain.forms import Deadline
from relay.events import find_broken_link
from relay.keys import make_keyring
from relay.staff import read_published_replies
from relay.staff_links import StaffLink, Stage, open_link, seal_link
from relay.store import read_events
from tests.relay.harness import LETTER, Relay, ScriptedServer

LINK = re.compile(r"/zh/relay/staff/\S+")
TWO_DEPARTMENTS = {
    "gov-office": "mailbox@gov-office.example",
    "education": "mailbox@education.example",
    "operators": "alarms@portal.example",
}


@pytest.fixture
def relay(either_relay: Relay) -> Relay:
    """With two departments, on either store."""
    either_relay.addresses = TWO_DEPARTMENTS
    either_relay.configuration = replace(either_relay.configuration, addresses=TWO_DEPARTMENTS)
    either_relay.client = either_relay.make_client()
    return either_relay


def link_in_mail(server: ScriptedServer, place: int = -1) -> str:
    found = LINK.search(server.mails[place].parse().get_content())
    assert found is not None
    return found.group()


def delivered_link(relay: Relay, server: ScriptedServer) -> str:
    relay.sender(server).deliver_due()
    return link_in_mail(server)


def act(relay: Relay, link: str, name: str, **fields: str) -> str:
    """The act is done; gives the fresh link to which it leads."""
    answer = relay.client.post(link, data={"act": name, **fields}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def state_of(relay: Relay) -> str:
    return str(relay.letters.query("SELECT state FROM letter")[0][0])


def look_up(relay: Relay, reference: str, code: str, **more: str) -> str:
    data = {"reference": reference, "code": code, **more}
    return str(relay.client.post("/zh/relay/status", data=data).text)


def test_a_letter_is_opened_begun_answered_published_and_closed(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, code = relay.write()
    link = delivered_link(relay, server)
    desk = act(relay, link, "open")
    assert LETTER["letter"] in relay.client.get(desk).text
    assert "部门已阅收" in look_up(relay, reference, code)
    desk = act(relay, desk, "begin")
    desk = act(relay, desk, "reply", reply="路灯已修好。\r\n谢谢！")
    assert "路灯已修好。\n谢谢！" in look_up(relay, reference, code)
    desk = act(relay, desk, "publish", title="路灯", question="路灯坏了。", answer="已修好。")
    act(relay, desk, "close")
    assert state_of(relay) == "closed"
    (published,) = read_published_replies(relay.letters, relay.keyring)
    assert (published.reference, published.form_id) == (reference, "governor-mailbox")
    assert published.publication.answer == "已修好。"
    kinds = [event.kind for event in read_events(relay.letters, reference)]
    assert kinds == [
        *("received", "forwarded", "acknowledged", "in-progress", "replied"),
        *("publication", "closed"),
    ]
    assert find_broken_link(read_events(relay.letters)) is None


def test_53_a_link_that_is_only_fetched_changes_and_shows_nothing(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    link = delivered_link(relay, server)
    for method in ("GET", "GET", "HEAD", "OPTIONS"):
        page = relay.client.request(method, link)
        assert LETTER["letter"] not in page.text
        assert LETTER["name"] not in page.text
    assert state_of(relay) == "forwarded"
    assert [event.kind for event in read_events(relay.letters)] == ["received", "forwarded"]


def test_53_a_link_used_twice_changes_nothing_and_offers_a_fresh_one(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    link = delivered_link(relay, server)
    desk = act(relay, link, "open")
    act(relay, desk, "begin")
    before = read_events(relay.letters)
    for used, name in ((link, "open"), (desk, "begin"), (desk, "reply")):
        answer = relay.client.post(used, data={"act": name, "reply": "我写的答复"})
        assert answer.status_code == 409
        assert "发送新链接" in answer.text
    # What was written is shown, so that it can be copied.
    assert "我写的答复" in answer.text
    assert relay.client.get(desk).status_code == 409
    assert read_events(relay.letters) == before


def test_53_an_expired_link_changes_nothing_and_a_fresh_one_goes_to_the_department_only(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    link = delivered_link(relay, server)
    relay.clock.turn(hours=169)
    assert relay.client.get(link).status_code == 410
    assert relay.client.post(link, data={"act": "open"}).status_code == 410
    assert state_of(relay) == "forwarded"
    assert relay.client.post(link, data={"act": "link"}).status_code == 200
    fresh = delivered_link(relay, server)
    assert server.mails[-1].recipients == ("mailbox@gov-office.example",)
    act(relay, fresh, "open")
    assert state_of(relay) == "acknowledged"


def test_53_no_more_than_ten_links_a_day(relay: Relay, server: ScriptedServer) -> None:
    relay.write()
    link = delivered_link(relay, server)
    answers = [relay.client.post(link, data={"act": "link"}).status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2


def test_53_forged_and_foreign_links_are_no_page(relay: Relay, server: ScriptedServer) -> None:
    relay.write()
    link = delivered_link(relay, server)
    opened = open_link(link.rpartition("/")[2], relay.keyring)
    assert opened is not None
    forged = seal_link(replace(opened, stage=Stage.DESK), make_keyring())
    for other in (
        link[:-2] + "xx",
        f"/zh/relay/staff/{forged}",
        "/zh/relay/staff/x",
        "/zh/relay/staff/ä",
    ):
        assert relay.client.get(other).status_code == 404
        assert relay.client.post(other, data={"act": "open"}).status_code == 404
    headers = {"sec-fetch-site": "cross-site", "origin": "https://x.example"}
    assert relay.client.post(link, data={"act": "open"}, headers=headers).status_code == 403
    assert state_of(relay) == "forwarded"


def test_every_try_of_a_mail_carries_the_same_link(relay: Relay) -> None:
    link = StaffLink(Stage.MAIL, bytes(16), "gov-office", 3, 1_800_000_000_000)
    sealed = seal_link(link, relay.keyring)
    assert sealed == seal_link(link, relay.keyring)
    assert open_link(sealed, relay.keyring) == link


def test_a_letter_is_passed_on_and_the_first_departments_link_ends(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, code = relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    wrong = relay.client.post(desk, data={"act": "transfer", "department": "nobody"})
    assert wrong.status_code == 422
    act(relay, desk, "transfer", department="education")
    assert relay.client.get(desk).status_code == 409
    second = delivered_link(relay, server)
    assert server.mails[-1].recipients == ("mailbox@education.example",)
    assert "已转交其他部门" in look_up(relay, reference, code)
    act(relay, second, "open")
    assert state_of(relay) == "acknowledged"


def test_an_empty_answer_is_asked_for_again_and_nothing_done(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    page = relay.client.post(desk, data={"act": "reply", "reply": "  \r\n "})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    page = relay.client.post(desk, data={"act": "publish", "title": "只有标题"})
    assert page.status_code in (409, 422)
    assert state_of(relay) == "acknowledged"


def test_a_letter_that_is_not_dealt_with_tells_its_writer_why(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, code = relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    act(relay, desk, "reject", reject="不属于本州职权。")
    page = look_up(relay, reference, code)
    assert "不予办理" in page
    assert "不属于本州职权。" in page


def test_a_writer_withdraws_a_letter_once(relay: Relay, server: ScriptedServer) -> None:
    reference, code = relay.write()
    link = delivered_link(relay, server)
    assert "您的来信已撤回" in look_up(relay, reference, code, act="withdraw")
    assert "此信已不能撤回" in look_up(relay, reference, code, act="withdraw")
    assert state_of(relay) == "withdrawn"
    assert relay.client.post(link, data={"act": "open"}).status_code == 409


def test_34_a_receipt_says_nothing_of_the_letter_and_an_address_gets_few(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    relay = Relay(tmp_path, build)
    relay.limits = replace(relay.limits, receipts_per_day=3)
    relay = Relay(tmp_path, build, limits=relay.limits, keyring=relay.keyring)
    for number in range(6):
        address = "Victim@example.com" if number % 2 else "victim@example.com"
        relay.write({**LETTER, "letter": f"轰炸{number}", "mail": address})
    relay.sender(server).deliver_due()
    receipts = [mail for mail in server.mails if "victim" in mail.recipients[0].lower()]
    assert len(receipts) == 3
    for mail in receipts:
        message = mail.parse()
        assert message["Reply-To"] is None
        assert "轰炸" not in message.get_content()
        for field in ("letter", "subject", "name", "phone"):
            assert LETTER[field] not in message.get_content()
    relay.clock.turn(days=1, seconds=1)
    relay.write({**LETTER, "mail": "victim@example.com"})
    relay.sender(server).deliver_due()
    assert sum("victim" in mail.recipients[0].lower() for mail in server.mails) == 4


def test_a_writer_is_told_that_an_answer_is_there_without_a_word_of_it(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    relay = Relay(tmp_path, build, addresses=TWO_DEPARTMENTS)
    relay = Relay(
        tmp_path, build, addresses=TWO_DEPARTMENTS, limits=replace(relay.limits, receipts_per_day=1)
    )
    relay.write()
    relay.sender(server).deliver_due()
    place = next(n for n, mail in enumerate(server.mails) if "gov-office" in mail.recipients[0])
    desk = act(relay, link_in_mail(server, place), "open")
    act(relay, desk, "reply", reply="机密答复内容")
    relay.sender(server).deliver_due()
    told = server.mails[-1]
    assert told.recipients == (LETTER["mail"],)
    assert "机密答复内容" not in told.parse().get_content()
    assert "已答复" in str(told.parse()["Subject"])


def test_the_time_is_extended_once_and_only_where_the_form_says_so(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, code = relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    relay.change("UPDATE letter SET due_day = '2026-12-03'")
    form = relay.site_form("governor-mailbox")
    known = {**form.deadlines, "extension": Deadline("extension", 10, "days")}
    relay.publish(replace(form, deadlines=known))
    assert "2026-12-13" in relay.client.get(desk).text
    desk = act(relay, desk, "extend")
    assert "2026-12-13" in look_up(relay, reference, code)
    assert relay.client.post(desk, data={"act": "extend"}).status_code == 422


def test_an_answer_that_is_none_is_refused_and_nothing_breaks(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    for parked in ("", "zz", "0", "00"):
        answer = relay.client.post(desk, data={"act": "give", "parked": parked})
        assert answer.status_code == 409


@pytest.mark.parametrize("status", [413, 422])
def test_what_staff_wrote_is_kept_when_its_post_is_refused(
    relay: Relay, server: ScriptedServer, status: int
) -> None:
    relay.write()
    desk = act(relay, delivered_link(relay, server), "open")
    body = b"act=reply&reply=The+pipe+will+be+mended"
    body += b"+soon" * 200_000 if status == 413 else b"&title=%FF"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = relay.client.post(desk, content=body, headers=headers)
    assert answer.status_code == status
    assert "The pipe will be mended" in answer.text
    assert state_of(relay) != "answered"
    act(relay, desk, "reply", reply="The pipe will be mended soon.")
