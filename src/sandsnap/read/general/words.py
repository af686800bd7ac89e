"""What labels mean: the lexicon, as data (lexicon.toml), matched on words without their endings."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from sandsnap.read.likely import Likely
from sandsnap.read.literals import Part
from sandsnap.read.memo import by_text

_WORD = re.compile(r"[A-Za-z][A-Za-z]*")
_NAME = re.compile(r"\b[A-Za-z]+(?:-[A-Za-z0-9]+)*-\d+[A-Za-z]*\b")  # shared-cpu-4x: a name, no words
_ENDINGS = ("ly", "ing", "ed", "es", "s", "e")
_ALIKE = {
    "maximum": "max", "vcpus": "vcpu", "gigabyt": "gb", "gibibyt": "gib", "hr": "hour", "secs": "second", "mo": "month",
    "monthly": "month", "hourly": "hour",
}  # fmt: skip


@by_text(20_000)
def stem(word: str) -> str:
    """A word in lower case without its ending: "running", "runs" and "run" are one."""
    low = word.lower()
    low = _ALIKE.get(low, low)
    for ending in _ENDINGS:
        if len(low) - len(ending) >= 3 and low.endswith(ending) and not low.endswith("ss"):
            low = low[: -len(ending)]
            if len(low) > 3 and low[-1] == low[-2] and low[-1] not in "aeiousl":
                low = low[:-1]
            if ending != "ly":
                break
    return _ALIKE.get(low, low)


@by_text(16384)
def stems(text: str) -> frozenset[str]:
    """The words of a label, each without its ending."""
    return frozenset(stem(w) for w in _WORD.findall(_NAME.sub(" ", text)))


Words = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the contract: `table` and `term` (limits, session_max), the phrases that name it, and what it excludes.

    `per`: what a price of it may be per; `about`: a figure that is only about right is taken; `sku`: only of a named size; `least`: seconds
    under which a duration is something else.
    """

    table: str
    term: str
    names: tuple[Words, ...]
    without: tuple[Words, ...]
    units: frozenset[str]
    per: frozenset[str]
    about: bool
    sku: bool
    least: int

    def knows(self, noun: str) -> bool:
        """Whether a noun behind an amount may be that of the item; where there is none, it may."""
        word = stem(noun)
        return not word or word in _behind() or any(word in part for phrase in self.names for part in phrase)

    @property
    def name(self) -> str:
        """The item as vendors' files write it: limits.session_max."""
        return f"{self.table}.{self.term}"

    @property
    def begun(self) -> tuple[tuple[Part, ...], ...]:
        """What a text in lower case holds that names the item, for each of its phrases: a word begins with its stem, or with
        what is written for it."""
        return tuple(
            tuple(Part((*part, *(w for w, alike in _ALIKE.items() if alike in part))) for part in phrase)
            for phrase in self.names
        )

    def called(self, phrases: Iterable[str]) -> "Item":
        """The item, named by these phrases as well."""
        more = tuple(map(_phrase, phrases))
        return replace(self, names=(*self.names, *more)) if more else self

    def fit(self, words: frozenset[str], own: frozenset[str]) -> int:
        """How many words of the label name the item: those of its longest phrase there; 0 where none does. What a thing does
        ("runs for") its own sentence says, not a heading: a phrase of several words has such a one among `own`."""
        if self.ruled_out(words):
            return 0
        doing = _doing()
        return max(
            (
                len(p)
                for p in self.names
                if all(words & part and (len(p) == 1 or own & part or not part <= doing) for part in p)
            ),
            default=0,
        )

    def shared(self, words: frozenset[str]) -> int:
        """How many words of a label stand in the item's names at all."""
        return sum(any(w in part for phrase in self.names for part in phrase) for w in words)

    def ruled_out(self, words: frozenset[str]) -> bool:
        """Whether words that are said with it make it another thing."""
        return any(all(words & part for part in phrase) for phrase in self.without)


class Asked:
    """Items that are asked for: a cheap look whether an amount may be of one of them, for most of a page's are of none."""

    def __init__(self, items: Iterable[Item]) -> None:
        items = list(items)
        self._kinds = frozenset[str]().union(*(i.units for i in items))
        self._named = Likely(way for i in items for way in i.begun)

    def may_name(self, text: str) -> bool:
        """Whether a text may name one of them: where it does not, no label made of it does."""
        return self._named.any(text.lower(), digit=False)

    def may_be(self, kind: str, labels: Iterable[str], phrase: str) -> bool:
        """Whether an amount of a kind may be of one of them by what one of its labels says."""
        return kind in self._kinds and self.may_name(" ".join((*labels, phrase)))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("sandsnap") / "read" / "general" / "lexicon.toml").read_text("utf-8"))


@cache
def _behind() -> frozenset[str]:
    return frozenset(map(stem, (*_data()["behind"]["words"], *_data()["groups"]["box"])))


@cache
def _doing() -> frozenset[str]:
    return frozenset(map(stem, _data()["groups"]["run"]))


@cache
def lexicon() -> dict[str, Item]:
    """Every item by its name."""
    return {i.name: i for i in map(_item, _data()["item"])}


def spelt(item: str) -> tuple[str, ...]:
    """How an item is named in several words, as a page may write it: of each group the first word."""
    entry = next(e for e in _data()["item"] if e["item"] == item)
    groups = _data()["groups"]
    named = (
        " ".join(groups[w[1:]][0] if w[0] == "@" else w.partition("|")[0] for w in n.split()) for n in entry["names"]
    )
    return tuple(n for n in named if " " in n)


def _item(entry: dict[str, Any]) -> Item:
    table, _, term = entry["item"].partition(".")
    return Item(
        table, term, tuple(map(_phrase, entry["names"])), tuple(map(_phrase, entry.get("without", ()))),
        frozenset(entry["units"]), frozenset(entry.get("per", ())), entry.get("about", False), entry.get("sku", False),
        entry.get("least", 0),
    )  # fmt: skip


def _phrase(text: str) -> Words:
    return tuple(_alternatives(word) for word in text.split())


def _alternatives(word: str) -> frozenset[str]:
    parts: Iterable[str] = _data()["groups"][word[1:]] if word.startswith("@") else word.split("|")
    return frozenset(map(stem, parts))


@cache
def _doubt() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = _data()["doubt"]
    return re.compile(data["words"].replace("\n", ""), re.IGNORECASE), re.compile(
        data["harmless"].replace("\n", ""), re.IGNORECASE
    )


@by_text(16384)
def doubt(text: str) -> str | None:
    """The word that makes a sentence or a label one of another time, of others, or of nothing certain; None without one."""
    words, harmless = _doubt()
    m = words.search(text) and words.search(harmless.sub("", text))
    return m[0] if m else None


@cache
def regional() -> re.Pattern[str]:
    """Words by which a page says that its prices are not the same in all regions."""
    return re.compile(_data()["regional"]["words"], re.IGNORECASE)


@cache
def places() -> re.Pattern[str]:
    """Names of parts of the world: a price beside one holds there only."""
    return re.compile(_data()["places"]["words"].replace("\n", ""), re.IGNORECASE)
