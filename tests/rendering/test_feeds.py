"""Feeds: where there is one, what the pages name, and what Atom and JSON Feed ask of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rendering.feed_rules import check_atom, check_json_feed
from tests.small_site import SmallSite, differences, make_small_site


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.document(
        "news/2026/a.md", id="a", title="甲 <b> & 乙", summary="1 < 2", counties="[upper]"
    )
    site.document("news/2026/a.en.md", "Text.", id="a", title="A", departments="[water]")
    site.document("documents/2026/b.md", id="b", title="文件")
    site.build()
    return site


def feeds(site: SmallSite) -> set[str]:
    root = site.root / "build/site"
    return {f"/{path.relative_to(root).parent.as_posix()}/" for path in root.rglob("feed.xml")}


def named(site: SmallSite, url: str) -> set[str]:
    text = (site.root / f"build/site{url}index.html").read_text()
    lines = [line for line in text.splitlines() if 'rel="alternate" type="application/atom' in line]
    return {line.split('href="')[1].split('"')[0] for line in lines}


def test_each_front_with_documents_has_a_feed_in_the_sites_own_language(site: SmallSite) -> None:
    assert {feed for feed in feeds(site) if feed.startswith("/zh/")} == {
        "/zh/",
        "/zh/public/",
        "/zh/enterprises/",
        "/zh/tourists/",
        "/zh/news/",
        "/zh/documents/",
        "/zh/counties/upper/",
    }


def test_another_language_has_a_feed_where_a_document_has_a_text_in_it(site: SmallSite) -> None:
    assert {feed for feed in feeds(site) if not feed.startswith("/zh/")} == {
        "/en/",
        "/en/public/",
        "/en/tourists/",
        "/en/news/",
        "/en/counties/upper/",
    }


def test_a_page_names_the_feed_of_its_language_or_of_the_sites(site: SmallSite) -> None:
    assert named(site, "/en/news/") == {"/en/news/feed.xml"}
    assert named(site, "/en/documents/") == {"/zh/documents/feed.xml"}
    assert named(site, "/bo/") == {"/zh/feed.xml"}
    assert named(site, "/zh/departments/water/") == set()
    assert named(site, "/zh/counties/upper/") == {"/zh/counties/upper/feed.xml"}


def test_a_feed_comes_and_goes_with_the_texts_in_its_language(site: SmallSite) -> None:
    site.document("documents/2026/b.bo.md", "ཡིག་ཆ།", id="b", title="ཡིག")
    site.build()
    assert "/bo/documents/" in feeds(site)
    assert named(site, "/bo/documents/") == {"/bo/documents/feed.xml"}
    (site.content / "documents/2026/b.bo.md").unlink()
    site.build()
    assert "/bo/documents/" not in feeds(site)
    assert named(site, "/bo/documents/") == {"/zh/documents/feed.xml"}
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def test_every_feed_keeps_the_rules_of_its_format(site: SmallSite) -> None:
    root = site.root / "build/site"
    wrong = [p for path in root.rglob("feed.xml") for p in check_atom(path.read_bytes())]
    wrong += [p for path in root.rglob("feed.json") for p in check_json_feed(path.read_bytes())]
    assert wrong == []


def test_titles_and_summaries_are_text_and_no_markup(site: SmallSite) -> None:
    feed = (site.root / "build/site/zh/news/feed.xml").read_text()
    assert "<title>甲 &lt;b&gt; &amp; 乙</title>" in feed
    assert '<summary type="html">1 &amp;lt; 2</summary>' in feed


def test_an_entry_in_another_language_says_which(site: SmallSite) -> None:
    feed = (site.root / "build/site/en/feed.xml").read_text()
    assert '<entry xml:lang="zh-CN"><title>文件</title>' in feed
    assert "<entry><title>A</title>" in feed


def test_a_feed_of_other_rules_is_found_wrong(site: SmallSite) -> None:
    good = (site.root / "build/site/zh/news/feed.xml").read_text()
    for old, new in (
        ("<updated>", "<updated>yesterday "),
        ("<id>https://", "<id>"),
        ('rel="self"', 'rel="other"'),
        ("<author>", "<author/><x>"),
    ):
        assert check_atom(good.replace(old, new, 1).encode()) != [], old
    json_feed = (site.root / "build/site/zh/news/feed.json").read_text()
    for old, new in (("version/1.1", "version/9"), ('"id"', '"no"'), ("+08:00", "")):
        assert check_json_feed(json_feed.replace(old, new, 1).encode()) != [], old
