"""Pelican's settings: `pelican` builds the same bytes as `publish.py build`.

The portal's plugin makes every page; Pelican's own generators are switched off, each for
the reason beside it. The plugin is handed over as a module, not by name: a plugin that
cannot be imported is then an error and not an empty site with exit code 0.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

import plugins.portal  # noqa: E402 - the project is not installed, so its folder comes first

SITENAME = "Government portal"
SITEURL = ""
PATH = str(ROOT / "content")
OUTPUT_PATH = str(ROOT / "build" / "site")
THEME = str(ROOT / "theme")
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh"

PLUGINS = [plugins.portal]

# The ledger knows which files to prune; emptying the folder would make every page again.
DELETE_OUTPUT_DIRECTORY = False
# Our cache is the catalogue: it knows what each page was made from.
CACHE_CONTENT = False
LOAD_CONTENT_CACHE = False

# Documents are read by the portal: validated, in three languages, only what changed.
ARTICLE_PATHS: list[str] = []
PAGE_PATHS: list[str] = []
# Files are served beside the document they belong to, by its id.
STATIC_PATHS: list[str] = []
STATIC_CREATE_LINKS = False
# Assets are outputs like any other, at /assets/.
THEME_STATIC_PATHS: list[str] = []
# Fronts, archives and the site map come from the vocabulary and from named questions.
DIRECT_TEMPLATES: list[str] = []
PAGINATED_TEMPLATES: dict[str, int | None] = {}
# Keywords are for search and page tags; a page for each would only repeat the search.
TAG_SAVE_AS = ""
CATEGORY_SAVE_AS = ""
AUTHOR_SAVE_AS = ""
ARCHIVES_SAVE_AS = ""
# Feeds stand below the front that they belong to, as Atom and JSON.
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
