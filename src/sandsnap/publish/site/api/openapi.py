"""The description of the API, made from the contract: OpenAPI 3.1."""

from collections.abc import Mapping
from typing import Any

from schemas import TABLES

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
DAY: Schema = {"type": "string", "format": "date"}
MAYBE_DAY: Schema = {"type": ["string", "null"], "format": "date"}
ANY: Schema = {"type": ["string", "boolean", "null"]}
STATES = ("current", "unconfirmed", "held", "missing", "stale", "ended")


def openapi(url: str | None, root: str, contract: str) -> Schema:
    """The whole description; `url` is where the site will be published, `root` where the API lies below it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sandsnap", "version": contract,
            "description": "Dated, cited facts about vendors of code sandboxes. Static files: no key, no limit, no query. Amounts are "
            "exact decimal text; days are ISO 8601. Addresses of facts, events and days stay.",
            "license": {"name": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": f"{url or '/'}{root}"}],
        "paths": {
            "/vendors.json": _get("Every vendor", "Vendors"),
            "/vendors/{vendor}.json": _get("A vendor's facts by table, and its events", "VendorFacts", "vendor"),
            "/tables/{table}.json": _get("A table as of the last day", "Table", "table"),
            "/events.json": _get("Every event, newest first", "Events"),
            "/events/{event}.json": _get("An event with its changes", "EventWithChanges", "event"),
            "/facts/{fact}.json": _get("A fact, and all it has said", "FactWithHistory", "fact"),
            "/on/index.json": _get("The days on which a table of a vendor said something else than before", "Days"),
            "/on/{day}/index.json": _get("What such a day brought", "Day", "day"),
            "/on/{day}/{vendor}/{table}.json": _get("A vendor's table as it was from that day on", "DayTable", "day", "vendor", "table"),
        },
        "components": {"schemas": _schemas()},
    }  # fmt: skip


def _get(summary: str, schema: str, *parameters: str) -> Schema:
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    operation: Schema = {"operationId": f"get{schema}", "summary": summary}
    operation["responses"] = {"200": {"description": summary, "content": body}}
    if parameters:
        operation["parameters"] = [
            {
                "name": p,
                "in": "path",
                "required": True,
                "schema": {"enum": list(TABLES)} if p == "table" else DAY if p == "day" else TEXT,
            }
            for p in parameters
        ]
    return {"get": operation}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _with(name: str, **properties: Schema) -> Schema:
    return {"allOf": [_ref(name), _object(**properties)]}


def _schemas() -> Mapping[str, Schema]:
    fact = _object(
        id=TEXT, url=TEXT, vendor=TEXT, product=TEXT, table={"enum": list(TABLES)}, key={"type": "object"}, values={"type": "object"},
        state={"enum": [*STATES, "gone"]}, basis={"enum": ["read", "quoted", "judged", "second_hand"]}, read_by=MAYBE, source_url=TEXT,
        quote=MAYBE, capture=MAYBE, verified_on=DAY, valid_from=DAY, not_before=MAYBE_DAY,
    )  # fmt: skip
    # What a row of each table holds: its key and its values.
    fact["allOf"] = [
        {
            "if": {"properties": {"table": {"const": t.name}}},
            "then": {
                "properties": {
                    "key": _row({n: t.by_name[n] for n in t.key[2:]}),
                    "values": _row({n: t.by_name[n] for n in t.values}),
                }
            },
        }
        for t in TABLES.values()
    ]
    event = _object(
        id=TEXT, url=TEXT, vendor=TEXT, product=TEXT, kind=TEXT, title=TEXT, day=DAY, not_before=MAYBE_DAY,
        significance={"type": "integer", "minimum": 0, "maximum": 100}, confirmed={"type": "boolean"},
        backfilled={"type": "boolean"}, notice=MAYBE, page=TEXT,
    )  # fmt: skip
    change = _object(
        id=TEXT, fact=TEXT, vendor=TEXT, product=TEXT, table={"enum": list(TABLES)}, key={"type": "object"}, field=TEXT, kind=TEXT,
        before=ANY, after=ANY, day=DAY, not_before=MAYBE_DAY, source_url=MAYBE, quote_before=MAYBE, quote_after=MAYBE,
        capture_before=MAYBE, capture_after=MAYBE,
    )  # fmt: skip
    spell = _object(
        valid_from=DAY, valid_to=MAYBE_DAY, not_before=MAYBE_DAY, values={"type": "object"}, basis=TEXT, source_url=TEXT, quote=MAYBE,
        capture=MAYBE,
    )  # fmt: skip
    vendor = _object(id=TEXT, name=TEXT, products=_list(TEXT), facts={"type": "integer"}, url=TEXT, page=TEXT)
    tables = {"type": "object", "properties": {t: _list(_ref("Fact")) for t in TABLES}}
    changed = {"type": "object", "additionalProperties": _list({"enum": list(TABLES)})}
    head = _object(contract=TEXT, facts_as_of=DAY)
    whole = {
        "Vendors": _object(vendors=_list(_ref("Vendor"))),
        "VendorFacts": _with("Vendor", tables=tables, events=_list(_ref("Event"))),
        "Table": _object(table={"enum": list(TABLES)}, facts=_list(_ref("Fact"))),
        "Events": _object(events=_list(_ref("Event"))),
        "EventWithChanges": _with("Event", changes=_list(_ref("Change"))),
        "FactWithHistory": _with("Fact", history=_list(_ref("Spell"))),
        "Days": _object(days={"type": "object", "additionalProperties": changed}),
        "Day": _object(day=DAY, changed=changed, events=_list(_ref("Event"))),
        "DayTable": _object(day=DAY, vendor=TEXT, table={"enum": list(TABLES)}, facts=_list(_ref("Fact"))),
    }
    parts = {"Head": head, "Vendor": vendor, "Fact": fact, "Spell": spell, "Event": event, "Change": change}
    return parts | {name: {"allOf": [_ref("Head"), schema]} for name, schema in whole.items()}


def _row(columns: Mapping[str, Any]) -> Schema:
    return {"type": "object", "required": list(columns), "properties": {n: _column(c) for n, c in columns.items()}}


def _column(column: Any) -> Schema:
    kind = "boolean" if column.kind == "flag" else "string"
    made: Schema = {"type": [kind, "null"], "description": column.description}
    if column.kind == "day":
        made["format"] = "date"
    return made
