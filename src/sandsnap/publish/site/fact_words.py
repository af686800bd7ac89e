"""What the values of one fact say in words, beside its name; and the same from the record's own text of them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandsnap.publish.site import sentences
from sandsnap.tell import words
from schemas import TABLES

TOLD = ("*", "usd", "amount", "status")  # fields that need no name beside what the fact is called
KIND = {"free": "free", "pay_as_you_go": "pay as you go", "paid": "paid", "custom": "on request", "trial": "a trial"}


def stated(table: str, values: Mapping[str, Any]) -> str:
    """The values of a fact of any table, in words."""
    said = _SAYS.get(table)
    if said is not None:
        return said(values)
    given = [(n, values.get(n)) for n in TABLES[table].values]
    return ", ".join(f"{words.term(n)} {_plain(v)}" for n, v in given if v is not None)


def of_text(table: str, text: str | None, field: str = "*") -> str | None:
    """What a correction gives as text (usd 0.04, unit gib; of one field: 0.04) in words; None for nothing."""
    if text is None:
        return None
    if field == "usd":
        return words.usd(Decimal(text))
    columns = TABLES[table].values if field == "*" else ()
    found = list(re.finditer(rf"(?:^|, )({'|'.join(columns)}) ", text)) if columns else []
    if not found:
        return words.term(text) if re.fullmatch(r"[a-z_]+", text) else text
    ends = [m.start() for m in found[1:]] + [len(text)]
    values = {m[1]: _typed(text[m.end() : end]) for m, end in zip(found, ends, strict=True)}
    try:
        return stated(table, values)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return text.replace("_", " ")  # a row of an older contract, which lacks what is said now


def _typed(text: str) -> Any:
    if text in ("true", "false", "True", "False"):
        return text.lower() == "true"
    return Decimal(text) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else text


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return words.day(value)
    return words.number(value) if isinstance(value, Decimal) else words.term(str(value))


def _limit(values: Mapping[str, Any]) -> str:
    size = values.get("amount")
    if size is None:
        return "no limit"
    top = values.get("amount_max")
    text = words.amount(top or size, str(values["unit"]))
    return text if top is None else f"{words.number(size)}–{text}"


def _allowance(values: Mapping[str, Any]) -> str:
    size = values.get("amount")
    card = {True: ", with a card", False: ", no card", None: ""}[values.get("card_required")]
    return (words.amount(size, str(values["unit"])) if size is not None else "without a limit") + card


def _notice(values: Mapping[str, Any]) -> str:
    days = (("announced on", values.get("announced_on")), ("takes effect on", values.get("effective_on")))
    return ", ".join([str(values["status"]), *(f"{name} {_plain(day)}" for name, day in days if day is not None)])


def _plan(values: Mapping[str, Any]) -> str:
    fee, kind = values.get("usd_per_month"), KIND.get(str(values.get("kind")), "")
    told = [kind, f"{words.usd(Decimal(fee))} a month" if fee is not None else ""]
    return sentences.capital(", ".join(t for t in told if t))


def _size(values: Mapping[str, Any]) -> str:
    told = [f"{words.number(Decimal(values['vcpu']))} vCPU"] if values.get("vcpu") is not None else []
    for name in ("memory", "disk"):
        if values.get(name) is not None:
            told.append(f"{words.number(Decimal(values[name]))} {words.term(str(values[f'{name}_unit']))} {name}")
    told += (
        [{True: "shared cores", False: "cores of its own"}[values["shared"]]]
        if values.get("shared") is not None
        else []
    )
    return ", ".join(told)


_SAYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "prices": sentences.price_text, "limits": _limit, "allowances": _allowance, "notices": _notice, "plans": _plan, "sizes": _size,
    "billing_rules": sentences.rule, "multipliers": lambda v: f"{words.number(Decimal(v['factor']))} × the price",
    "regions": lambda v: sentences.capital(words.term(str(v["status"]))),
}  # fmt: skip
