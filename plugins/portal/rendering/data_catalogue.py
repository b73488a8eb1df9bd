"""The catalogue of open data as DCAT 3 in JSON-LD: what portals of open data read.

The document catalogue names all its parts; a column's dataset names its years, and a year that
was divided lists its parts itself.
"""

from __future__ import annotations

import json

from domain.addresses import column_url
from domain.languages import HTML_LANG, Text
from plugins.portal.catalogue.listings import CATALOGUE
from plugins.portal.kinds import KINDS
from plugins.portal.rendering.open_data import INDEX, MEDIA_TYPES, data_url
from plugins.portal.rendering.reads import Reads
from plugins.portal.rendering.views import Context, TextView, Viewer

# Written out, so that a reader of the file asks no other host what its words mean.
CONTEXT: Context = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
TITLE: Text = {
    "zh": "政府文件目录",
    "en": "Catalogue of government documents",
    "bo": "སྲིད་གཞུང་ཡིག་ཆའི་དཀར་ཆག",
}
MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"


def view_data_catalogue(viewer: Viewer) -> TextView:
    """/data/catalogue.jsonld"""
    reads = viewer.reads
    site = reads.site()
    datasets = [_documents(reads), *_columns(reads)]
    catalogue = {
        "@context": CONTEXT,
        "@id": site.url + INDEX,
        "@type": "dcat:Catalog",
        "dct:title": _texts(site.names),
        "dct:publisher": _publisher(reads),
        "dct:language": [HTML_LANG[lang] for lang in site.languages],
        "foaf:homepage": {"@id": f"{site.url}/"},
        "dcat:dataset": [dataset for dataset in datasets if dataset["dcat:distribution"]],
    }
    return TextView(json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n")


def _documents(reads: Reads) -> Context:
    return _dataset(
        CATALOGUE,
        TITLE,
        f"/{reads.site().default_language}/",
        reads.ask(f"parts:{CATALOGUE}"),
        reads,
    )


def _columns(reads: Reads) -> list[Context]:
    lang = reads.site().default_language
    found = []
    for id_ in reads.terms("column"):
        column = reads.column(id_)
        if KINDS[column.kind].is_open_data:
            years = reversed(reads.ask(f"years:column/{id_}"))
            front = column_url(lang, id_)
            dataset = _dataset(f"column/{id_}", column.names, front, tuple(years), reads)
            found.append({**dataset, "dct:description": _texts(column.descriptions)})
    return found


def _dataset(
    listing: str, names: Text, front: str, periods: tuple[str, ...], reads: Reads
) -> Context:
    base = reads.site().url
    return {
        "@id": f"{base}{INDEX}#{listing.replace('/', '-')}",
        "@type": "dcat:Dataset",
        "dct:identifier": listing.replace("/", "-"),
        "dct:title": _texts(names),
        "dct:publisher": _publisher(reads),
        "dcat:landingPage": {"@id": base + front},
        "dcat:distribution": [
            _distribution(base + data_url(listing, period, form), period, form)
            for period in periods
            for form in MEDIA_TYPES
        ],
    }


def _distribution(url: str, period: str, form: str) -> Context:
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": period.replace("/", "-"),
        "dcat:accessURL": {"@id": url},
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": {"@id": MEDIA_TYPE + MEDIA_TYPES[form]},
    }


def _publisher(reads: Reads) -> Context:
    site = reads.site()
    return {
        "@id": f"{site.url}/#publisher",
        "@type": "foaf:Organization",
        "foaf:name": _texts(site.sponsor),
    }


def _texts(names: Text) -> list[Context]:
    return [{"@language": HTML_LANG[lang], "@value": text} for lang, text in names.items() if text]
