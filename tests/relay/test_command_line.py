"""python -m relay: init, doctor, letter, send."""

import re
from pathlib import Path

import pytest

from domain.problems import PortalError
from relay.__main__ import main
from relay.keys import load_keys
from relay.store import read_events
from tests.relay.harness import CONTENT, LETTER, Relay, ScriptedServer
from tests.relay.processes import Installation


@pytest.fixture
def installation(tmp_path: Path, build: Path, server: ScriptedServer) -> Installation:
    return Installation(tmp_path, build, server.port)


@pytest.fixture
def relay(installation: Installation) -> Relay:
    relay = Relay(installation.store_file.parent, installation.build)
    relay.keyring = load_keys(installation.keys_file)
    relay.client = relay.make_client()
    return relay


def merged_departments() -> str:
    """For the configuration: one department has all letters."""
    ids = (CONTENT / "departments.yaml").read_text("utf-8")
    lines = [
        f'{id_} = "gov-office"' for id_ in re.findall(r"^  - id: ([a-z-]+)$", ids, re.MULTILINE)
    ]
    return "\n".join(["[merged]", *(line for line in lines if "gov-office =" not in line), ""])


def run(installation: Installation, *arguments: str) -> int:
    return main([*arguments, "--configuration", str(installation.file)])


def test_init_makes_keys_that_only_the_owner_reads_and_never_overwrites_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "relay.toml"
    assert main(["init", "--configuration", str(file)]) == 0
    keys = tmp_path / "relay-data" / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600
    before = keys.read_bytes()
    assert main(["init", "--configuration", str(file)]) == 0
    assert keys.read_bytes() == before
    assert "kept:" in capsys.readouterr().out


def test_keys_that_others_may_read_are_refused(installation: Installation) -> None:
    installation.keys_file.chmod(0o640)
    with pytest.raises(PortalError, match="chmod 600"):
        load_keys(installation.keys_file)
    assert run(installation, "send", "--once") == 1


def test_broken_keys_are_refused(installation: Installation) -> None:
    for text in ("", "[]", '{"format": 1}', '{"format": 1, "current": "a", "keys": {"a": "AA=="}}'):
        installation.keys_file.write_text(text)
        with pytest.raises(PortalError, match="not a keys file"):
            load_keys(installation.keys_file)


def test_the_doctor_finds_what_is_sound_and_what_is_not(
    installation: Installation, relay: Relay, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor = ["doctor", "--build", str(installation.build)]
    assert run(installation, *doctor) == 1
    lost = "online-petition: no address for letters-visits; their mail goes to the fallback"
    assert f"BAD  {lost}" in capsys.readouterr().out
    written = installation.file.read_text("utf-8")
    installation.file.write_text(written.replace("[limits]", f"{merged_departments()}[limits]"))
    assert run(installation, *doctor) == 0
    relay.write({**LETTER, "website": "x"})
    relay.change("DROP TRIGGER event_is_not_changed")
    relay.change("UPDATE event SET at = 0")
    assert run(installation, *doctor) == 1
    printed = capsys.readouterr().out
    assert "BAD  event 1 was altered" in printed
    assert "BAD  1 letter(s) held" in printed


def test_an_operator_reads_a_letter_and_the_log_says_so(
    installation: Installation, relay: Relay, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, _code = relay.write()
    assert run(installation, "letter", reference.lower()) == 0
    printed = capsys.readouterr().out
    assert "    学校门口的路灯坏了。" in printed
    assert [event.kind for event in read_events(relay.letters)] == ["received", "read"]
    assert run(installation, "letter", "LX-20261112-00000") == 1
    assert run(installation, "letter", "x") == 1


def test_an_operator_releases_a_held_letter(
    installation: Installation,
    relay: Relay,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference, _code = relay.write({**LETTER, "website": "x"})
    assert run(installation, "letter", "--held") == 0
    assert capsys.readouterr().out.strip() == reference
    assert run(installation, "letter", reference, "--release") == 0
    assert run(installation, "letter", reference, "--release") == 1
    relay.sender(server).deliver_due()
    assert [mail.recipients for mail in server.mails] == [("mailbox@gov-office.example",)]


def test_undelivered_letters_are_listed(
    installation: Installation,
    relay: Relay,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference, _code = relay.write()
    server.replies["DATA"] = ["554 no"]
    relay.sender(server).deliver_due()
    assert run(installation, "letter", "--undelivered") == 0
    assert capsys.readouterr().out.strip() == reference
