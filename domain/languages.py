"""The portal's languages: their codes, their own names, and choosing a text among translations."""

from collections.abc import Iterable, Mapping

LANGUAGES = ("zh", "en", "bo")
OWN_NAMES = {"zh": "中文", "en": "English", "bo": "བོད་ཡིག"}
HTML_LANG = {"zh": "zh-CN", "en": "en", "bo": "bo"}

Text = dict[str, str]
"""language -> text"""


def text_in(names: Mapping[str, str], lang: str, default: str) -> tuple[str, str]:
    """The text and the language it is really in: `lang`, else `default`, else the first there is.

    ("", lang) when there is no text at all.
    """
    for candidate in (lang, default, *LANGUAGES):
        text = names.get(candidate, "")
        if text:
            return text, candidate
    return "", lang


SEPARATORS = {"zh": "、", "en": ", ", "bo": "། "}


def join_names(names: Iterable[str], lang: str) -> str:
    """Names as a list in running text of that language."""
    return SEPARATORS.get(lang, ", ").join(names)
