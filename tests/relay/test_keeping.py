"""Retention, erasure, keys, backup and restore; faults 16, 19, 49 and 50."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from domain.problems import PortalError
from relay.copies import back_up, restore
from relay.erasure import erase_by_reference, erase_due, find_erased
from relay.events import find_broken_link
from relay.key_rotation import find_keys_in_use, seal_anew
from relay.keys import SealError, load_keys, remove_key, rotate_keys, write_new_keys
from relay.moments import to_milliseconds
from relay.operators import print_events
from relay.outbox import resume_mails
from relay.published import PublishedSite
from relay.sqlite_store import SqliteStore
from relay.staff import read_answers, read_payload, read_published_replies
from relay.store import read_events
from tests.relay.harness import LETTER, REPOSITORY, Relay, ScriptedServer
from tests.relay.test_staff import act, delivered_link, look_up


def now(relay: Relay) -> int:
    return to_milliseconds(relay.clock())


def answer(relay: Relay, server: ScriptedServer) -> None:
    desk = act(relay, delivered_link(relay, server), "open")
    desk = act(relay, desk, "reply", reply="答复内容")
    act(relay, desk, "publish", title="标题", question="问", answer="答")


def erase(relay: Relay) -> list[str]:
    return erase_due(relay.letters, relay.configuration, PublishedSite(relay.build), now(relay))


def test_50_what_a_person_wrote_goes_and_reference_dates_and_hash_stay(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, code = relay.write()
    answer(relay, server)
    relay.clock.turn(days=729)
    assert erase(relay) == []
    relay.clock.turn(days=2)
    assert erase(relay) == [reference]
    assert erase(relay) == []
    row = relay.letters.query("SELECT payload, answers_digest, state, received_at FROM letter")[0]
    assert row[:3] == (b"", b"", "erased")
    assert row[3] > 0
    assert [relay.count(table) for table in ("answer", "publication", "attachment")] == [0, 0, 0]
    events = read_events(relay.letters, reference)
    assert [events[0].kind, events[-1].kind] == ["received", "erased"]
    assert '"sealed":"' in events[0].detail
    assert find_broken_link(read_events(relay.letters)) is None
    assert find_erased(relay.letters) == [reference]
    assert read_published_replies(relay.letters, relay.keyring) == []
    assert "已删除" in look_up(relay, reference, code)


@pytest.mark.parametrize("state", ["held", "received", "forwarded", "acknowledged", "in-progress"])
def test_50_an_open_case_is_never_erased(relay: Relay, server: ScriptedServer, state: str) -> None:
    reference, _ = relay.write({**LETTER, "website": "x"} if state == "held" else None)
    if state != "received":
        relay.sender(server).deliver_due()
    if state in ("acknowledged", "in-progress"):
        desk = act(relay, delivered_link(relay, server), "open")
        if state == "in-progress":
            act(relay, desk, "begin")
    relay.clock.turn(days=5000)
    assert erase(relay) == []
    with pytest.raises(PortalError, match="nothing was erased"):
        erase_by_reference(relay.letters, reference, now(relay))
    assert relay.count("letter", "length(payload) > 100") == 1


def test_50_an_undelivered_letter_is_never_erased(relay: Relay) -> None:
    reference, code = relay.write()
    look_up(relay, reference, code, act="withdraw")
    relay.clock.turn(days=5000)
    assert relay.count("outbox", "state = 'ready'") == 1
    assert erase(relay) == []


def test_50_answers_of_a_survey_are_erased_after_their_time(
    relay: Relay, server: ScriptedServer
) -> None:
    form = replace(relay.site_form("governor-mailbox"), kind="survey")
    relay.publish(form)
    reference, _ = relay.write()
    relay.sender(server).deliver_due()
    relay.clock.turn(days=731)
    assert erase(relay) == [reference]


def test_49_an_erased_letter_is_in_no_page_of_the_files(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    relay.write()
    payload = relay.letters.query("SELECT payload FROM letter")[0][0]
    desk = act(relay, delivered_link(relay, server), "open")
    act(relay, desk, "reply", reply="好")
    relay.clock.turn(days=731)
    assert any(payload[20:80] in file.read_bytes() for file in tmp_path.glob("letters*"))
    erase(relay)
    assert not any(payload[20:80] in file.read_bytes() for file in tmp_path.glob("letters*"))


def test_a_new_key_seals_and_the_old_one_goes_when_nothing_needs_it(
    tmp_path: Path, build: Path, server: ScriptedServer
) -> None:
    keys_file = tmp_path / "keys.json"
    old = write_new_keys(keys_file)
    relay = Relay(tmp_path, build, keyring=load_keys(keys_file))
    reference, code = relay.write()
    answer(relay, server)
    new = rotate_keys(keys_file)
    assert keys_file.stat().st_mode & 0o777 == 0o600
    relay.keyring = load_keys(keys_file)
    relay.client = relay.make_client()
    assert "答复内容" in look_up(relay, reference, code)
    relay.write()
    assert seal_anew(relay.letters, relay.keyring) == 3
    assert seal_anew(relay.letters, relay.keyring) == 0
    assert "答复内容" in look_up(relay, reference, code)
    assert find_keys_in_use(relay.letters, relay.keyring)[old] == 1
    relay.clock.turn(days=731)
    assert erase(relay) == [reference]
    assert find_keys_in_use(relay.letters, relay.keyring)[old] == 0
    remove_key(keys_file, old)
    with pytest.raises(PortalError):
        remove_key(keys_file, new)
    assert load_keys(keys_file).key_ids == (new,)
    letter_id = relay.letters.query("SELECT id FROM letter WHERE state <> 'erased'")[0][0]
    assert read_payload(relay.letters, load_keys(keys_file), letter_id).answers["letter"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_that_root_has_changed_still_belong_to_whom_the_relay_runs_as(tmp_path: Path) -> None:
    keys_file = tmp_path / "keys.json"
    write_new_keys(keys_file)
    os.chown(keys_file, 65534, 65534)
    rotate_keys(keys_file)
    assert (keys_file.stat().st_uid, keys_file.stat().st_mode & 0o777) == (65534, 0o600)


def test_19_a_restored_backup_sends_nothing_until_an_operator_says_so(
    either_relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    relay = either_relay
    first, code = relay.write()
    sender = relay.sender(server)
    sender.deliver_due()
    relay.write()
    backup_file = tmp_path / "backup.sqlite"
    assert back_up(relay.letters, backup_file, now(relay)) == 2
    sender.deliver_due()
    assert len(server.mails) == 2
    # The disk is lost; another machine begins with the backup.
    store = SqliteStore(tmp_path / "restored.sqlite")
    assert restore(backup_file, store, now(relay)) == 1
    other = Relay(tmp_path, relay.build, store=store, keyring=relay.keyring, clock=relay.clock)
    other.clock.turn(days=1)
    assert other.sender(server).deliver_due() == 0
    assert len(server.mails) == 2
    assert "已转交主管部门" in look_up(other, first, code)
    assert find_broken_link(read_events(store)) is None
    assert read_events(store)[-1].kind == "restored"
    assert resume_mails(store, now(other)) == 1
    other.sender(server).deliver_due()
    assert len(server.mails) == 3


def test_19_even_a_backup_that_is_only_copied_into_place_sends_nothing(
    relay: Relay, server: ScriptedServer, tmp_path: Path
) -> None:
    relay.write()
    back_up(relay.letters, tmp_path / "backup.sqlite", now(relay))
    shutil.copy(tmp_path / "backup.sqlite", tmp_path / "copied.sqlite")
    copied = SqliteStore(tmp_path / "copied.sqlite")
    assert relay.sender(server, copied).deliver_due() == 0
    assert server.mails == []


def test_a_backup_is_whole_or_not_there_and_overwrites_nothing(
    relay: Relay, tmp_path: Path
) -> None:
    relay.write()
    target = tmp_path / "backup.sqlite"
    (tmp_path / "backup.sqlite.unfinished").write_bytes(b"left by a kill")
    back_up(relay.letters, target, now(relay))
    before = target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(PortalError, match="nothing was written"):
        back_up(relay.letters, target, now(relay))
    assert target.read_bytes() == before
    with pytest.raises(PortalError, match="nothing was restored"):
        restore(target, relay.letters, now(relay))


def test_a_backup_whose_log_was_altered_is_not_restored(relay: Relay, tmp_path: Path) -> None:
    relay.write()
    target = tmp_path / "backup.sqlite"
    back_up(relay.letters, target, now(relay))
    altered = SqliteStore(target)
    altered.write(lambda connection: connection.execute("DROP TRIGGER event_is_not_changed"))
    altered.write(lambda connection: connection.execute("UPDATE event SET at = 1"))
    altered.close()
    empty = SqliteStore(tmp_path / "empty.sqlite")
    with pytest.raises(PortalError, match="altered"):
        restore(target, empty, now(relay))
    assert empty.query("SELECT count(*) FROM letter") == [(0,)]


def test_the_log_is_printed_and_checked_with_one_command(
    either_relay: Relay, server: ScriptedServer
) -> None:
    relay = either_relay
    reference, _ = relay.write()
    relay.write()
    relay.sender(server).deliver_due()
    output = io.StringIO()
    assert print_events(relay.letters, reference, output) == 0
    lines = output.getvalue().splitlines()
    assert len(lines) == 3
    assert "received" in lines[0]
    assert "forwarded" in lines[1]
    assert "4 event(s), the chain is whole" in lines[2]
    assert LETTER["name"] not in output.getvalue()


_WRITER = """
import sys
from pathlib import Path
from relay.sqlite_store import SqliteStore
from relay.store import append_event
store = SqliteStore(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    store.write(lambda c: append_event(c, number, "LX-1", "received", number=str(number)))
    print(number, flush=True)
"""


@pytest.mark.slow
def test_16_files_copied_while_letters_are_written_hold_every_acknowledged_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "letters.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for cut in range(6):
            acknowledged = 0
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                acknowledged = int(process.stdout.readline())
            folder = tmp_path / f"cut-{cut}"
            folder.mkdir()
            # The file and its journal as they are at one moment, in mid-write as it may be.
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)
            for name in ("letters.sqlite", "letters.sqlite-wal"):
                shutil.copyfile(tmp_path / name, folder / name)
            process.send_signal(signal.SIGCONT)
            after = SqliteStore(folder / "letters.sqlite")
            assert after.query("PRAGMA integrity_check") == [("ok",)]
            assert len(read_events(after)) >= acknowledged > 0
            assert find_broken_link(read_events(after)) is None
            after.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_sealed_answer_opens_for_its_own_letter_only(
    relay: Relay, server: ScriptedServer
) -> None:
    relay.write()
    answer(relay, server)
    relay.write()
    relay.change(
        "UPDATE answer SET letter = (SELECT id FROM letter ORDER BY received_at DESC LIMIT 1)"
    )
    letter_id = relay.letters.query("SELECT letter FROM answer")[0][0]
    with pytest.raises(SealError):
        read_answers(relay.letters, relay.keyring, letter_id)


def test_a_stale_page_after_a_restore_stores_its_letter_again(relay: Relay, tmp_path: Path) -> None:
    fields = relay.checked()
    back_up(relay.letters, tmp_path / "backup.sqlite", now(relay))
    assert relay.submit(fields).status_code == 303
    store = SqliteStore(tmp_path / "restored.sqlite")
    restore(tmp_path / "backup.sqlite", store, now(relay))
    other = Relay(tmp_path, relay.build, store=store, keyring=relay.keyring, clock=relay.clock)
    assert other.submit(fields).status_code == 303
    assert store.query("SELECT count(*) FROM letter") == [(1,)]
