"""Values that stand in blocks of their own, as on cards: which of the short lines around one names it."""

import re
from collections.abc import Sequence

from sandsnap.read.general.names import Names
from sandsnap.read.tree import Block

_TITLE = 6  # words
_PAREN = re.compile(r"\([^()]*\)")
_AROUND = re.compile(
    r"\b(?:per|an?|each|every|up|to|from|under|about|only|just|second|sec|minute|hour|hr|day|week|month|year|GB|GiB|v?CPU|core"
    r"|free|max|once|one[- ]time|included|USD|s|h|mo)s?\b|[^A-Za-z]+",
    re.IGNORECASE,
)


_UNIT = re.compile(r"(?:per )?(?:GiB|GB|v?CPU|core)s?", re.IGNORECASE)
_PER = re.compile(r"(?:/|per\b) ?[\w /-]{1,30}", re.IGNORECASE)


def whole(blocks: Sequence[tuple[int, Block]], names: Names) -> list[tuple[int, Block]]:
    """The blocks; of a card's lines those as one that are parts of one: a price and what it is per, a name and its unit."""
    out: list[tuple[int, Block]] = []
    for i, block in blocks:
        before = out[-1][1] if out else None
        if before is not None and before.kind == block.kind == "text" and before.headings == block.headings:
            is_value = "$" in before.text and _kind(names, before.text, before.kind) == "V"
            if (is_value and _PER.fullmatch(block.text)) or (
                _UNIT.fullmatch(block.text)
                and _kind(names, before.text, before.kind) == "N"
                and not _UNIT.fullmatch(before.text)
            ):
                out[-1] = (out[-1][0], before._replace(text=f"{before.text} {block.text}"))
                continue
        out.append((i, block))
    return out


def is_short(text: str) -> bool:
    """Whether a line may be the name of what stands beside it."""
    return len(text.split()) <= _TITLE and not text.endswith((".", ":"))


def titles(blocks: Sequence[Block], names: Names) -> dict[int, str | None]:
    """For each block (by position) that holds a value and nothing else, the line that names it; None where two might.

    Names stand before their values, or behind them: a run of such lines is read one way, from how it begins and ends. A
    value without any such line beside it is left out of the answer: a heading names it.
    """
    kind = names.remembering(_kind)
    kinds = [kind(b.text, b.kind) for b in blocks]
    out: dict[int, str | None] = {}
    for start, end in _runs(kinds):
        run = "".join(kinds[start:end])
        for i in (start + m.start() for m in re.finditer("V", run)):
            before = blocks[i - 1].text if i > start and kinds[i - 1] == "N" else None
            behind = blocks[i + 1].text if i + 1 < end and kinds[i + 1] == "N" else None
            if before is None and behind is None:
                if _is_over_heading(blocks, kinds, i, names):
                    out[i] = None
            elif re.fullmatch(r"(?:VN)+", run):
                out[i] = behind
            elif re.fullmatch(r"(?:N+V)+", run) or (before and (names.is_plan(before) or names.is_size(before))):
                out[i] = before
            else:
                out[i] = None
    return out


def _kind(names: Names, text: str, kind: str) -> str:
    """V: a value and nothing else; N: a short line without one; H: a heading without one; else O."""
    if kind == "item" or not is_short(text):
        return "O"
    found = names.figures(text)
    if not found:
        return "H" if kind == "heading" else "N"
    rest = text
    for f in reversed(found):
        rest = rest[: f.start] + " " + rest[f.end :]
    return "V" if not _AROUND.sub("", _PAREN.sub("", rest)) else "O"


def _runs(kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Stretches of lines that are values or names, with a value among them."""
    return [m.span() for m in re.finditer(r"[VN]+", "".join(kinds)) if "V" in m[0]]


def _is_over_heading(blocks: Sequence[Block], kinds: Sequence[str], i: int, names: Names) -> bool:
    """Whether a value stands between two headings of which the one behind may be its name."""
    if not 0 < i < len(blocks) - 1 or kinds[i - 1] != "H" or kinds[i + 1] != "H":
        return False
    above, behind = blocks[i - 1], blocks[i + 1]
    return len(above.headings) < len(behind.headings) and not (names.is_plan(above.text) or names.is_size(above.text))
