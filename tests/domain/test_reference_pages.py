"""The reference pages name every key, type and reserved word that the readers know."""

import re
from pathlib import Path

from domain.addresses import CONTENT_FOLDERS, RESERVED
from domain.forms.definition import DEFAULT_MAX_LENGTH, FIELD_TYPES
from domain.forms.reading import form_fields
from domain.forms.reading_fields import field_fields
from domain.forms.surroundings import Surroundings
from domain.vocabulary import Site
from domain.vocabulary.bodies import body_fields
from domain.vocabulary.columns import UPDATE_FIELDS, Known, column_fields
from domain.vocabulary.lists import (
    RULE_FIELDS,
    audience_fields,
    post_fields,
    subject_fields,
    term_fields,
)
from domain.vocabulary.searching import PIN_FIELDS, SYNONYM_FIELDS
from domain.vocabulary.site import CONTACT_FIELDS, LIMIT_FIELDS, SITE_FIELDS
from domain.vocabulary.years import HOLIDAY_FIELDS, year_fields

SITE = Site(id="small", names={}, url="")


def words_of(page: Path, heading: str) -> set[str]:
    """All words in code marks below one heading."""
    text = page.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith(heading + "\n")]
    return set(re.findall(r"[a-z_-]+", " ".join(re.findall(r"`([^`]+)`", found))))


def test_every_key_of_the_vocabulary_is_in_the_reference(repository: Path) -> None:
    page = repository / "docs" / "reference" / "vocabulary.md"
    known = Known([], [], [])
    keys = {
        "site.yaml": {*SITE_FIELDS, *CONTACT_FIELDS, *LIMIT_FIELDS},
        "columns.yaml": {*column_fields(SITE, known), *UPDATE_FIELDS, *RESERVED, *CONTENT_FOLDERS},
        "departments.yaml and counties.yaml": set(body_fields(SITE)),
        "vocabulary/audiences.yaml": {*audience_fields(SITE), "names", "link"},
        "vocabulary/subjects.yaml": set(subject_fields(SITE)),
        "vocabulary/posts.yaml": set(post_fields(SITE)),
        "vocabulary/industries.yaml, incentives.yaml and levels.yaml": set(term_fields(SITE)),
        "vocabulary/calendar.yaml": {*year_fields(2026), *HOLIDAY_FIELDS},
        "vocabulary/rules.yaml": set(RULE_FIELDS),
        "vocabulary/synonyms.yaml": set(SYNONYM_FIELDS),
        "vocabulary/pins.yaml": set(PIN_FIELDS),
    }
    missing = {heading: sorted(found - words_of(page, heading)) for heading, found in keys.items()}
    assert {heading: names for heading, names in missing.items() if names} == {}


def test_every_key_and_type_of_forms_is_in_the_reference(repository: Path) -> None:
    page = repository / "docs" / "reference" / "forms.md"
    assert sorted(set(form_fields(Surroundings())) - words_of(page, "Keys of a form")) == []
    assert sorted(set(field_fields(["zh"])) - words_of(page, "Keys of a field")) == []
    assert sorted(set(FIELD_TYPES) - words_of(page, "Types of field")) == []


def test_the_lengths_in_the_reference_are_those_of_the_code(repository: Path) -> None:
    text = (repository / "docs" / "reference" / "forms.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("| `max_length`")]
    found = dict(re.findall(r"`([a-z-]+)` \((\d+)", line))
    assert found == {name: str(DEFAULT_MAX_LENGTH[name]) for name in ("text", "long-text")}
    assert f"at most {DEFAULT_MAX_LENGTH['e-mail']} characters" in text
    assert f"at most {DEFAULT_MAX_LENGTH['phone']} characters" in text
