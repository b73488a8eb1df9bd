"""The text of a document: links, pictures, tables, what is dropped, and texts made to break."""

import pytest

from plugins.portal.reading import Link
from tests.reading.contexts import codes, read_news


@pytest.mark.parametrize(
    ("written", "href", "target"),
    [
        ("../2025/y.md", "{doc:news/2025/y.md}", "doc:news/2025/y.md"),
        ("y.en.md#part", "{doc:news/2026/y.en.md}#part", "doc:news/2026/y.en.md"),
        ("{filename}../2025/y.md", "{doc:news/2025/y.md}", "doc:news/2025/y.md"),
        ("{filename}/documents/2026/y.md", "{doc:documents/2026/y.md}", "doc:documents/2026/y.md"),
        ("|filename|y.md", "{doc:news/2026/y.md}", "doc:news/2026/y.md"),
        ("{static}表.pdf", "{file:news/2026/表.pdf}", "file:news/2026/表.pdf"),
        ("<附件 一.pdf>", "{file:news/2026/附件 一.pdf}", "file:news/2026/附件 一.pdf"),
        ("%E8%A1%A8.pdf", "{file:news/2026/表.pdf}", "file:news/2026/表.pdf"),
        ("/files/a.pdf", "{file:files/a.pdf}", "file:files/a.pdf"),
        ("a{b}.pdf", "{file:news/2026/a&#123;b&#125;.pdf}", "file:news/2026/a{b}.pdf"),
        ("doc:water-rules#3", "{doc:water-rules}#3", "doc:water-rules"),
        ("/zh/documents/?a=b#c", "/zh/documents/?a=b#c", "url:/zh/documents/"),
        ("../y/", "/zh/news/2026/y/", "url:/zh/news/2026/y/"),
    ],
)
def test_links_to_the_site_are_kept_by_target(written: str, href: str, target: str) -> None:
    document, problems = read_news(f"a\n\n[b]({written})\n")
    assert document.html == f'<p>a</p>\n<p><a href="{href}">b</a></p>'
    assert document.links == (Link(target, 7),)
    assert problems == []


@pytest.mark.parametrize(
    "written",
    ["https://a.example/x.md", "mailto:a@b.example", "tel:0837-1", "#part", "//a.example/"],
)
def test_other_links_stay_as_written(written: str) -> None:
    document, problems = read_news(f"[b]({written})\n")
    assert f'<a href="{written}">b</a>' in document.html
    assert document.links == ()
    assert problems == []


def test_links_that_lead_nowhere_are_problems_with_their_lines() -> None:
    _, problems = read_news("a\n\n[b](../../../x.md)\n\n[c]({author}x) [d](javascript:alert(1))\n")
    assert codes(problems) == [(7, "link-outside"), (9, "link-form"), (9, "link-scheme")]


def test_the_same_link_twice_has_two_lines() -> None:
    document, _ = read_news("[b](y.md)\n\n[c](y.md)\n")
    assert [link.line for link in document.links] == [5, 7]


def test_pictures_need_alternative_text_and_lie_here() -> None:
    document, problems = read_news("![图](a.png)\n\n![](b.png)\n\n![x](https://a.example/c.png)\n")
    assert '<img alt="图" src="{picture:news/2026/a.png}">' in document.html
    assert [link.target for link in document.links] == [
        "picture:news/2026/a.png",
        "picture:news/2026/b.png",
    ]
    assert codes(problems) == [(7, "image-alt"), (9, "image-remote")]


def test_a_table_can_be_scrolled_and_is_named_after_its_heading() -> None:
    document, _ = read_news("## 预算 & 决算\n\n| 项目 | 元 |\n|---|--:|\n| 甲 | 1 |\n")
    assert (
        '<div class="table" tabindex="0" role="region" aria-label="预算 &amp; 决算"><table>'
        in document.html
    )
    assert '<td class="align-right">1</td>' in document.html
    assert document.html.endswith("</table></div>")
    document, _ = read_news("| 项目 | 元 |\n|---|--:|\n| 甲 | 1 |\n")
    assert 'aria-label="新桥通车"' in document.html


def test_headings_and_footnotes() -> None:
    document, _ = read_news("# 总则 {#one}\n\n## 总则\n\n甲[^1]\n\n[^1]: 注\n")
    assert document.headings == (("one", "总则", 2), ("总则", "总则", 3))
    assert '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>' in document.html
    assert 'aria-label="回到正文注1处"' in document.html


def test_raw_first_level_headings_go_down() -> None:
    assert "<h2>x</h2>" in read_news("<h1>x</h1>\n")[0].html


def test_what_could_act_is_dropped_with_a_warning() -> None:
    document, problems = read_news(
        '甲\n\n<script>alert(1)</script>\n\n<p onclick="x()" style="color:red">乙</p>\n\n'
        "<iframe src='https://a.example/'></iframe>\n\n`<script>`\n"
    )
    assert codes(problems) == [(7, "html-dropped"), (9, "html-dropped"), (11, "html-dropped")]
    assert all(problem.severity == "warning" for problem in problems)
    for word in ("alert", "onclick", "style", "iframe", "color"):
        assert word not in document.html
    assert "<code>&lt;script&gt;</code>" in document.html


def test_a_text_of_which_nothing_shows_is_a_warning() -> None:
    assert codes(read_news("[a]: /x\n")[1]) == [(5, "text-empty")]


def test_lists_fifteen_deep_build() -> None:
    document, problems = read_news("\n".join(" " * 4 * depth + "- 项" for depth in range(15)))
    assert problems == []
    assert document.html.count("<ul>") == 15


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        *("[" * 10_000, "[" * 10_000 + "]" * 10_000, "![" * 10_000, "[a](" * 10_000),
        *(">" * 10_000, "> " * 10_000, "- " * 10_000, "1. " * 10_000 + "x", ": " * 10_000),
        *("<a " * 10_000, "<a b=" * 10_000, "<div>\n" * 10_000, "<http://" * 10_000),
        *(
            "```a\n" * 30_000,
            "a\n===\n" * 10_000,
            "# a\n" * 10_000,
            "[^1]" * 10_000 + "\n\n[^1]: x",
        ),
        *("*a **b " * 5_000, "_*" * 10_000, "`|" * 10_000 + "\n" + "-|" * 10_000, "<!--" * 10_000),
        *("[TOC]\n\n" * 1_000 + "## a\n\n" * 1_000, "[a]\n\n" * 9_000 + "[a]: /" + "x" * 9_000),
        "\n".join(" " * 4 * depth + "- a" for depth in range(500)),
    ],
    ids=lambda text: text[:6],
)
def test_texts_made_to_break_build_or_are_one_problem(text: str) -> None:
    document, problems = read_news(text)
    assert {problem.code for problem in problems} <= {"text-too-deep", "text-empty"}
    assert document.html or problems
    assert read_news("after")[0].html == "<p>after</p>"


@pytest.mark.slow
def test_a_megabyte_of_prose_builds() -> None:
    document, problems = read_news(
        "## 章\n\n第一条 为了保护水源，制定本办法。[乙](y.md)\n\n" * 18_000
    )
    assert problems == []
    assert len(document.links) == 18_000
