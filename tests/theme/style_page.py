"""The style page: every component in all its states, for looking at and for axe.

No page of the site: an address of it would be a lasting one of every customer's. `make style`
writes it to build/style/; the journeys put it into a preview's place of the same name.
"""

import re
import shutil
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader

from domain.languages import HTML_LANG, LANGUAGES
from domain.templating import make_environment
from tests.theme.samples import DESCRIPTION, STATES, TITLES
from tests.theme.test_templates import THEME, frame_of
from tests.theme.views import column_tree, document, due, entry, form, link, page, site

ADDRESS = re.compile(r"/style/([a-z]{2})/$")
ALL_STATES = (*STATES, "not-yet-in-force", "partly-void", "void", "expired")
HERE = Path(__file__).parent


@cache
def style_page(lang: str) -> str:
    """The page in a language."""
    environment = make_environment([THEME / "templates"], THEME / "translations", lang)
    folders = [FileSystemLoader(HERE), FileSystemLoader(THEME / "templates")]
    environment.loader = ChoiceLoader(folders)
    around = {"lang": lang, "html_lang": HTML_LANG[lang], "site": site(lang)}
    around |= {"frame": frame_of(lang), "page": page(lang, "Style", "style")}
    return environment.get_template("style.html").render(around | components(lang))


def components(lang: str) -> dict[str, object]:
    """What the components show."""
    links = [link(TITLES[number][lang], "#main") for number in (2, 1)]
    entries = [entry(lang, number, is_news=number > len(ALL_STATES)) for number in range(11)]
    for line, state in zip(entries, ALL_STATES, strict=False):
        line["validity"] = state
    numbers = [{"number": n, "url": f"?page={n}", "is_current": n == 2} for n in (1, 2, 3)]
    return {
        "sample": {"title": TITLES[1][lang], "word": TITLES[2][lang], "text": DESCRIPTION[lang]},
        "other": DESCRIPTION,
        "links": links,
        "described": column_tree(lang)[:3],
        "years": [{"name": str(year), "url": "#main"} for year in (2026, 2025, 2024)],
        "pages": {"previous": "?page=1", "next": "?page=3", "numbers": [*numbers, None]},
        "entries": entries,
        "due": due(lang),
        "card": document(lang)["card"],
        "form": form(),
        "filled": {"name": {"name": ["某甲"]}, "topic": {"topic": ["public"]}},
        "errors": {"letter": TITLES[1][lang], "score": TITLES[2][lang]},
    }


def write_style_pages(folder: Path) -> None:
    """`folder` has the page in each language and the theme's files: a site to be served."""
    for lang in LANGUAGES:
        place = folder / "style" / lang
        place.mkdir(parents=True, exist_ok=True)
        (place / "index.html").write_text(style_page(lang), encoding="utf-8")
    shutil.copytree(THEME / "static", folder / "assets", dirs_exist_ok=True)


if __name__ == "__main__":
    target = THEME.parent / "build" / "style"
    write_style_pages(target)
    print(
        f"Written. To see it: python3 -m http.server --directory {target.relative_to(THEME.parent)}"
    )
    print("then http://127.0.0.1:8000/style/zh/")
