"""What goes back to the site, signed and without persons, and is taken over there; fault 54."""

import io
import signal
from pathlib import Path
from typing import Any

import pytest

from domain.bundles import CURRENT, read_bundle, show_public_key
from domain.problems import PortalError
from domain.tallies import Tally
from publishing.receiving import receive_bundle
from relay.exporting import export_bundle, signing_key
from relay.keys import load_keys, make_keyring
from relay.moments import to_milliseconds
from relay.operators import print_events, print_table, save_files
from relay.published import PublishedSite
from relay.store import read_events
from tests.problems.test_problems import find_problems
from tests.relay.harness import LETTER, Relay, ScriptedServer, write_build, write_form
from tests.relay.postgres import PostgresServer
from tests.relay.processes import KILLED, Installation
from tests.relay.test_staff import act, delivered_link

SURVEY = """format: 1
id: closed-survey
names: {zh: 已结束的调查, en: A survey that has closed}
department: gov-office
reference_prefix: DC
subject: {zh: 答卷}
anonymous: true
kind: survey
opens: 2026-11-01
closes: 2026-11-20
fields:
  - {id: grade, type: scale, label: {zh: 评分}, min: 1, max: 3, required: true}
  - {id: remarks, type: long-text, label: {zh: 意见}}
  - id: order
    type: ranking
    label: {zh: 先后}
    options: [{id: bus, label: {zh: 校车}}, {id: road, label: {zh: 道路}}]
"""
PETITION = """format: 1
id: petition
names: {zh: 网上信访}
department: gov-office
reference_prefix: XF
subject: {zh: 网上信访}
fields:
  - {id: letter, type: long-text, label: {zh: 内容}, required: true}
  - id: publish
    type: choice
    label: {zh: 能否公开}
    options: [{id: agree, label: {zh: 可以}}, {id: refuse, label: {zh: 不要}}]
"""
CANARY = "金丝雀某甲"
TITLE = '路灯: "修好了"'


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    build = write_build(tmp_path / "build")
    write_form(build, SURVEY, "closed-survey")
    write_form(build, PETITION, "petition")
    return Relay(tmp_path, build)


def publish(relay: Relay, server: ScriptedServer, answers: Any, form: str) -> str:
    """A letter, answered and published by its department; gives its reference."""
    reference, _ = relay.write(answers, form)
    desk = act(relay, delivered_link(relay, server), "open")
    desk = act(relay, act(relay, desk, "begin"), "reply", reply="已经修好。")
    act(
        relay,
        desk,
        "publish",
        title=TITLE,
        question="路灯坏了。\n<b>请修</b>",
        answer="已经*修好*。",
    )
    return reference


def export(relay: Relay) -> Path:
    folder = relay.folder / "return"
    now = to_milliseconds(relay.clock())
    site = PublishedSite(relay.build)
    return export_bundle(relay.letters, relay.keyring, relay.configuration, site, folder, now)


def key_of(relay: Relay) -> str:
    return show_public_key(signing_key(relay.keyring))


