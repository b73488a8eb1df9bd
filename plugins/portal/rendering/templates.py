"""Templates: one environment per language, frames, and digests of what a template includes."""

from __future__ import annotations

import gettext
import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta, nodes
from markupsafe import Markup

from domain.addresses import column_url, page_url
from domain.languages import HTML_LANG, text_in
from domain.templating import load_translations, make_environment
from domain.vocabulary import Site, Vocabulary
from plugins.portal.rendering.constants import FrameParts, SiteConstants, contact_of
from plugins.portal.rendering.views import HtmlView, Translate, link

FRAME_TEMPLATES = ("parts/head.html", "parts/header.html", "parts/footer.html")


class Templates:
    """The theme: earlier folders override later ones, file by file."""

    def __init__(self, themes: Sequence[Path], cache: Path | None = None) -> None:
        self.themes = list(themes)
        self._cache = cache
        self._environments: dict[str, jinja2.Environment] = {}
        self._translations: dict[str, gettext.NullTranslations] = {}
        self._references: dict[str, list[str]] = {}
        self._surroundings: dict[str, tuple[FrameParts, SiteConstants, dict[str, Any]]] = {}

    @cached_property
    def _folders(self) -> list[Path]:
        return [theme / "templates" for theme in self.themes]

    @cached_property
    def _translation_folder(self) -> Path:
        return self.themes[-1] / "translations"

    def environment(self, lang: str) -> jinja2.Environment:
        """The environment of a language, its compiled templates kept between builds."""
        if lang not in self._environments:
            made = make_environment(self._folders, self._translation_folder, lang)
            if self._cache:
                # Compiled once for all languages: their texts are looked up when it runs.
                self._cache.mkdir(parents=True, exist_ok=True)
                made.bytecode_cache = jinja2.FileSystemBytecodeCache(str(self._cache))
            self._environments[lang] = made
        return self._environments[lang]

    def load(self, names: Iterable[str], languages: Iterable[str]) -> None:
        """These templates are compiled and loaded, before there are workers to do it each."""
        templates = list(names)
        for lang in languages:
            for name in templates:
                self.environment(lang).get_template(name)

    def translate(self, lang: str) -> Translate:
        """gettext of a language, for texts that views put together."""
        if lang not in self._translations:
            self._translations[lang] = load_translations(self._translation_folder, lang)
        return self._translations[lang].gettext

    def render(self, view: HtmlView, frame: FrameParts, site: SiteConstants) -> str:
        """The page's text."""
        template = self.environment(view.lang).get_template(view.template)
        return template.render(self._surrounding(view.lang, frame, site), **view.context)

    def _surrounding(self, lang: str, frame: FrameParts, site: SiteConstants) -> dict[str, Any]:
        """What all pages of a language are told, put together once."""
        known = self._surroundings.get(lang)
        if known and known[0] is frame and known[1] is site:
            return known[2]
        made = {
            "lang": lang,
            "html_lang": HTML_LANG[lang],
            # Rendered by these same templates, so escaped already.
            "frame": {name: Markup(getattr(frame, name)) for name in frame.__slots__},  # noqa: S704
            "site": site_context(site, lang),
        }
        self._surroundings[lang] = frame, site, made
        return made

    def frame_parts(self, vocabulary: Vocabulary, lang: str) -> FrameParts:
        """What every page of a language shows around its content."""
        site = vocabulary.site
        default = site.default_language
        context = {
            "lang": lang,
            "html_lang": HTML_LANG[lang],
            "site": _vocabulary_site_context(vocabulary, lang),
            "navigation": [
                link(text_in(column.names, lang, default)[0], column_url(lang, column.id))
                for column in vocabulary.children_of(None)
            ],
            "audiences": [
                link(text_in(audience.names, lang, default)[0], page_url(lang, audience.id))
                for audience in vocabulary.audiences.values()
            ],
        }
        context["footer_links"] = footer_links(site, lang)
        context["report_url"] = report_url(site, lang)
        environment = self.environment(lang)
        return FrameParts(
            *(environment.get_template(name).render(context) for name in FRAME_TEMPLATES)
        )

    # Digests

    @cached_property
    def digests(self) -> dict[str, str]:
        """File name below templates/ and translations/ -> digest of its bytes."""
        digests: dict[str, str] = {}
        for part in ("translations", "templates"):
            for theme in reversed(self.themes):
                folder = theme / part
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and path.suffix in (".html", ".po"):
                        name = f"{part}/{path.relative_to(folder).as_posix()}"
                        digests[name] = _digest(path.read_bytes())
        return digests

    def closure(self, template: str) -> str:
        """A digest of a template, all that it includes, imports or extends, and the translations."""
        names, waiting = set[str](), [template]
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting += self._referenced(name)
        parts = [f"{name}={self.digests[f'templates/{name}']}" for name in sorted(names)]
        parts += [
            f"{name}={digest}"
            for name, digest in sorted(self.digests.items())
            if name.startswith("translations/")
        ]
        return _digest("\n".join(parts).encode())

    def _referenced(self, name: str) -> list[str]:
        if name not in self._references:
            self._references[name] = self._find_references(name)
        return self._references[name]

    def _find_references(self, name: str) -> list[str]:
        environment = next(iter(self._environments.values()), None) or self.environment("en")
        source = next(
            path for folder in self._folders if (path := folder / name).is_file()
        ).read_text("utf-8")
        tree: nodes.Template = environment.parse(source)
        return [found for found in meta.find_referenced_templates(tree) if found]

    @cached_property
    def assets(self) -> dict[str, str]:
        """Name below static/ -> digest of its bytes."""
        found: dict[str, str] = {}
        for theme in reversed(self.themes):
            folder = theme / "static"
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    found[path.relative_to(folder).as_posix()] = _digest(path.read_bytes())
        return dict(sorted(found.items()))

    def asset_path(self, name: str) -> Path:
        """Where a file of static/ lies."""
        found = [theme / "static" / name for theme in self.themes]
        return next(path for path in found if path.is_file())


