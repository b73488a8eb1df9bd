"""One form, read from its YAML: page, browser attributes, rules, mail and table have all its fields."""

import csv
import io
import re
from pathlib import Path

import pytest

from domain.forms import FIELD_TYPES
from relay.operators import print_table
from relay.sending import make_translators
from tests.relay.harness import THEME, Relay, ScriptedServer, write_build, write_form

FORM = """format: 1
id: everything
names: {zh: 全部}
department: gov-office
reference_prefix: QB
subject: {zh: 全部来信}
mail_mode: full
fields:
  - {id: line, type: text, label: {zh: 标签一}, required: true, max_length: 9}
  - {id: story, type: long-text, label: {zh: 标签二}, max_length: 99}
  - {id: one, type: choice, label: {zh: 标签三}, options: [{id: a, label: {zh: 甲项}}, {id: b, label: {zh: 乙项}}]}
  - {id: some, type: multiple, label: {zh: 标签四}, options: [{id: c, label: {zh: 丙项}}, {id: d, label: {zh: 丁项}}]}
  - {id: mail, type: e-mail, label: {zh: 标签五}}
  - {id: call, type: phone, label: {zh: 标签六}}
  - {id: card, type: id-number, label: {zh: 标签七}}
  - {id: day, type: date, label: {zh: 标签八}, earliest: 2026-01-01, latest: 2026-12-31}
  - {id: count, type: number, label: {zh: 标签九}, min: 1, max: 40}
  - {id: agreed, type: consent, label: {zh: 标签十}, required: true}
  - {id: grade, type: scale, label: {zh: 标签十一}, min: 1, max: 3}
  - {id: order, type: ranking, label: {zh: 标签十二}, options: [{id: e, label: {zh: 戊项}}, {id: f, label: {zh: 己项}}]}
  - {id: papers, type: file, label: {zh: 标签十三}, accept: [txt], max: 2}
"""
# What the browser is told, what is written, what staff read of it, and what is refused.
FIELDS = {
    "line": (r'name="line" type="text"[^>]* maxlength="9"[^>]* required', "一行", "一行", "十" * 10),
    "story": (r'<textarea [^>]*name="story"[^>]* maxlength="99"', "一\r\n二", "一\n二", "长" * 100),
    "one": (r'type="radio"[^>]* name="one" value="b"', "b", "乙项", "x"),
    "some": (r'type="checkbox"[^>]* name="some" value="d"', ["c", "d"], "丙项; 丁项", "x"),
    "mail": (r'name="mail" type="email"[^>]* maxlength="254"[^>]* autocomplete="email"',
             "person.a@example.com", "person.a@example.com", "a@b"),
    "call": (r'name="call" type="tel"[^>]* autocomplete="tel"', "+86 138 0000 0000", "13800000000", "12"),
    "card": (r'name="card" type="text"', "11010519491231002x", "11010519491231002X", "110105194912310021"),
    "day": (r'name="day" type="date"[^>]* min="2026-01-01" max="2026-12-31"', "2026年3月1日", "2026-03-01", "2027-01-01"),
    "count": (r'name="count" type="text" inputmode="numeric"', "３0", "30", "41"),
    "agreed": (r'type="checkbox"[^>]* name="agreed" value="yes" required', "yes", "是", "no"),
    "grade": (r'type="radio"[^>]* name="grade" value="3"', "2", "2 (1-3)", "4"),
    "order": (r'<select [^>]*name="order"', ["f", "e"], "1. 己项; 2. 戊项", ["e", "e"]),
}  # fmt: skip


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    build = write_build(tmp_path / "build")
    write_form(build, FORM, "everything")
    return Relay(tmp_path, build)


ANSWERS = {name: answer for name, (_, answer, _, _) in FIELDS.items()}


def test_every_type_of_field_is_in_it(relay: Relay) -> None:
    assert {field.type for field in relay.site_form("everything").fields} == set(FIELD_TYPES)
    assert {field.id for field in relay.site_form("everything").fields} == {*FIELDS, "papers"}


def test_the_page_asks_every_question_and_tells_the_browser_its_bounds(relay: Relay) -> None:
    page = relay.check({"_step": "edit"}, "everything").text
    for field in relay.site_form("everything").fields:
        assert field.label["zh"] in page
    for name, (markup, *_rest) in FIELDS.items():
        assert re.search(markup, page), name
    # Files are chosen where the answers are read again.
    confirm = relay.check(ANSWERS, "everything").text
    assert re.search(r'name="papers" type="file" accept="\.txt" multiple', confirm)


@pytest.mark.parametrize("name", FIELDS)
def test_what_breaks_a_fields_rule_is_shown_beside_it(relay: Relay, name: str) -> None:
    page = relay.check({**ANSWERS, name: FIELDS[name][3]}, "everything")
    assert page.status_code == 422
    assert re.findall(r'href="#f-([a-z]+)', page.text) == [name]


def test_mail_and_table_have_all_answers_under_the_forms_own_labels(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.client.post(
        "/zh/relay/everything/submit",
        data=relay.checked(ANSWERS, "everything"),
        files=[("papers", (f"{name}.txt", b"1", "text/plain")) for name in ("甲", "乙")],
    )
    relay.sender(server).deliver_due()
    mail = server.mails[0].parse().get_content().replace("\r\n", "\n")
    table = io.StringIO()
    form = relay.site_form("everything")
    translate = make_translators(THEME)("zh")
    print_table(
        relay.letters, relay.keyring, relay.configuration, form, translate, relay.clock, table
    )
    head, line = list(csv.reader(io.StringIO(table.getvalue().removeprefix("\ufeff"))))
    cells = dict(zip(head, line, strict=True))
    for field in form.fields:
        label = field.label["zh"]
        assert f"\n{label}\n    " in mail
        shown = "甲.txt; 乙.txt" if field.id == "papers" else FIELDS[field.id][2]
        assert shown in cells[label]
        if field.id != "papers":  # whose sizes the mail says as well
            assert all(f"    {part}\n" in mail for part in re.split("; |\n", shown) if part)
