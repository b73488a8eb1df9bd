"""Slugs, folding, and the shapes of addresses."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.addresses import (
    LONGEST_SLUG,
    archive_url,
    column_url,
    county_url,
    department_url,
    document_url,
    fold_address,
    form_url,
    page_url,
    slugify,
)

NAMES = st.one_of(
    st.text(),
    st.text("阿坝州人民政府通知的重行 -_.（）〔〕2026Abc", max_size=60),
    st.text("བོད་ཡིག་ ལོ", max_size=20),
)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("budget-2026", "budget-2026"),
        ("Annual Report 2026", "annual-report-2026"),
        ("关于印发医保办法的通知", "guan-yu-yin-fa-yi-bao-ban-fa-de-tong-zhi"),
        ("阿坝州2026年 预算（草案）", "a-ba-zhou-2026-nian-yu-suan-cao-an"),
        ("重庆银行", "chong-qing-yin-hang"),
        ("Économie", "economie"),
        ("ＡＢＣ１２", "abc12"),
        ("a__b..c", "a-b-c"),
    ],
)
def test_a_name_becomes_words_with_hyphens(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_what_cannot_be_written_in_ascii_is_told_apart() -> None:
    names = ["བོད་ཡིག", "བོད", "ལོ་2026", "བོད་2026", "", "…", "𪚥", "Ελλάς", "Ελλας"]
    slugs = [slugify(name) for name in names]
    assert len(set(slugs)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


def test_a_long_name_is_cut_and_told_apart() -> None:
    one, other = slugify("通知" * 40 + "一"), slugify("通知" * 40 + "二")
    assert one != other
    assert max(len(one), len(other)) <= LONGEST_SLUG


@given(NAMES)
def test_a_slug_is_safe_stable_and_its_own_slug(name: str) -> None:
    slug = slugify(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST_SLUG
    assert slugify(slug) == slug
    assert slugify(unicodedata.normalize("NFD", name)) == slug


@given(st.text())
def test_folding_is_idempotent_and_blind_to_case_and_composition(url: str) -> None:
    folded = fold_address(url)
    assert fold_address(folded) == folded
    assert fold_address(unicodedata.normalize("NFD", url)) == folded
    assert fold_address(unicodedata.normalize("NFC", url)) == folded


def test_addresses_that_a_file_system_takes_for_one_fold_together() -> None:
    assert fold_address("/zh/Caf\u00e9/") == fold_address("/zh/CAFE\u0301/")
    assert fold_address("/zh/straße/") == fold_address("/zh/STRASSE/")


def test_the_shapes_of_addresses() -> None:
    assert document_url("zh", "documents", "2026", "slug") == "/zh/documents/2026/slug/"
    assert document_url("zh", "about", "", "slug") == "/zh/about/slug/"
    assert page_url("zh") == "/zh/"
    assert page_url("zh", "about") == column_url("zh", "about") == "/zh/about/"
    assert department_url("en", "finance") == "/en/departments/finance/"
    assert county_url("bo", "barkam") == "/bo/counties/barkam/"
    assert form_url("zh", "governor-mailbox") == "/zh/forms/governor-mailbox/"
    assert archive_url("/zh/documents/", "2026-03-09") == "/zh/documents/2026/03/09/"
