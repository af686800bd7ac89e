"""What one vendor's plans and sizes are called and which items its readers own: the section [general] of its TOML file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Any, TypeVar

from sandsnap.read.addresses import canonical
from sandsnap.read.general.figures import Figure, figures, may_hold_one
from sandsnap.read.general.words import Asked, Item, lexicon
from sandsnap.read.memo import by_text
from sandsnap.read.statements import names as titles
from sandsnap.vendors import settings

T = TypeVar("T")
_JOIN = re.compile(r"\s*(?:,|/|&|,? and|,? or|\+)\s*(?:the |on )?$", re.IGNORECASE)
# "shared-cpu-1x · 256MB", "with 256MB RAM": what a size has is no part of its name.
_WITH = re.compile(r"\s*(?:[·,:]|\s[–-]\s|\bwith\b)\s*\d+(?:\.\d+)?\s?[MG]i?B(?: (?:of )?(?:RAM|memory))?$")
_KIND = r"(?: (?:plan|tier|level)s?)?"


@dataclass(frozen=True)
class Names:
    """`plans` and `sizes`: the contract's term and its spellings; `owns`: a reader's items, `limits.concurrent/plan` for
    one that is stated by plan, `/any` for all plans at once; `of_source`: the plan that a whole page is about;
    `others`: what the vendor sells besides, whose figures are not these; `products`: its products as people call them; `regions`:
    names of regions that its pages have had, `gpus`: models and their
    spellings, sizes too; `packages`: its packages by interface; `called`: its own name; `only`: items that a word has to
    stand with; `memory`: what a named size has, where a page sells it with more as well; `by_region`: meters whose prices are not
    the same everywhere, each with its regions and their spellings; `words`: what its pages call an item of the lexicon, in
    words that are not everybody's."""

    plans: dict[str, tuple[str, ...]]
    sizes: dict[str, tuple[str, ...]]
    owns: dict[str, frozenset[str]]
    of_source: dict[str, str]
    billed_on: bool
    others: tuple[str, ...]
    products: Mapping[str, str]
    regions: frozenset[str]
    packages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    called: tuple[str, ...] = ()
    gpus: dict[str, tuple[str, ...]] = field(default_factory=dict)
    only: dict[str, str] = field(default_factory=dict)
    memory: dict[str, str] = field(default_factory=dict)
    by_region: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The lexicon, with the vendor's own words in it."""
        return tuple(i.called(self.words.get(i.name, ())) for i in lexicon().values())

    @cached_property
    def among(self) -> Callable[[frozenset[str]], tuple[Item, ...]]:
        """The items that are owned: of `limits.concurrent/plan` limits.concurrent."""

        def among(owned: frozenset[str]) -> tuple[Item, ...]:
            here = {o.partition("/")[0] for o in owned}
            return tuple(i for i in self.items if i.name in here)

        return cache(among)

    @cached_property
    def asked(self) -> Callable[[frozenset[str]], Asked]:
        """Items, by their names, as they are looked for."""
        return cache(lambda names: Asked([i for i in self.items if i.name in names]))

    @cached_property
    def _plan(self) -> re.Pattern[str] | None:
        return _any_of(self.plans)

    @cached_property
    def _plan_of(self) -> dict[str, str]:
        return _by_spelling(self.plans)

    @cached_property
    def _size_of(self) -> dict[str, str]:
        return _by_spelling(self._sized)

    @cached_property
    def _sized(self) -> dict[str, tuple[str, ...]]:
        return {**self.sizes, **self.gpus}

    @cached_property
    def _size(self) -> re.Pattern[str] | None:
        return _any_of(self._sized)

    def plan_spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where the text names plans: (start, end, plan)."""
        return _spans(self._plan, self._plan_of, text)

    def plans_in(self, text: str) -> tuple[str, ...]:
        """The plans that a text names, each once."""
        return tuple(dict.fromkeys(p for _, _, p in self.plan_spans(text)))

    def sizes_in(self, text: str) -> tuple[str, ...]:
        """The sizes that a text names, each once."""
        return tuple(dict.fromkeys(s for _, _, s in _spans(self._size, self._size_of, text)))

    def remembering(self, function: Callable[..., T]) -> Callable[..., T]:
        """A pure function of names and texts, for these names, with its answers remembered: function(names, …) as (…)."""
        if function not in self._remembered:
            self._remembered[function] = by_text(8192)(partial(function, self))
        return self._remembered[function]

    @cached_property
    def _remembered(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        return {}

    @cached_property
    def other_in(self) -> Callable[[str, str], str | None]:
        """Another product of the vendor's than the one of that name that a text names: (text, product)."""
        return by_text(16384)(self._other_in)

    def figures(self, text: str) -> list[Figure]:
        """The amounts of a text, but for those that are part of a name: "Tier 1" holds none."""
        return figures(self.masked(text)) if may_hold_one(text) else []

    def regions_in(self, meter: str, text: str) -> list[str]:
        """The regions of a meter that a text names."""
        return [r for r, spelt in self.by_region[meter].items() if any(_has(s, text) for s in spelt)]

    def _other_in(self, text: str, product: str) -> str | None:
        others = (*self.others, *(title for name, title in self.products.items() if name != product))
        return next((o for o in others if _word(o).search(text)), None)

    @cached_property
    def masked(self) -> Callable[[str], str]:
        """A text with the names of plans and sizes blanked letter for letter: "Tier 1" holds no amount."""
        return by_text(16384)(self._masked)

    @cached_property
    def is_plan(self) -> Callable[[str], str | None]:
        """The plan whose name is all of a short text ("Pro", "pro plan", "Pro (monthly)")."""
        return by_text(4096)(partial(_whole, _as_wholes(self.plans)))

    @cached_property
    def is_size(self) -> Callable[[str], str | None]:
        """The size whose name is all of a short text."""
        return by_text(4096)(partial(_whole, _as_wholes(self._sized)))

    def _masked(self, text: str) -> str:
        for start, end, _ in [*self.plan_spans(text), *_spans(self._size, self._size_of, text)]:
            text = text[:start] + "_" * (end - start) + text[end:]
        return text


