"""How much one client may ask, the figures of the monitor, and queries without result."""

import re
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search.__main__ import main
from search.service import make_application
from search.unanswered import Unanswered, read_unanswered
from search.watch import Allowance, Limits
from tests.search.conftest import THEME


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_has_a_burst_and_then_a_rate() -> None:
    clock = Clock()
    allowance = Allowance(Limits(per_minute=60, burst=3), clock)
    assert [allowance.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]
    assert allowance.take("b") == 0.0, "others are not concerned"
    clock.now = 1.0
    assert [allowance.take("a") for _ in range(2)] == [0.0, 1.0]
    clock.now = 1_000.0
    assert [allowance.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0], "no more is saved up"


@pytest.fixture
def limited(build: Path) -> TestClient:
    limits = Limits(per_minute=1, burst=2, trusted_proxies=("10.0.0.1",))
    return TestClient(make_application(build, THEME, limits), client=("10.0.0.1", 1))


def test_too_many_questions_are_refused_client_by_client(limited: TestClient) -> None:
    def status(client: str) -> int:
        headers = {"x-forwarded-for": client}
        return limited.get("/zh/search/", headers=headers).status_code

    assert [status("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert status("192.0.2.2") == 200
    assert status("192.0.2.9, 192.0.2.1") == 429, "what the client claims of others is not believed"
    refused = limited.get("/api/search", headers={"x-forwarded-for": "192.0.2.1"})
    assert int(refused.headers["retry-after"]) > 0
    assert limited.get("/healthz", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 200


def test_the_monitor_gets_figures_and_no_texts(build: Path) -> None:
    with TestClient(make_application(build, THEME)) as client:
        client.get("/zh/search/", params={"q": "qqzzsecret"})
        client.get("/zh/search/qqzzsecret")
        client.get("/api/search", params={"nothing": "1"})
        text = client.get("/metrics").text
    assert 'portal_search_answers_total{path="/zh/search/",status="200"} 1' in text
    assert 'portal_search_answers_total{path="other",status="404"} 1' in text
    assert 'portal_search_answers_total{path="/api/search",status="422"} 1' in text
    assert "portal_search_unanswered_total 1" in text
    assert "portal_search_documents 316" in text
    assert "qqzz" not in text
    for line in text.splitlines():
        assert re.fullmatch(r"# TYPE \w+ \w+|\w+(\{[^}]*\})? [0-9.]+", line)


def test_a_text_is_written_down_once_it_was_asked_three_times_on_a_day(tmp_path: Path) -> None:
    day, clock = [date(2026, 6, 1)], Clock()
    counts = Unanswered(tmp_path, lambda: day[0], clock)
    for text in ("草原 补奖", "某甲 电话", "草原  补奖", "草原 補獎", "某甲 电话", "a" * 61, " "):
        counts.note(text)
    counts.close()
    assert read_unanswered(tmp_path, day[0]) == [("草原 补奖", 3)]
    assert not any("某甲" in path.read_text() for path in tmp_path.rglob("*.json"))
    day[0] = date(2026, 6, 2)
    counts.note("某甲 电话")
    counts.close()
    assert read_unanswered(tmp_path, date(2026, 6, 1)) == [("草原 补奖", 3)]
    assert read_unanswered(tmp_path, day[0]) == []


def test_processes_are_summed_and_old_days_removed(tmp_path: Path) -> None:
    clock = Clock()
    for day in (date(2026, 1, 1), date(2026, 6, 1), date(2026, 6, 1)):
        counts = Unanswered(tmp_path, lambda day=day: day, clock)  # type: ignore[misc]  # bound now
        for _ in range(4):
            counts.note("虫草采集证")
        counts.close()
    assert read_unanswered(tmp_path, date(2025, 1, 1)) == [("虫草采集证", 8)]


def test_the_report_is_printed_for_editors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from datetime import UTC, datetime

    counts = Unanswered(tmp_path, lambda: datetime.now(UTC).date(), Clock())
    for _ in range(3):
        counts.note("虫草采集证")
    counts.close()
    assert main(["--build", str(tmp_path), "unanswered"]) == 0
    assert capsys.readouterr().out == "     3  虫草采集证\n"
