"""The rules of CSV (RFC 4180), of our JSON and of the DCAT index, for every file there is."""

from __future__ import annotations

import csv
import io
import json

from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF

DCAT = Namespace("http://www.w3.org/ns/dcat#")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_csv(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file; ValueError where a strict reader finds something wrong."""
    if not data.startswith(BYTE_ORDER_MARK):
        raise ValueError("no byte order mark")
    text = data.removeprefix(BYTE_ORDER_MARK).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    if len(set(header)) != len(header) or not all(header):
        raise ValueError("a column without a name of its own")
    if any(len(row) != len(header) for row in rows):
        raise ValueError("a row of another length")
    written = io.StringIO(newline="")
    csv.writer(written).writerows([header, *rows])
    if written.getvalue() != text:
        raise ValueError("not written as RFC 4180 has it")
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_json(data: bytes) -> list[dict[str, str]]:
    """The rows of a JSON file; ValueError where their keys differ or a value is no text."""
    rows: list[dict[str, str]] = json.loads(data)
    if any(list(row) != list(rows[0]) for row in rows):
        raise ValueError("objects with different keys")
    if any(not isinstance(value, str) for row in rows for value in row.values()):
        raise ValueError("a value that is no text")
    return rows


def read_index(data: bytes) -> dict[str, set[str]]:
    """Dataset -> addresses of its files; ValueError where DCAT's own properties are missing."""
    graph = Graph().parse(data=data, format="json-ld")
    catalogues = set(graph.subjects(RDF.type, DCAT.Catalog))
    datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
    if len(catalogues) != 1 or datasets != set(graph.objects(catalogues.pop(), DCAT.dataset)):
        raise ValueError("not one catalogue with all its datasets")
    found = {}
    for dataset in datasets:
        needed = (DCTERMS.title, DCTERMS.publisher, DCAT.distribution, DCAT.landingPage)
        if not all(graph.value(dataset, name, any=True) for name in needed):
            raise ValueError(f"{dataset} lacks a property")
        files = set()
        for distribution in graph.objects(dataset, DCAT.distribution):
            address = graph.value(distribution, DCAT.downloadURL)
            if not isinstance(address, URIRef) or not graph.value(distribution, DCAT.mediaType):
                raise ValueError(f"{distribution} cannot be fetched")
            files.add(str(address))
        found[str(graph.value(dataset, DCTERMS.identifier))] = files
    return found
