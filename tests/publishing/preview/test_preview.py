"""The preview's application: what a browser gets from it."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from domain.problems import PortalError, Problem
from publishing.preview.application import make_application
from publishing.preview.pages import insert_before_body_end
from publishing.preview.reload import problems_text
from publishing.preview.server import open_port
from publishing.preview.state import BuildOutcome, PreviewState
from publishing.response_headers import CONTENT_SECURITY_POLICY

PROBLEM = Problem(
    file="news/2026/a.md",
    line=3,
    code="meta-date",
    message='"2026-02-30" is not a date & <b>never</b> was',
    why="Nobody knows when it was.",
    remedy="Write YYYY-MM-DD.",
)


@pytest.fixture
def state() -> PreviewState:
    state = PreviewState()
    state.record_build(BuildOutcome(is_built=True, outputs_written=3, seconds=0.1))
    return state


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    files = {
        "zh/index.html": "<html><body><h1>首页</h1></body></html>",
        "zh/public/feed.xml": "<feed/>",
        "zh/public/feed.json": "{}",
        "zh/public/calendar.ics": "BEGIN:VCALENDAR",
        "data/catalogue.jsonld": "{}",
        "errors/404.html": "<html><body>找不到</body></html>",
        "assets/site.css": "body {}",
        "assets/preferences.css": "/* none */",
        "assets/large-text.css": "/* large */",
        "assets/contrast.css": "/* contrast */",
        "assets/large-text-contrast.css": "/* both */",
        "files/a/表 一.csv": "代码,金额",
    }
    for name, text in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return site


@pytest.fixture
def client(site: Path, state: PreviewState) -> TestClient:
    return TestClient(make_application(site, state), follow_redirects=False)


def test_a_folder_answers_with_its_page_and_the_reload_script(
    client: TestClient, state: PreviewState
) -> None:
    answer = client.get("/zh/")
    assert answer.status_code == 200
    assert answer.text == (
        "<html><body><h1>首页</h1>"
        f'<script src="/_preview/live.js?revision={state.revision}"></script></body></html>'
    )


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/zh/", "text/html; charset=utf-8"),
        ("/zh/public/feed.xml", "application/atom+xml; charset=utf-8"),
        ("/zh/public/feed.json", "application/feed+json; charset=utf-8"),
        ("/zh/public/calendar.ics", "text/calendar; charset=utf-8"),
        ("/data/catalogue.jsonld", "application/ld+json; charset=utf-8"),
        ("/assets/site.css", "text/css; charset=utf-8"),
        ("/files/a/表 一.csv", "text/csv; charset=utf-8"),
        ("/_preview/live.js", "text/javascript; charset=utf-8"),
    ],
)
def test_each_file_has_its_type_and_the_policy(
    client: TestClient, path: str, content_type: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/zh/", "/assets/site.css"])
def test_an_unchanged_file_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


def test_a_page_is_sent_again_after_each_build(client: TestClient, state: PreviewState) -> None:
    tag = client.get("/zh/").headers["etag"]
    state.record_build(BuildOutcome(is_built=True))
    assert client.get("/zh/", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/zh/none/", "/zh/%2e%2e/%2e%2e/etc/passwd", "/zh/a%00b"])
def test_an_unknown_address_gets_the_page_of_the_site(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "找不到" in answer.text


def test_a_failed_build_shows_on_every_page(client: TestClient, state: PreviewState) -> None:
    state.record_build(BuildOutcome(is_built=False, problems=(PROBLEM,)))
    page = client.get("/zh/").text
    assert "<h1>首页</h1>" in page
    assert "news/2026/a.md:3: &quot;2026-02-30&quot; is not a date &amp; &lt;b&gt;never" in page
    listed = client.get("/_preview/problems").text
    assert "&lt;b&gt;never&lt;/b&gt; was  [meta-date]" in listed
    assert problems_text((PROBLEM,)) == (
        'news/2026/a.md:3: "2026-02-30" is not a date & <b>never</b> was  [meta-date]\n'
        "  Nobody knows when it was.\n"
        "  Write YYYY-MM-DD.\n\n"
        "Problems: 1\n"
    )


def test_before_the_first_good_build_the_problems_are_the_page(tmp_path: Path) -> None:
    state = PreviewState(outcome=BuildOutcome(is_built=False, problems=(PROBLEM,)))
    answer = TestClient(make_application(tmp_path / "none", state)).get("/zh/")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "meta-date" in answer.text


def test_no_problems_are_said_to_be_none() -> None:
    assert problems_text(()) == "No problems.\n"


def test_a_page_without_a_body_tag_gets_the_addition_at_its_end() -> None:
    assert insert_before_body_end(b"<p>a", "<b>") == b"<p>a<b>"


def test_the_form_sets_one_preference_and_returns_to_its_page(client: TestClient) -> None:
    page = {"referer": "http://testserver/zh/public/?q=1"}
    answers = []
    for choice in ("text=large", "contrast=high", "text=normal", "contrast=normal"):
        back = client.post(f"/preferences?{choice}", headers=page)
        assert (back.status_code, back.headers["location"]) == (303, "/zh/public/?q=1")
        answers.append(client.get("/assets/preferences.css").text)
    assert answers == ["/* large */", "/* both */", "/* contrast */", "/* none */"]


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/zh/", "http://testserver//elsewhere.example/"]
)
def test_the_form_never_leads_to_another_host(client: TestClient, referer: str) -> None:
    answer = client.post("/preferences?text=large", headers={"referer": referer})
    assert answer.headers["location"] in ("/", "/elsewhere.example/")


def test_a_service_answers_before_the_files(site: Path, state: PreviewState) -> None:
    async def say(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"searched {request.path_params['lang']}")

    service = Starlette(routes=[Route("/{lang}/search/", say)])
    client = TestClient(make_application(site, state, services=[service]))
    assert client.get("/zh/search/").text == "searched zh"
    assert client.post("/zh/search/").status_code == 405
    assert client.get("/zh/").status_code == 200


def test_a_port_that_is_taken_is_said_so() -> None:
    with open_port(0) as listener, pytest.raises(PortalError) as refused:
        open_port(listener.getsockname()[1])
    (problem,) = refused.value.problems
    assert problem.code == "serve-port"
    assert problem.message.endswith("is taken")
