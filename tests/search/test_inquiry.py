"""The document inquiry: exact, in three languages, without JavaScript, as a table too."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search import apply_rows
from search.service import make_application
from tests.search.conftest import THEME
from tests.search.corpus import make_row, write_frames, write_rows
from tests.search.test_service import Outline

ISSUERS = ("阿坝州人民政府",)
ROWS = [
    make_row(
        "heating",
        title="供暖办法",
        number="阿府发〔2026〕38号",
        index="00001434-9/2026-00038",
        issuers=ISSUERS,
        subject="01",
        validity="in-force",
        year="2026",
        date="2026-05-11 09:30",
    ),
    make_row(
        "heating",
        lang="en",
        title="Heating Measures",
        number="阿府发〔2026〕38号",
        index="00001434-9/2026-00038",
        issuers=("Aba Prefecture",),
        subject="01",
        validity="in-force",
        year="2026",
        date="2026-05-11 09:30",
    ),
    make_row(
        "grazing",
        title="=草原办法",
        number="阿府发〔2025〕38号",
        issuers=(*ISSUERS, "林草局"),
        subject="02",
        validity="repealed",
        year="2025",
        date="2025-05-11 09:30",
    ),
    make_row("news", kind="news", title="新闻", number="阿府发〔2026〕38号", year="2026"),
]


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    build = tmp_path_factory.mktemp("inquiry")
    write_frames(build)
    write_rows(build, ROWS)
    apply_rows(build)
    with TestClient(make_application(build, THEME)) as client:
        yield client


def found(client: TestClient, lang: str = "zh", **asked: str) -> list[str]:
    answer = client.get(f"/{lang}/search/documents", params=asked)
    assert answer.status_code == 200
    return re.findall(r'<h3 class="result-title"><a href="([^"]+)"', answer.text)


@pytest.mark.parametrize(
    ("asked", "urls"),
    [
        ({"number": "阿府發[2026]第038号"}, ["/zh/heating/"]),
        ({"number": "阿府发〔2026〕3号"}, []),
        ({"number": "38"}, []),
        ({"index": "00001434-9/2026-00038"}, ["/zh/heating/"]),
        ({"index": "00001434-9／2026-00038 "}, ["/zh/heating/"]),
        ({"index": "00001434-9"}, []),
        ({"issuer": "阿坝州人民政府"}, ["/zh/heating/", "/zh/grazing/"]),
        ({"issuer": "阿坝州人民"}, []),
        ({"issuer": "阿坝州人民政府", "validity": "repealed"}, ["/zh/grazing/"]),
        ({"year": "2026", "subject": "01"}, ["/zh/heating/"]),
        ({"year": "2026", "subject": "02"}, []),
    ],
)
def test_a_document_is_found_by_all_its_facts_exactly(
    inquiry: TestClient, asked: dict[str, str], urls: list[str]
) -> None:
    assert found(inquiry, **asked) == urls


def test_each_document_stands_once_in_the_readers_language_if_it_has_that(
    inquiry: TestClient,
) -> None:
    assert found(inquiry, "en", subject="01") == ["/en/heating/"]
    assert found(inquiry, "bo", subject="01") == ["/zh/heating/"]
    assert found(inquiry, "en", subject="02") == ["/zh/grazing/"]


@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_the_form_is_a_sound_page_and_keeps_what_was_asked(inquiry: TestClient, lang: str) -> None:
    asked = {"number": '阿"府', "year": "2026"}
    text = inquiry.get(f"/{lang}/search/documents", params=asked).text
    assert Outline(text).open == []
    assert 'name="number" value="阿&#34;府"' in text
    assert '<option value="2026" selected>2026</option>' in text
    assert '<option value="2025">2025</option>' in text, "the other years can still be chosen"


def test_an_empty_form_asks_nothing(inquiry: TestClient) -> None:
    empty = {"number": "", "index": "", "issuer": "", "subject": "", "year": "", "validity": ""}
    text = inquiry.get("/en/search/documents", params=empty).text
    assert "search-answer" not in text
    assert '<option value="02" lang="en">Health</option>' in text


def test_a_number_that_no_document_bears_can_be_searched_for(inquiry: TestClient) -> None:
    text = inquiry.get("/en/search/documents", params={"number": "川府发〔2026〕1号"}).text
    assert "No document has all these facts" in text
    assert '<a href="/en/search/?q=%E5%B7%9D' in text


@pytest.mark.parametrize("raw", ["q=a", "year=26", "subject=99", "number=" + "1" * 101, "page=0"])
def test_a_wrong_inquiry_is_told(inquiry: TestClient, raw: str) -> None:
    assert inquiry.get(f"/zh/search/documents?{raw}").status_code == 422
    assert inquiry.get(f"/zh/search/documents.csv?{raw}").status_code == 422


def test_all_that_was_found_is_a_table(inquiry: TestClient) -> None:
    page = inquiry.get("/zh/search/documents", params={"issuer": "阿坝州人民政府"}).text
    [address] = re.findall(r'href="(/zh/search/documents\.csv[^"]+)"', page)
    answer = inquiry.get(address.replace("&amp;", "&"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="documents.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["阿府发〔2026〕38号", "阿府发〔2025〕38号"]
    assert rows[1] == {
        "title": "'=草原办法",
        "number": "阿府发〔2025〕38号",
        "index": "",
        "issuers": "阿坝州人民政府; 林草局",
        "subject": "02",
        "subject_name": "卫生",
        "date": "2025-05-11 09:30",
        "validity": "repealed",
        "lang": "zh",
        "url": "https://www.aba.example/zh/grazing/",
    }


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    write_frames(tmp_path)
    with TestClient(make_application(tmp_path, THEME)) as client:
        assert client.get("/zh/search/documents").status_code == 503
        assert client.get("/zh/search/documents.csv?year=2026").status_code == 503
