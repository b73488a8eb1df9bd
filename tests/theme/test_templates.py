"""The theme's templates: each renders from its view alone, in each language, and says it all."""

import ast
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from markupsafe import Markup

from domain import forms
from domain.languages import HTML_LANG, LANGUAGES
from domain.templating import make_environment
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.cards import VALIDITY_LABELS
from plugins.portal.rendering.facets import FACET_LABELS, STATE_LABELS
from plugins.portal.rendering.policies import CARD_LABELS
from plugins.portal.rendering.posts import ACTION_LABELS
from plugins.portal.rendering.services import ERRORS
from plugins.portal.rendering.tallies import MEASURE_LABELS
from tests.theme.samples import DESCRIPTION
from tests.theme.views import navigation, page, site, views

THEME = Path(__file__).parents[2] / "theme"
TEMPLATES = sorted(views("zh"))


@cache
def _environment(lang: str) -> jinja2.Environment:
    return make_environment([THEME / "templates"], THEME / "translations", lang)


@cache
def frame_of(lang: str) -> dict[str, Markup]:
    """The parts of the frame in a language."""
    context = {"lang": lang, "html_lang": HTML_LANG[lang], "site": site(lang), **navigation(lang)}
    return {
        part: Markup(_environment(lang).get_template(f"parts/{part}.html").render(context))
        for part in ("head", "header", "footer")
    }


def render(template: str, lang: str, **more: Any) -> str:
    """The page of `template` from its invented view; a name it lacks raises UndefinedError."""
    view = views(lang)[template]
    kind = template.removesuffix(".html")
    own = {} if kind == "frame" else {"page": page(lang, view_title(view), kind)}
    context = {"lang": lang, "html_lang": HTML_LANG[lang], "site": site(lang)}
    context |= {"frame": frame_of(lang)} | own | view | more
    return _environment(lang).get_template(template).render(context)


def view_title(view: dict[str, Any]) -> str:
    """A title for <title>, from whatever the view is about."""
    for name in ("document", "column", "audience", "body"):
        if name in view:
            return str(view[name].get("title") or view[name].get("name"))
    return str(view.get("heading", "title"))


