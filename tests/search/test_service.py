"""The service: pages without JavaScript, strict parameters, JSON, nothing of a query in a log."""

import logging
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search import apply_rows
from search.__main__ import main
from search.engine import SearchEngine
from search.indexing import current_generation
from search.parameters import read_parameters
from search.service import make_application
from tests.search.conftest import THEME
from tests.search.corpus import make_row, write_frames, write_rows


class Outline(HTMLParser):
    """Tags that were opened and not closed, headings, links."""

    EMPTY = frozenset({"meta", "input", "link", "br", "img", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.current: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag == "a":
            self.links.append(given.get("href") or "")
            if "aria-current" in given:
                self.current.append(given.get("href") or "")
        assert "style" not in given
        if tag == "script":
            assert given == {"src": "/assets/suggest.js", "defer": None}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_results_are_a_sound_page_in_each_language(client: TestClient, lang: str) -> None:
    response = client.get(f"/{lang}/search/", params={"q": "通知 办法"})
    assert response.status_code == 200
    outline = Outline(response.text)
    assert outline.open == []
    assert outline.headings.count("h1") == 1
    assert 'value="通知 办法"' in response.text
    assert response.text.count('class="result"') + response.text.count("result-void") == 10
    assert "<mark>通知</mark>" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]


def test_the_bare_page_has_a_form_and_no_results(client: TestClient) -> None:
    text = client.get("/en/search/").text
    assert '<label for="search-text">' in text
    assert "search-results" not in text
    assert '<meta name="robots" content="noindex">' in text


def test_a_result_of_another_language_says_so(client: TestClient) -> None:
    text = client.get("/en/search/", params={"q": "高龄津贴"}).text
    assert 'href="/zh/D/" lang="zh-CN" hreflang="zh-CN"' in text


def test_a_void_document_is_labelled(client: TestClient) -> None:
    text = client.get("/zh/search/", params={"q": "最低生活保障"}).text
    assert 'class="validity validity-repealed"' in text
    assert text.index("/zh/E2/") < text.index('"/zh/E/"')


def test_filters_are_links_that_narrow_and_a_chosen_one_takes_itself_off(
    client: TestClient,
) -> None:
    page = Outline(client.get("/en/search/", params={"q": "办法"}).text)
    narrowing = next(link for link in page.links if "kind=news" in link)
    narrowed = client.get(narrowing)
    assert "kind=news" in Outline(narrowed.text).current[-1] or any(
        "kind" not in link for link in Outline(narrowed.text).current
    )
    chosen = [link for link in Outline(narrowed.text).current if "kind" not in link]
    assert any("q=" in link for link in chosen)
    assert '<input type="hidden" name="kind" value="news">' in narrowed.text


def test_a_column_has_the_pages_of_the_columns_below_it(client: TestClient) -> None:
    def total(column: str) -> int:
        answer = client.get("/api/search", params={"q": "办法", "column": column}).json()
        return int(answer["total"])

    assert total("documents") > total("rules") > 0


def test_pages_do_not_overlap_and_end(client: TestClient) -> None:
    def keys(page: int, size: int) -> list[str]:
        parameters = {"q": "办法", "page": str(page), "size": str(size)}
        results = client.get("/api/search", params=parameters).json()["results"]
        return [result["url"] for result in results]

    assert keys(1, 7) + keys(2, 7) == keys(1, 14)
    assert keys(10_000, 50) == []
    late = client.get("/zh/search/", params={"q": "办法", "page": "999"})
    assert late.status_code == 404
    assert "search-results" not in late.text


@pytest.mark.parametrize(
    ("parameters", "code", "name"),
    [
        ("q=a&order=date", "unknown", "order"),
        ("q=a&q=b", "repeated", "q"),
        ("q=a&page=0", "value", "page"),
        ("q=a&page=x", "value", "page"),
        ("q=a&page=10001", "value", "page"),
        ("q=a&size=-1", "value", "size"),
        ("q=a&in=fr", "value", "in"),
        ("q=a&year=20x6", "value", "year"),
        ("q=a&column=no-such", "value", "column"),
        ("q=a&validity=%00", "value", "validity"),
        ("&".join(f"a{n}=1" for n in range(99)), "too-many", ""),
    ],
)
def test_a_wrong_parameter_is_told(
    client: TestClient, parameters: str, code: str, name: str
) -> None:
    response = client.get(f"/api/search?{parameters}")
    assert response.status_code == 422
    problems = response.json()["problems"]
    assert {(each["parameter"], each["code"]) for each in problems} == {(name, code)}
    page = client.get(f"/en/search/?{parameters}")
    assert page.status_code == 422
    assert name in page.text
    assert Outline(page.text).open == []


def test_a_size_above_the_limit_is_cut_to_it(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "办法", "size": "5000"}).json()
    assert len(answer["results"]) == 50


