"""Pictures and files of a site: from the content to the pages and the files they name."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from plugins.portal.building.build import BuildRefusedError, check_site
from tests.files import samples
from tests.small_site import SmallSite, differences, make_small_site

LAKE = "{file: lake.jpg, alt: 湖面映着三道山脊, caption: 示意图}"


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    site = make_small_site(tmp_path)
    site.write("news/2026/lake.jpg", samples.encoded(samples.ridges()))
    site.write("news/2026/chart.svg", samples.PLAIN_SVG)
    site.document(
        "news/2026/lake.md",
        '见图。\n\n![远处的塔](lake.jpg "从南岸看")\n\n![甲](chart.svg) ![乙](lake.jpg)\n\n'
        "行内![丙](chart.svg)图。",
        id="lake",
        picture=LAKE,
    )
    return site


def page(site: SmallSite, url: str = "/zh/news/2026/lake/") -> str:
    return (site.root / f"build/site{url}index.html").read_text()


def test_the_lead_picture_is_the_first_thing_and_is_not_loaded_late(site: SmallSite) -> None:
    site.build()
    assert (
        '<figure class="figure figure-lead"><picture><source type="image/webp"'
        ' srcset="/pictures/lake/lake.jpg/small.webp 360w, /pictures/lake/lake.jpg/medium.webp 720w,'
        ' /pictures/lake/lake.jpg/large.webp 1280w" sizes="(min-width: 48rem) 43rem,'
        ' calc(100vw - 2rem)"><img src="/pictures/lake/lake.jpg/large.jpg" alt="湖面映着三道山脊"'
        ' width="1280" height="800" fetchpriority="high"></picture>'
        "<figcaption>示意图</figcaption></figure>"
    ) in page(site)


def test_a_picture_alone_is_a_figure_and_several_are_a_gallery(site: SmallSite) -> None:
    site.build()
    text = page(site)
    lake = (
        r'<picture><source [^>]*><img src="/pictures/lake/lake.jpg/large.jpg" width="1280"'
        r' height="800" loading="lazy" decoding="async" alt="{}"></picture>'
    )
    chart = (
        r'<img src="/pictures/lake/chart.svg/picture.svg" width="120" height="80" loading="lazy"'
        r' decoding="async" alt="{}">'
    )
    figure = '<figure class="figure">{}</figure>'
    alone = figure.format(lake.format("远处的塔") + "<figcaption>从南岸看</figcaption>")
    gallery = "\n".join(
        [
            '<div class="gallery">',
            figure.format(chart.format("甲")),
            figure.format(lake.format("乙")),
            "</div>",
        ]
    )
    assert re.search(alone, text)
    assert re.search(gallery, text)
    assert re.search(f"<p>行内{chart.format('丙')}图。</p>", text)


def test_every_address_on_the_page_is_there_and_the_original_is_not(site: SmallSite) -> None:
    site.build()
    named = set(re.findall(r"/pictures/[^\s\",]+", page(site)))
    assert named == {
        *(f"/pictures/lake/lake.jpg/{size}" for size in ("small.webp", "medium.webp")),
        *(f"/pictures/lake/lake.jpg/{size}" for size in ("large.webp", "large.jpg")),
        "/pictures/lake/chart.svg/picture.svg",
    }
    outputs = site.outputs()
    assert {name for name in outputs if "pictures/" in name} == {f"site{n}" for n in named}
    original = (site.content / "news/2026/lake.jpg").read_bytes()
    assert original not in outputs.values()


def test_programs_are_told_of_the_lead_picture(site: SmallSite) -> None:
    site.build()
    url = "https://www.small.example/pictures/lake/lake.jpg/large.jpg"
    assert f'<meta name="Image" content="{url}">' in page(site)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page(site))
    assert found
    assert json.loads(found.group(1))["@graph"][0]["image"] == url


def test_a_translation_shows_its_sources_picture_and_says_its_language(site: SmallSite) -> None:
    site.document("news/2026/lake.en.md", "Text.", id="lake", title="Lake")
    site.build()
    text = page(site, "/en/news/2026/lake/")
    assert 'alt="湖面映着三道山脊" lang="zh-CN"' in text
    assert '<figcaption lang="zh-CN">示意图</figcaption>' in text


class TestOneChange:
    def test_a_replaced_picture_writes_its_sizes_alone(self, site: SmallSite) -> None:
        site.build()
        before = site.outputs()
        site.write("news/2026/lake.jpg", samples.encoded(samples.ridges(1600, 1000).rotate(180)))
        report = site.build()
        assert differences(before, site.outputs()) == [
            f"site/pictures/lake/lake.jpg/{size}"
            for size in ("large.jpg", "large.webp", "medium.webp", "small.webp")
        ]
        assert report.outputs_written == 4

    def test_an_edited_text_decodes_nothing(self, site: SmallSite) -> None:
        site.build()
        times = _times(site)
        site.document("news/2026/lake.md", "![丙](chart.svg)", id="lake", picture=LAKE)
        site.build()
        site.build(is_full=True)
        (site.root / "build/portal.sqlite").unlink()
        site.build()
        assert _times(site) == times

    def test_a_picture_that_is_shown_no_more_goes(self, site: SmallSite) -> None:
        site.build()
        site.document("news/2026/lake.md", "![丙](chart.svg)", id="lake")
        site.build()
        assert [name for name in site.outputs() if "pictures/" in name] == [
            "site/pictures/lake/chart.svg/picture.svg"
        ]
        assert not (site.root / "build/site/pictures/lake/lake.jpg").exists()

    def test_a_picture_waits_for_the_hour_of_its_document(self, site: SmallSite) -> None:
        site.document("news/2026/lake.md", id="lake", picture=LAKE, date="2026-07-01 09:00")
        site.build()
        assert [name for name in site.outputs() if "pictures/" in name] == []
        site.build(now="2026-07-01 10:00")
        assert len([name for name in site.outputs() if "pictures/" in name]) == 4

    def test_an_emptied_cache_is_filled_again(self, site: SmallSite) -> None:
        site.build()
        shutil.rmtree(site.root / "build/cache/pictures")
        site.document("news/2026/other.md", "![x](lake.jpg)", id="other")
        site.build()
        pictures = site.root / "build/site/pictures"
        for size in ("small.webp", "large.jpg"):
            one, other = (pictures / id_ / "lake.jpg" / size for id_ in ("lake", "other"))
            assert one.read_bytes() == other.read_bytes()


def _times(site: SmallSite) -> dict[Path, int]:
    cache = site.root / "build/cache/pictures"
    return {path: path.stat().st_mtime_ns for path in cache.rglob("*") if path.is_file()}


def test_a_broken_picture_refuses_the_build_and_leaves_the_site(site: SmallSite) -> None:
    site.build()
    before = site.outputs()
    site.write("news/2026/lake.jpg", samples.encoded(samples.ridges())[:9_000])
    for _ in range(2):  # the second time it is not new any more
        with pytest.raises(BuildRefusedError) as refused:
            site.build()
        assert [(p.file, p.code) for p in refused.value.problems] == [
            ("news/2026/lake.jpg", "picture-truncated")
        ]
    assert differences(before, site.outputs()) == []


def test_a_broken_picture_that_nothing_shows_holds_nobody_up(site: SmallSite) -> None:
    site.write("news/2026/unused.jpg", b"no picture")
    site.build()
    site.document("news/2026/late.md", "![x](unused.jpg)", id="late")
    with pytest.raises(BuildRefusedError) as refused:
        site.build()
    assert [p.code for p in refused.value.problems] == ["picture-type"]


def test_two_processes_prepare_what_one_does(site: SmallSite) -> None:
    for number in range(9):
        picture = samples.encoded(samples.flat((number * 20, 90, 120)))
        site.write(f"news/2026/p{number}.jpg", picture)
        site.document(f"news/2026/p{number}.md", f"![图](p{number}.jpg)", id=f"p{number}")
    site.build("one", jobs=1)
    site.build("two", jobs=2)
    assert differences(site.outputs("one"), site.outputs("two")) == []


def _archive(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "<w/>")
    return buffer.getvalue()


class TestAttachments:
    @pytest.fixture
    def attach(self, site: SmallSite) -> Callable[..., str]:
        def build(**files: bytes) -> str:
            names = [name.replace("_", ".") for name in files]
            for name, data in zip(names, files.values(), strict=True):
                site.write(f"news/2026/{name}", data)
            listed = ", ".join(f"{{file: {name}, title: 附件}}" for name in names)
            site.document(
                "news/2026/x.md", id="x", attachments=f"[{listed}]", departments="[water]"
            )
            site.build()
            return page(site, "/zh/news/2026/x/")

        return build

    def test_a_picture_offered_goes_out_clean_and_whole(
        self, site: SmallSite, attach: Callable[..., str]
    ) -> None:
        exif = samples.telling_exif(6)
        attach(map_jpg=samples.encoded(samples.ridges(2000, 1400), exif=exif))
        data = (site.root / "build/site/files/x/map.jpg").read_bytes()
        assert samples.OWNER.encode() not in data
        assert Image.open(io.BytesIO(data)).size == (1400, 2000)
        row = json.loads(site.outputs()["row:x.zh"])
        [attached] = row["attachments"]
        assert (attached["url"], attached["type"]) == ("/files/x/map.jpg", "JPEG")

    def test_sort_pages_and_size_are_told_by_the_content(self, attach: Callable[..., str]) -> None:
        writer = PdfWriter()
        for _ in range(12):
            writer.add_blank_page(200, 200)
        buffer = io.BytesIO()
        writer.write(buffer)
        text = attach(plan_pdf=buffer.getvalue(), one_docx=_archive("word/document.xml"))
        size = round(len(buffer.getvalue()) / 1_000)
        assert f'<span class="note">PDF、12 页、{size} KB</span>' in text
        assert '<a href="/files/x/one.docx">附件</a> <span class="note">DOCX、' in text

    def test_an_earlier_version_keeps_an_address_of_its_own(self, site: SmallSite) -> None:
        for name in ("plan.txt", "plan-2024.txt", "plan-2025.txt"):
            site.write(f"news/2026/{name}", name)
        versions = (
            "[{file: plan-2024.txt, date: 2024-03-01},"
            " {file: plan-2025.txt, date: 2025-03-01, note: 修订前}]"
        )
        attached = f"[{{file: plan.txt, title: 方案, versions: {versions}}}]"
        site.document("news/2026/x.md", id="x", attachments=attached)
        site.build()
        for name in ("plan.txt", "plan-2024.txt", "plan-2025.txt"):
            assert (site.root / f"build/site/files/x/{name}").read_text() == name
        text = page(site, "/zh/news/2026/x/")
        assert re.findall(r'href="/files/x/([^"]+)"', text) == [
            *("plan.txt", "plan-2025.txt", "plan-2024.txt"),
        ]
        assert "修订前" in text

    def test_a_version_that_is_not_there_is_a_problem(self, site: SmallSite) -> None:
        site.write("news/2026/plan.txt", "plan")
        attached = "[{file: plan.txt, title: 方案, versions: [{file: old.txt, date: 2024-03-01}]}]"
        site.document("news/2026/x.md", id="x", attachments=attached)
        with pytest.raises(BuildRefusedError) as refused:
            site.build()
        assert [p.code for p in refused.value.problems] == ["attachment-missing"]

    def test_the_search_row_names_the_file_and_follows_its_content(self, site: SmallSite) -> None:
        site.document("news/2026/x.md", id="x", attachments="[{file: list.csv, title: 表}]")
        for cells in ("地区,日期", "乡,期"):
            site.write("news/2026/list.csv", cells)
            site.build()
            content_hash = hashlib.sha256(cells.encode()).hexdigest()[:32]
            row = json.loads(site.outputs()["row:x.zh"])
            assert row["attachments"] == [
                {"title": "表", "url": "/files/x/list.csv", "type": "CSV", "hash": content_hash}
            ]

    def test_who_gives_it_in_another_form_is_said(self, attach: Callable[..., str]) -> None:
        text = attach(list_txt=b"list")
        assert '水务局、<a href="tel:0837-5550102">0837-5550102</a>' in text


def test_a_columns_front_shows_those_with_pictures_and_reads_nothing_of_others(
    site: SmallSite,
) -> None:
    site.document("news/2026/plain.md", id="plain", title="无图")
    site.document("documents/2026/rule.md", id="rule", title="办法")
    site.build()
    front = page(site, "/zh/news/")
    (gallery,) = re.findall(r'<ul class="picture-list">.*?</ul>', front, re.DOTALL)
    assert re.findall(r'href="([^"]+)"', gallery) == ["/zh/news/2026/lake/"]
    assert 'srcset="/pictures/lake/lake.jpg/small.webp 360w' in gallery
    assert '<p class="picture-caption">示意图</p>' in gallery
    assert "picture-list" not in page(site, "/zh/documents/")


def test_what_an_editor_should_look_at_is_said_as_long_as_the_picture_is_shown(
    site: SmallSite,
) -> None:
    site.write("news/2026/inks.jpg", samples.REMARKED["inks.jpg"][0]())
    site.document("news/2026/x.md", "![墨](inks.jpg)", id="x")
    remarked = [("news/2026/inks.jpg", "picture-inks")]

    def codes() -> list[tuple[str, str]]:
        return [(problem.file, problem.code) for problem in check_site(site.request("build"))]

    assert [(p.file, p.code) for p in site.build().problems] == remarked
    assert codes() == remarked
    site.document("news/2026/x.md", "没有图。", id="x")
    assert codes() == []
