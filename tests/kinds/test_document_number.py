"""Document numbers: one canonical form for all ways of writing the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.portal.kinds.document_number import canonical_number, is_document_number


@pytest.mark.parametrize(
    "written",
    [
        *("阿府发〔2026〕12号", "阿府发[2026]12号", "阿府发［2026］12号", "阿府发【2026】12号"),
        *(
            "阿府发（2026）12号",
            "阿府发(2026)12号",
            "阿府发 〔2026〕 12 号",
            "阿府发〔2026〕第12号",
        ),
        *(
            "阿府发〔2026〕012号",
            "阿府发〔２０２６〕１２号",
            "阿府发〔2026年〕12號",
            "阿府发﹝2026﹞12号",
        ),
    ],
)
def test_all_ways_of_writing_a_number_have_one_form(written: str) -> None:
    assert canonical_number(written) == "阿府发〔2026〕12号"
    assert is_document_number(written)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("国务院令第711号", "国务院令第711号"),
        ("国务院令 第 0711 号", "国务院令第711号"),
        ("主席令第二十一号", "主席令第二十一号"),
        ("国办秘函〔2019〕19号", "国办秘函〔2019〕19号"),
    ],
)
def test_other_numbers(written: str, canonical: str) -> None:
    assert canonical_number(written) == canonical
    assert is_document_number(written)


@pytest.mark.parametrize("written", ["", "12号", "阿府发2026-12", "〔2026〕12号", "《水法》"])
def test_what_is_no_number(written: str) -> None:
    assert not is_document_number(written)


@given(st.text(alphabet="阿府发令〔[【（(〕]】）)第号號年0１29 \u3000", max_size=20))
def test_a_canonical_form_is_its_own(written: str) -> None:
    canonical = canonical_number(written)
    assert canonical_number(canonical) == canonical
