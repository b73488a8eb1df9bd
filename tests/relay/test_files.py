"""Files that are not what they seem; faults 39 to 42, and the way of a file to its letter."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from domain.forms import FILE_MEGABYTES, Field
from relay import files as said
from relay.files import LONGEST_NAME, check_files, clean_name
from relay.keys import Purpose
from relay.letters import find_attachments, find_letter
from relay.multipart import Upload
from relay.payload import payload_from_bytes
from tests.relay.harness import Relay, hidden_fields, write_build, write_form

FORM = """format: 1
id: petition
names: {zh: 网上信访}
department: gov-office
reference_prefix: XF
subject: {zh: 网上信访}
mail_mode: full
fields:
  - {id: letter, type: long-text, label: {zh: 内容}, required: true}
  - {id: papers, type: file, label: {zh: 附件}}
"""
ASKED = Field("papers", "file", {"zh": "附件"}, max=3, accept=("pdf", "jpg", "png", "docx", "txt"))
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GPS_TAG = 0x8825


def picture(kind: str = "JPEG", **more: Any) -> bytes:
    opened = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(opened, kind, **more)
    return opened.getvalue()


def container(
    members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, is_word: bool = True
) -> bytes:
    opened = io.BytesIO()
    with zipfile.ZipFile(opened, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if is_word:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", "<document/>")
    return opened.getvalue()


def checked(name: str, content: bytes) -> str:
    """The message for a file, "" where it is taken."""
    files, errors = check_files(ASKED, [Upload("papers", name, content)], "zh")
    assert len(files) + len(errors) == 1
    assert all(error.message_id % error.params for error in errors)
    return errors[0].message_id if errors else ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("note.txt", b"1"),
        ("便条.TXT", "路灯坏了".encode("gb18030")),
        ("letter.pdf", PDF),
        ("photo.JPEG", picture()),
        ("photo.png", picture("PNG")),
        ("letter.docx", container({"word/styles.xml": b"<styles/>"})),
    ],
)
def test_39_what_is_what_it_says_is_taken(name: str, content: bytes) -> None:
    assert checked(name, content) == ""


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("letter.pdf", b"MZ\x90\0" + b"\0" * 100, said.FILE_NOT_ITS_KIND),
        ("letter.pdf", b"MZ" + PDF, said.FILE_NOT_ITS_KIND),
        ("letter.pdf", PDF + container({}), said.FILE_NOT_ITS_KIND),
        ("photo.jpg", picture() + container({}), said.FILE_NOT_ITS_KIND),
        ("photo.jpg", picture()[:40] + PDF, said.FILE_NOT_ITS_KIND),
        ("photo.jpg", picture("PNG"), said.FILE_NOT_ITS_KIND),
        ("photo.png", picture("PNG")[:50], said.FILE_NOT_ITS_KIND),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", said.FILE_NOT_ITS_KIND),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", said.FILE_KIND),
        ("letter.pdf.exe", PDF, said.FILE_KIND),
        ("letter", PDF, said.FILE_KIND),
        ("letter.docm", container({}), said.FILE_KIND),
        ("letter.docx", container({"word/vbaProject.bin": b"x"}), said.FILE_MACROS),
        ("letter.docx", container({"word/embeddings/a.docx": b"x"}), said.FILE_MACROS),
        ("letter.docx", container({"a.txt": b"x"}, is_word=False), said.FILE_NOT_ITS_KIND),
        ("letter.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, said.FILE_NOT_ITS_KIND),
        ("note.txt", b"a\0b", said.FILE_NOT_ITS_KIND),
        ("note.txt", b"MZ program", said.FILE_NOT_ITS_KIND),
        ("note.txt", b"", said.FILE_EMPTY),
        ("note.txt", b"x" * (FILE_MEGABYTES * 1_048_576 + 1), said.FILE_TOO_LARGE),
    ],
)
def test_39_what_is_something_else_is_refused(name: str, content: bytes, message: str) -> None:
    assert checked(name, content) == message


def test_40_a_bomb_is_refused_by_its_list_before_anything_is_unpacked() -> None:
    bomb = container({f"word/{n}.xml": b"\0" * 20_000_000 for n in range(6)})
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    assert checked("letter.docx", bomb) == said.FILE_NOT_ITS_KIND
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000
    many = container({f"word/{n}.xml": b"" for n in range(2_001)})
    assert checked("letter.docx", many) == said.FILE_NOT_ITS_KIND


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("C:\\a\\照片.jpg", "照片.jpg"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ('a"b\r\nBcc: x.txt', "a_bBcc_ x.txt"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("\u202e", "file"),
    ],
)
def test_41_names_are_shown_clean(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_41_a_long_name_is_cut_and_keeps_its_end() -> None:
    assert clean_name("字" * 300 + ".pdf") == "字" * (LONGEST_NAME - 4) + ".pdf"


@pytest.fixture
def petition(tmp_path: Path) -> Relay:
    build = tmp_path / "build"
    write_build(build)
    write_form(build, FORM, "petition")
    return Relay(tmp_path, build)


def send(relay: Relay, *files: tuple[str, bytes], **changed: Any) -> Any:
    """The answer to the letter with these files."""
    fields = relay.checked({"letter": "路灯坏了。"}, "petition") | changed
    parts = [("papers", (name, content, "application/pdf")) for name, content in files]
    return relay.client.post(
        "/zh/relay/petition/submit", data=fields, files=parts, follow_redirects=False
    )


def test_41_two_files_of_one_name_are_both_kept_sealed_and_as_they_came(petition: Relay) -> None:
    photo = picture(exif=located())
    answer = send(petition, ("a.jpg", photo), ("a.jpg", picture()))
    assert answer.status_code == 303
    reference, _ = petition.receipt(answer)
    letter = find_letter(petition.letters, reference)
    assert letter is not None
    payload = payload_from_bytes(
        petition.keyring.open(Purpose.PAYLOAD, letter.payload, letter.letter_id)
    )
    assert payload.files == ("a.jpg", "a.jpg")
    assert [label for label, _ in payload.rows] == ["内容", "附件"]
    assert payload.rows[1][1] == ("a.jpg (1 KB)", "a.jpg (1 KB)")
    sealed = find_attachments(petition.letters, letter.letter_id)
    assert photo not in sealed
    opened = [petition.keyring.open(Purpose.ATTACHMENT, one, letter.letter_id) for one in sealed]
    # 42: where a photo was taken stays in it for the staff.
    assert opened == [photo, picture()]


def located() -> Image.Exif:
    """EXIF that says where a photo was taken."""
    exif = Image.Exif()
    exif.get_ifd(GPS_TAG)[2] = (31.9, 0, 0)
    return exif


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([("virus.exe", b"MZ")], 415),
        ([("empty.txt", b"")], 422),
        ([("a.txt", b"1")] * 4, 422),
        ([("large.txt", b"x" * (FILE_MEGABYTES * 1_048_576 + 1))], 413),
        ([("huge.txt", b"x" * 18_000_000)], 413),
    ],
)
def test_39_a_refused_file_costs_no_text_and_stores_nothing(
    petition: Relay, files: list[tuple[str, bytes]], status: int
) -> None:
    answer = send(petition, *files)
    assert answer.status_code == status
    assert 'class="error-summary"' in answer.text
    assert 'href="#f-papers"' in answer.text
    assert hidden_fields(answer.text)["letter"] == ["路灯坏了。"]
    assert petition.count("letter") == petition.count("attachment") == 0
    petition.clock.turn(seconds=10)
    again = petition.client.post(
        "/zh/relay/petition/submit",
        data=hidden_fields(answer.text),
        files=[("papers", ("note.txt", b"1", "text/plain"))],
        follow_redirects=False,
    )
    assert again.status_code == 303
    assert petition.count("attachment") == 1


def test_22_the_same_files_sent_twice_are_one_letter_and_others_are_refused(
    petition: Relay,
) -> None:
    fields = petition.checked({"letter": "路灯坏了。"}, "petition")
    posted = [
        petition.client.post(
            "/zh/relay/petition/submit",
            data=fields,
            files=[("papers", ("a.txt", content, "text/plain"))],
            follow_redirects=False,
        )
        for content in (b"1", b"1", b"2")
    ]
    assert [answer.status_code for answer in posted] == [303, 303, 409]
    assert petition.count("letter") == petition.count("attachment") == 1


def test_a_letter_without_files_goes_as_multipart_and_without(petition: Relay) -> None:
    assert send(petition).status_code == 303
    empty = send(petition, ("", b""))
    assert empty.status_code == 303
    assert petition.count("letter") == 2
    assert petition.count("attachment") == 0


def test_answers_are_changed_with_files_chosen_and_without_losing_a_word(petition: Relay) -> None:
    fields = petition.checked({"letter": "路灯坏了。"}, "petition")
    page = petition.check({**fields, "papers": "a.jpg", "_step": "edit"}, "petition")
    assert page.status_code == 200
    assert "路灯坏了。</textarea>" in page.text
    assert "a.jpg" not in page.text
