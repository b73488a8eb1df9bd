"""Choosing a text among translations."""

import pytest

from domain.languages import HTML_LANG, LANGUAGES, OWN_NAMES, text_in


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ({"zh": "甲", "en": "A", "bo": "ཀ"}, ("ཀ", "bo")),
        ({"zh": "甲", "en": "A"}, ("A", "en")),
        ({"zh": "甲"}, ("甲", "zh")),
        ({"bo": "", "en": "A"}, ("A", "en")),
        ({}, ("", "bo")),
    ],
)
def test_the_language_asked_for_then_the_default_then_any(
    names: dict[str, str], chosen: tuple[str, str]
) -> None:
    assert text_in(names, "bo", "en") == chosen


def test_every_language_has_its_own_name_and_tag() -> None:
    assert set(OWN_NAMES) == set(HTML_LANG) == set(LANGUAGES)