def test_empty_parameters_count_as_absent(client: TestClient) -> None:
    assert client.get("/zh/search/?q=&column=&page=").status_code == 200


@pytest.mark.parametrize(
    ("asked", "counts"),
    [("医疗 保险 " * 500, "医疗 保险 " * 25), ("road map " * 500, "road map " * 33 + "roa")],
)
def test_a_long_question_is_cut_and_that_is_said(
    client: TestClient, asked: str, counts: str
) -> None:
    text = client.get("/en/search/", params={"q": asked}).text
    assert "only its beginning was searched for" in text
    assert len(text) < 200_000, "no link of the page has all of it"
    assert client.get("/api/search", params={"q": asked}).json()["query"] == counts.strip()


def test_letters_need_not_be_escaped() -> None:
    parameters, problems = read_parameters("q=医疗保险".encode(), ("q",), {})
    assert (parameters.text, problems) == ("医疗保险", [])


def test_a_reader_gets_an_answer_where_nothing_can_be_written(
    build: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = shutil.copytree(build, tmp_path / "build")
    shutil.rmtree(copy / "search" / "unanswered", ignore_errors=True)
    (copy / "search" / "unanswered").touch()
    with TestClient(make_application(copy, THEME)) as client:
        answers = [client.get("/zh/search/", params={"q": "虫草采集证"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert "queries without result cannot be counted" in caplog.text
    assert "虫草" not in caplog.text


def test_a_missing_number_is_said_to_be_missing(client: TestClient) -> None:
    text = client.get("/en/search/", params={"q": "阿府发〔2006〕13号"}).text
    assert "No document has this number." in text


def test_json_has_the_shape_that_is_promised(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "阿府发〔2006〕12号", "lang": "en"}).json()
    assert set(answer) == {
        "query",
        "total",
        "page",
        "pages",
        "results",
        "facets",
        "loosened",
        "synonyms",
        "suggestion",
    }
    assert answer["results"][0] == {
        "title": "医疗保险实施办法",
        "url": "/zh/A/",
        "lang": "zh",
        "kind": "document",
        "date": "2006-03-01 09:00",
        "number": "阿府发〔2006〕12号",
        "validity": "in-force",
        "exact": True,
        "pinned": False,
        "snippet": "第一条 城镇职工应当参加医疗保险。",
        "attachment": None,
    }
    assert answer["facets"]["department"] == [{"value": "health", "name": "Health", "count": 1}]


def test_health(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"ready": True, "documents": 316}
    with TestClient(make_application(tmp_path, THEME)) as empty:
        assert empty.get("/healthz").status_code == 200
        assert empty.get("/readyz").json() == {
            "ready": False,
            "reason": "there is no search index yet",
        }
        assert empty.get("/api/search?q=a").status_code == 503
        assert empty.get("/zh/search/?q=a").status_code == 503


def test_without_index_the_page_says_so(tmp_path: Path) -> None:
    write_frames(tmp_path)
    with TestClient(make_application(tmp_path, THEME)) as client:
        response = client.get("/en/search/", params={"q": "a"})
        assert response.status_code == 503
        assert "not available at the moment" in response.text
        assert 'name="q" value="a"' in response.text


def test_a_damaged_index_is_told_and_the_last_good_one_serves_on(tmp_path: Path) -> None:
    write_frames(tmp_path)
    write_rows(tmp_path, [make_row("a", title="第一")])
    apply_rows(tmp_path)

    def total() -> int:
        assert client.get("/zh/search/?q=第一").status_code == 200
        return int(client.get("/api/search?q=第一").json()["total"])

    with TestClient(make_application(tmp_path, THEME)) as client:
        assert total() == 1
        write_rows(tmp_path, [make_row("b", title="第一")])
        apply_rows(tmp_path, full=True)
        for path in current_generation(tmp_path).iterdir():
            path.write_bytes(b"\x80garbage\xff" * 50)
        told = client.get("/readyz")
        assert (told.status_code, told.json()["ready"]) == (503, False)
        assert "cannot be read" in told.json()["reason"]
        assert total() == 1
        assert main(["--build", str(tmp_path), "index", "--full"]) == 0
        assert client.get("/readyz").json() == {"ready": True, "documents": 2}
        assert total() == 2


def test_a_new_index_is_seen_without_a_restart(tmp_path: Path) -> None:
    write_frames(tmp_path)
    write_rows(tmp_path, [make_row("a", title="第一")])
    apply_rows(tmp_path)
    with TestClient(make_application(tmp_path, THEME)) as client:
        for number in range(2, 6):
            write_rows(tmp_path, [make_row(f"a{number}", title="第一")])
            apply_rows(tmp_path, full=number == 4)
            totals = {client.get("/api/search?q=第一").json()["total"] for _ in range(4)}
            assert totals == {number}


def test_what_is_asked_stands_in_no_log(
    build: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("about 绝密词语")

    monkeypatch.setattr(SearchEngine, "answer", fail)
    caplog.set_level(logging.DEBUG, logger="search")
    application = make_application(build, THEME)
    with TestClient(application, raise_server_exceptions=False) as client:
        assert client.get("/api/search?q=绝密词语").status_code == 500
    told = [record.getMessage() for record in caplog.records if record.name.startswith("search")]
    assert any("ValueError at test_service.py" in message for message in told)
    assert not any("绝密" in message for message in told)


def test_a_hit_in_an_attachment_names_the_file(client: TestClient) -> None:
    with_title = client.get("/zh/search/", params={"q": "外伤经过"}).text
    assert '附件内容： <a href="/files/P/form.pdf">申请表</a>' in with_title
    without = client.get("/en/search/", params={"q": "过敏原"}).text
    assert '<a href="/files/P/list.csv" lang="zh-CN">list.csv</a>' in without


def test_synonyms_and_pins_are_told_on_the_page(client: TestClient) -> None:
    text = client.get("/en/search/", params={"q": "医保报销"}).text
    assert 'Also searched for: <b lang="zh-CN">医疗保险</b>' in text
    assert 'href="/en/search/?q=%E5%8C%BB%E4%BF%9D%E6%8A%A5%E9%94%80&amp;literal=1"' in text
    assert "Put first by the editors" in client.get("/en/search/", params={"q": "津贴"}).text
    alone = client.get("/en/search/", params={"q": "医保报销", "literal": "1"}).text
    assert "Nothing was found" in alone


@pytest.mark.parametrize(
    ("raw", "parameter"),
    [
        ("from=2026-02-30", "from"),
        ("from=2026-2-3", "from"),
        ("until=٢٠٢٦-01-01", "until"),
        ("from=2026-03-02&until=2026-03-01", "until"),
        ("sort=newest", "sort"),
        ("literal=yes", "literal"),
        ("subject=99", "subject"),
        ("issuer=" + "a" * 101, "issuer"),
        ("issuer=%00", "issuer"),
    ],
)
def test_each_parameter_is_checked(client: TestClient, raw: str, parameter: str) -> None:
    answer = client.get(f"/api/search?q=a&{raw}")
    assert answer.status_code == 422
    assert [problem["parameter"] for problem in answer.json()["problems"]] == [parameter]
    assert client.get(f"/bo/search/?q=a&{raw}").status_code == 422


def test_days_are_whole_and_their_ends_belong_to_them(client: TestClient) -> None:
    def total(**days: str) -> int:
        found: int = client.get("/api/search", params={"q": "医疗保险", **days}).json()["total"]
        return found

    assert total(**{"from": "2006-03-01", "until": "2006-03-01"}) == 1
    assert total(**{"from": "2006-03-02"}) == 0
    assert total(until="2006-02-28") == 0
    assert total(until="9999-12-31") == 1


def test_the_form_of_days_and_the_orders_keep_what_is_asked(client: TestClient) -> None:
    address = {"q": "通知", "kind": "news", "sort": "date", "from": "2012-01-01"}
    text = client.get("/en/search/", params=address).text
    form = text.split('class="search-days"')[1].split("</form>")[0]
    assert '<input type="hidden" name="q" value="通知">' in form
    assert '<input type="hidden" name="kind" value="news">' in form
    assert '<input type="hidden" name="sort" value="date">' in form
    assert 'type="date" name="from" value="2012-01-01"' in form
    orders = text.split('class="sorts"')[1].split("</nav>")[0]
    assert 'kind=news&amp;from=2012-01-01" rel="nofollow">Best match</a>' in orders
    assert 'aria-current="true">Newest first</a>' in orders
    dates = re.findall(r'<time datetime="([^"]+)"', text)
    assert dates == sorted(dates, reverse=True)
    assert min(dates) >= "2012-01-01"
