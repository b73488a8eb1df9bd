"""What programs read: the API's description, feeds of queries, the search of a browser's bar."""

from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from search.openapi import describe_api
from search.parameters import API_PARAMETERS, SUGGEST_PARAMETERS
from tests.rendering.feed_rules import ATOM, check_atom

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def mismatches(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:
    """Where a JSON value is not what its schema says: types, enums, keys."""
    if "anyOf" in schema:
        tries = [mismatches(value, each, where) for each in schema["anyOf"]]
        return [] if [] in tries else tries[0]
    types: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    if not isinstance(value, types[schema["type"]]):
        return [f"{where}: {value!r} is no {schema['type']}"]
    wrong = [f"{where}: {value!r}"] if "enum" in schema and value not in schema["enum"] else []
    if isinstance(value, dict):
        known = schema["properties"]
        wrong += [f"{where}: no {name}" for name in schema["required"] if name not in value]
        wrong += [f"{where}: {name} is not described" for name in value if name not in known]
        for name in value.keys() & known.keys():
            wrong += mismatches(value[name], known[name], f"{where}/{name}")
    if isinstance(value, list):
        for each in value:
            wrong += mismatches(each, schema["items"], f"{where}/items")
    return wrong


@pytest.mark.parametrize(
    ("address", "parameters", "asked", "status"),
    [
        ("/api/search", API_PARAMETERS, "q=医保报销&kind=document", 200),
        ("/api/search", API_PARAMETERS, "q=高令津贴", 200),
        ("/api/search", API_PARAMETERS, "q=外伤经过", 200),
        ("/api/search", API_PARAMETERS, "page=0&what=1", 422),
        ("/api/suggest", SUGGEST_PARAMETERS, "q=ybbx", 200),
    ],
)
def test_answers_are_what_the_description_says(
    client: TestClient, address: str, parameters: tuple[str, ...], asked: str, status: int
) -> None:
    described = client.get("/api/openapi.json").json()["paths"][address]["get"]
    assert [each["name"] for each in described["parameters"]] == list(parameters)
    answer = client.get(f"{address}?{asked}")
    assert answer.status_code == status
    schema = described["responses"][str(status)]["content"]["application/json"]["schema"]
    assert mismatches(answer.json(), schema) == []


def test_the_description_says_the_limits() -> None:
    parameters = describe_api()["paths"]["/api/search"]["get"]["parameters"]
    [size] = [each["schema"] for each in parameters if each["name"] == "size"]
    assert (size["minimum"], size["maximum"]) == (1, 50)


@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_the_newest_results_of_a_query_are_a_feed(client: TestClient, lang: str) -> None:
    page = client.get(f"/{lang}/search/", params={"q": "通知", "kind": "news", "sort": "number"})
    address = f"/{lang}/search/feed.atom?q=%E9%80%9A%E7%9F%A5&amp;kind=news"
    assert f'<link rel="alternate" type="application/atom+xml" href="{address}">' in page.text
    assert f'<a href="{address}" rel="nofollow"' in page.text
    answer = client.get(address.replace("&amp;", "&"))
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert check_atom(answer.content) == []
    feed = ElementTree.fromstring(answer.content)
    moments = [each.text or "" for each in feed.iterfind(f"{ATOM}entry/{ATOM}updated")]
    assert len(moments) > 20
    assert moments == sorted(moments, reverse=True)
    assert all(moment.endswith("+08:00") for moment in moments)


def test_a_feed_without_results_is_a_feed(client: TestClient) -> None:
    answer = client.get("/zh/search/feed.atom", params={"q": "qqzzxx\x01\uffff<&"})
    assert answer.status_code == 200
    feed = ElementTree.fromstring(answer.content)
    assert feed.findall(f"{ATOM}entry") == []


def test_a_wrong_feed_is_told(client: TestClient) -> None:
    assert client.get("/zh/search/feed.atom?page=2").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en", "bo"])
def test_a_browser_can_search_from_its_bar(client: TestClient, lang: str) -> None:
    assert f'href="/{lang}/search/opensearch.xml"' in client.get(f"/{lang}/search/").text
    answer = client.get(f"/{lang}/search/opensearch.xml")
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    described = ElementTree.fromstring(answer.content)
    assert 0 < len(described.findtext(f"{OPENSEARCH}ShortName") or "") <= 16
    templates = [url.get("template", "") for url in described.findall(f"{OPENSEARCH}Url")]
    assert templates[0] == f"https://www.aba.example/{lang}/search/?q={{searchTerms}}"
    for template in templates:
        path = template.removeprefix("https://www.aba.example").replace("{searchTerms}", "a")
        assert client.get(path).status_code == 200
