"""What a recorded change, an outage, a reminder, a correction or a held change is worth: points of tell.significance."""

from sandsnap.publish.alerts_changes import Change
from sandsnap.tell.measures import improvement, measure
from sandsnap.tell.significance import Rules, Significance, total


def of_change(change: Change, rules: Rules) -> Significance:
    """What a vendor's change is worth."""
    parts: list[tuple[str, int]] = [
        (change.table, rules.points("table", change.table)),
        (change.kind, rules.points("kind", change.kind)),
    ]
    if change.kind == "changed":
        parts += _size(change, rules)
    if change.table == "notices":
        kind = change.key.rpartition(" / ")[2]
        parts.append((kind.replace("_", " "), rules.points("notice", kind)))
    after = change.values_after or {}
    reached = (
        after.get("status")
        if change.kind == "added"
        else next((f.after for f in change.fields if f.field == "status"), None)
    )
    if reached:
        parts.append((f"now {reached}", rules.points("status", f"{change.table}.{reached}")))
    if change.kind == "changed":
        parts += [(f.field, rules.points("field", f"{change.table}.{f.field}")) for f in change.fields]
    parts += [(c.replace("_", " "), rules.points("circumstance", c)) for c in change.circumstances]
    return total(parts)


def of_event(kind: str, rules: Rules) -> Significance:
    """What an outage, a reminder, a correction or a held change is worth."""
    return total([(kind.replace("_", " "), rules.points("event", kind))])


def _size(change: Change, rules: Rules) -> list[tuple[str, int]]:
    was, now = measure(change.table, change.values_before), measure(change.table, change.values_after)
    if was is None or now is None or was.unit != now.unit or was.amount == now.amount:
        return []
    better = improvement(change.table, was.amount, now.amount)
    low, high = sorted((was.amount, now.amount))
    percent = (high / low - 1) * 100 if low else None
    sizes = rules.sections["size"]
    step = sizes[0] if percent is None else next((s for s in sizes if percent >= s["percent"]), None)
    word = "better" if better else "worse"
    out = [(word, rules.points("direction", word))]
    if step is not None:
        out.append((f"at least {step['percent']} %", int(step["points"])))
    return out
