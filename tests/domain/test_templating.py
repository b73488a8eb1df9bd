"""The one Jinja environment."""

from pathlib import Path

import jinja2
import pytest

from domain.problems import PortalError
from domain.templating import make_environment

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Search %(site)s"
msgstr "搜索%(site)s"

msgid "%(count)s document"
msgid_plural "%(count)s documents"
msgstr[0] "%(count)s份文件"
"""


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """A theme with two template folders and Chinese texts."""
    for folder in ("site", "theme", "translations"):
        (tmp_path / folder).mkdir()
    (tmp_path / "translations" / "zh.po").write_text(PO, encoding="utf-8")
    return tmp_path


def render(theme: Path, lang: str, source: str, **view: object) -> str:
    """The template rendered in a language."""
    (theme / "theme" / "page.html").write_text(source, encoding="utf-8")
    folders = [theme / "site", theme / "theme"]
    environment = make_environment(folders, theme / "translations", lang)
    return environment.get_template("page.html").render(**view)


def test_texts_are_translated_and_what_is_put_in_is_escaped(theme: Path) -> None:
    source = '{{ _("Search %(site)s", site=name) }}'
    assert render(theme, "zh", source, name="<阿坝>") == "搜索&lt;阿坝&gt;"
    assert render(theme, "en", source, name="Aba") == "Search Aba"


def test_hours_and_references_keep_to_one_line(theme: Path) -> None:
    source = "{{ text|unbroken }}"
    hours = render(theme, "zh", source, text="工作日 9:00—12:00，14:30—18:00 <b>")
    kept = '<span class="unbroken">{}</span>'.format
    assert hours == f"工作日 {kept('9:00—12:00')}，{kept('14:30—18:00')} &lt;b&gt;"
    code = render(theme, "en", source, text="For example LX-20261112-7K3QD; 0837-5550000")
    assert code == f"For example {kept('LX-20261112-7K3QD')}; 0837-5550000"


def test_parts_of_a_list_are_joined_as_the_language_does(theme: Path) -> None:
    source = "{{ parts|join(separator) }}"
    joined = [render(theme, lang, source, parts=["a", "<b>"]) for lang in ("zh", "en", "bo")]
    assert joined == ["a、&lt;b&gt;", "a, &lt;b&gt;", "a། &lt;b&gt;"]


def test_blocks_are_trimmed_and_plurals_follow_the_language(theme: Path) -> None:
    source = (
        "{% trans count=n %}\n  {{ count }} document\n"
        "{% pluralize %}\n  {{ count }} documents\n{% endtrans %}"
    )
    assert render(theme, "zh", source, n=2) == "2份文件"
    assert render(theme, "en", source, n=2) == "2 documents"


def test_an_unknown_name_is_an_error(theme: Path) -> None:
    with pytest.raises(jinja2.UndefinedError):
        render(theme, "en", "{{ titel }}")


def test_a_sites_own_template_comes_before_the_themes(theme: Path) -> None:
    (theme / "site" / "page.html").write_text("own", encoding="utf-8")
    assert render(theme, "en", "theme") == "own"


def test_broken_translations_are_said_to_a_person(theme: Path) -> None:
    (theme / "translations" / "bo.po").write_text('msgid "a"\nnonsense\n', encoding="utf-8")
    with pytest.raises(PortalError, match=r"bo\.po"):
        render(theme, "bo", "x")
