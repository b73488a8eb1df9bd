"""The texts of attachments: read when the index is made, once each content, kept beside the rows."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.contents import content_hash
from domain.problems import PortalError
from domain.search_rows import RowStore
from publishing.settings import SHIPPED_CONTENT
from search import apply_rows, find
from search.indexing import IndexReport
from tests.search.corpus import make_row, write_rows
from tests.search.test_text_reader import SLOW
from tests.small_site import make_small_site

FORM = SHIPPED_CONTENT / "prefecture-normative/2026/reimbursement-application.pdf"


class Build:
    """Rows with one attachment each, and the files in the site folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def attach(self, id_: str, data: bytes, *, name: str = "表 1.csv", type_: str = "CSV") -> Path:
        """The row of this id has the file; where that lies."""
        path = self.folder / "site/files" / id_ / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        url = f"/files/{id_}/{name.replace(' ', '%20')}"
        file = {"title": "附件", "url": url, "type": type_, "hash": content_hash(data)}
        write_rows(self.folder, [make_row(id_, attachments=(file,))])
        return path

    def delete(self, id_: str) -> None:
        with RowStore(self.folder / "search/rows.sqlite") as rows:
            rows.delete(f"{id_}.zh")

    def index(self, *, full: bool = False) -> IndexReport:
        return apply_rows(self.folder, full)

    def found(self, text: str) -> list[str]:
        return [result["url"] for result in find(self.folder, text)["results"]]

    @property
    def texts_path(self) -> Path:
        return self.folder / "search/texts.sqlite"

    def texts(self) -> list[str]:
        with closing(sqlite3.connect(self.texts_path)) as kept:
            return [text for (text,) in kept.execute("SELECT text FROM text ORDER BY text")]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    build = Build(tmp_path)
    build.attach("grazing", "草场,十月".encode())
    build.index()
    return build


def test_a_document_is_found_by_its_attachment_which_is_named(build: Build) -> None:
    [result] = find(build.folder, "草场")["results"]
    assert result["url"] == "/zh/grazing/"
    assert result["snippet"] == "<mark>草场</mark> 十月"
    assert result["attachment"] == {"title": "附件", "url": "/files/grazing/表%201.csv"}


def test_a_changed_file_is_read_and_no_other(build: Build) -> None:
    other = build.attach("heating", "供暖,十月".encode())
    build.index()
    other.unlink()
    build.attach("grazing", "草场,五月".encode())
    report = build.index()
    assert (report.is_full, report.indexed, report.warnings()) == (False, 1, [])
    assert (build.found("五月"), build.found("供暖")) == (["/zh/grazing/"], ["/zh/heating/"])
    assert build.found("草场 十月") == []


def test_what_was_read_is_not_read_again_by_a_new_index(build: Build) -> None:
    shutil.rmtree(build.folder / "site")
    report = build.index(full=True)
    assert (report.is_full, report.warnings()) == (True, [])
    assert build.found("草场") == ["/zh/grazing/"]


def test_a_text_that_no_row_names_goes_with_the_next_new_index(build: Build) -> None:
    build.attach("heating", "供暖".encode())
    build.delete("grazing")
    build.index()
    assert build.texts() == ["供暖", "草场 十月"]
    build.index(full=True)
    assert build.texts() == ["供暖"]


def test_texts_that_another_version_read_are_read_again(build: Build) -> None:
    with closing(sqlite3.connect(build.texts_path)) as kept, kept:
        kept.execute("UPDATE text SET version = 'of yesterday', text = '旧文'")
    build.index(full=True)
    assert build.texts() == ["草场 十月"]


def test_one_content_is_kept_once_for_all_who_offer_it(build: Build) -> None:
    build.attach("heating", "草场,十月".encode())
    build.index()
    assert build.texts() == ["草场 十月"]
    assert sorted(build.found("草场")) == ["/zh/grazing/", "/zh/heating/"]


@pytest.mark.parametrize("state", ["gone", "another content"])
def test_a_file_that_is_not_as_the_row_says_is_told_and_has_no_text(
    build: Build, state: str
) -> None:
    path = build.attach("heating", "供暖".encode())
    build.attach("water", "饮水".encode())
    path.unlink()
    if state == "another content":
        path.write_text("供热")
    report = build.index()
    assert str(report).splitlines()[1:] == [
        "index: /files/heating/表%201.csv is not in the site folder as the build left it: its text"
        " is not searched. Run: publish.py build --full, then publish.py index --full"
    ]
    assert (build.found("heating"), build.found("供")) == (["/zh/heating/"], [])
    assert build.found("饮水") == ["/zh/water/"]


def test_a_picture_is_not_opened(build: Build) -> None:
    build.attach("lake", b"\xff\xd8\xff", name="lake.jpg", type_="JPEG").unlink()
    assert build.index().warnings() == []


def test_files_of_several_batches_are_all_read(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.texts._BATCH", 4)
    for number in range(9):
        build.attach(f"list{number}", f"lot{number}".encode())
    build.attach("form", FORM.read_bytes(), name="form.pdf", type_="PDF")
    build.index()
    assert len(build.texts()) == 11
    assert [build.found(f"lot{number}") for number in (0, 8)] == [["/zh/list0/"], ["/zh/list8/"]]
    assert build.found("付款账户") == ["/zh/form/"]


@pytest.mark.slow
def test_a_hostile_file_is_given_up_once_and_for_all(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.texts._CPU_SECONDS", 1)
    build.attach("slow", SLOW, name="slow.pdf", type_="PDF")
    build.attach("form", FORM.read_bytes(), name="form.pdf", type_="PDF")
    assert build.index().warnings() == []
    assert build.texts()[0] == ""
    assert build.found("付款账户") == ["/zh/form/"]


def test_a_damaged_store_of_texts_is_told(build: Build) -> None:
    build.texts_path.write_bytes(b"no database" * 500)
    with pytest.raises(PortalError, match=r"texts\.sqlite: file is not a database\. Delete it"):
        build.index()
    build.texts_path.unlink()
    build.index(full=True)
    assert build.found("草场") == ["/zh/grazing/"]


@pytest.mark.slow
def test_the_files_of_a_build_are_found_by_what_they_say(tmp_path: Path) -> None:
    site = make_small_site(tmp_path)
    folder = tmp_path / "build"
    site.write("news/2026/申请 表.pdf", FORM.read_bytes())
    site.write("news/2026/list.csv", "草场,十月")
    attached = "[{file: 申请 表.pdf, title: 申请表}, {file: list.csv, title: 名单}]"
    site.document("news/2026/x.md", id="x", attachments=attached)
    site.build()
    assert apply_rows(folder).warnings() == []
    assert find(folder, "付款账户")["results"][0]["attachment"]["title"] == "申请表"
    site.write("news/2026/list.csv", "草场,五月")
    site.build()
    assert apply_rows(folder).indexed == 1
    assert find(folder, "草场 五月")["results"][0]["attachment"]["title"] == "名单"
