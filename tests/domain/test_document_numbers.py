"""Document numbers: one canonical form for all ways of writing the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document_numbers import (
    canonical_number,
    find_numbers,
    is_document_number,
    parse_number,
    terms_in_text,
)


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
            "阿府发2026年第012号",
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


@pytest.mark.parametrize(
    "text",
    ["2006年12月", "2006", "12号", "〔2006〕", "2006年", "第12号", "2006年12号楼层"],
)
def test_dates_and_parts_are_no_document_numbers(text: str) -> None:
    assert parse_number(text) is None


def test_a_number_without_its_prefix_is_a_number_and_no_whole_one() -> None:
    number = parse_number("[2006]第012号")
    assert number is not None
    assert number.canonical == "〔2006〕12号"
    assert not is_document_number("〔2006〕12号")


def test_numbers_in_a_sentence_are_found() -> None:
    text = "根据川府发〔2019〕3号、阿府办函[2020]第045号和国务院令第 711 号的规定"
    assert [number.canonical for number in find_numbers(text)] == [
        "川府发〔2019〕3号",
        "阿府办函〔2020〕45号",
        "和国务院令第711号",
    ]


def test_a_number_in_a_sentence_is_found_from_each_beginning_of_its_prefix() -> None:
    [cited] = find_numbers("照川府发〔2019〕3号办")
    assert terms_in_text(cited) == sorted(
        [
            "〔2019〕3号",
            "发〔2019〕3号",
            "府发〔2019〕3号",
            "川府发〔2019〕3号",
            "照川府发〔2019〕3号",
        ]
    )
    [order] = find_numbers("国务院令第711号")
    assert "第711号" not in terms_in_text(order)
