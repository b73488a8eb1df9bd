"""Hard input that is no mistake: it builds, and safely."""

from __future__ import annotations

from pathlib import Path

from tests.small_site import make_small_site


def test_a_han_file_name_with_spaces_a_long_text_deep_lists_and_a_script(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    site.document("news/2026/关于 放假 的通知.md", title="放假")
    nested = "\n".join("    " * depth + f"- 第{depth}层" for depth in range(15))
    site.document("news/2026/nested.md", nested, title="层")
    paragraph = "为了推进和保障建设，根据有关法律，结合实际，制定本条例。" * 12
    site.document("news/2026/long.md", "\n\n".join([paragraph] * 1000), title="长")
    site.document(
        "news/2026/script.md",
        '<script>alert(1)</script>\n\n<p onclick="alert(2)">甲</p>\n\n<a href="javascript:alert(3)">乙</a>',
        title="<script>alert(0)</script>",
    )
    site.build()
    outputs = site.outputs()
    assert "site/zh/news/2026/guan-yu-fang-jia-de-tong-zhi/index.html" in outputs
    assert outputs["site/zh/news/2026/nested/index.html"].count(b"<ul>") >= 15
    assert len(outputs["site/zh/news/2026/long/index.html"]) > 900_000
    page = outputs["site/zh/news/2026/script/index.html"].decode()
    assert "alert(" not in page.replace("&lt;script&gt;alert(0)&lt;/script&gt;", "").replace(
        "\\u003cscript>alert(0)\\u003c/script>", ""
    )


def test_plain_pelican_content_builds(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    site.write("files/paper.txt", "paper")
    site.write(
        "article.md",
        "Title: An article\nDate: 2026-03-02 10:20\nCategory: news\nTags: one, two\n"
        "Slug: my-article\nLang: en\nSummary: Short.\n\n"
        "See [the other]({filename}other.md) and [the paper]({static}files/paper.txt).\n",
    )
    site.write("other.md", "Title: Other\nDate: 2026-03-01\nCategory: news\n\nText.\n")
    site.build()
    outputs = site.outputs()
    page = outputs["site/en/news/2026/my-article/index.html"].decode()
    assert "An article" in page
    assert 'href="/zh/news/2026/other/"' in page
    assert [name for name in outputs if name.endswith("/paper.txt")] != []
