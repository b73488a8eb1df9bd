"""Archives: a year's page lists all its entries, above 200 its months, above 200 their days."""

from __future__ import annotations

from pathlib import Path

from tests.small_site import SmallSite, differences, make_small_site


def _add(site: SmallSite, numbers: range, day: str = "") -> None:
    for number in numbers:
        date = day or f"2026-{number % 4 + 1:02d}-10"
        site.document(
            f"news/2026/n{number}.md", id=f"n{number}", title=f"新闻{number}", date=f"{date} 09:00"
        )


def _archives(site: SmallSite) -> set[str]:
    root = site.root / "build/site/zh/news/2026"
    pages = {path.relative_to(root).parent.as_posix() for path in root.rglob("index.html")}
    return {page for page in pages if not page.startswith("n")}


def test_a_year_is_divided_when_it_has_more_than_200_and_joined_again(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    _add(site, range(200))
    site.build()
    assert _archives(site) == {"."}
    year = (tmp_path / "build/site/zh/news/2026/index.html").read_text()
    assert "新闻0<" in year
    assert "新闻199<" in year

    _add(site, range(200, 201))
    site.build()
    assert _archives(site) == {".", "01", "02", "03", "04"}
    year = (tmp_path / "build/site/zh/news/2026/index.html").read_text()
    assert "/zh/news/2026/03/" in year
    assert "新闻5<" not in year
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []

    (site.content / "news/2026/n7.md").unlink()
    site.build()
    assert _archives(site) == {"."}
    site.build("again")
    assert differences(site.outputs(), site.outputs("again")) == []


def test_a_month_with_more_than_200_lists_its_days(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    _add(site, range(150), "2026-03-09")
    _add(site, range(150, 260), "2026-03-10")
    site.build()
    assert _archives(site) == {".", "03", "03/09", "03/10"}
    day = (tmp_path / "build/site/zh/news/2026/03/10/index.html").read_text()
    assert "新闻200<" in day
    assert "新闻100<" not in day


def test_a_year_is_divided_by_a_text_whose_hour_comes(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    _add(site, range(200))
    site.document("news/2026/late.md", id="late", title="晚", date="2026-07-01 09:00")
    site.build(now="2026-06-30 12:00")
    assert _archives(site) - {"late"} == {"."}
    site.build(now="2026-07-02 12:00")
    assert _archives(site) - {"late"} == {".", "01", "02", "03", "04", "07"}
    site.build("fresh", now="2026-07-02 12:00")
    assert differences(site.outputs(), site.outputs("fresh")) == []


def _in_english(site: SmallSite, name: str, number: int) -> Path:
    return site.document(
        f"news/2025/{name}.en.md", id=f"n{number}", lang="en", title="News", date="2025-03-10 09:00"
    )


def test_another_language_has_a_page_of_a_period_once_something_in_it_has_a_text(
    tmp_path: Path,
) -> None:
    site = make_small_site(tmp_path)
    site.document("news/2025/n1.md", id="n1", title="一", date="2025-03-10 09:00")
    site.document("news/2026/n2.md", id="n2", title="二", date="2026-03-10 09:00")
    site.build()
    pages = tmp_path / "build/site"
    assert not (pages / "en/news/2025/index.html").exists()
    assert 'href="/zh/news/2025/" hreflang="zh-CN"' in (pages / "en/news/index.html").read_text()
    source = (pages / "zh/news/2025/index.html").read_text()
    assert 'href="/en/news/"' in source
    assert 'href="/en/news/2025/"' not in source

    english = _in_english(site, "n1", 1)
    site.build()
    page = (pages / "en/news/2025/index.html").read_text()
    assert ">News<" in page
    assert 'href="/zh/news/2025/"' in page
    assert 'href="/bo/news/"' in page
    assert 'href="/en/news/2025/">2025' in (pages / "en/news/index.html").read_text()
    assert 'href="/zh/news/2026/" hreflang="zh-CN"' in (pages / "en/news/index.html").read_text()
    assert 'href="/en/news/2025/"' in (pages / "zh/news/2025/index.html").read_text()
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []

    english.unlink()
    site.build()
    assert not (pages / "en/news/2025/index.html").exists()
    site.build("again")
    assert differences(site.outputs(), site.outputs("again")) == []


def test_a_divided_year_names_for_each_part_the_language_that_has_it(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    _add(site, range(204))
    site.document("news/2026/n1.en.md", id="n1", lang="en", title="News", date="2026-02-10 09:00")
    site.build()
    year = (tmp_path / "build/site/en/news/2026/index.html").read_text()
    assert 'href="/en/news/2026/02/">' in year
    assert 'href="/zh/news/2026/03/" hreflang="zh-CN">' in year
    site.document("news/2026/n2.en.md", id="n2", lang="en", title="More", date="2026-03-10 09:00")
    site.build()
    year = (tmp_path / "build/site/en/news/2026/index.html").read_text()
    assert 'href="/en/news/2026/03/">' in year
    site.build("fresh")
    assert differences(site.outputs(), site.outputs("fresh")) == []
