"""From an amount and the words around it to the unit of the contract; where that stays open, to nothing."""

import re

from sandsnap.read.general.figures import Figure

_PER = re.compile(
    r"(?:/|\bper|\beach|\ba|\ban|\band|-|\bof|\()\s*(?P<u>v?CPU|core|GiB|GB|gibibyte|gigabyte|second|sec|hour|hr|month|mo|1M|million"
    r"|1 million|session|creation)s?\b"
    r"|\b(?P<v>hourly|monthly|GiB|GB)\b",
    re.IGNORECASE,
)
_UNITS = {
    "gibibyte": "gib", "gigabyte": "gb", "sec": "second", "hr": "hour", "mo": "month", "hourly": "hour", "monthly": "month",
    "1m": "million", "1 million": "million", "cpu": "vcpu",
}  # fmt: skip
_TIMES = ("second", "hour", "month")
_SIZES = ("gib", "gb")
_THING = {"vcpu": "vcpu", "core": "core", "instance": "instance", "gpu": "gpu"}


def price_unit(figure: Figure, meter: str, label: str) -> str | None:
    """The unit of a price: what the amount is per, else what its label says; None where one of the two is missing, or
    where both say something else."""
    assert figure.amount
    own = {_UNITS.get(u, u) for u in figure.amount.per}
    beside = {_UNITS.get(u, u) for m in _PER.finditer(label) for u in [(m["u"] or m["v"]).lower()]}
    if own - {*_TIMES, *_SIZES, "vcpu", "core", "million", "session", "instance", "gpu"}:
        return None
    time = _one(own, _TIMES) or _one(beside, _TIMES)
    size = _one(own, _SIZES) or _one(beside, _SIZES)
    if meter in _THING:
        return f"{_THING[meter]}_{time}" if time and not own & {*_SIZES, "million", "session"} else None
    if meter in ("memory", "storage", "volume", "snapshot_storage"):
        return f"{size}_{time}" if time and size and not own & {"vcpu", "core", "million"} else None
    if meter == "egress":
        return size if size and not own & {"vcpu", "core", "hour", "second"} else None
    if meter == "creation":
        return "million" if "million" in (own or beside) else None
    if meter == "session":
        return "session" if "session" in (own or beside) and not own & set(_TIMES) else None
    if meter == "plan_fee":
        return "month" if "month" in (own or beside) and own <= {"month"} else None
    return None


def _one(found: set[str], among: tuple[str, ...]) -> str | None:
    named = [u for u in among if u in found]
    return named[0] if len(named) == 1 else None


_ONCE = re.compile(
    r"\b(?:one[- ](?:time|off)|once|single|starter|starting|sign(?:ing)?[- ]?(?:up|s)?"
    r"|new (?:account|user|team)s?|welcome|start with|begin with)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(r"\b(?:per month|monthly|a month|each month|every month|month)\b|/ ?mo", re.IGNORECASE)
_FREE = re.compile(r"\b(?:includ\w*|free|credits?|trial|allot\w*|allowance\w*)\b", re.IGNORECASE)


def period(term: str, figure: Figure, label: str) -> str | None:
    """The period of an allowance, where the page states it or its kind has only one."""
    if figure.period:
        return figure.period
    if re.search(r"\blifetime\b", label, re.IGNORECASE):
        return "lifetime"
    if term == "trial":
        return "once"
    if _ONCE.search(label) and _MONTH.search(label):
        return None
    if _ONCE.search(label) or (term == "vm_time" and re.search(r"\b(?:in total|trial)\b", label)):
        return "once"
    if term in ("storage", "concurrent"):
        return "at_once"
    if _MONTH.search(label):
        return "month"
    return None


def is_allowance(label: str) -> bool:
    """Whether words say that something is given, not sold."""
    return bool(_FREE.search(label))


def allowance_unit(term: str, figure: Figure) -> str | None:
    """The contract's unit of an allowance; None where the page counts something else."""
    assert figure.amount
    unit = figure.amount.unit
    if term == "vcpu_time":
        return "vcpu_hour" if unit in ("hour", "count") and figure.of in ("", "vcpu") else None
    if term == "vm_time":
        return "vm_hour" if unit in ("hour", "count") and figure.of in ("", "vm") else None
    if term in ("memory_time", "storage_time"):
        return f"{figure.of}_hour" if figure.of in _SIZES else None
    wanted = {"credit": ("usd",), "trial": ("day",)}.get(term, _SIZES if figure.kind == "size" else ("count",))
    return unit if unit in wanted else None