def test_a_published_reply_becomes_a_document_that_the_site_takes(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    reference = publish(relay, server, {**LETTER, "name": CANARY}, "governor-mailbox")
    written = export(relay)
    assert written == (relay.folder / "return" / CURRENT).resolve()
    path = f"selected-replies/2026/{reference.lower()}.md"
    assert list(read_bundle(written, key_of(relay)).files) == [path]
    content = tmp_path / "content"
    said = receive_bundle(written, key_of(relay), content)
    assert said == f"receive: 1 of 1 files are new or changed\n  {path}"
    text = (content / path).read_text("utf-8")
    assert "\\<b\\>请修\\</b\\>" in text
    assert CANARY not in text
    assert LETTER["phone"] not in text
    assert [problem.code for problem in find_problems(content)] == []


def test_equal_content_is_equal_bytes_and_other_content_another_bundle(
    relay: Relay, server: ScriptedServer
) -> None:
    publish(relay, server, LETTER, "governor-mailbox")
    first = export(relay)
    relay.clock.turn(hours=1)
    assert export(relay) == first
    publish(relay, server, LETTER, "governor-mailbox")
    second = export(relay)
    assert second != first
    assert [one.name for one in second.parent.glob("bundle-*")] == [second.name]


def test_a_writer_who_said_no_is_not_published(relay: Relay, server: ScriptedServer) -> None:
    publish(relay, server, {"letter": "路灯", "publish": "refuse"}, "petition")
    agreed = publish(relay, server, {"letter": "路灯", "publish": "agree"}, "petition")
    files = read_bundle(export(relay), key_of(relay)).files
    assert list(files) == [f"selected-replies/2026/{agreed.lower()}.md"]


def test_a_closed_survey_is_counted_and_an_open_one_is_not(relay: Relay, tmp_path: Path) -> None:
    for grade in ["3"] * 6 + ["2"] * 5 + ["1"]:
        answers = {"grade": grade, "remarks": CANARY, "order": ["bus", "road"]}
        relay.write(answers, "closed-survey")
    relay.write({"grade": "1", "website": "x"}, "closed-survey")
    assert list(read_bundle(export(relay), key_of(relay)).files) == []
    relay.clock.turn(days=9)
    written = export(relay)
    files = read_bundle(written, key_of(relay)).files
    assert list(files) == [
        *(f"reply-statistics/2026/event-log-2026.{kind}" for kind in ("csv", "md")),
        *(f"survey-results/2026/closed-survey.{kind}" for kind in ("json", "md")),
    ]
    assert not any(CANARY.encode() in content for content in files.values())
    tally = Tally.from_json(files["survey-results/2026/closed-survey.json"].decode())
    # The held one is not counted, and one hidden count takes the next smallest with it.
    assert tally.received == 12
    assert [line.count for line in tally.questions[0].lines] == [None, None, 6]
    assert [line.count for line in tally.questions[1].lines] == [12, 0]
    content = tmp_path / "content"
    receive_bundle(written, key_of(relay), content)
    assert find_problems(content) == []


def test_months_that_are_over_say_how_long_answers_took(
    relay: Relay, server: ScriptedServer
) -> None:
    publish(relay, server, LETTER, "governor-mailbox")
    for _ in range(6):
        relay.write()
    relay.clock.turn(days=30)
    files = read_bundle(export(relay), key_of(relay)).files
    tally = Tally.from_json(files["reply-statistics/2026/letters-2026-11.json"].decode())
    assert (tally.received, tally.first, tally.last) == (7, "2026-11-01", "2026-11-30")
    assert [line.count for line in tally.questions[0].lines] == [7]


def test_an_editors_words_stay_and_figures_are_brought_up_to_date(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    publish(relay, server, LETTER, "governor-mailbox")
    relay.clock.turn(days=30)
    written, content = export(relay), tmp_path / "content"
    receive_bundle(written, key_of(relay), content)
    for file in content.rglob("*.*"):
        file.write_text("changed", "utf-8")
    said = receive_bundle(written, key_of(relay), content)
    assert said.startswith("receive: 3 of 7 files")
    assert {
        file.suffix for file in content.rglob("*.*") if file.read_text("utf-8") == "changed"
    } == {".md"}


def test_the_hash_of_each_day_is_published_and_binds_what_was_before(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    relay.write()
    relay.clock.turn(hours=24)
    relay.write()
    relay.write()
    events = read_events(relay.letters)
    relay.clock.turn(hours=24)
    relay.write()
    written, content = export(relay), tmp_path / "content"
    receive_bundle(written, key_of(relay), content)
    table = content / "reply-statistics" / "2026" / "event-log-2026.csv"
    assert table.read_text("utf-8").splitlines() == [
        "day,last_event,hash",
        f"2026-11-12,1,{events[0].hash.hex()}",
        f"2026-11-13,3,{events[2].hash.hex()}",
    ]
    assert [problem.code for problem in find_problems(content)] == []
    published = table.read_text("utf-8")
    output = io.StringIO()
    assert print_events(relay.letters, "", output, published) == 0
    # Whoever rewrites the whole chain, hashes and all, is found out by a copy of the table.
    (tmp_path / "other").mkdir()
    other = Relay(tmp_path / "other", relay.build, clock=relay.clock)
    for _ in range(4):
        other.write()
    assert print_events(other.letters, "", output) == 0
    assert print_events(other.letters, "", output, published) == 1
    assert output.getvalue().endswith("was rewritten\n")
    with pytest.raises(ValueError, match="not a table"):
        print_events(relay.letters, "", output, "day\n")


def test_what_was_erased_is_named_for_withdrawal(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    reference = publish(relay, server, LETTER, "governor-mailbox")
    content = tmp_path / "content"
    receive_bundle(export(relay), key_of(relay), content)
    relay.change("UPDATE letter SET state = 'erased'")
    said = receive_bundle(export(relay), key_of(relay), content)
    assert f"selected-replies/2026/{reference.lower()}.md: its writer asked for erasure" in said


def test_a_bundle_of_another_key_or_altered_is_refused_whole(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    reference = publish(relay, server, LETTER, "governor-mailbox")
    written, content = export(relay), tmp_path / "content"
    with pytest.raises(PortalError, match="not signed with this key"):
        receive_bundle(written, show_public_key(signing_key(make_keyring())), content)
    (written / f"selected-replies/2026/{reference.lower()}.md").write_text("other")
    with pytest.raises(PortalError, match="was altered"):
        receive_bundle(written, key_of(relay), content)
    assert not content.exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_54_a_killed_export_leaves_the_old_bundle_whole_and_the_next_run_the_new(
    tmp_path: Path, build: Path, server: ScriptedServer, postgres: PostgresServer, kind: str
) -> None:
    database = postgres.make_database() if kind == "postgres" else ""
    installation = Installation(tmp_path, build, server.port, database=database)
    relay = Relay(installation.store_file.parent, build, database=database)
    relay.keyring = load_keys(installation.keys_file)
    relay.client = relay.make_client()
    current = tmp_path / "return" / CURRENT

    def run(crash_point: str = "") -> int:
        arguments = ["export", str(current.parent), "--build", str(build)]
        process = installation.start(*arguments, crash_point=crash_point)
        process.communicate(timeout=60)
        return process.returncode

    def replies() -> set[str]:
        """The replies of the bundle that holds, whose every byte is as it was signed."""
        files = read_bundle(current, key_of(relay)).files
        found = {Path(name).stem.upper() for name in files if name.startswith("selected-replies")}
        assert found
        return found

    first = publish(relay, server, LETTER, "governor-mailbox")
    assert run() == 0
    assert replies() == {first}
    second = publish(relay, server, LETTER, "governor-mailbox")
    assert run("before-switch") == KILLED == -signal.SIGKILL
    assert replies() == {first}
    assert run() == 0
    assert replies() == {first, second}
    relay.close()


def test_staff_save_a_file_by_their_link_as_it_came_and_the_log_says_so(
    relay: Relay, server: ScriptedServer
) -> None:
    write_form(
        relay.build, PETITION + "  - {id: papers, type: file, label: {zh: 附件}}\n", "petition"
    )
    relay.client.post(
        "/zh/relay/petition/submit",
        data=relay.checked({"letter": "路灯"}, "petition"),
        files=[("papers", ("便条.txt", b"1", "text/plain"))],
    )
    desk = act(relay, delivered_link(relay, server), "open")
    assert "便条.txt" in relay.client.get(desk).text
    saved = relay.client.post(desk, data={"act": "file", "file": "0"})
    assert saved.content == b"1"
    assert saved.headers["content-type"] == "application/octet-stream"
    name = "attachment; filename*=UTF-8''%E4%BE%BF%E6%9D%A1.txt"
    assert saved.headers["content-disposition"] == name
    assert relay.count("event", "kind = 'read'") == 1
    for number in ("1", "-1", "x", ""):
        assert relay.client.post(desk, data={"act": "file", "file": number}).status_code == 409
    assert relay.client.post(desk, data={"act": "file", "file": "0"}).status_code == 200


def test_operators_save_files_and_print_tables_and_the_log_says_so(
    tmp_path: Path, relay: Relay
) -> None:
    write_form(
        relay.build, PETITION + "  - {id: papers, type: file, label: {zh: 附件}}\n", "petition"
    )
    fields = relay.checked({"letter": "=1+1"}, "petition")
    answer = relay.client.post(
        "/zh/relay/petition/submit",
        data=fields,
        files=[("papers", ("../a.txt", b"1", "text/plain"))] * 2,
        follow_redirects=False,
    )
    reference, _ = relay.receipt(answer)
    folder = tmp_path / "saved"
    saved = save_files(relay.letters, relay.keyring, reference, relay.clock, folder)
    assert [file.name for file in saved] == [f"{reference}-1-a.txt", f"{reference}-2-a.txt"]
    assert [file.read_bytes() for file in folder.iterdir()] == [b"1", b"1"]
    published = PublishedSite(relay.build).find_form("petition")
    assert published is not None
    printed = io.StringIO()
    form, settings = published.form, relay.configuration
    print_table(relay.letters, relay.keyring, settings, form, str, relay.clock, printed)
    assert f"{reference},2026-11-12" in printed.getvalue()
    assert "'=1+1" in printed.getvalue()
    assert relay.count("event", "kind = 'read'") == 2
