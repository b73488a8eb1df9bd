"""Stock Pelican 4.12 on the corpus of the bench: no plugin, its own Markdown, readers, writer.

What it makes, and what of ours it does not: README.md beside this file. Every setting that
differs from Pelican's own saves it work that we do not do either, or asks for a part that
we make too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SITENAME = "测试州人民政府"
SITEURL = "https://www.bench.example"
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh"
LOCALE = "C"
DEFAULT_DATE_FORMAT = "%Y-%m-%d %H:%M"
PLUGINS: list[str] = []

THEME = "."
THEME_STATIC_PATHS: list[str] = []

# The addresses of our documents, columns and archives.
ARTICLE_URL = ARTICLE_LANG_URL = "{lang}/{category}/{date:%Y}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_LANG_SAVE_AS = ARTICLE_URL + "index.html"
CATEGORY_URL = "zh/{slug}/"
CATEGORY_SAVE_AS = CATEGORY_URL + "index.html"
YEAR_ARCHIVE_URL = "zh/archive/{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = YEAR_ARCHIVE_URL + "index.html"
MONTH_ARCHIVE_URL = "zh/archive/{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_URL + "index.html"
TAG_URL = "zh/tags/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
AUTHOR_URL = "zh/issuers/{slug}/"
AUTHOR_SAVE_AS = AUTHOR_URL + "index.html"
DIRECT_TEMPLATES = [
    "index",
    "tags",
    "authors",
    "categories",
    "sitemap",
    "catalogue",
    "records",
    "rows",
]
INDEX_SAVE_AS = "index.html"
TAGS_SAVE_AS = "zh/tags/index.html"
AUTHORS_SAVE_AS = "zh/issuers/index.html"
CATEGORIES_SAVE_AS = "zh/site-map/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
CATALOGUE_SAVE_AS = "data/documents.csv"
RECORDS_SAVE_AS = "data/documents.json"
ROWS_SAVE_AS = "search/rows.jsonl"
PAGE_PATHS: list[str] = []

# The newest 20 of the site, of each column, and of each department, county and keyword.
FEED_DOMAIN = SITEURL
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
TAG_FEED_ATOM = "feeds/tags/{slug}.atom.xml"
AUTHOR_FEED_ATOM = "feeds/issuers/{slug}.atom.xml"
TRANSLATION_FEED_ATOM = AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = 20
# As ours: the summary, not the text.
RSS_FEED_SUMMARY_ONLY = True

# Attachments lie beside their texts.
STATIC_PATHS = [""]

MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight"},
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {},
    },
    "output_format": "html5",
}
"""As it comes, with the lists of contents that our pages have."""

_places: dict[str, tuple[Sequence[Any], int]] = {}


def neighbours(article: Any, categories: Sequence[tuple[Any, Sequence[Any]]]) -> tuple[Any, Any]:
    """The article after and the one before, in its category.

    Stock Pelican has none; looked up in a table made once, since looking for the article in
    the list, for each article, would take time with the square of their number.
    """
    if not _places:
        for _, listed in categories:
            _places.update({each.slug: (listed, place) for place, each in enumerate(listed)})
    articles, place = _places[article.slug]
    newer = articles[place - 1] if place else None
    older = articles[place + 1] if place + 1 < len(articles) else None
    return newer, older


def cell(text: object) -> str:
    """A cell of CSV, which no spreadsheet program takes for a formula."""
    plain = str(text).replace('"', '""')
    return f'"\'{plain}"' if plain.startswith(("=", "+", "-", "@")) else f'"{plain}"'


JINJA_FILTERS = {"neighbours": neighbours, "cell": cell}
