"""Templates: one way to make a Jinja environment, so that build, search and relay render alike."""

import gettext
import io
import re
from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from domain.languages import SEPARATORS
from domain.problems import PortalError

_UNBROKEN = re.compile(
    r"\d{1,2}:\d{2} ?[-‐-―~～] ?\d{1,2}:\d{2}"  # hours, with any dash, wave or hyphen between
    r"|\b[A-Z]{2,6}-\d{8}-[0-9A-Z]{5}\b"
)


class _CodeGenerator(CodeGenerator):
    """Puts out texts with nothing to escape as they are, all else through `Environment.escaped`;
    and looks into dicts first: `entry.url` of a dict, the usual case, is one look-up and no call.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        name = repr(node.attr)
        self.write(f"(found[{name}] if type(found := ")
        self.visit(node.node, frame)
        self.write(f") is dict and {name} in found else environment.getattr(found, {name}))")

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if self._is_escaping(frame, finalize):
            self.write("(put if type(put := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if self._is_escaping(frame, finalize):
            self.write(
                ") is str and not environment.needs_escaping(put) else environment.escaped(put))"
            )
        else:
            super()._output_child_post(node, frame, finalize)

    @staticmethod
    def _is_escaping(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
        context = frame.eval_ctx
        return bool(context.autoescape) and not context.volatile and finalize.src is None


class _Environment(jinja2.Environment):
    """Jinja's own, with short cuts for pages of which there are many thousands."""

    code_generator_class = _CodeGenerator
    needs_escaping = staticmethod(re.compile("[&<>\"']").search)

    @staticmethod
    def escaped(value: object) -> str:
        """The value as HTML."""
        return value if type(value) is Markup else escape(value)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dict: the base's chain of two is walked anew for each page and each import."""
        return {**self.globals, **(d or {})}


class Lines:
    """`lines(macro, lines, ...)`: what the macro makes of each line, once for one and the same.

    A document's line stands in the lists of its columns, departments and years; most of the
    time of a long list was spent in making it again. A line is a dict that is never altered.
    """

    _LIMIT = 20_000

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], tuple[dict[str, Any], Markup]] = {}

    def __call__(self, macro: Any, lines: Iterable[dict[str, Any]], *arguments: Any) -> Markup:
        """The macro's output for all lines, one after the other."""
        made = [self._line(macro, line, arguments) for line in lines]
        return Markup("".join(made))  # noqa: S704 - each of them is

    def _line(self, macro: Any, line: dict[str, Any], arguments: tuple[Any, ...]) -> Markup:
        key = (macro.name, id(line), *arguments)
        line_and_made = self._made.get(key)
        if line_and_made is None:
            if len(self._made) >= self._LIMIT:
                self._made.clear()
            # The line is kept, so that no other can come to have its identity.
            line_and_made = self._made[key] = line, macro(line, *arguments)
        return line_and_made[1]


def make_environment(
    template_folders: Sequence[Path],
    translations: Path,
    lang: str,
    *,
    is_reloading: bool = False,
) -> jinja2.Environment:
    """An environment that escapes, refuses unknown names and speaks `lang`.

    Earlier folders win, so that a site's own templates override the theme's. Texts come from
    `translations`/<lang>.po (msgid = English); without that file they are English. Blocks of
    {% trans %} are trimmed; gettext is new style: a literal % is written %%. `separator` stands
    between the parts of a list; the filter `unbroken` is `mark_unbroken`.
    """
    environment = _Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in template_folders]),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=is_reloading,
        cache_size=-1,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["lines"] = Lines()
    environment.filters["unbroken"] = mark_unbroken
    environment.globals["separator"] = SEPARATORS.get(lang, SEPARATORS["en"])
    return _with_translations(environment, load_translations(translations, lang))


def mark_unbroken(text: str) -> Markup:
    """The text as HTML; its hours ("9:00–12:00") and references of letters keep to one line."""
    return Markup(_UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped here


def _with_translations(
    environment: jinja2.Environment, translations: gettext.NullTranslations
) -> jinja2.Environment:
    # The i18n extension adds this method at run time; the type stubs do not know it.
    install = getattr(environment, "install_gettext_translations")  # noqa: B009
    install(translations, newstyle=True)
    return environment


def load_translations(translations: Path, lang: str) -> gettext.NullTranslations:
    """The texts of `translations`/<lang>.po; English when there is no such file."""
    source_path = translations / f"{lang}.po"
    if not source_path.is_file():
        return gettext.NullTranslations()
    # babel is needed by no page of English and by nothing else that imports this module.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    compiled = io.BytesIO()
    try:
        with source_path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=lang, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError, ValueError) as cause:
        raise PortalError(
            f"{source_path.name}: the translations cannot be read: {cause}"
        ) from cause
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
