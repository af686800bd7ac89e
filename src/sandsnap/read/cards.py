"""Names and prices that stand in blocks of their own, as on the cards of a pricing page: which price is whose."""

import re
from collections.abc import Iterator

from sandsnap.read.errors import Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.tree import Block

_KINDS = ("text", "item", "heading")
_AMOUNT = r"\$\s?[\d.,]*\d"
_PER = r"(?:/|per\b|an?\b)\s?[\w /-]{1,30}"
_PRICE = rf"{_AMOUNT}(?:\s?{_PER})?"
_UNIT = r"(?:per )?(?:GiB|GB|vCPU)s?"


def named_prices(page: Page, name: str) -> Iterator[tuple[str, Passage]]:
    """Each block that `name` matches in full, and the price in the block behind it; together they are cited.

    A unit may stand between them ("Memory", "GiB", "$0.0162 / h": then it is part of the name), and the price may
    stand in two blocks ("$0.0504", "/ hour"). A name without a price behind it is no card. Raises Unreadable where a
    price that no name stands before comes before a name: there the prices may stand before their names.
    """
    blocks = [b for b in page.blocks if b.kind in _KINDS]
    taken = -1
    for i, block in enumerate(blocks):
        if not re.fullmatch(name, block.text, re.IGNORECASE):
            continue
        between = blocks[i + 1].text if i + 1 < len(blocks) and re.fullmatch(_UNIT, blocks[i + 1].text) else ""
        price, last = _price(blocks, i + (2 if between else 1))
        if price is None:
            continue
        if i and i - 1 > taken and re.fullmatch(_PRICE, blocks[i - 1].text, re.IGNORECASE):
            raise Unreadable(f"is {blocks[i - 1].text!r} or {price!r} the price of {block.text!r}?")
        taken = last
        whole = f"{block.text} {between}".strip()
        yield whole, Passage(page, price, f"{whole} {price}", block.headings, scope=page.scope_of(blocks[last]))


def _price(blocks: list[Block], at: int) -> tuple[str | None, int]:
    """The price that begins at a block, and the last block it takes."""
    if at >= len(blocks) or not re.fullmatch(_PRICE, blocks[at].text, re.IGNORECASE):
        return None, at
    per = blocks[at + 1].text if at + 1 < len(blocks) else ""
    if re.fullmatch(_AMOUNT, blocks[at].text) and re.fullmatch(_PER, per, re.IGNORECASE):
        return f"{blocks[at].text} {per}", at + 1
    return blocks[at].text, at
