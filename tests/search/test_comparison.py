"""The comparison: policies side by side, over HTTP, from what is released and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from domain.search_rows import RowStore
from search import apply_rows
from search.row_reading import rows_path
from search.service import make_application
from tests.search.conftest import THEME
from tests.search.corpus import make_row, write_frames, write_rows
from tests.search.test_service import Outline


def facts(lang: str = "zh", **values: str) -> tuple[dict[str, Any], ...]:
    """Facts in one language; an industry in all that it has a name in."""
    found = {key: INDUSTRIES.get(value, {lang: value}) for key, value in values.items()}
    return tuple({"key": key, "texts": texts} for key, texts in found.items())


INDUSTRIES = {
    "tourism": {"zh": "文化旅游", "en": "Tourism", "bo": "ཡུལ་སྐོར"},
    "green-mining": {"zh": "绿色矿业", "en": "Green mining"},
}


ROWS = [
    make_row(
        "inn",
        title="民宿支持办法",
        kind="policy",
        validity="in-force",
        facts=facts(industry="tourism", valid_from="2026-03-01", benefit="补助40%。\n贴息。"),
    ),
    make_row(
        "inn",
        lang="en",
        title="Guest houses",
        kind="policy",
        validity="in-force",
        facts=facts("en", industry="tourism", valid_from="2026-03-01", benefit="40 per cent."),
    ),
    make_row(
        "mine",
        title="矿山办法 <b>&",
        kind="policy",
        validity="repealed",
        facts=facts(industry="green-mining", benefit="<script>alert(1)</script>", level="州级"),
    ),
    *(make_row(f"p{n}", title=f"政策{n}", kind="policy", facts=facts(level="州级")) for n in "123"),
    make_row("news", title="新闻", kind="news"),
]


def make_build(folder: Path) -> Path:
    write_frames(folder)
    write_rows(folder, ROWS)
    apply_rows(folder)
    return folder


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The real application over a real index that no test changes."""
    build = make_build(tmp_path_factory.mktemp("build"))
    with TestClient(make_application(build, THEME)) as client:
        yield client


def table(html: str) -> list[list[str]]:
    """The cells of the page's table, row by row, as text."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>|\s+", "", cell) for cell in row] for row in cells]


def test_two_policies_stand_side_by_side(client: TestClient) -> None:
    response = client.get("/zh/search/compare?id=inn&id=mine")
    assert response.status_code == 200
    assert Outline(response.text).open == []
    assert table(response.text) == [
        ["政策", "民宿支持办法", "矿山办法&lt;b&gt;&amp;"],
        ["有效性", "现行有效", "废止"],
        ["行业", "文化旅游", "绿色矿业"],
        ["政策层级", "未说明", "州级"],
        ["生效日期", "2026-03-01", "未说明"],
        ["能得到什么？", "补助40%。贴息。", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ]
    assert 'href="/zh/inn/"' in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_reader_gets_the_own_language_and_is_told_of_another(client: TestClient) -> None:
    html = client.get("/en/search/compare?id=inn&id=mine").text
    assert table(html)[0] == ["Policy", "Guesthouses", "矿山办法&lt;b&gt;&amp;中文"]
    cells = re.findall(r'<td data-label="矿山[^>]* lang="zh-CN">(.*?)</td>', html)
    assert cells[1:3] == ['<p lang="en">Green mining</p>', "<p>州级</p>"]
    assert '<p class="note" lang="en">not said</p>' in cells[3]
    assert '<td data-label="Guest houses"><p>Tourism</p></td>' in html
    links = [link for link in Outline(html).links if "compare" in link]
    assert links == [f"/{lang}/search/compare?id=inn&id=mine" for lang in ("zh", "en", "bo")]


def test_what_the_vocabulary_names_is_in_the_readers_language(client: TestClient) -> None:
    html = client.get("/bo/search/compare?id=inn&id=mine").text
    assert table(html)[2][1:] == ["ཡུལ་སྐོར", "绿色矿业"]
    # Tibetan in a cell of a Chinese policy; Chinese where there is no Tibetan.
    assert '<p lang="bo">ཡུལ་སྐོར</p>' in html
    assert "<p>绿色矿业</p>" in html


def test_at_most_four_are_compared(client: TestClient) -> None:
    assert client.get("/zh/search/compare?id=inn&id=mine&id=p1&id=p2").status_code == 200
    response = client.get("/zh/search/compare?id=inn&id=mine&id=p1&id=p2&id=p3")
    assert response.status_code == 422
    assert "最多对比 4 项政策" in response.text
    assert table(response.text) == []
    # One chosen twice is one.
    twice = client.get("/zh/search/compare?id=inn&id=inn&id=mine&id=p1&id=p2")
    assert twice.status_code == 200
    assert len(table(twice.text)[0]) == 5


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("id=inn", 200),
        ("id=", 200),
        ("id=inn&id=no-such", 200),
        ("id=no-such", 404),
        ("id=news", 404),
        ("q=inn", 422),
        ("id=inn&page=2", 422),
        ("id=../../etc", 422),
        ("id=%3Cscript%3Ealert(1)%3C/script%3E", 422),
        ("id=%00", 422),
        ("id=%ff%fe", 422),
        ("id=INN.zh", 422),
        ("id=" + "a" * 5_000, 422),
        ("&".join(f"id=a{n}" for n in range(99)), 422),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_whatever_the_address_says_the_answer_is_a_page(
    client: TestClient, lang: str, query: str, status: int
) -> None:
    response = client.get(f"/{lang}/search/compare?{query}")
    assert response.status_code == status
    assert Outline(response.text).open == []
    assert "alert" not in response.text
    assert "etc" not in response.text


@pytest.mark.parametrize("query", ["", "id=no-such", "q=inn", "id=a&id=b&id=c&id=d&id=e"])
@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_where_nothing_is_compared_there_are_ways_on(
    client: TestClient, lang: str, query: str
) -> None:
    links = Outline(client.get(f"/{lang}/search/compare?{query}").text).links
    for url in ("search/?kind=policy", "", "search/", "site-map/"):
        assert f"/{lang}/{url}" in links
    assert "#footer-contact" in links


def test_one_policy_alone_has_no_name_before_each_answer(client: TestClient) -> None:
    assert "data-label" not in client.get("/zh/search/compare?id=inn").text
    assert 'data-label="民宿支持办法"' in client.get("/zh/search/compare?id=inn&id=mine").text


def test_it_follows_what_is_released(tmp_path: Path) -> None:
    build = make_build(tmp_path)
    with TestClient(make_application(build, THEME)) as client:
        changed = make_row("inn", title="民宿", kind="policy", facts=facts(benefit="补助50%。"))
        write_rows(build, [changed])
        assert "补助40%。贴息。" in last_line(client)  # the index is not told yet
        apply_rows(build)
        assert "补助50%。" in last_line(client)
        with RowStore(rows_path(build)) as rows:
            rows.delete("mine.zh")
        apply_rows(build)
        response = client.get("/zh/search/compare?id=inn&id=mine")
        assert len(table(response.text)[0]) == 2
        assert "所选内容中有 1 项" in response.text


def last_line(client: TestClient) -> list[str]:
    return table(client.get("/zh/search/compare?id=inn&id=mine").text)[-1]


def test_without_an_index_the_page_says_so(tmp_path: Path) -> None:
    write_frames(tmp_path)
    with TestClient(make_application(tmp_path, THEME)) as client:
        assert client.get("/en/search/compare?id=inn").status_code == 503