def _has(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def joined(text: str, spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Names that stand side by side ("Pro and Enterprise") as one group."""
    out: list[tuple[int, int, tuple[str, ...]]] = []
    for start, end, name in spans:
        if out and _JOIN.search(text[out[-1][1] : start]) and _JOIN.sub("", text[out[-1][1] : start]) == "":
            first, _, names = out[-1]
            out[-1] = (first, end, (*names, name))
        else:
            out.append((start, end, (name,)))
    return out


@cache
def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(text)}\b", re.IGNORECASE)


def _any_of(names: dict[str, tuple[str, ...]]) -> re.Pattern[str] | None:
    spelt = sorted({s for all_of in names.values() for s in all_of}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, spelt))})(?![\w-])") if spelt else None


def _by_spelling(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {s: term for term, all_of in names.items() for s in all_of}


def _spans(pattern: re.Pattern[str] | None, terms: dict[str, str], text: str) -> list[tuple[int, int, str]]:
    if pattern is None:
        return []
    return [(m.start(), m.end(), terms[m[0]]) for m in pattern.finditer(text)]


def _as_wholes(names: dict[str, tuple[str, ...]]) -> tuple[re.Pattern[str], list[str]] | None:
    """One pattern that a text of a name alone fits, and the terms of its groups; None without names."""
    spelt = [(re.escape(s), term) for term, all_of in names.items() for s in all_of]
    if not spelt:
        return None
    any_of = "|".join(f"({s})" for s, _ in spelt)
    return re.compile(rf"(?:the |nvidia |amd )?(?:{any_of}){_KIND}", re.IGNORECASE), [term for _, term in spelt]


def _whole(names: tuple[re.Pattern[str], list[str]] | None, text: str) -> str | None:
    plain = _WITH.sub("", re.sub(r"\s*\([^()]*\)$", "", text.strip())).strip(" :*")
    m = names[0].fullmatch(plain) if names else None
    return names[1][m.lastindex - 1] if names and m and m.lastindex else None


@cache
def names_of(vendor: str) -> Names:
    """What a vendor's file says for the general layer; nothing where it has no such section."""
    given: dict[str, Any] = settings(vendor).get("general", {})
    return Names(
        {k: tuple(v) for k, v in given.get("plans", {}).items()},
        {k: tuple(v) for k, v in given.get("sizes", {}).items()},
        {k: frozenset(v) for k, v in given.get("owns", {}).items()},
        {canonical(k): v for k, v in given.get("of_source", {}).items()},
        bool(given.get("billed_on", False)),
        tuple(given.get("others", ())),
        titles(vendor).products,
        frozenset(given.get("regions", ())),
        {k: tuple(v) for k, v in given.get("packages", {}).items()},
        (titles(vendor).vendor, titles(vendor).title, vendor),
        {k: tuple(v) for k, v in given.get("gpus", {}).items()},
        given.get("only", {}),
        given.get("memory", {}),
        {m: {r: tuple(s) for r, s in regions.items()} for m, regions in given.get("by_region", {}).items()},
        _words(vendor, given.get("words", {})),
    )


def _words(vendor: str, given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    if unknown := given.keys() - lexicon().keys():
        raise ValueError(
            f"{vendor}/vendor.toml: [general.words] {', '.join(sorted(unknown))}: no such item of the lexicon"
        )
    return {item: tuple(phrases) for item, phrases in given.items()}
