"""Translations: what a translation does not say itself, it takes from its source.

The card (number, dates, issuers, relations) and the attachments are asked of the source
alone; a translation may repeat a part of them in its own words.
"""

from __future__ import annotations

from dataclasses import replace

from plugins.portal.reading.document import Document


def inherit(translation: Document, source: Document) -> Document:
    """The translation with the source's facts where it has none of its own."""
    own = {name: value for name, value in translation.fields.items() if value}
    return replace(
        translation,
        date=translation.date or source.date,
        made=translation.made or source.made,
        expires=translation.expires or source.expires,
        audiences=translation.audiences or source.audiences,
        departments=translation.departments or source.departments,
        counties=translation.counties or source.counties,
        picture=translation.picture or source.picture,
        attachments=translation.attachments or source.attachments,
        corrections=translation.corrections or source.corrections,
        references=translation.references or source.references,
        sample=translation.sample or source.sample,
        fields={**source.fields, **own},
    )
