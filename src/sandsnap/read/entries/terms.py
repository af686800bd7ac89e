"""What the text of a group means: a plan, an interface, a licence, a GPU, what a discount leaves, or what a vendor's [terms.*] say."""

import re
from collections.abc import Mapping
from decimal import Decimal

from sandsnap.model import Value
from sandsnap.read.errors import Unreadable
from sandsnap.read.plans import plan_of
from sandsnap.vendors import stated

INTERFACES = {
    "python": "python", "typescript": "typescript", "javascript": "typescript", "javascript/typescript": "typescript",
    "js": "typescript", "go": "go", "ruby": "ruby", "java": "java", "rust": "rust", "php": "php", "cli": "cli", "mcp": "mcp",
}  # fmt: skip
# How a licence begins, and its SPDX name.
LICENCES = {
    "business source license 1.1": "BUSL-1.1", "apache license 2.0": "Apache-2.0", "apache-2.0": "Apache-2.0",
    "gnu affero general public license 3": "AGPL-3.0", "agpl-3.0": "AGPL-3.0", "mit license": "MIT", "mit": "MIT",
    "gnu general public license 3": "GPL-3.0", "elastic license 2.0": "Elastic-2.0", "apache_2.0": "Apache-2.0",
    "busl-1.1": "BUSL-1.1",
}  # fmt: skip
_KNOWN: Mapping[str, Mapping[str, str]] = {"interface": INTERFACES, "licence": LICENCES}
_GPU = re.compile(
    r"(?:[ABHL]\d{2,3}S?|G[BH]\d{3}|[LT]4|MI\d{3}X?|RTX[ -](?:PRO[ -])?\d{4})(?:[ -]\d+ ?GB)?", re.IGNORECASE
)


def meaning(vendor: str, text: str, terms: str | None) -> Value:
    """What a group's text means by the name of its terms; the text itself without one. Raises Unreadable where the vendor's
    file does not know it."""
    plain = " ".join(text.lower().split())
    if terms is None:
        return text
    if terms == "lower":
        return plain
    if terms == "sku":
        return re.sub(r"[\s_]+", "-", plain)
    if terms == "left":
        left = 1 - Decimal(plain.removesuffix("%")) / 100
        if not 0 < left < 1:
            raise Unreadable(f"expected a discount, found {text!r}")
        return left
    if terms == "plan":
        return plan_of(vendor, text)
    if terms == "gpu":
        plain = re.sub(r"^(?:nvidia|amd) ", "", plain)
        if not _GPU.fullmatch(plain):
            raise Unreadable(f"no name of a GPU: {text!r}")
        return re.sub(r"[\s_-]+", "-", plain)
    if terms == "licence":
        plain = re.sub(r",? version\b", "", plain)
    own = {k.lower(): v for k, v in stated(vendor).get("terms", {}).get(terms, {}).items()}
    known: Mapping[str, Value] = {**_KNOWN.get(terms, {}), **own}
    found = known.get(plain, known.get(re.sub(r"\s*\([^()]*\)$", "", plain)))
    if found is None:
        where = f"{vendor}/statements.toml, [terms.{terms}]"
        raise Unreadable(f"unknown {terms} {text!r}: once a person has looked at the page, add it to {where}")
    return None if found == "" else found
