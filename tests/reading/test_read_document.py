"""From path and bytes to Document: what is taken from where, and that nothing raises."""

import json
import pickle
from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.portal.reading import Attachment, Correction, Reference, check_path
from plugins.portal.reading.document import Picture
from tests.reading.contexts import CONTEXT, NEWS, codes, read, read_news, read_sound

FULL = """---
id: water-rules
title: 饮用水水源保护办法
date: 2026-03-01 09:00
made: 2026-02-20
audiences: [public, tourists]
departments: gov-office
counties: [maerkang]
summary: 保护饮用水水源。
keywords: [水, 保护]
source: 州政府办公室
expires: 2031-03-01
attachments:
  - {file: 附件 一.pdf, title: 附件一}
  - {file: /files/map.pdf, title: 图, lang: en, alternative: 文字说明在正文中}
corrections:
  - {date: 2026-03-02, what: 第三条, why: 错字}
aliases: [/zh/old/water/]
sample: true
number: 阿府发【2026】第012号
index: 5132/2026-1
issuers: [阿坝州人民政府]
subject: "01"
effective: 2026-04-01
repeals: [阿府发〔2019〕3号]
implements:
  - law-on-water
cites_external: 《中华人民共和国水法》
---
正文
"""


def test_every_key_of_a_document_is_read() -> None:
    document = read_sound("documents/2026/饮用水 办法.md", FULL)
    assert (document.id, document.has_own_id) == ("water-rules", True)
    assert document.url == "/zh/documents/2026/yin-yong-shui-ban-fa/"
    assert (document.date, document.expires) == ("2026-03-01T01:00:00Z", "2031-02-28T16:00:00Z")
    assert document.audiences == ("public", "tourists")
    assert (document.departments, document.counties) == (("gov-office",), ("maerkang",))
    assert document.attachments == (
        Attachment("documents/2026/附件 一.pdf", "附件一", "zh", "", 14),
        Attachment("files/map.pdf", "图", "en", "文字说明在正文中", 15),
    )
    assert document.corrections == (Correction("2026-03-02", "第三条", "错字"),)
    assert document.references == (
        Reference("repeals", "阿府发〔2019〕3号", 25),
        Reference("implements", "law-on-water", 27),
    )
    assert document.fields["number"] == "阿府发【2026】第012号"
    assert document.fields["number_canonical"] == "阿府发〔2026〕12号"
    assert document.fields["cites_external"] == ["《中华人民共和国水法》"]
    assert document.lines["title"] == 3
    assert document.html == "<p>正文</p>"


def test_a_document_can_be_stored() -> None:
    document = read_sound("documents/2026/x.md", FULL)
    assert pickle.loads(pickle.dumps(document)) == document
    json.dumps(asdict(document))


def test_translations_beside_the_source_share_id_and_slug() -> None:
    source = read_sound("news/2026/桥.md", NEWS)
    translation = read_sound("news/2026/桥.en.md", NEWS)
    assert source.id == translation.id
    assert (source.lang, translation.lang) == ("zh", "en")
    assert (source.url, translation.url) == ("/zh/news/2026/qiao/", "/en/news/2026/qiao/")
    assert read_sound("news/2025/桥.md", NEWS).id != source.id


def test_outside_of_columns_the_date_gives_the_year_by_the_sites_clock() -> None:
    document = read_sound("notes/x.md", "---\ntitle: x\ndate: 2026-01-01 00:30\n---\nx\n")
    assert (document.kind, document.column, document.year) == ("news", "news", "2026")
    assert document.date == "2025-12-31T16:30:00Z"


def test_outside_of_columns_a_folder_of_a_year_wins_over_the_date() -> None:
    assert read_sound("notes/2024/x.md", NEWS).url == "/zh/news/2024/x/"


def test_a_page_has_no_year() -> None:
    document = read_sound("institutions/about.md", "---\ntitle: 关于\n---\nx\n")
    assert (document.kind, document.year, document.url) == ("page", "", "/zh/institutions/about/")


def test_a_file_without_head_takes_its_heading_as_title() -> None:
    document = read_sound("anywhere/read me.md", "\n# 说明 #\n\n正文\n")
    assert (document.title, document.kind, document.html) == ("说明", "page", "<p>正文</p>")
    assert codes(read("anywhere/x.md", "正文\n")[1]) == [(1, "meta-missing-key")]


