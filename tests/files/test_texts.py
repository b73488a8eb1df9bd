"""The text of files that are offered: what the search finds them by, and what hostile ones cost."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from plugins.portal.building.workers import run_chunks
from plugins.portal.files import pdf_text
from plugins.portal.files.pdf_text import LENGTH, MEMORY_BYTES
from plugins.portal.files.texts import LONGEST_TEXT, extract_text
from publishing.settings import SHIPPED_CONTENT

FORM = SHIPPED_CONTENT / "prefecture-normative/2026/reimbursement-application.pdf"
WORD = (
    '<?xml version="1.0"?>{declaration}<w:document'
    ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}'
    "</w:body></w:document>"
)


def docx(body: str, declaration: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", WORD.format(body=body, declaration=declaration))
    return buffer.getvalue()


def pdf_with_stream(stream: bytes) -> bytes:
    """A PDF of one page with this compressed content stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(stream), stream),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%b endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (
        b"xref\n0 5\n0000000000 65535 f \n%btrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF"
    )
    return data + end % (table, len(data))


PERMIT = pdf_with_stream(zlib.compress(b"BT /F 9 Tf (Grazing permit) Tj ET"))


def test_a_pdf_has_its_lines() -> None:
    text = extract_text("PDF", FORM.read_bytes())
    assert text.startswith("医疗费用报销申请表\n请用黑色笔填写。")
    assert "付款账户" in text


def test_the_text_of_a_made_pdf_is_read() -> None:
    assert extract_text("PDF", PERMIT) == "Grazing permit"


def test_a_word_file_has_its_paragraphs_and_cells() -> None:
    body = (
        "<w:p><w:r><w:t>草原承包</w:t></w:r><w:r><w:t>合同</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>面积</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:instrText>HYPERLINK</w:instrText></w:r></w:p>"
    )
    assert extract_text("DOCX", docx(body)) == "草原承包合同\n面积"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_has_its_cells_in_the_encodings_that_offices_use(encoding: str) -> None:
    data = '地区,"供暖期"\n阿坝县,十月\n'.encode(encoding)
    assert extract_text("CSV", data) == "地区 供暖期\n阿坝县 十月"


def test_a_character_cut_at_the_bound_is_no_mistake() -> None:
    data = ("a" * (LONGEST_TEXT * 4 - 1) + "牧").encode()
    assert extract_text("TXT", data) == "a" * LONGEST_TEXT


def test_nothing_but_text_is_kept() -> None:
    assert extract_text("TXT", "甲\0乙\n\n  丙\t丁  \n".encode()) == "甲乙\n丙 丁"
    assert extract_text("JPEG", b"\xff\xd8\xff") == ""


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("PDF", b"%PDF-1.7 and nothing more"),
        ("PDF", FORM.read_bytes()[:9_000]),
        ("DOCX", b"PK\x03\x04 and nothing more"),
        ("DOCX", docx("<w:p>")[:150]),
        ("DOCX", docx("<w:p>")),
        ("DOCX", docx("<w:p>&b;</w:p>", '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')),
    ],
    ids=["no pdf", "half a pdf", "no zip", "half a zip", "unclosed", "entities"],
)
def test_a_broken_file_is_no_error_and_has_no_text(type_: str, data: bytes) -> None:
    assert extract_text(type_, data) == ""


def test_a_word_file_that_unpacks_to_much_is_read_to_the_bound() -> None:
    data = docx(f"<w:p><w:r><w:t>{'牧' * 20_000_000}</w:t></w:r></w:p>")
    tracemalloc.start()
    text = extract_text("DOCX", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text == "牧" * LONGEST_TEXT
    assert peak < 10_000_000


# The peak of a program counts what it was started from, so that a small one starts it.
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def read_pdfs(*files: bytes, cpu_seconds: int = 20) -> tuple[list[str], int]:
    """The texts that the program gives, and the most memory in bytes that it or a child took."""
    program = [sys.executable, "-I", pdf_text.__file__, "1000", str(cpu_seconds)]
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, *program],
        input=b"".join(LENGTH.pack(len(data)) + data for data in files),
        capture_output=True,
        check=True,
    )
    answers, texts = io.BytesIO(done.stdout), []
    while head := answers.read(LENGTH.size):
        texts.append(answers.read(*LENGTH.unpack(head)).decode())
    return texts, int(done.stderr) * 1024


def test_a_pdf_that_unpacks_to_much_takes_no_more_than_the_bound() -> None:
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(b" " * 10_000_000) for _ in range(120)) + packer.flush()
    texts, most_bytes = read_pdfs(pdf_with_stream(stream), PERMIT)
    assert texts == ["", "Grazing permit"]
    assert most_bytes < MEMORY_BYTES


def test_a_pdf_that_takes_long_is_given_up_and_the_next_one_read() -> None:
    slow = pdf_with_stream(zlib.compress(b"BT /F 9 Tf " + b"(a) Tj " * 400_000 + b"ET"))
    assert read_pdfs(slow, PERMIT, cpu_seconds=1)[0] == ["", "Grazing permit"]


class TestTheProgramThatReadsPdfs:
    @staticmethod
    def programs() -> list[int]:
        """Those that this process has started."""
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
        return [pid for pid, command in commands.items() if b"pdf_text.py" in command]

    def test_one_reads_all_files_hostile_ones_as_well(self) -> None:
        extract_text("PDF", PERMIT)
        before = self.programs()
        assert extract_text("PDF", FORM.read_bytes()[:9_000]) == ""
        assert extract_text("PDF", PERMIT) == "Grazing permit"
        assert self.programs() == before
        assert len(before) == 1

    def test_a_dead_one_is_replaced(self) -> None:
        extract_text("PDF", PERMIT)
        [program] = self.programs()
        os.kill(program, signal.SIGKILL)
        assert extract_text("PDF", PERMIT) == "Grazing permit"
        [other] = self.programs()
        assert other != program

    def test_a_forked_process_has_its_own(self) -> None:
        extract_text("PDF", PERMIT)
        files = [
            [pdf_with_stream(zlib.compress(b"BT /F 9 Tf (permit %d) Tj ET" % number))] * 3
            for number in range(8)
        ]

        def read(chunk: Sequence[bytes]) -> tuple[list[str], list[int]]:
            return [extract_text("PDF", data) for data in chunk], self.programs()

        found = list(run_chunks(lambda: read, files, 2))
        assert [texts for texts, _ in found] == [[f"permit {number}"] * 3 for number in range(8)]
        used = {program for _, programs in found for program in programs}
        assert not used & {*self.programs()}
        assert 1 <= len(used) <= 2
