"""deploy/: its units run commands that there are, as systemd understands them; nginx's part."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from relay.__main__ import RUNS
from relay.command_line import parse_options
from relay.configuration import Limits
from tests.relay.harness import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    (command,) = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    program, *arguments = shlex.split(command)
    assert program.endswith("/python")
    assert arguments[:2] == ["-m", "relay"]
    options = parse_options(arguments[2:], RUNS)
    assert options.configuration == Path("/etc/relay/relay.toml")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_cannot_write_elsewhere_nor_dump_letters(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    for line in (
        "User=relay",
        "UMask=0077",
        "LimitCORE=0",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
    ):
        assert line in lines


def test_every_timer_has_its_service() -> None:
    timers = sorted(DEPLOY.glob("*.timer"))
    assert timers
    assert all(timer.with_suffix(".service") in SERVICES for timer in timers)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    # Its programs are looked for as well: on this machine they stand elsewhere.
    for unit in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = unit.read_text("utf-8").replace("/srv/portal/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    units = [str(unit) for unit in tmp_path.iterdir()]
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True
    )
    wrong = [line for line in said.stderr.splitlines() if "relay" in line]
    assert wrong == []


def test_nginx_logs_no_address_takes_what_the_relay_takes_and_names_the_client() -> None:
    text = (DEPLOY / "nginx-relay.conf").read_text("utf-8")
    assert "access_log off;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_request_buffering off;" in text
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) * 1_048_576 >= Limits().upload_bytes
