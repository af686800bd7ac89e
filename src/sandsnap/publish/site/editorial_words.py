"""How values of expressions are written in editorial text. An unknown term is written with its underscores as spaces."""

import ast
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from sandsnap.publish.claims.facts import Scalar, written
from sandsnap.publish.claims.language import Expression
from sandsnap.read.statements import names
from sandsnap.tell import words
from sandsnap.vendors import VENDORS

_MONEY = ("usd", "dollars")
_WORDS = {
    "firecracker": "Firecracker", "gvisor": "gVisor", "kvm": "KVM", "sysbox": "Sysbox", "microvm": "microVM",
    "vm": "VM", "python": "Python", "typescript": "TypeScript", "go": "Go", "ruby": "Ruby", "java": "Java", "rust": "Rust",
    "php": "PHP", "rest": "a REST API", "cli": "a CLI", "mcp": "an MCP server", "filesystem_and_memory": "files and memory",
    "filesystem": "files",
}  # fmt: skip

_VENDORS = {v: names(v).vendor for v in VENDORS}


def usd(value: Scalar) -> str:
    """Dollars as stated: $0.0504, $150."""
    return f"${_thousands(_number(value))}"


def cents(value: Scalar) -> str:
    """Dollars and cents, rounded: $36.79."""
    return f"${_number(value).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def plain(value: Scalar) -> str:
    """A number or a term in words."""
    if isinstance(value, Decimal):
        return _thousands(value)
    return (
        _WORDS.get(value) or _VENDORS.get(value, value.replace("_", " ")) if isinstance(value, str) else written(value)
    )


def model(value: Scalar) -> str:
    """A GPU model: A100 80GB, RTX 4090."""
    return words.sku(written(value))


def _span(unit: str) -> Callable[[Scalar], str]:
    """`24 hours`, `1 hour`."""

    def span(value: Scalar) -> str:
        return f"{plain(value)} {unit}" + ("" if value == 1 else "s")

    return span


def code(value: Scalar) -> str:
    """As it stands, for names of packages and regions."""
    return written(value)


FORMATS: dict[str, Callable[[Scalar], str]] = {
    "plain": plain, "usd": usd, "cents": cents, "model": model, "code": code,
    "seconds": _span("second"), "minutes": _span("minute"), "hours": _span("hour"), "days": _span("day"),
}  # fmt: skip


def write(expression: Expression, value: Scalar | frozenset[Scalar], form: str) -> str:
    """A value in words: a set as "a, b and c", money with its sign. Raises ValueError where the format does not fit."""
    if form == "plain" and isinstance(expression.body, ast.Attribute):
        name = expression.body.attr
        if name in _MONEY or (
            name.startswith("per_") and any(s.table == "prices" for s in expression.selections.values())
        ):
            form = "usd"
    one = FORMATS[form]
    if not isinstance(value, frozenset):
        return one(value)
    return words.listed([one(v) for v in sorted(value, key=_order)]) or "none"


def _order(value: Scalar) -> tuple[bool, Decimal, str]:
    return (True, value, "") if isinstance(value, Decimal) else (False, Decimal(0), written(value))


def _number(value: Scalar) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{written(value)} is no amount of money")
    return value


def _thousands(value: Decimal) -> str:
    text = written(value)
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}" if value.is_finite() and whole.lstrip("-").isdigit() else text
