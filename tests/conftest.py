"""What all tests share: where the project is, how Hypothesis looks for examples, no network."""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# Two runs look for the same examples, so that CI fails where a developer's machine fails.
# No deadline: a busy machine must not turn a right answer into a failure.
hypothesis.settings.register_profile(
    "portal",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "portal"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys, so that the quick loop can leave them out; what takes longest begins
    first, so that no worker is left alone with it at the end."""
    for item in items:
        if REPOSITORY / "tests" / "journeys" in item.path.parents:
            item.add_marker(pytest.mark.journey)
    items.sort(key=lambda item: item.get_closest_marker("begins_first") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test tells without judging it, as times, is printed at the end."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"\n{value}\n")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the project."""
    return REPOSITORY


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    # Nothing is fetched at run time: an address that is not of this machine is a failure,
    # whichever library asks for it.
    if event == "socket.connect":
        host = _host_of(arguments)
        if host is not None and not _is_of_this_machine(host):
            raise AssertionError(f"a connection to {host}: nothing may be fetched at run time")


def _host_of(arguments: tuple[Any, ...]) -> str | None:
    """The host that a socket is about to connect to; None for a socket that is a file."""
    connection, address = arguments
    is_internet = getattr(connection, "family", None) in (socket.AF_INET, socket.AF_INET6)
    return str(address[0]) if is_internet and isinstance(address, tuple) else None


def _is_of_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_refuse_other_hosts)
