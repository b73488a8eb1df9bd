"""The text of files that are offered: what the search finds them by, and what hostile ones cost."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from publishing.settings import SHIPPED_CONTENT
from search import text_reader
from search.text_reader import LONGEST_TEXT, MEMORY_BYTES, extract_text
from search.texts import TextReader

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


def text_of(type_: str, data: bytes) -> str:
    return extract_text(type_, io.BytesIO(data))


PERMIT = pdf_with_stream(zlib.compress(b"BT /F 9 Tf (Grazing permit) Tj ET"))


def test_a_pdf_has_its_lines() -> None:
    text = text_of("PDF", FORM.read_bytes())
    assert text.startswith("医疗费用报销申请表\n请用黑色笔填写。")
    assert "付款账户" in text


def test_the_text_of_a_made_pdf_is_read() -> None:
    assert text_of("PDF", PERMIT) == "Grazing permit"


def test_a_word_file_has_its_paragraphs_and_cells() -> None:
    body = (
        "<w:p><w:r><w:t>草原承包</w:t></w:r><w:r><w:t>合同</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>面积</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:instrText>HYPERLINK</w:instrText></w:r></w:p>"
    )
    assert text_of("DOCX", docx(body)) == "草原承包合同\n面积"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_has_its_cells_in_the_encodings_that_offices_use(encoding: str) -> None:
    data = '地区,"供暖期"\n阿坝县,十月\n'.encode(encoding)
    assert text_of("CSV", data) == "地区 供暖期\n阿坝县 十月"


def test_a_character_cut_at_the_bound_is_no_mistake() -> None:
    data = ("a" * (LONGEST_TEXT * 4 - 1) + "牧").encode()
    assert text_of("TXT", data) == "a" * LONGEST_TEXT


def test_nothing_but_text_is_kept() -> None:
    assert text_of("TXT", "甲\0乙\n\n  丙\t丁  \n".encode()) == "甲乙\n丙 丁"


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("PDF", b""),
        ("PDF", b"%PDF-1.7 and nothing more"),
        ("PDF", FORM.read_bytes()[:9_000]),
        ("DOCX", b"PK\x03\x04 and nothing more"),
        ("DOCX", docx("<w:p>")[:150]),
        ("DOCX", docx("<w:p>")),
        ("DOCX", docx("<w:p>&b;</w:p>", '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')),
    ],
    ids=["empty", "no pdf", "half a pdf", "no zip", "half a zip", "unclosed", "entities"],
)
def test_a_broken_file_is_no_error_and_has_no_text(type_: str, data: bytes) -> None:
    assert text_of(type_, data) == ""


def test_a_word_file_that_unpacks_to_much_is_read_to_the_bound() -> None:
    data = docx(f"<w:p><w:r><w:t>{'牧' * 20_000_000}</w:t></w:r></w:p>")
    tracemalloc.start()
    text = text_of("DOCX", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text == "牧" * LONGEST_TEXT
    assert peak < 10_000_000


SLOW = pdf_with_stream(zlib.compress(b"BT /F 9 Tf " + b"(a) Tj " * 400_000 + b"ET"))

# The peak of a program counts what it was started from, so that a small one starts it.
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def kept(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_pdf_that_unpacks_to_much_takes_no_more_than_the_bound(tmp_path: Path) -> None:
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(b" " * 10_000_000) for _ in range(120)) + packer.flush()
    files = [kept(tmp_path, "bomb", pdf_with_stream(stream)), kept(tmp_path, "permit", PERMIT)]
    asked = [json.dumps({"source_path": str(path), "type_": "PDF"}) for path in files]
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, sys.executable, "-I", text_reader.__file__, "20"],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == ["", "Grazing permit"]
    assert int(done.stderr) * 1024 < MEMORY_BYTES


class TestTheProgram:
    @staticmethod
    def programs() -> list[int]:
        """Those that this process has started."""
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
        return [pid for pid, command in commands.items() if b"text_reader.py" in command]

    def test_one_reads_all_files_damaged_ones_as_well(self, tmp_path: Path) -> None:
        damaged = kept(tmp_path, "damaged.pdf", FORM.read_bytes()[:9_000])
        permit = kept(tmp_path, "permit.pdf", PERMIT)
        with TextReader(20) as reader:
            assert reader.read(permit, "PDF") == "Grazing permit"
            before = self.programs()
            assert reader.read(damaged, "PDF") == ""
            assert reader.read(tmp_path / "gone.pdf", "PDF") == ""
            assert reader.read(FORM, "PDF").startswith("医疗费用报销申请表\n请用黑色笔填写。")
            assert self.programs() == before
            assert len(before) == 1
        assert self.programs() == []

    def test_a_file_that_takes_long_is_given_up_and_the_next_one_read(self, tmp_path: Path) -> None:
        slow, permit = kept(tmp_path, "slow.pdf", SLOW), kept(tmp_path, "permit.pdf", PERMIT)
        with TextReader(cpu_seconds=1) as reader:
            assert reader.read(permit, "PDF") == "Grazing permit"
            [before] = self.programs()
            assert reader.read(slow, "PDF") == ""
            assert reader.read(permit, "PDF") == "Grazing permit"
            [after] = self.programs()
        assert after != before

    @pytest.mark.slow
    def test_each_file_has_its_own_time(self, tmp_path: Path) -> None:
        some = pdf_with_stream(zlib.compress(b"BT /F 9 Tf " + b"(a) Tj " * 20_000 + b"ET"))
        path = kept(tmp_path, "some.pdf", some)
        with TextReader(cpu_seconds=2) as reader:
            reader.read(path, "PDF")
            [before] = self.programs()
            while used_seconds(before) < 3:
                assert reader.read(path, "PDF") == "a" * 20_000
            assert self.programs() == [before]

    def test_a_dead_one_is_replaced(self, tmp_path: Path) -> None:
        permit = kept(tmp_path, "permit.pdf", PERMIT)
        with TextReader(20) as reader:
            reader.read(permit, "PDF")
            [program] = self.programs()
            os.kill(program, signal.SIGKILL)
            assert reader.read(permit, "PDF") == "Grazing permit"
            [other] = self.programs()
        assert other != program

    def test_one_that_cannot_work_is_an_error_and_no_file_without_text(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", "false")
        with TextReader(20) as reader, pytest.raises(RuntimeError, match="exit code 1"):
            reader.read(kept(tmp_path, "permit.pdf", PERMIT), "PDF")


def used_seconds(program: int) -> float:
    """Seconds of the processor that the program took so far."""
    fields = Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
