"""relay.toml: what is read, and what an operator reads where it is wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from domain.forms import Form
from domain.problems import PortalError
from relay.configuration import Configuration, Limits
from relay.configuration_file import load_configuration
from relay.routing import Absence

RIGHT = """format = 1
[mail]
host = "smtp.aba.example"
from_address = "relay@aba.example"
[addresses]
gov-office = "mailbox@gov-office.example"
fallback = "operators@aba.example"
"""


def load(folder: Path, text: str) -> Configuration:
    file = folder / "relay.toml"
    file.write_text(text, "utf-8")
    return load_configuration(file)


DAY = date(2026, 10, 3)


def codes_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(PortalError) as caught:
        load(folder, text)
    return [problem.code for problem in caught.value.problems]


def test_the_shortest_right_configuration(tmp_path: Path) -> None:
    (tmp_path / "relay.toml").write_text(RIGHT, "utf-8")
    configuration = load_configuration(tmp_path / "relay.toml")
    assert configuration.find_address("gov-office", DAY) == "mailbox@gov-office.example"
    assert configuration.find_address("finance", DAY) == "operators@aba.example"
    assert configuration.find_address("fallback", DAY) == "operators@aba.example"
    assert configuration.mail.starttls == "required"
    assert configuration.limits == Limits()
    assert configuration.store_file == tmp_path / "relay-data" / "letters.sqlite"


ROUTED = """
[[routes]]
form = "governor-mailbox"
topic = "help"
county = "jinchuan"
to = "civil-affairs"

[[routes]]
form = "department-report"
department = "gov-office"
to = "letters-visits"

[merged]
poverty-office = "rural-revitalisation"

[[absences]]
department = "civil-affairs"
first = 2026-10-01
last = 2026-10-07
to = "letters-visits"
"""
ADDRESSES = """civil-affairs = "letters@civil.example"
rural-revitalisation = "letters@rural.example"
letters-visits = "letters@visits.example"
"""


@pytest.fixture
def routed(tmp_path: Path) -> Configuration:
    file = tmp_path / "relay.toml"
    file.write_text(RIGHT.replace("[addresses]\n", "[addresses]\n" + ADDRESSES) + ROUTED, "utf-8")
    return load_configuration(file)


def form_of(form_id: str) -> Form:
    return Form(form_id, {"zh": "来信"}, "gov-office", "LX", {"zh": "来信"}, ())


@pytest.mark.parametrize(
    ("form_id", "answers", "department"),
    [
        ("governor-mailbox", {"topic": ["help"], "county": ["jinchuan"]}, "civil-affairs"),
        ("governor-mailbox", {"topic": ["help"], "county": ["xiaojin"]}, "gov-office"),
        ("governor-mailbox", {"topic": ["help"]}, "gov-office"),
        ("proposals", {"topic": ["help"], "county": ["jinchuan"]}, "gov-office"),
        ("department-report", {"department": ["education"]}, "education"),
        ("department-report", {"department": ["gov-office"]}, "letters-visits"),
        ("department-report", {"department": []}, "gov-office"),
    ],
)
def test_a_letter_goes_by_form_topic_county_and_the_department_named(
    routed: Configuration, form_id: str, answers: dict[str, list[str]], department: str
) -> None:
    assert routed.routing.find_department(form_of(form_id), answers) == department


def test_who_is_merged_or_away_is_stood_in_for(routed: Configuration) -> None:
    assert routed.find_address("poverty-office", DAY) == "letters@rural.example"
    assert routed.find_address("civil-affairs", DAY) == "letters@visits.example"
    for day in (date(2026, 9, 30), date(2026, 10, 8)):
        assert routed.find_address("civil-affairs", day) == "letters@civil.example"


def test_departments_that_stand_in_for_each_other_end_somewhere(routed: Configuration) -> None:
    both_away = replace(
        routed.routing,
        absences=(
            *routed.routing.absences,
            Absence("letters-visits", date(2026, 10, 1), date(2026, 10, 7), "civil-affairs"),
        ),
    )
    found = replace(routed, routing=both_away).find_address("civil-affairs", DAY)
    assert found == "letters@visits.example"


@pytest.mark.parametrize(
    "more",
    [
        '[[routes]]\nform = "proposals"\nto = "nobody"\n',
        '[[routes]]\nform = "proposals"\n',
        '[merged]\na = "b"\nb = "a"\n',
        '[merged]\ngov-office = "office"\noffice = "gov-office"\n',
        '[[absences]]\ndepartment = "x"\nfirst = 2026-10-07\nlast = 2026-10-01\nto = "gov-office"\n',
    ],
)
def test_a_way_that_leads_to_nobody_is_a_problem(tmp_path: Path, more: str) -> None:
    assert set(codes_of(tmp_path, RIGHT + more)) == {"relay-route"}


def test_an_age_key_that_is_none_is_a_problem(tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    right = f'[age_keys]\ngov-office = "{identity.to_public()}"\n'
    assert list(load(tmp_path, RIGHT + right).age_keys) == ["gov-office"]
    assert codes_of(tmp_path, RIGHT + '[age_keys]\ngov-office = "age1x"\n') == ["relay-age-key"]
    # The secret half, by mistake.
    assert codes_of(tmp_path, f'{RIGHT}[age_keys]\ngov-office = "{identity}"\n') == [
        "relay-age-key"
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('[[routes]]\nfrom = "proposals"\nto = "gov-office"\n', "relay-unknown-key"),
        ("routes = 1\n", "relay-value"),
        ('[[absences]]\ndepartment = "x"\nfirst = "soon"\nto = "gov-office"\n', "relay-value"),
    ],
)
def test_routes_are_read_key_by_key(tmp_path: Path, more: str, code: str) -> None:
    text = more + RIGHT if more.startswith("routes") else RIGHT + more
    assert code in codes_of(tmp_path, text)


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
