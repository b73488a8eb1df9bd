"""What goes into a mail, and what never does; faults 27 to 32."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.configuration import Configuration, MailSettings
from relay.mail import MailMismatchError, compose_mail, mail_headers
from relay.mail_addresses import is_deliverable_address
from relay.mail_kinds import MailFacts, Writing, write_letter
from relay.payload import Payload
from relay.routing import Absence, Routing
from tests.relay.harness import LETTER, START, SURVEY, Relay, ScriptedServer

SETTINGS = MailSettings(from_address="relay@portal.example", from_name="阿坝州人民政府")
PAYLOAD = Payload(
    form_name="州长信箱",
    subject="州长信箱来信",
    mail_mode="full",
    reply_to="person.a@example.com",
    answers={},
    rows=(("来信内容", ("第一行\n第二行",)),),
)
HEADER_NAMES = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
]
LINE_ENDS = ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"]
ENCODED_WORDS = [
    "=?UTF-8?Q?Hi=0D=0ABcc:_x@example.com?=",
    "=?utf-8?b?SGkNCkJjYzogeEBleGFtcGxlLmNvbQ==?=",
    "=?UTF-8?Q?=0ABcc:_x@example.com?= =?UTF-8?Q?=0D=0A_more?=",
]


def compose(payload: Payload, recipient: str = "b@c.example") -> bytes:
    writing = written(payload)
    headers = mail_headers(
        writing.subject, writing.reply_to, "<1@portal.example>", recipient, START, SETTINGS
    )
    return compose_mail(headers, writing.text)


def opened(content: bytes, identity: Any) -> str:
    """What the department reads with its key."""
    text = BytesParser(policy=default).parsebytes(content).get_content()
    block = text[text.index("-----BEGIN AGE") :].encode("ascii")
    return str(pyrage.decrypt(block, [identity]).decode("utf-8"))


def test_a_letter_in_mode_age_is_read_with_the_departments_key_only() -> None:
    identity, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    facts = MailFacts(
        "2026-11-12 09:30", "https://portal.example/x", age_key=str(identity.to_public())
    )
    payload = replace(PAYLOAD, mail_mode="age")
    writing = write_letter(payload, "LX-20261112-7K3QD", "2026-12-03", facts, str)
    headers = mail_headers(
        writing.subject, writing.reply_to, "<1@x.example>", "b@c.example", START, SETTINGS
    )
    content = compose_mail(headers, writing.text)
    assert "第一行" not in writing.text
    assert "Reply-To" not in str(headers)
    assert "    第一行\n    第二行" in opened(content, identity)
    with pytest.raises(pyrage.DecryptError):
        opened(content, stranger)


def test_a_letter_in_mode_age_without_a_key_says_no_more_than_notify() -> None:
    texts = {mode: written(replace(PAYLOAD, mail_mode=mode)).text for mode in ("age", "notify")}
    assert texts["age"] == texts["notify"]
    assert "第一行" not in texts["age"]


def test_the_key_is_that_of_whoever_stands_in(tmp_path: Path) -> None:
    day = date(2026, 11, 12)
    configuration = Configuration(
        data_folder=tmp_path,
        addresses={"a": "a@x.example", "b": "b@x.example"},
        fallback="f@x.example",
        mail=SETTINGS,
        routing=Routing(absences=(Absence("a", day, day, "b"),)),
        age_keys={"a": "key of a", "b": "key of b"},
    )
    assert configuration.find_age_key("a", day) == "key of b"
    assert configuration.find_age_key("a", day + timedelta(days=1)) == "key of a"
    assert configuration.find_age_key("lost", day) == ""


def written(payload: Payload) -> Writing:
    facts = MailFacts("2026-11-12 09:30", "https://portal.example/zh/relay/staff/x")
    return write_letter(payload, "LX-20261112-7K3QD", "2026-12-03", facts, str)


def header_names(content: bytes) -> list[str]:
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    return sorted(line.partition(b":")[0].decode() for line in head.split(b"\r\n"))


@pytest.mark.parametrize("line_end", LINE_ENDS)
def test_27_line_ends_in_every_field_never_reach_a_header(
    relay: Relay, server: ScriptedServer, line_end: str
) -> None:
    attack = f"x{line_end}Bcc: thief@example.com"
    sent = 0
    for field in LETTER:
        page = relay.check({**LETTER, field: attack})
        sent += page.status_code == 200
    for field in SURVEY:
        page = relay.check({**SURVEY, field: attack}, "service-survey")
        if page.status_code == 200:
            relay.write({**SURVEY, field: attack}, "service-survey")
            sent += 1
    relay.sender(server).deliver_due()
    for mail in server.mails:
        assert header_names(mail.content) == HEADER_NAMES
        assert mail.recipients == ("mailbox@gov-office.example",)
    assert "thief@example.com" not in server.rcpts
    # Only the long texts take line ends, and only the true ones.
    assert sent == (2 if line_end in ("\r\n", "\r", "\n") else 0)


@pytest.mark.parametrize("word", ENCODED_WORDS)
def test_28_encoded_words_stay_text(relay: Relay, server: ScriptedServer, word: str) -> None:
    relay.write({**SURVEY, "remarks": word}, "service-survey")
    relay.write({**LETTER, "subject": word[:60], "name": word[:50], "letter": word})
    relay.sender(server).deliver_due()
    assert len(server.mails) == 2
    for mail in server.mails:
        assert header_names(mail.content) == HEADER_NAMES
    assert word in server.mails[0].parse().get_content()


@pytest.mark.parametrize(
    "word", [*ENCODED_WORDS, *(f"x{end}Bcc: a@b.example" for end in LINE_ENDS)]
)
@pytest.mark.parametrize("place", ["subject", "from_name", "message_id"])
def test_28_even_from_our_own_settings_no_header_can_be_smuggled(place: str, word: str) -> None:
    payload, settings, message_id = PAYLOAD, SETTINGS, "<1@portal.example>"
    if place == "subject":
        payload = replace(payload, subject=word)
    elif place == "from_name":
        settings = replace(settings, from_name=word)
    else:
        message_id = f"<{word}@portal.example>"
    try:
        headers = mail_headers(
            f"{payload.subject} LX-1", payload.reply_to, message_id, "b@c.example", START, settings
        )
        content = compose_mail(headers, "text\r\n")
    except (MailMismatchError, ValueError):
        return
    assert header_names(content) == sorted([*HEADER_NAMES, "Reply-To"])
    parsed = BytesParser(policy=default).parsebytes(content)
    assert parsed["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        '"a b"@c.example',
        "<a@b.example>",
        "A <a@b.example>",
        "a@b.example>",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b",
        "a@@b.example",
        "a@b..example",
        ".a@b.example",
        "a..b@c.example",
        "=?utf-8?q?a?=@b.example",
        "a@b.example\0",
        "a%c@b.example@d.example",
        "@a.example:b@c.example",
        "a" * 65 + "@b.example",
        "a@" + "b." * 130 + "example",
        "-oQ@b.example",
        "|cat@b.example",
        "a@b.example(comment)",
    ],
)
def test_29_hostile_addresses_are_refused_and_get_no_mail(
    relay: Relay, server: ScriptedServer, address: str
) -> None:
    assert not is_deliverable_address(address)
    page = relay.check({**LETTER, "mail": address})
    if page.status_code == 200:
        relay.write({**LETTER, "mail": address})
    relay.write()
    relay.sender(server).deliver_due()
    assert server.rcpts == ["mailbox@gov-office.example"] * len(server.mails)
    with pytest.raises((MailMismatchError, ValueError)):
        compose(PAYLOAD, recipient=address)
    assert b"Reply-To" not in compose(replace(PAYLOAD, reply_to=address))


def test_29_a_checked_address_stands_in_reply_to_without_a_name() -> None:
    parsed = BytesParser(policy=default).parsebytes(compose(PAYLOAD))
    assert str(parsed["Reply-To"]) == "person.a@example.com"
    assert b"Reply-To" not in compose(replace(PAYLOAD, mail_mode="notify"))


def test_30_a_subject_of_200_chinese_characters_is_valid() -> None:
    subject = "州" * 200
    content = compose(replace(PAYLOAD, subject=subject))
    parsed = BytesParser(policy=default).parsebytes(content)
    assert str(parsed["Subject"]) == f"{subject} LX-20261112-7K3QD"
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))
    assert content.isascii()


@pytest.mark.parametrize(
    "text",
    [
        ".\n..\n.x\n\n.\n",
        "a\nb",
        "end\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>".replace("\r\n", "\n"),
        "end\n.\n\nQUIT",
        "From the start\n>From",
        "x" * 2000,
        "--boundary--\n",
        "\U0002f81a𠀀😀",
    ],
)
def test_31_dots_line_ends_and_smuggling_arrive_byte_for_byte(
    relay: Relay, server: ScriptedServer, text: str
) -> None:
    relay.write({**SURVEY, "remarks": text[:1000]}, "service-survey")
    relay.sender(server).deliver_due()
    assert len(server.mails) == 1
    assert server.rcpts == ["mailbox@gov-office.example"]
    lines = unicodedata.normalize("NFC", text[:1000]).strip().split("\n")
    expected = "".join(f"    {line}\r\n" for line in lines)
    body = server.mails[0].parse().get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode("utf-8").endswith(expected)


def test_31_nul_is_refused_before_it_is_stored(relay: Relay) -> None:
    page = relay.check({**SURVEY, "remarks": "a\0b"}, "service-survey")
    assert page.status_code == 422


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_31_any_text_that_can_be_written_arrives_as_it_was_or_is_not_sent(text: str) -> None:
    payload = replace(PAYLOAD, rows=(("标签", (text,)),))
    content = compose(payload)
    body: Any = BytesParser(policy=default).parsebytes(content).get_payload(decode=True)
    assert body == written(payload).text.encode("utf-8")


def test_32_html_and_markdown_are_plain_text(relay: Relay, server: ScriptedServer) -> None:
    markup = '<a href="http://x.example">[here](http://y.example)</a><script>alert(1)</script>'
    page = relay.check({**SURVEY, "remarks": markup}, "service-survey")
    assert "<script>alert" not in page.text
    assert 'href="http://x.example"' not in page.text
    relay.write({**SURVEY, "remarks": markup}, "service-survey")
    relay.sender(server).deliver_due()
    message = server.mails[0].parse()
    assert message.get_content_type() == "text/plain"
    assert not message.is_multipart()
    assert markup in message.get_content()


def test_a_mail_that_differs_from_what_was_meant_is_not_sent() -> None:
    headers = mail_headers("LX-1", "", "<1@p.example>", "b@c.example", START, SETTINGS)
    with pytest.raises(MailMismatchError):
        compose_mail(headers, "a lone\nline end\r\n")
    with pytest.raises(MailMismatchError):
        compose_mail([*headers, ("To", "d@e.example")], "text\r\n")
