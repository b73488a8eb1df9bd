"""Mail that comes back, and who is believed; faults 33 and 35."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, compat32
from pathlib import Path

import pytest

from relay.inbound import Inbound, Verdict
from relay.keys import make_keyring
from relay.moments import to_milliseconds
from relay.staff import read_answers
from relay.store import read_events
from relay.verp import find_mail_id, verp_address
from tests.relay.harness import LETTER, Relay, ScriptedServer
from tests.relay.test_staff import act, link_in_mail, look_up


def report(recipient: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as Postfix writes it."""
    lines = [
        "From: MAILER-DAEMON@mx.example",
        f"To: {recipient}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
        "",
        "--x",
        "Content-Type: text/plain",
        "",
        "This is the mail system.",
        "--x",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        "Final-Recipient: rfc822; mailbox@gov-office.example",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user",
        "",
        "--x--",
        "",
    ]
    return "\r\n".join(lines).encode()


def written(sender: str, in_reply_to: str, text: str, **headers: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = "relay@portal.example"
    message["Subject"] = "Re: 州长信箱来信"
    message["In-Reply-To"] = in_reply_to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def take(relay: Relay, content: bytes) -> Verdict:
    inbound = Inbound(relay.letters, relay.keyring, relay.configuration)
    return inbound.take(content, to_milliseconds(relay.clock()))


def kinds(relay: Relay) -> list[str]:
    return [event.kind for event in read_events(relay.letters)]


@pytest.fixture
def sent(either_relay: Relay, server: ScriptedServer) -> Relay:
    """A relay whose one letter is with the mail server."""
    either_relay.write()
    either_relay.sender(server).deliver_due()
    return either_relay


def test_35_a_bounce_leads_to_the_fallback_and_one_alarm_a_day(
    sent: Relay, server: ScriptedServer
) -> None:
    bounced = server.mails[0].sender
    assert take(sent, report(bounced)) is Verdict.BOUNCED
    sent.sender(server).deliver_due()
    assert server.mails[-1].recipients == ("operators@portal.example",)
    assert kinds(sent) == ["received", "forwarded", "bounced", "to-fallback", "forwarded"]
    # Again, and a second letter's bounce: nothing is sent twice, and no second alarm.
    take(sent, report(bounced))
    sent.write()
    sent.sender(server).deliver_due()
    take(sent, report(server.mails[-1].sender))
    sent.sender(server).deliver_due()
    assert len(server.alarms) == 1
    assert sent.count("outbox", "state = 'bounced'") == 2
    # The fallback's own bounce goes nowhere further.
    take(sent, report(server.mails[-1].sender))
    assert sent.sender(server).deliver_due() == 0


def test_35_only_an_address_with_our_mac_acts(sent: Relay, server: ScriptedServer) -> None:
    ours = server.mails[0].sender
    mail_id = find_mail_id(ours, sent.keyring)
    assert mail_id is not None
    forged = verp_address(mail_id, "relay@portal.example", make_keyring())
    for address in (
        forged,
        "relay@portal.example",
        ours.replace("-", "-a"),
        f"relay+{mail_id}@portal.example",
    ):
        assert take(sent, report(address)) is not Verdict.BOUNCED
    assert kinds(sent) == ["received", "forwarded"]


def test_35_forwarders_change_the_address_and_it_is_still_ours(
    sent: Relay, server: ScriptedServer
) -> None:
    local, _, domain = server.mails[0].sender.partition("@")
    assert take(sent, report(f"{local.upper()}@{domain}")) is Verdict.BOUNCED


def test_35_out_of_office_and_delays_change_nothing(sent: Relay, server: ScriptedServer) -> None:
    ours = server.mails[0].sender
    message_id = str(server.mails[0].parse()["Message-ID"])
    away = written("a@gov-office.example", message_id, "我在休假。", Auto_Submitted="auto-replied")
    assert take(sent, away) is Verdict.IGNORED
    assert take(sent, away.replace(b"relay@portal.example", ours.encode())) is Verdict.IGNORED
    assert take(sent, report(ours, "delayed", "4.4.1")) is Verdict.IGNORED
    assert kinds(sent) == ["received", "forwarded"]
    assert sent.sender(server).deliver_due() == 0


def test_a_delivery_report_is_noted(sent: Relay, server: ScriptedServer) -> None:
    assert take(sent, report(server.mails[0].sender, "delivered", "2.0.0")) is Verdict.DELIVERED
    assert sent.letters.query("SELECT state FROM outbox") == [("delivered",)]


def test_a_departments_answer_by_mail_waits_for_a_person(
    sent: Relay, server: ScriptedServer
) -> None:
    (reference,) = sent.letters.query("SELECT reference FROM letter")[0]
    message_id = str(server.mails[0].parse()["Message-ID"])
    content = written("clerk@gov-office.example", message_id, "路灯明天修。")
    assert take(sent, content) is Verdict.ANSWER
    assert take(sent, content) is Verdict.ANSWER
    letter_id = sent.letters.query("SELECT id FROM letter")[0][0]
    (answer,) = read_answers(sent.letters, sent.keyring, letter_id)
    assert (answer.state, answer.text) == ("parked", "路灯明天修。")
    assert "replied" not in kinds(sent)
    sent.sender(server).deliver_due()
    desk = act(sent, link_in_mail(server), "open")
    assert "路灯明天修。" in sent.client.get(desk).text
    act(sent, desk, "give", parked=answer.answer_id.hex())
    assert sent.letters.query("SELECT state FROM letter") == [("replied",)]
    assert reference


def test_an_answer_that_is_refused_is_never_shown_to_the_writer(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, code = relay.write()
    relay.sender(server).deliver_due()
    message_id = str(server.mails[0].parse()["Message-ID"])
    take(relay, written("x@thief.example", message_id, "请汇款。"))
    letter_id = relay.letters.query("SELECT id FROM letter")[0][0]
    (answer,) = read_answers(relay.letters, relay.keyring, letter_id)
    desk = act(relay, link_in_mail(server), "open")
    desk = act(relay, desk, "refuse", parked=answer.answer_id.hex())
    assert (
        relay.client.post(desk, data={"act": "give", "parked": answer.answer_id.hex()}).status_code
        == 409
    )
    assert "请汇款。" not in look_up(relay, reference, code)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00\r\n\r\n",
        b"To: relay@portal.example\r\nSubject: =?utf-8?q?=FF?=\r\n\r\nx",
        b"In-Reply-To: <00000000000000000000000000@portal.example>\r\n\r\nx",
        b"Content-Type: multipart/report; boundary=\r\n\r\nx",
    ],
)
def test_what_nobody_understands_is_left_for_a_person(relay: Relay, content: bytes) -> None:
    assert take(relay, content) is Verdict.UNKNOWN
    assert kinds(relay) == []


