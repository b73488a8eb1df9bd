"""Addresses: the one place that knows how a URL of the portal is put together.

Called by the build for every page and by readers to turn a file name into a slug.
"""

import hashlib
import re
import unicodedata

AUDIENCE_IDS = ("public", "enterprises", "investors", "tourists")

RESERVED = frozenset(AUDIENCE_IDS) | {
    "departments",
    "counties",
    "search",
    "forms",
    "relay",
    "site-map",
    "feeds",
    "columns",
    "errors",
    "pages",
    "archive",
}
"""First segments under /<lang>/ with a meaning of their own: no column may have them as id."""

CONTENT_FOLDERS = frozenset({"files", "pictures", "register", "vocabulary"})
"""Folders of the content that are not columns: a column's id is its folder's name."""

LONGEST_SLUG = 80
HASH_LENGTH = 8

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")


def slugify(name: str) -> str:
    """The address segment for a file name: pinyin for Han, lower-case ASCII words with hyphens.

    What cannot be written in ASCII (Tibetan, rare characters) is told apart by a short hash of
    the whole name, so that two names never fall together for want of letters. Never empty,
    at most 80 characters, and a slug is its own slug.
    """
    composed = unicodedata.normalize("NFC", name)
    ascii_text, is_lossless = _to_ascii(composed)
    slug = _NOT_ASCII_WORD.sub("-", ascii_text.lower()).strip("-")
    if slug and is_lossless and len(slug) <= LONGEST_SLUG:
        return slug
    digest = hashlib.sha256(composed.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LENGTH]
    kept = slug[: LONGEST_SLUG - HASH_LENGTH - 1].strip("-")
    return f"{kept}-{digest}" if kept else digest


def _to_ascii(name: str) -> tuple[str, bool]:
    """The name in ASCII, syllables apart, and whether every letter of it could be written."""
    is_lossless = True
    parts: list[str] = []
    for part in _pinyin(name) if any(map(_is_han, name)) else [name]:
        decomposed = unicodedata.normalize("NFKD", part)
        written = "".join(character if character.isascii() else "" for character in decomposed)
        lost = [c for c in decomposed if not c.isascii() and not _is_separator(c)]
        is_lossless = is_lossless and not lost
        parts.append(written if written or lost else "-")
    return "-".join(parts), is_lossless


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def _is_separator(character: str) -> bool:
    """Punctuation, blanks, signs, and the marks over Latin letters: nothing is lost with them."""
    category = unicodedata.category(character)
    return category[0] in "PZSC" or "\u0300" <= character <= "\u036f"


def _pinyin(name: str) -> list[str]:
    # Loading the dictionary takes longer than everything else here; most names are ASCII.
    from pypinyin import lazy_pinyin

    return lazy_pinyin(name)


def fold_address(url: str) -> str:
    """What two addresses have in common that a file system or a reader would take for one."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", url).casefold())
    while (again := unicodedata.normalize("NFC", folded.casefold())) != folded:
        folded = again
    return folded


def document_url(lang: str, column: str, year: str, slug: str) -> str:
    """/zh/documents/2026/slug/; without a year (standing pages) /zh/documents/slug/."""
    return f"/{lang}/{column}/{year}/{slug}/" if year else f"/{lang}/{column}/{slug}/"


def page_url(lang: str, slug: str = "") -> str:
    """/zh/about/; with an empty slug the home page /zh/."""
    return f"/{lang}/{slug}/" if slug else f"/{lang}/"


def column_url(lang: str, column: str) -> str:
    """/zh/documents/"""
    return page_url(lang, column)


def department_url(lang: str, department: str) -> str:
    """/zh/departments/finance/"""
    return f"/{lang}/departments/{department}/"


def county_url(lang: str, county: str) -> str:
    """/zh/counties/maerkang/"""
    return f"/{lang}/counties/{county}/"


def facet_url(lang: str, column: str, value: str) -> str:
    """/zh/investment-policies/industry/tourism/; `value` is "industry/tourism"."""
    return f"/{lang}/{column}/{value}/"


def budgets_url(lang: str, column: str, owner: str = "") -> str:
    """/zh/budgets/by-department/, and of one owner's years /zh/budgets/by-department/finance/.

    `owner` is "department/<id>", "county/<id>" or "government".
    """
    if owner and "/" not in owner:
        return f"/{lang}/{column}/by-{owner}/"
    family, _, term = (owner or "department/").partition("/")
    return page_url(lang, f"{column}/by-{family}/{term}".rstrip("/"))


def figures_url(name: str, form: str) -> str:
    """/figures/<id>.csv of a budget, /figures/budgets/department/finance.csv of all years."""
    return f"/figures/{name}.{form}"


def form_url(lang: str, form: str) -> str:
    """/zh/forms/governor-mailbox/"""
    return f"/{lang}/forms/{form}/"


def archive_url(front_url: str, period: str) -> str:
    """The archive below a front (/zh/documents/) of "2026", "2026-03" or "2026-03-09"."""
    return f"{front_url}{period.replace('-', '/')}/"
