from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search import apply_rows
from tests.search.corpus import (
    crowd_rows,
    distracting_rows,
    named_rows,
    write_frames,
    write_rows,
)

THEME = Path(__file__).parents[2] / "theme"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with the named pages among 300 others, indexed; no test changes it."""
    folder = tmp_path_factory.mktemp("build")
    write_frames(folder)
    others = distracting_rows(300)
    write_rows(folder, [*others[:150], *named_rows(), *others[150:]])
    apply_rows(folder)
    return folder


@pytest.fixture(
    scope="session",
    params=[300, pytest.param(10_000, marks=pytest.mark.slow)],
    ids=["among 300", "among 10,000"],
)
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with the named pages among so many others, indexed; no test changes it."""
    folder = tmp_path_factory.mktemp("crowd")
    write_frames(folder)
    write_rows(folder, crowd_rows(request.param))
    apply_rows(folder)
    return folder


@pytest.fixture(scope="session")
def client(build: Path) -> Iterator[TestClient]:
    """The real application over the real index."""
    from search.service import make_application

    with TestClient(make_application(build, THEME)) as client:
        yield client