def test_a_maildir_is_emptied_and_what_is_not_understood_kept(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    relay.write()
    relay.sender(server).deliver_due()
    maildir = tmp_path / "maildir"
    (maildir / "new").mkdir(parents=True)
    (maildir / "new" / "1").write_bytes(report(server.mails[0].sender))
    (maildir / "new" / "2").write_bytes(b"Subject: hello\r\n\r\nx\r\n")
    inbound = Inbound(relay.letters, relay.keyring, relay.configuration)
    counts = inbound.read_maildir(maildir, to_milliseconds(relay.clock()))
    assert counts == {Verdict.BOUNCED: 1, Verdict.UNKNOWN: 1}
    assert list((maildir / "new").iterdir()) == []
    assert [file.name for file in (maildir / "cur").iterdir()] == ["2:2,"]


@pytest.mark.parametrize("charset", ["undefined", "idna", "x\0y", "unicode_escape", "hex", "none"])
def test_an_answer_in_a_charset_that_is_none_is_read_all_the_same(
    relay: Relay, server: ScriptedServer, charset: str
) -> None:
    relay.write()
    relay.sender(server).deliver_due()
    message_id = str(server.mails[0].parse()["Message-ID"])
    content = (
        f"In-Reply-To: {message_id}\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
        "mended \\ud800\r\n"
    )
    assert take(relay, content.encode()) is Verdict.ANSWER
    letter_id = relay.letters.query("SELECT id FROM letter")[0][0]
    (answer,) = read_answers(relay.letters, relay.keyring, letter_id)
    assert answer.text.startswith("mended")


def test_an_answer_to_the_envelope_sender_is_an_answer(sent: Relay, server: ScriptedServer) -> None:
    message_id = str(server.mails[0].parse()["Message-ID"])
    content = written("clerk@gov-office.example", message_id, "路灯明天修。")
    ours = server.mails[0].sender.encode()
    assert take(sent, content.replace(b"relay@portal.example", ours)) is Verdict.ANSWER


def test_an_answer_that_has_no_place_is_kept_and_operators_are_told(
    sent: Relay, server: ScriptedServer
) -> None:
    message_id = str(server.mails[0].parse()["Message-ID"])
    pages_only = written("clerk@gov-office.example", message_id, "<p>路灯明天修。</p>")
    pages_only = pages_only.replace(b"text/plain", b"text/html")
    assert take(sent, pages_only) is Verdict.UNKNOWN
    sent.change("DELETE FROM alarm")
    sent.change("UPDATE letter SET state = 'replied'")
    assert take(sent, written("clerk@x.example", message_id, "太晚")) is Verdict.UNKNOWN
    sent.sender(server).deliver_due()
    assert len(server.alarms) == 2
    assert "cur" in server.alarms[0].parse().get_content()


def test_a_bounce_in_words_of_its_own_is_left_for_a_person_and_operators_are_told(
    sent: Relay, server: ScriptedServer
) -> None:
    content = (
        f"From: Mail System <MAILER-DAEMON@mx.example>\r\nTo: {server.mails[0].sender}\r\n"
        "Return-Path: <>\r\nSubject: failure notice\r\n\r\nHi. I was unable to deliver.\r\n"
    )
    assert take(sent, content.encode()) is Verdict.UNKNOWN
    sent.sender(server).deliver_due()
    assert len(server.alarms) == 1


def test_a_mail_that_breaks_the_reader_does_not_hold_up_those_behind_it(
    relay: Relay, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay.write()
    relay.sender(server).deliver_due()
    maildir = tmp_path / "maildir"
    (maildir / "new").mkdir(parents=True)
    (maildir / "new" / "1").write_bytes(b"Subject: poison\r\n\r\nx\r\n")
    (maildir / "new" / "2").write_bytes(report(server.mails[0].sender))

    def read(content: bytes, **settings: object) -> Message:
        if b"poison" in content:
            raise IndexError("quotes the mail")
        return message_from_bytes(content, policy=compat32)

    # No mail is known that the library cannot read; there have been such.
    monkeypatch.setattr("relay.inbound.message_from_bytes", read)
    inbound = Inbound(relay.letters, relay.keyring, relay.configuration)
    counts = inbound.read_maildir(maildir, to_milliseconds(relay.clock()))
    assert counts == {Verdict.UNKNOWN: 1, Verdict.BOUNCED: 1}
    assert [file.name for file in (maildir / "cur").iterdir()] == ["1:2,"]


def test_33_a_writers_own_domain_is_never_in_from(relay: Relay, server: ScriptedServer) -> None:
    # With DMARC reject at the writer's provider, a mail from there would not arrive.
    relay.write({**LETTER, "mail": "person.a@strict-dmarc.example"})
    relay.sender(server).deliver_due()
    mail = server.mails[0]
    assert "relay@portal.example" in str(mail.parse()["From"])
    assert find_mail_id(mail.sender, relay.keyring) is not None
    assert mail.sender.endswith("@portal.example")
    assert b"strict-dmarc" not in mail.content.partition(b"\r\n\r\n")[0]


def test_a_mail_id_survives_a_change_of_keys(relay: Relay) -> None:
    address = verp_address("0" * 26, "relay@portal.example", relay.keyring)
    assert find_mail_id(address, relay.keyring) == "0" * 26
    assert len(address.partition("@")[0]) <= 64