def test_byte_order_mark_and_line_ends_of_windows_change_nothing() -> None:
    text = NEWS + "甲\n\n    乙\n"
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    plain = read_sound("news/2026/x.md", text)
    assert read_sound("news/2026/x.md", windows).html == plain.html


def test_all_problems_of_a_file_come_at_once() -> None:
    text = (
        "---\ntitel: x\ndate: 2026-02-30\nmade: 2026-13-01\ncolumn: nowhere\n"
        "audiences: [publik]\nlang: fr\nsample: maybe\nexpires: never\n"
        "attachments: [{file: ../../../x.pdf, title: x}]\n---\nx\x07\n"
    )
    assert codes(read("news/2026/x.md", text)[1]) == [
        (2, "meta-missing-key"),
        (2, "meta-unknown-key"),
        (3, "meta-date"),
        (4, "meta-date"),
        (5, "unknown-column"),
        (6, "unknown-audience"),
        (7, "unknown-language"),
        (8, "meta-boolean"),
        (9, "meta-date"),
        (10, "attachment-outside"),
        (12, "text-control-character"),
    ]


def test_another_encoding_is_named_with_its_place() -> None:
    document, problems = read("news/2026/x.md", "title: x\n政府公告\n".encode("gbk"))
    assert document is None
    assert codes(problems) == [(2, "file-encoding")]
    assert problems[0].message == "the byte 0xd5 at offset 9 is not UTF-8"
    assert "GBK" in problems[0].remedy
    assert "UTF-16" in read("x.md", "政府".encode("utf-16"))[1][0].remedy


def test_pelicans_header_is_read() -> None:
    document = read_sound(
        "blog/bridge.md",
        "Title: The bridge\nDate: 2026-3-1 10:20\nCategory: Misc\nTags: road, bridge,\n"
        "    winter\nSlug: New Bridge\nLang: en\nAuthor: Someone\nSummary: First line\n"
        "    second line\nStatus: hidden\nModified: 2026-03-02\n\nText: with a colon.\n",
    )
    assert document.title == "The bridge"
    assert document.date == "2026-03-01T02:20:00Z"
    assert document.keywords == ("road", "bridge", "winter")
    assert (document.lang, document.url) == ("en", "/en/news/2026/new-bridge/")
    assert (document.source_name, document.status) == ("Someone", "draft")
    assert document.summary == "First line second line"
    assert document.html == "<p>Text: with a colon.</p>"


def test_pelicans_category_that_names_a_column_is_the_column() -> None:
    header = "Title: x\nDate: 2026-03-01\nCategory: {}\n\nx\n"
    assert read_sound("x.md", header.format("institutions")).column == "institutions"
    assert read_sound("x.md", header.format("Institutions")).column == "institutions"
    assert read_sound("x.md", header.format("Misc")).column == "news"


def test_unknown_keys_of_a_plain_header_are_warnings() -> None:
    _, problems = read("x.md", "Title: x\nDate: 2026-03-01\nHeaderImage: x.png\n\nx\n")
    assert [(problem.line, problem.severity) for problem in problems] == [(3, "warning")]


def test_prose_that_looks_like_a_header_is_prose() -> None:
    document, _ = read("x.md", "Note: this is text.\n")
    assert document is not None
    assert document.html == "<p>Note: this is text.</p>"


def test_a_front_matter_without_end_is_one_problem() -> None:
    assert codes(read("x.md", "---\ntitle: x\n\ntext\n")[1]) == [(1, "front-matter-open")]


def test_checks_of_dates_and_card() -> None:
    _, problems = read("documents/2026/x.md", "---\ntitle: x\nexpires: 2026-01-01\n---\nx\n")
    assert {(problem.code, problem.severity) for problem in problems} == {
        ("meta-date-missing", "error"),
        ("card-missing", "error"),
    }
    _, problems = read("interpretation/2026/x.md", NEWS + "x")
    assert {(problem.code, problem.severity) for problem in problems} == {
        ("card-missing", "warning")
    }
    _, problems = read(
        "news/2026/x.md", NEWS.replace("---\ntitle", "---\nexpires: 2026-02-01\ntitle")
    )
    assert codes(problems) == [(2, "meta-date-order")]


def test_the_card_is_asked_of_the_source_not_of_translations() -> None:
    _, problems = read("documents/2026/x.en.md", NEWS + "x")
    assert problems == []


