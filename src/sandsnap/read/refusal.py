"""Why a row is not made of what a passage says: the scope in which it is said is not that of the row."""

from sandsnap.model import Refusal, Value
from sandsnap.read.scope import PLAIN, Scope
from schemas import TABLES

_OF_SOME = frozenset({"allowances", "limits"})
_BEYOND_NOW = {"ending", "ended", "frozen", "announced", "withdrawn", "retired"}
_SAID = {
    "past": "it held once", "deprecated": "it is deprecated", "legacy": "it is of a legacy plan", "from": "it is to come",
    "other": "it is another's", "example": "it is an example", "total": "it is a total", "some": "it is said of some cases only",
}  # fmt: skip


def refusal(scope: Scope, table: str, row: dict[str, Value], bound: str, quote: str) -> Refusal | None:
    """Why what is said is not said of what a row of the table is about, else None."""
    if scope is PLAIN:
        return None
    part = _out_of_scope(scope, table, row, bound)
    if part is None:
        return None
    said_so = {
        "visible": "nobody sees it", "struck": "it is struck out", "currency": "not in US dollars",
        "offer": f"the offer is {scope.offer}", "bound": f"no exact figure ({scope.bound})",
    }.get(part) or _SAID.get(str(getattr(scope, part)), "")  # fmt: skip
    kind = "announced" if part == "when" and scope.when == "from" else "scope"
    when = f" on {scope.day}" if kind == "announced" and scope.day else ""
    key = " / ".join(str(row[k]) for k in TABLES[table].key[1:])
    values = ", ".join(f"{k} {row[k]}" for k in TABLES[table].values if row[k] is not None)
    why = f"{table} {key}: {said_so}{when}, by the words {scope.words(part)!r}: {values} in {quote[:200]!r}"
    decided = getattr(scope, part)
    return Refusal(kind, why, scope.day if kind == "announced" else None, decided if isinstance(decided, str) else part)


def _out_of_scope(scope: Scope, table: str, row: dict[str, Value], bound: str) -> str | None:
    """The part of a scope that keeps a fact out of a table. Notices and states of ending speak of other days by right."""
    dated = table == "notices" or row.get("status") in _BEYOND_NOW
    if not scope.visible:
        return "visible"
    if scope.struck:
        return "struck"
    if scope.when not in ("now", "until") and not dated:
        return "when"
    if scope.whose not in ("own", "some"):
        return "whose"
    price = table == "prices" or row.get("usd_per_month")
    money = price or row.get("unit") == "usd"
    if money and scope.currency != "usd":
        return "currency"
    if price and scope.offer not in ("list", row.get("offer")):
        return "offer"
    if scope.whose == "some" and (money or table in _OF_SOME):
        return "whose"
    amounts_here = price or (table in ("allowances", "limits") and scope.bound != "tier")
    if amounts_here and scope.bound not in ("exact", bound):
        return "bound"
    return None
