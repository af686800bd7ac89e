"""How costs are written: amounts, plans, products, and the words of the view without what floats look like."""

import re
from decimal import Decimal

from sandsnap.tell import words

_FLOAT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)|(?<![\w.])\d+\.0(?![\d.]\d|\d)")
ITEMS = {
    "plan_fee": "Base fee", "vcpu": "CPU", "memory": "Memory", "gpu": "GPU", "instance": "Machine", "session": "Sessions",
    "creation": "Creations", "storage": "Disk", "snapshot_storage": "Snapshots", "egress": "Egress",
    "credit": "Credit", "session_max": "Longest session", "concurrent": "At once",
    "vcpu_max": "vCPU of one sandbox", "memory_max": "Memory of one sandbox", "fee_credit": "Credit for the fee",
    "disk_max": "Disk of one sandbox",
}  # fmt: skip
_UNIT = re.compile(r"\bper ((?:vcpu|core|gib|gb|gpu|instance)_\w+)")
_THINGS = {"vcpu": "vCPU", "gib": "GiB", "gb": "GB", "gpu": "GPU"}


def product_name(vendor: str, product: str) -> str:
    """The product as people call it."""
    return words.full_product(vendor, product)


def plan_name(plan: str) -> str:
    """A plan as people call it."""
    return "all plans" if plan == "any" else plan.replace("_", " ").capitalize()


def dollars(amount: Decimal) -> str:
    """Cents from a dollar up, below it up to six places: $36.80, $0.0828, $0. Halves round away from zero.

    The calculator writes the same (assets/costs.js).
    """
    size = abs(amount)
    if size >= 1:
        shown = f"{size.quantize(Decimal('0.01'), 'ROUND_HALF_UP'):,}"
    else:
        shown = f"{size.quantize(Decimal('0.000001'), 'ROUND_HALF_UP'):f}".rstrip("0").rstrip(".")
        whole, _, part = shown.partition(".")
        shown = f"{whole}.{part.ljust(2, '0')}" if part else whole
    return f"{'−' if amount < 0 else ''}${shown}"


def tidy(text: str) -> str:
    """The view's words without what floats look like: 1.0 is 1, 1.4e-05 is 0.000014; x is ×, and - a minus."""
    plain = _FLOAT.sub(lambda m: f"{Decimal(m[0]):f}".removesuffix(".0"), text)
    plain = _UNIT.sub(lambda m: "per " + "-".join(_THINGS.get(w, w) for w in m[1].split("_")), plain)
    return plain.replace(" x ", " × ").replace(" - ", " − ")