class _Seen(HTMLParser):
    """Tags and attributes in the order they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_page_is_whole_and_fit_for_the_strict_policy(template: str, lang: str) -> None:
    seen = _Seen(render(template, lang))
    assert seen.all("html") == [{"lang": HTML_LANG[lang]}]
    assert len(seen.all("main")) == 1
    # A chart has a title too, which its own name refers to.
    assert len([title for title in seen.all("title") if "id" not in title]) == 1
    if template != "frame.html":
        assert len(seen.all("h1")) == 1
    for tag, attributes in seen.tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert attributes.get("type") == "application/ld+json"
        for name in ("src", "action", "formaction"):
            assert (attributes.get(name) or "/").startswith("/")
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in seen.tags:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            for target in (attributes.get(name) or "").split():
                assert target in ids


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_head_says_once_what_page_says(template: str, lang: str) -> None:
    html = render(template, lang)
    if template == "frame.html":
        for name in ("title", "head", "languages", "main"):
            assert html.count(f"<!--slot:{name}-->") == 1
        return
    assert html.count('rel="canonical"') == 1
    assert html.count('<meta name="SiteName"') == 1
    assert html.count("application/ld+json") == 1
    assert len(re.findall(r'rel="alternate" hreflang=', html)) == len(LANGUAGES)


def test_line_in_another_language_says_which() -> None:
    html = render("archive.html", "en")
    assert 'lang="zh-CN" hreflang="zh-CN">春季森林草原防火公告</a>' in html
    assert '<span class="entry-lang" lang="zh-CN">中文</span>' in html


def test_chart_of_the_home_page_names_the_language_of_its_budget() -> None:
    chart = render("home.html", "en").partition('class="glance"')[2].partition("</figcaption>")[0]
    assert '</a> <span class="entry-lang" lang="zh-CN">中文</span>' in chart


@pytest.mark.parametrize(
    ("template", "count"),
    [("audience.html", 1), ("department.html", 1), ("directory.html", 6), ("column.html", 5)],
)
def test_description_in_another_language_says_which(template: str, count: int) -> None:
    said = f'{DESCRIPTION["zh"]} <span class="entry-lang" lang="zh-CN">中文</span></'
    assert render(template, "bo").count(said) == count
    assert said not in render(template, "zh")


@pytest.mark.parametrize("template", ["column.html", "department.html", "county.html"])
def test_years_in_another_language_stand_together_after_its_name(template: str) -> None:
    html = render(template, "bo").partition('class="years"')[2].partition("</nav>")[0]
    assert re.findall(r'>(2\d{3})</a>|(<span class="entry-lang")', html) == [
        ("2026", ""),
        ("", '<span class="entry-lang"'),
        ("2025", ""),
        ("2024", ""),
    ]
    assert 'href="/zh/2024/" hreflang="zh-CN"' in html


@pytest.mark.parametrize("template", ["redirect.html", "withdrawn.html"])
def test_page_that_has_not_what_was_sought_leads_on(template: str) -> None:
    main = render(template, "en").partition("<main")[2].partition("</main>")[0]
    ways = {"/en/", "/en/search/", "/en/site-map/", "#footer-contact"}
    assert ways <= {attributes["href"] for attributes in _Seen(main).all("a")}


def test_facts_of_files_are_joined_as_the_language_does() -> None:
    """And who gives another form is named below the list where one file does not say it itself."""
    for lang, facts in (("zh", "PDF、4 页、312 KB"), ("en", "PDF, 4 pages, 312 KB, <span")):
        assert f'<span class="note">{facts}' in render("document.html", lang)
    document = views("zh")["document.html"]["document"]
    contact = '、<a href="tel:0837-0000000">0837-0000000</a>、<a href="mailto:a@aba.example">'
    assert contact not in render("document.html", "zh")
    document["attachments"][0]["alternative"] = ""
    assert contact in render("document.html", "zh", document=document)


def test_text_that_is_repealed_leads_to_what_repealed_it() -> None:
    document = views("en")["document.html"]["document"]
    new = document["related"][0]["entries"][0]
    document["related"][0]["label"] = "Repealed by"
    banner = render("document.html", "en", document=document).partition('class="card"')[0]
    assert f'<span class="note">Repealed by</span> <span><a href="{new["url"]}">' in banner


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("audience.html", '<p class="lead" lang="zh-CN">'),
        ("directory.html", '<span class="described-text" lang="zh-CN">'),
        ("column.html", '<p class="lead" lang="zh-CN">'),
        ("county.html", '<p class="lead" lang="zh-CN">'),
        ("document.html", '<dd lang="zh-CN">阿府办发〔2026〕12号</dd>'),
    ],
)
def test_text_in_another_language_than_the_page_says_so(template: str, expected: str) -> None:
    assert expected in render(template, "bo")
    assert expected not in render(template, "zh")


def test_column_of_standing_pages_does_not_call_itself_empty() -> None:
    nothing = "Nothing has been published here yet."
    assert nothing not in render("column.html", "en", entries=[], total=0)
    assert nothing in render("column.html", "en", entries=[], total=0, pages=[])


def test_closed_form_has_no_fields() -> None:
    html = render("form.html", "en", is_open=False, state_text="Closed since 1 March.")
    assert "Closed since 1 March." in html
    assert 'name="letter"' not in html


def test_document_without_anything_but_text() -> None:
    view = views("en")["document.html"]["document"]
    bare: dict[str, Any] = {
        name: type(value)() for name, value in view.items() if isinstance(value, list | str)
    }
    bare |= {"html": view["html"], "title": "Title", "column": view["column"]}
    bare |= {"validity": None, "previous": None, "next": None, "sample": False}
    bare |= {"picture": None, "contact": None}
    assert "<h1>Title</h1>" in render("document.html", "en", document=bare)


def _messages() -> set[str | tuple[str, ...]]:
    options = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    found = extract_from_dir(str(THEME / "templates"), [("**.html", "jinja2")], options)
    return {message for _, _, message, _, _ in found}


def _catalog(lang: str) -> Catalog:
    with (THEME / "translations" / f"{lang}.po").open("rb") as source:
        return read_po(source, locale=lang, abort_invalid=True)


@pytest.mark.parametrize("lang", ["zh", "bo"])
def test_every_text_is_translated(lang: str) -> None:
    catalog = _catalog(lang)
    missing = []
    for message in _messages():
        forms_wanted = _forms_of(message)
        found = catalog.get(forms_wanted[0])
        if (
            found is None
            or not all(_forms_of(found.string))
            or found.pluralizable != (len(forms_wanted) > 1)
        ):
            missing.append(message)
    assert missing == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_translations_keep_their_parameters(lang: str) -> None:
    for message in _catalog(lang):
        if not message.id:
            continue
        wanted = _parameters(_forms_of(message.id)[-1])
        for text in _forms_of(message.string):
            assert _parameters(text) == wanted, message.id


def _forms_of(text: object) -> list[str]:
    """The singular and plural of a message, or the one text that it is."""
    return [str(form) for form in text] if isinstance(text, tuple | list) else [str(text)]


def _parameters(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


CODE = ("domain", "plugins", "search", "relay")


def _texts_of_code() -> set[str]:
    """Literals handed to `words(...)` and `translate(...)`, and the tables of messages."""
    texts = {*forms.MESSAGES, *VALIDITY_LABELS.values()}
    texts |= {*FACET_LABELS.values(), *STATE_LABELS.values(), *ACTION_LABELS.values()}
    texts |= {kind.label for kind in KINDS.values()}
    texts |= set(CARD_LABELS.values()) | set(MEASURE_LABELS.values())
    texts |= {text for pair in ERRORS.values() for text in pair}
    for folder in CODE:
        for source_path in (THEME.parent / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(source_path.read_text("utf-8"))):
                texts |= _literals_of_call(node)
    return texts


def _literals_of_call(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Call) or not node.args:
        return set()
    if getattr(node.func, "id", "") not in ("words", "translate"):
        return set()
    first = node.args[0]
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return {str(ast.literal_eval(first))} if is_text else set()


@pytest.mark.parametrize("lang", ["zh", "bo"])
def test_every_text_of_the_code_is_translated(lang: str) -> None:
    catalog = _catalog(lang)
    found = {text: catalog.get(text) for text in _texts_of_code()}
    assert sorted(text for text, entry in found.items() if not entry or not entry.string) == []


def test_no_template_reads_what_the_strict_policy_forbids() -> None:
    for source_path in sorted((THEME / "templates").rglob("*.html")):
        text = source_path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), source_path.name