def test_the_summary_is_measured_by_the_length_of_the_text() -> None:
    head = f"---\ntitle: x\ndate: 2026-03-01\nsummary: {'字' * 301}\n---\n"
    assert codes(read("news/2026/x.md", head + "字\n")[1]) == [(4, "summary-length")]
    assert codes(read("news/2026/x.md", head + "字" * 5000)[1]) == []


def test_paths_are_checked_before_a_file_is_opened() -> None:
    assert check_path("news/2026/年 报.md", 10, CONTEXT) == []
    for source, code in (
        ("news/../x.md", "path-outside"),
        ("/news/x.md", "path-outside"),
        ("news/a\x07.md", "path-control-character"),
        ("a/" * 20 + "x.md", "path-depth"),
    ):
        assert codes(check_path(source, 10, CONTEXT)) == [(0, code)]
    assert codes(check_path("x.md", 2_000_001, CONTEXT)) == [(0, "file-size")]


def test_the_year_folder_and_the_language_of_the_name_are_checked() -> None:
    assert codes(read("news/march/x.md", NEWS)[1]) == [(0, "path-year")]
    assert codes(read("news/2026/x.fr.md", NEWS)[1]) == [(0, "unknown-language")]
    head = NEWS.replace("title", "lang: zh\ntitle")
    assert codes(read("news/2026/x.en.md", head)[1]) == [(2, "lang-mismatch")]


def test_two_attachments_of_one_name_clash() -> None:
    head = NEWS.replace(
        "title",
        "attachments: [{file: a.pdf, title: a}, {file: /files/A.pdf, title: b}]\ntitle",
    )
    assert codes(read("news/2026/x.md", head)[1]) == [(2, "attachment-name-clash")]


def test_raw_html_that_the_library_fails_on_is_a_problem() -> None:
    _, problems = read_news('<div class="footnote" markdown="1">\n1. a\n</div>\n')
    assert codes(problems) == [(5, "text-unreadable")]
    assert read_news("after")[0].html == "<p>after</p>"


HEADS = st.sampled_from(
    ["---\n", "---\ntitle: ", "Title: x\nDate: ", "\ufeff---\r\ntitle: x\r\n---\r\n", "# ", ""]
)
PIECES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [b"---\n", b"date: 2026-01-01\n", b"number: ", b"amends: [", b"- {file: ../", b"kind: page\n",
         b"attachments:\n", b"&a ", b"*a", b"![](x)", b"[a](../../b.md)", b"<script>", b"\n| a |\n|-|\n",
         b"corrections: {}\n", b"\xff\xfe", b"!!python/object", b"made: 0001-01-01\n",
         b"date: 0001-01-01 00:00\n", b"date: 9999-12-31 23:59\n", b"effective: 0001-01-01\n"]
    ),
)  # fmt: skip
PATHS = st.sampled_from(
    [
        "documents/2026/x.md",
        "documents/x.md",
        "x.md",
        "news/2026/年 报.bo.md",
        "pages/a.en.md",
        ".md",
    ]
)


@settings(max_examples=400)
@given(PATHS, HEADS, st.lists(PIECES, max_size=8))
def test_no_bytes_make_reading_raise(source: str, head: str, pieces: list[bytes]) -> None:
    document, problems = read(source, head.encode() + b"".join(pieces))
    assert document is not None or any(problem.severity == "error" for problem in problems)
    assert problems == sorted(problems)


def test_the_lead_picture_is_a_link_of_the_document_and_needs_words() -> None:
    head = "title: x\ndate: 2026-03-01 09:00\npicture: {file: ../桥.jpg, alt: 新桥}"
    document, problems = read("news/2026/x.md", f"---\n{head}\n---\n正文\n")
    assert problems == []
    assert document is not None
    assert document.picture == Picture("news/桥.jpg", "新桥", "", "zh", 4)
    assert [link.target for link in document.links] == ["picture:news/桥.jpg"]
    document, problems = read(
        "news/2026/x.md", f"---\n{head.replace(', alt: 新桥', '')}\n---\n正文\n"
    )
    assert codes(problems) == [(4, "meta-missing-key")]
    document, problems = read(
        "news/2026/x.md", f"---\n{head.replace('../', '../../../')}\n---\n正文\n"
    )
    assert codes(problems) == [(4, "attachment-outside")]
