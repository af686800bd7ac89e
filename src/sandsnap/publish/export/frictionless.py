"""datapackage.json: the export as a Frictionless data package.

Of each table the CSV file carries the schema (types, keys, closed lists of terms); Parquet and JSON Lines are listed
beside it with their hashes, Parquet describes itself.
"""

from collections.abc import Sequence
from typing import Any

from sandsnap.publish.export.files import SOURCE, Written
from sandsnap.publish.export.tables import Edition
from schemas import Column

NAME = "sandsnap"
TITLE = "Sandbox vendor facts"
DESCRIPTION = (
    "Dated, cited facts about code-execution sandbox vendors: prices, allowances, limits, isolation, GPUs, "
    "persistence, SDKs, and every change of them. Each row quotes the vendor's page that states it."
)
KEYWORDS = ("code execution", "sandboxes", "cloud pricing", "AI agents", "temporal data", "provenance")
_FORMATS = {
    "csv": ("csv", "text/csv"),
    "parquet": ("parquet", "application/vnd.apache.parquet"),
    "jsonl": ("jsonl", "application/jsonl"),
}


def datapackage(edition: Edition, written: Sequence[Written]) -> dict[str, Any]:
    """The descriptor, ready for JSON."""
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "version": edition.version,
        "created": edition.as_of_text,
        **({"homepage": edition.url} if edition.url else {}),
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0 International",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": SOURCE}],
        "keywords": list(KEYWORDS),
        "resources": [_resource(w, kind) for w in written for kind in _FORMATS],
    }


def _resource(written: Written, kind: str) -> dict[str, Any]:
    table, file = written.table, written.files[kind]
    name, mediatype = _FORMATS[kind]
    described = {
        # Parquet and JSON Lines are listed as files: read as tables by the frictionless package, a null date fails.
        "type": "table" if kind == "csv" else "file",
        "name": table.slug if kind == "csv" else f"{table.slug}-{kind}",
        "path": file.path,
        "title": table.name,
        "description": table.description,
        "format": name,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if kind != "csv":
        described.pop("encoding")
        return described
    schema: dict[str, Any] = {"fields": [_field(c) for c in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {**described, "profile": "tabular-data-resource", "schema": schema}


def _field(c: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if c.nullable else {"required": True}
    if c.terms is not None:
        constraints["enum"] = list(c.terms)
    if c.matches is not None:
        constraints["pattern"] = c.matches
    field: dict[str, Any] = {"name": c.name, "type": _TYPES[c.kind], "description": c.description}
    if c.kind == "time":
        field["format"] = "%Y-%m-%dT%H:%M:%S.%fZ"
    return {**field, "constraints": constraints} if constraints else field


_TYPES = {
    "text": "string",
    "amount": "number",
    "float": "number",
    "whole": "integer",
    "flag": "boolean",
    "day": "date",
    "time": "datetime",
}