def footer_links(site: Site, lang: str) -> list[dict[str, str]]:
    """The links of the footer; in the default language where `lang` has no name for one."""
    found = []
    for item in site.footer:
        name, own = text_in(item.names, lang, site.default_language)
        url = item.link if "://" in item.link else page_url(own, item.link.strip("/"))
        found.append(link(name, url, html_lang="" if own == lang else HTML_LANG[own]))
    return found


def report_url(site: Site, lang: str) -> str:
    """Where readers report an error on the site."""
    if not site.report_error:
        return f"mailto:{site.contact.email}"
    is_own = "://" not in site.report_error
    return page_url(lang, site.report_error.strip("/")) if is_own else site.report_error


def site_context(site: SiteConstants, lang: str) -> dict[str, Any]:
    """`site` as templates read it."""
    return {
        "names": site.names,
        "name": text_in(site.names, lang, site.default_language)[0],
        "short_name": text_in(site.short_names, lang, site.default_language)[0],
        "url": site.url,
        "identifiers": site.identifiers,
        "sponsor": site.sponsor,
        "organiser": site.organiser,
        "contact": site.contact,
        "languages": site.languages,
        "default_language": site.default_language,
    }


def _vocabulary_site_context(vocabulary: Vocabulary, lang: str) -> dict[str, Any]:
    site = vocabulary.site
    return {
        "names": site.names,
        "name": text_in(site.names, lang, site.default_language)[0],
        "short_name": text_in(site.short_names, lang, site.default_language)[0],
        "url": site.url,
        "identifiers": dict(site.identifiers),
        "sponsor": site.sponsor,
        "organiser": site.organiser,
        "contact": contact_of(site.contact),
        "languages": tuple(site.languages),
        "default_language": site.default_language,
    }


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
