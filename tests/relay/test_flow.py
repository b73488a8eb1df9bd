"""From the form to the receipt and the status; faults 22 to 26."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from relay.probe_walk import sample_answers
from relay.references import parse_query_code, show_query_code
from tests.relay.harness import (
    LETTER,
    REPOSITORY,
    SURVEY,
    Relay,
    ScriptedServer,
    hidden_fields,
    write_build,
    write_form,
)


def test_a_letter_goes_from_the_form_to_the_department_and_is_found_by_its_codes(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, code = relay.write()
    assert re.fullmatch(r"LX-20261112-[0-9A-HJKMNP-TV-Z]{5}", reference)
    assert show_query_code(parse_query_code(code) or "") == code

    assert relay.sender(server).deliver_due() == 1
    (mail,) = server.mails
    assert mail.recipients == ("mailbox@gov-office.example",)
    message = mail.parse()
    assert message["Subject"] == f"州长信箱来信 {reference}"
    assert "路灯" not in mail.content.decode("ascii") + message.get_content()

    found = relay.client.post("/zh/relay/status", data={"reference": reference, "code": code})
    assert found.status_code == 200
    assert reference in found.text
    assert found.text.count('<span class="figures">2026-11-12 09:30</span>') == 2


def test_a_survey_arrives_in_full_with_its_answers_in_words(
    relay: Relay, server: ScriptedServer
) -> None:
    reference, _code = relay.write({**SURVEY, "used": ["documents", "search"]}, "service-survey")
    assert reference.startswith("DC-")
    relay.sender(server).deliver_due()
    text = server.mails[0].parse().get_content()
    assert "4 (1-5)" in text
    assert "    查找文件\r\n    站内搜索\r\n" in text
    assert server.mails[0].parse()["Reply-To"] is None


def test_a_person_can_go_back_and_change_an_answer(relay: Relay) -> None:
    fields = relay.checked()
    page = relay.check({**fields, "_step": "edit"})
    assert page.status_code == 200
    assert "学校门口的路灯坏了。</textarea>" in page.text
    assert "error-summary" not in page.text


def test_22_double_click_reload_back_and_two_tabs_make_one_row(relay: Relay) -> None:
    fields = relay.checked()
    answers: list[Any] = []
    clicks = [
        threading.Thread(target=lambda: answers.append(relay.submit(fields))) for _ in range(4)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    receipts = {relay.receipt(answer) for answer in answers}
    relay.clock.turn(hours=30)
    receipts.add(relay.receipt(relay.submit(fields)))
    assert len(receipts) == 1
    assert [relay.count(table) for table in ("letter", "outbox", "event")] == [1, 1, 1]


def test_23_the_same_token_with_another_body_is_refused_naming_the_first(relay: Relay) -> None:
    fields = relay.checked()
    reference, _code = relay.receipt(relay.submit(fields))
    answer = relay.submit({**fields, "letter": "另一件事"})
    assert answer.status_code == 409
    assert reference in answer.text
    assert hidden_fields(answer.text)["letter"] == ["另一件事"]
    assert relay.count("letter") == 1


def test_24_a_stale_cached_form_is_shown_again_with_the_data(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build")
    relay = Relay(tmp_path, build)
    fields = relay.checked()
    form = (REPOSITORY / "content" / "forms" / "governor-mailbox.yaml").read_text("utf-8")
    write_form(build, form.replace("id: subject", "id: headline"), "governor-mailbox")
    answer = relay.submit(fields)
    assert answer.status_code == 422
    assert "路灯" in answer.text
    assert "学校门口的路灯坏了。</textarea>" in answer.text
    assert relay.count("letter") == 0


def test_24_an_old_check_page_is_shown_again_with_the_data(relay: Relay) -> None:
    fields = relay.checked()
    relay.clock.turn(hours=5)
    answer = relay.submit(fields)
    assert (answer.status_code, relay.count("letter")) == (200, 0)
    again = hidden_fields(answer.text)
    assert again["letter"] == fields["letter"]
    relay.clock.turn(seconds=5)
    assert relay.submit(again).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "A" * 200, "ä"])
def test_24_a_forged_token_leads_to_the_check_page(relay: Relay, token: str) -> None:
    answer = relay.submit({**relay.checked(), "_token": token})
    assert (answer.status_code, relay.count("letter")) == (200, 0)
    assert hidden_fields(answer.text)["letter"] == ["学校门口的路灯坏了。"]


def test_25_without_javascript_errors_are_summarised_with_focus_and_beside_fields(
    relay: Relay,
) -> None:
    page = relay.check({**LETTER, "name": "", "phone": "12", "mail": "a@b"})
    assert page.status_code == 422
    assert "<script" not in page.text
    summary = page.text.index('<div class="error-summary" role="alert" tabindex="-1" autofocus>')
    for field in ("name", "phone", "mail"):
        assert page.text.index(f'<a href="#f-{field}">') > summary
        assert f'id="f-{field}-error"' in page.text
    assert "学校门口的路灯坏了。</textarea>" in page.text
    assert 'value="a@b"' in page.text
    assert page.text.count("<h1") == 1


def test_26_text_at_maxlength_is_counted_as_the_browser_counts(relay: Relay) -> None:
    longest = "一\r\n😀𠀀" * 500
    assert len(longest.replace("\r\n", "\n").encode("utf-16-le")) // 2 == 3000
    fields = relay.checked({**LETTER, "letter": longest})
    assert relay.submit(fields).status_code == 303
    assert relay.check({**LETTER, "letter": longest + "x"}).status_code == 422


def test_a_closed_form_takes_nothing_but_keeps_the_promise_of_its_check_page(
    tmp_path: Path,
) -> None:
    build = write_build(tmp_path / "build")
    form = (REPOSITORY / "content" / "forms" / "governor-mailbox.yaml").read_text("utf-8")
    closing = form.replace("opens: 2026-01-01", "closes: 2026-11-12")
    write_form(build, closing, "governor-mailbox")
    relay = Relay(tmp_path, build)
    relay.clock.now = relay.clock.now.replace(hour=15, minute=59)
    fields = relay.checked()
    relay.clock.turn(minutes=10)
    assert relay.check().status_code == 403
    assert relay.submit(fields).status_code == 303


def test_a_receipt_is_shown_for_an_hour_and_is_never_guessed(relay: Relay) -> None:
    answer = relay.submit(relay.checked())
    url = answer.headers["location"]
    page = relay.client.get(url)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    relay.clock.turn(minutes=61)
    assert relay.client.get(url).status_code == 410
    assert relay.client.get(url[:-6] + "AAAAAA").status_code == 404


def test_looking_up_is_by_post_only(relay: Relay) -> None:
    reference, code = relay.write()
    page = relay.client.get("/zh/relay/status", params={"reference": reference, "code": code})
    assert page.status_code == 200
    assert reference not in page.text


@pytest.mark.parametrize(
    "url",
    ["/fr/relay/status", "/zh/relay/no-form/check", "/zh/relay/..%2fx/check", "/zh/relay/x/y"],
)
def test_an_unknown_address_gets_the_portals_page(relay: Relay, url: str) -> None:
    answer = relay.client.post(url, data={"a": "b"})
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_reload_of_the_address_leads_to_the_form(relay: Relay) -> None:
    answer = relay.client.get("/bo/relay/governor-mailbox/check", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/bo/forms/governor-mailbox/")


def test_every_shipped_form_can_be_answered_and_sent(relay: Relay, server: ScriptedServer) -> None:
    relay.clock.now = relay.clock.now.replace(month=12, day=1)  # a day on which all are open
    form_ids = [file.stem for file in sorted((relay.build / "forms").iterdir())]
    assert len(form_ids) == 11
    for form_id in form_ids:
        form = relay.site_form(form_id)
        answers = sample_answers(form, relay.clock().date(), "person.a@example.com")
        fields = relay.checked(answers, form_id)
        if form.file_field:
            answer = relay.client.post(
                f"/zh/relay/{form_id}/submit",
                data=fields,
                files={form.file_field.id: ("a.txt", b"text", "text/plain")},
                follow_redirects=False,
            )
        else:
            answer = relay.submit(fields, form_id)
        reference, _ = relay.receipt(answer)
        assert reference.startswith(f"{form.reference_prefix}-")
    assert relay.sender(server).deliver_due() == len(form_ids)
    assert relay.count("letter", "state = 'forwarded'") == len(form_ids)


def test_an_address_is_never_read_as_anything_but_an_address(relay: Relay) -> None:
    url = "/zh/relay/{lang.__class__}/check"
    assert relay.client.get(url, follow_redirects=False).status_code == 404
    answer = relay.client.post(url, content=b"a;b")
    assert answer.status_code == 415
    assert "class" not in answer.headers.get("location", "")


def test_a_broken_frame_is_answered_plainly(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build")
    (build / "frames").mkdir(exist_ok=True)
    (build / "frames" / "zh.html").write_text("<p>no slots</p>", "utf-8")
    answer = Relay(tmp_path, build).check()
    assert (answer.status_code, answer.headers["content-type"]) == (
        500,
        "text/plain; charset=utf-8",
    )


def test_a_build_that_cannot_be_read_leaves_what_was_read_before(relay: Relay) -> None:
    form = relay.site_form("governor-mailbox")
    relay.publish(form)
    fields = relay.checked()
    for name in ("forms/governor-mailbox.json", "frames/labels.json"):
        (relay.build / name).write_text("{half", "utf-8")
    assert relay.check().status_code == 200
    assert relay.submit(fields).status_code == 303
    relay.publish(form)
    assert relay.check().status_code == 200
