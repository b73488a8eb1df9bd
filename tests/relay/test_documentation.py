"""docs/reference/relay.md names every setting and command; every text has its translations."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from domain.templating import load_translations
from relay import files, form_flow, lookup_pages, staff_pages
from relay.configuration import Configuration, Limits, MailSettings
from relay.lookup import EVENT_TEXTS, STATE_TEXTS
from relay.mail_kinds import ALARM_TEXTS, DUE_IS_ESTIMATED, SUBJECTS
from relay.pages import REFUSALS, Problem
from tests.relay.harness import REPOSITORY, THEME

PAGE = (REPOSITORY / "docs" / "reference" / "relay.md").read_text("utf-8")


def msgids() -> list[str]:
    """Every text of the relay's pages that is put into words only when it is shown."""
    texts = [*STATE_TEXTS.values(), *EVENT_TEXTS.values()]
    texts += [*SUBJECTS.values(), *ALARM_TEXTS.values()]
    for module in (form_flow, lookup_pages, staff_pages):
        texts += [
            value
            for name, value in vars(module).items()
            if is_sentence(value) and not name.startswith("__")
        ]
    problems = [*REFUSALS.values(), *module_problems()]
    texts += [*files.MESSAGES, DUE_IS_ESTIMATED]
    return texts + [text for problem in problems for text in (problem.heading, problem.what)]


def is_sentence(value: object) -> bool:
    return (
        isinstance(value, str) and " " in value and value.endswith((".", "?")) and "\n" not in value
    )


def module_problems() -> list[Problem]:
    return [
        value
        for module in (form_flow, lookup_pages, staff_pages)
        for value in vars(module).values()
        if isinstance(value, Problem)
    ]


@pytest.mark.parametrize("settings", [Configuration, Limits, MailSettings])
def test_every_setting_is_documented(settings: type) -> None:
    names = {field.name for field in fields(settings)} - {"fallback", "limits"}
    assert {name for name in names if not re.search(rf"\b{name}\b", PAGE)} == set()


def test_every_command_and_crash_point_is_documented() -> None:
    options = (REPOSITORY / "relay" / "command_line.py").read_text("utf-8")
    commands = re.findall(r'add_parser\(\s*"([a-z]+)"', options)
    assert len(commands) == 17
    assert {name for name in commands if f"| `{name}" not in PAGE} == set()
    points = [
        point
        for source in Path(REPOSITORY / "relay").glob("*.py")
        for point in re.findall(r'pass_crash_point\("([^"]+)"\)', source.read_text("utf-8"))
    ]
    assert len(points) == 5
    assert {point for point in points if f"`{point}`" not in PAGE} == set()


def test_every_alarm_is_explained_to_operators_and_no_other() -> None:
    page = (REPOSITORY / "docs" / "operators.md").read_text("utf-8")
    table = page.partition("| alarm |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == set(ALARM_TEXTS)


def test_operators_are_told_of_every_unit() -> None:
    page = (REPOSITORY / "docs" / "operators.md").read_text("utf-8")
    started = re.search(r"systemctl enable --now (.*)`", page)
    assert started is not None
    timers = {timer.name for timer in (REPOSITORY / "deploy").glob("*.timer")}
    assert set(started.group(1).split()) == {"relay.service", *timers}


def test_staff_read_of_every_button_as_it_stands_on_their_page() -> None:
    template = (THEME / "templates" / "services" / "staff.html").read_text("utf-8")
    buttons = re.findall(r'act\("[a-z]+", _\("([^"]+)"', template)
    assert len(buttons) == 11
    translate = load_translations(THEME / "translations", "zh").gettext
    page = (REPOSITORY / "docs" / "staff.md").read_text("utf-8")
    for button in buttons:
        texts = (button, translate(button))
        english, chinese = (text.removesuffix("%(name)s").strip() for text in texts)
        assert f"{english} ({chinese})" in page or f"**{english}** ({chinese})" in page


@pytest.mark.parametrize("lang", ["zh", "bo"])
def test_every_text_is_translated(lang: str) -> None:
    translate = load_translations(THEME / "translations", lang).gettext
    assert len(msgids()) > 30
    assert [text for text in msgids() if translate(text) == text] == []
