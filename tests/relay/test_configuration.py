"""relay.toml: what is read, and what an operator reads where it is wrong."""

from pathlib import Path

import pytest

from domain.problems import PortalError
from relay.configuration import Limits, load_configuration

RIGHT = """format = 1
[mail]
host = "smtp.aba.example"
from_address = "relay@aba.example"
[addresses]
gov-office = "mailbox@gov-office.example"
fallback = "operators@aba.example"
"""


def load(folder: Path, text: str) -> object:
    file = folder / "relay.toml"
    file.write_text(text, "utf-8")
    return load_configuration(file)


def codes_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(PortalError) as caught:
        load(folder, text)
    return [problem.code for problem in caught.value.problems]


def test_the_shortest_right_configuration(tmp_path: Path) -> None:
    (tmp_path / "relay.toml").write_text(RIGHT, "utf-8")
    configuration = load_configuration(tmp_path / "relay.toml")
    assert configuration.find_address("gov-office") == "mailbox@gov-office.example"
    assert configuration.find_address("finance") == "operators@aba.example"
    assert configuration.find_address("fallback") == "operators@aba.example"
    assert configuration.mail.starttls == "required"
    assert configuration.limits == Limits()
    assert configuration.store_file == tmp_path / "relay-data" / "letters.sqlite"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("format = 1", "format = 2", "relay-format"),
        ("format = 1\n", "format = 1\ntimezone = 'Mars/Phobos'\n", "relay-timezone"),
        ("format = 1\n", "format = 1\ntrusted_proxies = ['proxy']\n", "relay-proxy"),
        ("format = 1\n", "format = 1\ntrusted_proxies = '::1'\n", "relay-value"),
        ("format = 1\n", "format = 1\norigin = ['x']\n", "relay-unknown-key"),
        ("[mail]\n", "[mail]\nstartls = 'never'\n", "relay-unknown-key"),
        ("[mail]\n", "[mail]\nport = 'x'\n", "relay-value"),
        ("[mail]\n", "[mail]\nport = -1\n", "relay-value"),
        ("[mail]\n", "[mail]\nstarttls = 'never'\n", "relay-starttls"),
        ("[mail]\n", "[mail]\nstarttls = 'perhaps'\n", "relay-starttls"),
        ("[mail]\n", "[mail]\ntimeout_seconds = 300\n", "relay-lease"),
        ('fallback = "operators@aba.example"', "", "relay-address"),
        ("mailbox@gov-office.example", "A <a@b.example>", "relay-address"),
        ("relay@aba.example", "relay@aba.example\\r\\nBcc: a@b.example", "relay-address"),
    ],
)
def test_a_mistake_is_a_problem(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert codes_of(tmp_path, RIGHT.replace(old, new)) == [code]


def test_all_mistakes_come_at_once_with_their_remedies(tmp_path: Path) -> None:
    text = RIGHT.replace("[mail]\n", "[mail]\nstartls = 'x'\nport = 'y'\n")
    with pytest.raises(PortalError) as caught:
        load(tmp_path, text)
    assert 'relay.toml: [mail] has no setting "startls"  [relay-unknown-key]' in str(caught.value)
    assert "Did you mean starttls?" in str(caught.value)
    assert "2 problem(s)" in str(caught.value)


@pytest.mark.parametrize("text", ["format = ", "\0"])
def test_what_is_not_toml_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(PortalError, match="not TOML"):
        load(tmp_path, text)


def test_no_file_is_said_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PortalError, match="python -m relay init"):
        load_configuration(tmp_path / "none.toml")
