"""croissant.json: the export in MLCommons Croissant 1.0, so that dataset search and loaders understand it."""

from collections.abc import Sequence
from typing import Any

from sandsnap.publish.export.dataset_card import citation
from sandsnap.publish.export.files import Written
from sandsnap.publish.export.frictionless import DESCRIPTION, KEYWORDS, NAME
from sandsnap.publish.export.tables import Edition
from schemas import Column

# The context that the Croissant 1.0 specification prescribes.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(edition: Edition, written: Sequence[Written]) -> dict[str, Any]:
    """The JSON-LD document, ready for JSON. Its record sets read the Parquet files."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": DESCRIPTION,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creator": {"@type": "sc:Organization", "name": "The sandsnap authors"},
        "datePublished": f"{edition.as_of:%Y-%m-%d}",
        "version": edition.version,
        "citeAs": citation(edition),
        "keywords": list(KEYWORDS),
        "isLiveDataset": False,
        **({"url": edition.url} if edition.url else {}),
        "distribution": [_file(w) for w in written],
        "recordSet": [_records(w) for w in written],
    }


def _file(written: Written) -> dict[str, Any]:
    file = written.files["parquet"]
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": written.table.description,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _records(written: Written) -> dict[str, Any]:
    table = written.table
    records: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.slug,
        "name": table.slug,
        "description": table.description,
        "field": [_field(table.slug, c, written.files["parquet"].path) for c in table.columns],
    }
    if table.key:
        records["key"] = [{"@id": f"{table.slug}/{name}"} for name in table.key]
    return records


def _field(slug: str, c: Column, path: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{slug}/{c.name}",
        "name": c.name,
        "description": c.description,
        "dataType": _TYPES[c.kind],
        "source": {"fileObject": {"@id": path}, "extract": {"column": c.name}},
    }


# Croissant has no decimal: sc:Float is what a loader makes of the exact amounts in the files.
_TYPES = {
    "text": "sc:Text",
    "amount": "sc:Float",
    "float": "sc:Float",
    "whole": "sc:Integer",
    "flag": "sc:Boolean",
    "day": "sc:Date",
    "time": "sc:DateTime",
}
