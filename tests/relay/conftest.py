"""Fixtures of the relay's tests."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay.harness import Relay, ScriptedServer, write_build
from tests.relay.postgres import PostgresServer


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: a kill is survived there as on a disk.

    These tests commit thousands of times, and each commit waits for the disk.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path_factory.mktemp("relay")
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_build(tmp_path_factory.mktemp("build"))


@pytest.fixture
def relay(tmp_path: Path, build: Path) -> Relay:
    return Relay(tmp_path, build)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def either_relay(request: pytest.FixtureRequest, tmp_path: Path, build: Path) -> Iterator[Relay]:
    """A relay on each of the stores: what holds for one must hold for the other."""
    if request.param == "sqlite":
        yield Relay(tmp_path, build)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    relay = Relay(tmp_path, build, database=server.make_database())
    yield relay
    relay.close()
