"""What moved in an event, line by line in words: what it is, what it was, what it is now. Plans that moved alike share a line."""

from sandsnap.tell import phrases, words
from sandsnap.tell.happenings import Happening
from sandsnap.tell.moves import Move, Row
from schemas import TABLES

Line = tuple[str, str | None, str | None]  # None: nothing stated
_FIGURES = ("prices", "limits", "allowances", "cold_starts", "multipliers")
_ENDED = "ended"
_WITH = {"memory_unit", "disk_unit", "unit", "amount_max", "low_ms", "claimed_by"}  # said with another column


def lines(happening: Happening) -> tuple[Line, ...]:
    """Every move of an event, what it is about first."""
    same: dict[Line, list[Move]] = {}
    for move in happening.all:
        for line in _of(move):
            same.setdefault(line, []).append(move)
    # What gave up its key for another one is told under that.
    followed = {before for _, before, after in same if after is not None}
    return tuple(
        (f"{what}{phrases.scopes(ms) if ms[0].table != 'regions' else ''}", before, after)
        for (what, before, after), ms in same.items()
        if after is not None or before not in followed
    )


def _of(move: Move) -> list[Line]:
    before, after = move.before, None if move.ended else move.after
    if move.table == "notices" and (not before or not after or before.get("effective_on") == after.get("effective_on")):
        return []  # the event's title is what was announced
    if move.table in _FIGURES or before is None or after is None or _kept(move):
        sides = [None if row is None else _whole(move, row) for row in (before, after)]
        return [(_what(move), sides[0], _ENDED if move.ended else sides[1])] if sides[0] != sides[1] else []
    return [
        (_named(_what(move), column), _side(column, before), _side(column, after))
        for column in TABLES[move.table].values
        if column in _moved(move)
        and not (column == "ends_on" and "status" in _moved(move))  # said with the status
        and (column not in _WITH or not _carried(column, before, after))
    ]


def _what(move: Move) -> str:
    """Which fact it is, whatever the plan."""
    key = {k: {"plan": "any", "offer": "list"}.get(k, v) for k, v in move.key.items()}
    if move.table == "prices" and key["region"] != "-":
        key["region"] = "-"
    if move.table == "notices":
        return "Announcement"
    if move.table == "regions":
        return key["region"]
    if move.table == "multipliers":
        return f"{'Discount' if phrases.discount(move) else 'Price multiplier'} {phrases.noun(move)}"
    if move.table not in ("persistence", "cold_starts", "self_hosting", "allowances", "billing_rules"):
        return words.subject(move.table, key)
    text = phrases.noun(move)
    text = text if text[:1].isupper() or text.startswith("vCPU") else text[:1].upper() + text[1:]
    if key.get("statistic", "typical") not in ("typical", "max"):
        text += f", {key['statistic']}"
    return f"{text} {phrases.data()['period'].get(key.get('period', ''), '')}".rstrip()


def _kept(move: Move) -> bool:
    """Whether what moved is how long something is kept."""
    return move.table == "persistence" and bool({"retention_days", "indefinite"} & _moved(move))


def _moved(move: Move) -> set[str]:
    before, after = move.before or {}, move.after or {}
    return {c for c in (*before, *after) if before.get(c) != after.get(c)}


def _carried(column: str, before: Row, after: Row) -> bool:
    """Whether a unit stands beside a figure that is told."""
    figure = column.removesuffix("_unit") if column != "unit" else "amount"
    return before.get(figure) is not None or after.get(figure) is not None


def _named(what: str, column: str) -> str:
    return what if column in ("status", "technology", "name", "amount") else f"{what}: {words.term(column)}"


def _side(column: str, row: Row) -> str | None:
    value = row.get(column)
    if value is None:
        return None
    if column == "amount" and row.get("unit"):
        return words.amount(value, str(row["unit"]))
    if column == "status" and row.get("ends_on"):
        return f"{phrases.value(column, value)} on {phrases.written(row['ends_on'])}"
    unit = row.get(f"{column}_unit")
    return f"{phrases.value(column, value)}{f' {words.term(str(unit))}' if unit else ''}"


def _whole(move: Move, row: Row) -> str:
    """A whole row in words."""
    if move.table == "prices" and row.get("usd") is not None:
        billed = "billed_on" in _moved(move) and row.get("billed_on")
        price = f"{words.usd(row['usd'])} per {words.per(str(row['unit']))}"
        return f"{price}, {words.term(str(billed))}" if billed else price
    if _kept(move) or (move.table in _FIGURES and move.table != "prices"):
        return phrases.amount(move.table, row)
    said = [text for c in TABLES[move.table].values if c not in _WITH and (text := _side(c, row))]
    return ", ".join(said) or "stated"
