"""site.yaml -> Site."""

from collections.abc import Mapping

from domain import field_types as types
from domain.fields import FieldSpec, Record, Report, optional, read_fields, required
from domain.languages import LANGUAGES
from domain.problems import quoted
from domain.vocabulary.model import Contact, Limits, Site
from domain.vocabulary.named_links import named_link
from domain.vocabulary.sources import SourceFile, read_format

_NAMES = types.texts(max_length=200)
_LONG_TEXTS = types.texts(max_length=500)
_LARGEST_FILE_BYTES = 100_000_000

CONTACT_FIELDS: Mapping[str, FieldSpec] = {
    "phone": optional(types.phone, ""),
    "email": optional(types.email, ""),
    "postcode": optional(types.text(max_length=10), ""),
    "address": optional(_LONG_TEXTS, {}),
    "hours": optional(_LONG_TEXTS, {}),
}

LIMIT_FIELDS: Mapping[str, FieldSpec] = {
    "max_bytes": optional(types.whole_number(1_000, _LARGEST_FILE_BYTES), 2_000_000),
    "max_file_bytes": optional(types.whole_number(1_000, _LARGEST_FILE_BYTES), 20_000_000),
    "max_depth": optional(types.whole_number(1, 100), 20),
}

SITE_FIELDS: Mapping[str, FieldSpec] = {
    "format": required(read_format),
    "id": required(types.identifier),
    "names": required(_NAMES),
    "short_names": optional(_NAMES, {}),
    "url": required(types.web_address),
    "timezone": optional(types.timezone, "Asia/Shanghai"),
    "languages": optional(types.list_of(types.choice(LANGUAGES)), LANGUAGES),
    "default_language": optional(types.choice(LANGUAGES), "zh"),
    "strict": optional(types.yes_no, False),
    "identifiers": optional(types.mapping_of(types.text(max_length=100)), {}),
    "sponsor": optional(_NAMES, {}),
    "organiser": optional(_NAMES, {}),
    "contact": optional(
        types.record(CONTACT_FIELDS, lambda found: Contact(**found.values), "contact"), Contact()
    ),
    "limits": optional(
        types.record(LIMIT_FIELDS, lambda found: Limits(**found.values), "limits"), Limits()
    ),
    "common_searches": optional(
        types.by_language(types.list_of(types.text(max_length=40), may_be_empty=True)), {}
    ),
    "report_error": optional(types.link, ""),
    "footer": optional(types.list_of(named_link(_NAMES, "a link of the footer")), ()),
}


def read_site(file: SourceFile) -> Site:
    """The site, with defaults where anything is wrong or missing, which the file's report says.

    So the other files are checked with the right languages all the same.
    """
    found = None
    if file.root is not None:
        found = read_fields(file.root, SITE_FIELDS, file.report, file.name)
    if found is None:
        return Site(id="", names={}, url="")
    _check_default_language(found, file.report)
    values = {name: value for name, value in found.values.items() if name != "format"}
    values["names"] = values["names"] or {}
    if file.is_shipped:
        # They lead to pages of the product's own content.
        values |= {"footer": (), "report_error": ""}
    return Site(**values)


def _check_default_language(found: Record, report: Report) -> None:
    default, languages = found["default_language"], found["languages"]
    if default not in languages:
        report.add(
            found.line_of("default_language"),
            "site-default-language",
            f"the default language {quoted(default)} is not among the languages of the site",
            "The home page and every name fall back on it.",
            f"Add it to languages, or choose from: {', '.join(languages)}.",
        )
    elif "names" in found.lines and default not in (found["names"] or {default}):
        report.add(
            found.line_of("names"),
            "meta-language-missing",
            f"names lacks the language {quoted(default)}",
            "Pages in this language would have a gap there, and others nothing to fall back on.",
            f'Add "{default}: ..." to names.',
        )
