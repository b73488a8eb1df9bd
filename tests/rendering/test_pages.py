"""What every page carries: government page tags, canonical, hreflang, JSON-LD, feeds, links."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.small_site import SmallSite, make_small_site


class Head(HTMLParser):
    """Metas, links and JSON-LD of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.json = ""
        self._is_json = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in values:
            self.metas.append((values["name"], values["content"]))
        elif tag == "link":
            self.links.append(values)
        self._is_json = tag == "script" and values.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._is_json:
            self.json += data


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    keys = {
        "id": "rule",
        "number": "阿府发〔2026〕12号",
        "index": "0001/2026-0012",
        "issuers": "[办公室]",
        "subject": '"01"',
        "made": "2026-02-27",
        "summary": "一句话。",
        "keywords": "[医疗]",
        "source": "办公室",
        "departments": "[office]",
        "effective": "2026-04-01",
    }
    site.document("orders/2026/rule.md", "见[解读](reading.md)。", title='办法 <1> & "2"', **keys)
    site.document("orders/2026/rule.en.md", "Text.", title="Rule", **{**keys, "summary": "One."})
    site.document(
        "orders/2026/reading.md", "解读。", id="reading", title="解读", interprets="[rule]"
    )
    site.document("about/us.md", "关于。", title="关于我们", id="us")
    site.build()
    return site


def page(site: SmallSite, url: str) -> str:
    return (site.root / f"build/site{url}index.html").read_text()


def test_a_document_carries_the_government_page_tags_once_each(site: SmallSite) -> None:
    metas = Head(page(site, "/zh/orders/2026/rule/")).metas
    values = dict(metas)
    assert values["SiteName"] == "小站"
    assert values["SiteDomain"] == "www.small.example"
    assert values["SiteIDCode"] == "0000000000"
    assert values["ColumnName"] == "规范"
    assert values["ColumnType"] == "文件"
    assert values["ArticleTitle"] == '办法 <1> & "2"'
    assert values["PubDate"] == "2026-03-01 09:00"
    assert values["ContentSource"] == "办公室"
    assert max(Counter(name for name, _ in metas).values()) == 1


def test_a_column_carries_its_tags(site: SmallSite) -> None:
    values = dict(Head(page(site, "/en/orders/")).metas)
    assert (values["ColumnName"], values["ColumnType"]) == ("Orders", "Documents")
    assert values["ColumnKeywords"] == "order"


def test_hreflang_stands_only_among_real_translations(site: SmallSite) -> None:
    head = Head(page(site, "/zh/orders/2026/rule/"))
    alternates = {a["hreflang"]: a["href"] for a in head.links if "hreflang" in a}
    assert alternates == {
        "zh-CN": "https://www.small.example/zh/orders/2026/rule/",
        "en": "https://www.small.example/en/orders/2026/rule/",
    }
    front = {a["hreflang"] for a in Head(page(site, "/zh/orders/")).links if "hreflang" in a}
    assert front == {"zh-CN", "en", "bo"}


def test_the_root_is_the_default_home_with_its_canonical_address(site: SmallSite) -> None:
    canonical = [a["href"] for a in Head(page(site, "/")).links if a["rel"] == "canonical"]
    assert canonical == ["https://www.small.example/zh/"]
    assert page(site, "/").split("<main")[1] == page(site, "/zh/").split("<main")[1]


def test_json_ld_is_data_that_cannot_end_its_element(site: SmallSite) -> None:
    head = Head(page(site, "/zh/orders/2026/rule/"))
    graph = json.loads(head.json)["@graph"]
    assert graph[0]["headline"] == '办法 <1> & "2"'
    assert graph[0]["identifier"] == "阿府发〔2026〕12号"
    assert graph[0]["datePublished"] == "2026-03-01T09:00:00+08:00"
    assert "<1>" not in head.json


def test_the_card_says_all_that_the_rules_ask(site: SmallSite) -> None:
    card = page(site, "/zh/orders/2026/rule/").split('class="card"')[1].split("</section>")[0]
    terms = re.findall(r"<dt>([^<]+)</dt>", card)
    assert terms == [
        "索引号",
        "主题分类",
        "发文机关",
        "成文日期",
        "标题",
        "发文字号",
        "发布日期",
        "施行日期",
        "主题词",
        "有效性",
    ]


def test_policy_and_interpretation_link_to_each_other(site: SmallSite) -> None:
    assert 'href="/zh/orders/2026/reading/"' in page(site, "/zh/orders/2026/rule/")
    assert 'href="/zh/orders/2026/rule/"' in page(site, "/zh/orders/2026/reading/")


def test_other_languages_list_the_source_with_its_language(site: SmallSite) -> None:
    front = page(site, "/en/orders/")
    assert 'href="/en/orders/2026/rule/">Rule</a>' in front
    assert 'href="/zh/orders/2026/reading/" lang="zh-CN" hreflang="zh-CN">解读</a>' in front
    assert not (site.root / "build/site/en/orders/2026/reading").exists()


def test_feeds_are_atom_and_json(site: SmallSite) -> None:
    root = site.root / "build/site/en/orders"
    feed = ElementTree.parse(root / "feed.xml").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    assert sorted(titles, key=str) == ["Rule", "解读"]
    updated = {entry.findtext(f"{atom}updated") for entry in feed.iter(f"{atom}entry")}
    assert updated == {"2026-03-01T09:00:00+08:00"}
    document = json.loads((root / "feed.json").read_text())
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert len(document["items"]) == 2


def test_sitemaps_name_every_page_a_visitor_can_reach(site: SmallSite) -> None:
    root = site.root / "build/site"
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ElementTree.parse(root / "sitemap.xml").getroot()
    parts = [loc.text or "" for loc in index.iter(f"{space}loc")]
    base = "https://www.small.example"
    named = {
        loc.text.removeprefix(base)
        for part in parts
        for loc in ElementTree.parse(root / part.removeprefix(f"{base}/"))
        .getroot()
        .iter(f"{space}loc")
        if loc.text
    }
    pages = {
        f"/{path.parent.relative_to(root).as_posix()}/" for path in root.rglob("index.html")
    } - {"/./"}
    archives = {url for url in pages if re.search(r"/\d{4}/$", url)}
    assert named == pages - archives


def test_every_internal_link_leads_somewhere(site: SmallSite) -> None:
    root = site.root / "build/site"
    dead = set()
    for path in root.rglob("*.html"):
        for url in re.findall(r'(?:href|src)="(/[^"#?]*)', path.read_text()):
            target = root / (url[1:] + "index.html" if url.endswith("/") else url[1:])
            if not target.is_file() and "/search/" not in url and "/relay/" not in url:
                dead.add(url)
    assert dead == set()


def test_a_translation_takes_its_card_from_its_source(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    site.write("documents/2026/plan.txt", "plan")
    site.document(
        "documents/2026/rule.md",
        id="rule",
        title="办法",
        number="阿府发〔2026〕12号",
        effective="2026-04-01",
        attachments="[{file: plan.txt, title: 表, alternative: 电话}]",
    )
    site.write(
        "documents/2026/rule.en.md", "---\nid: rule\ntitle: Rule\ndate: 2026-03-02\n---\n\nText.\n"
    )
    site.build()
    english = page(site, "/en/documents/2026/rule/")
    assert "阿府发〔2026〕12号" in english
    assert "<dd>In force" in english
    assert "/files/rule/plan.txt" in english
    site.document("documents/2026/rule.md", id="rule", title="办法", number="阿府发〔2026〕13号")
    site.build()
    assert "阿府发〔2026〕13号" in page(site, "/en/documents/2026/rule/")
