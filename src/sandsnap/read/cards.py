"""Names and prices that stand in blocks of their own, as on the cards of a pricing page: which price is whose."""

import re
from collections.abc import Iterator

from sandsnap.read.errors import Unreadable
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.tree import Block

_KINDS = ("text", "item", "heading")


def named_prices(page: Page, name: str) -> Iterator[tuple[str, Passage]]:
    """Each block that `name` matches in full and the price in the block behind it; together they are cited.

    The price may stand in two blocks, the amount and what it is per ("$0.0504" and "/ hour"). A name without a price
    behind it is no card. Raises Unreadable where an amount without a name of its own stands before a name: there the
    prices may stand before their names.
    """
    blocks = [b for b in page.blocks if b.kind in _KINDS]
    taken = -1
    for i, block in enumerate(blocks):
        if not re.fullmatch(name, block.text, re.IGNORECASE):
            continue
        price, last = _price(blocks, i + 1)
        if price is None:
            continue
        if i and i - 1 > taken and re.fullmatch(r"\$\s?[\d.,]+.*", blocks[i - 1].text):
            raise Unreadable(f"is {blocks[i - 1].text!r} or {price!r} the price of {block.text!r}?")
        taken = last
        yield block.text, Passage(page, price, f"{block.text} {price}", block.headings)


def _price(blocks: list[Block], at: int) -> tuple[str | None, int]:
    """The price that begins at a block, and the last block it takes."""
    if at >= len(blocks) or not re.fullmatch(r"\$\s?[\d.,]+.*", blocks[at].text):
        return None, at
    per = blocks[at + 1].text if at + 1 < len(blocks) else ""
    if re.fullmatch(r"\$\s?[\d.,]+", blocks[at].text) and re.fullmatch(
        r"(?:/|per)\s?[\w /-]{1,30}", per, re.IGNORECASE
    ):
        return f"{blocks[at].text} {per}", at + 1
    return blocks[at].text, at
