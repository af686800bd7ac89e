"""What a page in a new shape states without an amount: interfaces, isolation, what is kept and for how long."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import Any

from sandsnap.model import Fact, Refusal, Value
from sandsnap.read.amounts import days
from sandsnap.read.general.figures import figures
from sandsnap.read.general.names import Names
from sandsnap.read.general.words import doubt
from sandsnap.read.likely import Likely
from sandsnap.read.literals import Part, folded, has_digit, may_hold, needs
from sandsnap.read.memo import by_text
from sandsnap.read.page import Page
from sandsnap.read.passage import Passage
from sandsnap.read.scope import said
from sandsnap.read.sentences import split
from sandsnap.read.table import Cell
from sandsnap.vendors import PRODUCTS

_AND = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s*/\s*|\s+and\s+|\s+or\s+|\s*&\s*)(?:the\s+|an?\s+)?"
_SDK = r"(?:SDKs?|client librar(?:y|ies)|librar(?:y|ies)|clients?|packages?)\b"
_THEN = (
    r"(?:\s*[:(—–-]\s*|\s+(?:are|is|come|exist|available|offered|published|there|in|for|with|languages?"
    r"|two|three|four|five|six|\d):?(?=\s))*\s*"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, row, or line of code; `above` is the heading over it, and a table's columns, `before` the sentences of its
    paragraph before it; `compares`: a row that speaks of several things side by side;
    `title`: of another page that is linked to. Most lines state nothing, and nobody asks what of them would be cited."""

    text: str
    cited: Callable[[], Passage]
    above: str
    code: bool = False
    before: str = ""
    compares: bool = False
    title: bool = False

    @property
    def passage(self) -> Passage:
        """What is cited, in its scope."""
        return self.cited()


def terms(page: Page, names: Names, owned: frozenset[str]) -> list[Fact]:
    """The facts on interfaces, isolation and what is kept that a page may state, each key once; some may be refused."""
    asked = {o.partition(".")[0] for o in owned}
    if not (asked := asked & {"sdks", "isolation", "persistence"}):
        return []
    here, out = list(_lines(page, frozenset(asked))), list[Fact]()

    def is_off(line: Line) -> bool:
        return _is_off(line, page, names)

    if "sdks" in asked:
        out += interfaces(here, names, is_off)
    if "isolation" in asked:
        out += isolation(here, is_off)
    if "persistence" in asked:
        out += kept(here, frozenset(o.partition(".")[2] for o in owned if o.startswith("persistence.")), is_off)
    return out


def topic(item: str) -> tuple[str, ...]:
    """Patterns that all fit a sentence that speaks of an item: of its table, and of a mechanism by its name."""
    table, _, term = item.partition(".")
    mechanism = _data()["persistence"]["mechanisms"].get(term)
    if mechanism is None:
        return (_data()["topics"][table],)
    return (f"{mechanism}|{_data()['topics']['retention']}", _data()["persistence"]["kept"])


# Most lines hold none of the words that the patterns need, and are not looked at.
_WORTH = (Part((
    "sdk", "api", "cli", "mcp", "command", "librar", "package", "install", "add ", "get ", "implementation ", "kernel", "vm",
    "gvisor", "sysbox", "firecracker", "snapshot", "checkpoint", "standby", "paus", "suspend", "hibernat", "volume", "fork",
)),)  # fmt: skip


@by_text(32768)
def _is_worth_it(text: str) -> bool:
    return may_hold(_WORTH, folded(text), digit=False)


def _lines(page: Page, asked: frozenset[str]) -> Iterator[Line]:
    """The lines of a page that may state something of one of the tables that are asked for."""
    for i, b in enumerate(page.blocks):
        if b.kind == "cell":
            continue
        above = b.headings[-1] if b.headings else ""
        if not (_is_worth_it(b.text) or _is_worth_it(above)):
            continue
        before, spoken = "", False
        for text in b.text.splitlines() if b.kind == "code" else _parts(b.text):
            earlier, before = before, f"{before} {text}"
            was_spoken, spoken = spoken, spoken or _is_worth_it(text)
            if not (was_spoken or spoken or _is_worth_it(above)) or asked.isdisjoint(_subjects(f"{above} {text}")):
                continue
            yield Line(
                text,
                partial(_passage, page, i, text),
                above,
                b.kind == "code",
                earlier,
                title=text in page.outline.links,
            )
    for t in page.tables:
        for row in t.rows:
            cells = [c for c in row.cells if c.text]
            if cells:
                text = " | ".join(dict.fromkeys(c.text for c in cells))
                above = f"{t.headings[-1] if t.headings else ''} {' '.join(t.header)}"
                if asked.isdisjoint(_subjects(f"{above} {text}")):
                    continue
                title = text in page.outline.links
                yield Line(text, partial(_last, cells), above, compares=len(t.header) > 2, title=title)


@by_text(32768)
def _subjects(line: str) -> frozenset[str]:
    """The tables of which a line, with the heading over it, may state something; most lines do of none."""
    low, (likely, tables) = folded(line), _likely()
    return frozenset([tables[n] for n in likely.of(low, digit=has_digit(low))])


@cache
def _likely() -> tuple[Likely, list[str]]:
    """The patterns of which a line has to hold one, and the table of each."""
    sdks, isolation, persistence = (_data()[table] for table in ("sdks", "isolation", "persistence"))
    found = [("sdks", p) for p in (*sdks["commands"].values(), *sdks["ways"].values(), *_OF_CLIENTS)]
    for key in _OF_ISOLATION:
        given = isolation[key]
        found += [("isolation", p) for p in ([given] if isinstance(given, str) else given.values())]
    found += [("persistence", persistence[key]) for key in _OF_KEEPING]
    return Likely(needs(pattern) for _, pattern in found), [table for table, _ in found]


def _last(cells: list[Cell]) -> Passage:
    return cells[-1]


def _passage(page: Page, i: int, text: str) -> Passage:
    """A line of a block, in its scope."""
    block = page.blocks[i]
    scope = block.scope.inside(page.led_at(i))
    if block.kind != "code":
        scope = said(text, "sentence", page.capture.day, "", page.vendor).inside(scope)
    return Passage(page, text, text, block.headings, scope=scope)


def _parts(text: str) -> Iterator[str]:
    """The sentences of a text, and what a semicolon sets apart in one."""
    for sentence in split(text):
        yield from re.split(r"(?<=;)\s+", sentence)


def _is_off(line: Line, page: Page, names: Names) -> bool:
    return line.passage.here().off or bool(names.other_in(" ".join((line.text, *line.passage.where)), page.product))


def _is_doubtful(line: Line) -> bool:
    return not line.code and bool(doubt(line.text))


@by_text(32768)
def _may_say(pattern: str, text: str) -> bool:
    """Whether a text holds what a pattern needs: cheaper than to look for the pattern, and most texts do not."""
    low = folded(text)
    return may_hold(needs(pattern), low, digit=has_digit(low))


# -- interfaces ------------------------------------------------------------------------------------------------------


def interfaces(lines: list[Line], names: Names, is_off: Callable[[Line], bool]) -> Iterator[Fact]:
    """Languages that an SDK is said to be for, ways in beside them, and packages of the vendor's that are installed."""
    stated: dict[str, Passage] = {}
    packages: dict[str, dict[str, Passage]] = {}
    unknown: set[str] = set()
    for line in lines:
        prose = not (line.code or line.title)
        installed, languages, ways = names.remembering(_interfaces)(line.text, line.above if prose else None)
        if not (installed or languages or ways) or is_off(line) or _is_doubtful(line):
            continue
        for interface, package in installed:
            if package:
                packages.setdefault(interface, {})[package] = line.passage
            else:
                unknown.add(interface)
        if not prose or re.search(_data()["sdks"]["doubt"], line.text, re.IGNORECASE):
            continue
        for interface in (*languages, *ways):
            stated.setdefault(interface, line.passage)
        for package in names.packages.get(languages[0], ()) if len(languages) == 1 else ():
            if re.search(r"[@/.-]", package) and re.search(rf"(?<![\w@/-]){re.escape(package)}(?![\w/-])", line.text):
                packages.setdefault(languages[0], {})[package] = line.passage
    for interface in dict.fromkeys((*packages, *stated)):
        own = packages.get(interface, {})
        named = next(iter(own)) if len(own) == 1 else None
        passage = own[named] if named else stated.get(interface)
        if passage is None:
            continue
        fact = passage.fact("sdks", interface=interface, official=True, package=named)
        if interface in unknown and not named:
            # It may be the SDK under a new name.
            why = f"what is installed for {interface} is no package that the vendor's file names"
            fact = replace(fact, refused=fact.refused or Refusal("unreadable", why))
        yield fact


_Named = tuple[tuple[tuple[str, str | None], ...], tuple[str, ...], tuple[str, ...]]


def _interfaces(names: Names, text: str, above: str | None) -> _Named:
    """What a line installs something for, and, where it is prose with something over it, its languages and ways in."""
    installed = tuple(_installed(text, names))
    return (
        (installed, (), ()) if above is None else (installed, tuple(_languages(text, above)), tuple(_ways(text, names)))
    )


def _installed(text: str, names: Names) -> Iterator[tuple[str, str | None]]:
    """Interfaces that a line installs something for, and which of the vendor's packages; None for another one."""
    if not _any_command().search(text):
        return
    for interface, command in _data()["sdks"]["commands"].items():
        for m in re.finditer(rf"(?:^|[\s`$(|])(?:{command})\s*(?P<rest>[^|`]*)", text):
            words = [w.strip("\"'`();,") for w in m["rest"].split()]
            known = names.packages.get(interface, ())
            own = [
                p
                for p in known
                if any(re.fullmatch(rf"{re.escape(p)}(?:@[\w.^~-]+|\[[\w,]+\]|:[\w.]+)?", w) for w in words)
            ]
            yield from ((interface, p) for p in own)
            if known and not own:
                yield interface, None


@cache
def _any_command() -> re.Pattern[str]:
    return re.compile("|".join(_data()["sdks"]["commands"].values()))


# Nobody says for which languages there is a client without one of these.
_OF_CLIENTS = ("sdk", "librar", "client", "package")


def _names_clients(text: str) -> bool:
    low = folded(text)
    return any(word in low for word in _OF_CLIENTS)


def _languages(text: str, above: str) -> list[str]:
    if not _names_clients(f"{above} {text}"):
        return []
    before, behind, alone = _listed()
    runs = [m["l"] for pattern in (before, behind) for m in pattern.finditer(text)]
    if re.search(r"\bSDKs?\b|\bclient librar", above):
        first = re.split(r"\s*[|:—–]\s*|\s+-\s+", text.strip("*` "))[0]
        runs += [first] if alone.fullmatch(first) else []
    spelt = _data()["sdks"]["languages"]
    return [k for k, pattern in spelt.items() if any(re.search(rf"(?<![\w.-])(?:{pattern})(?![\w-])", r) for r in runs)]


@cache
def _listed() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Languages before what there is for them, behind it, and by themselves."""
    one = "|".join(_data()["sdks"]["languages"].values())
    several = rf"(?:{one})(?:{_AND}(?:{one}))*"
    listed = rf"(?<![\w.-])(?P<l>{several})(?![\w-])"
    return (
        re.compile(rf"{listed}\s+(?:client\s+)?{_SDK}"),
        re.compile(rf"\b(?:SDKs?|[Cc]lient libraries|[Ll]ibraries){_THEN}{listed}"),
        re.compile(rf"{several}(?: SDK)?"),
    )


def _ways(text: str, names: Names) -> Iterator[str]:
    for interface, pattern in _data()["sdks"]["ways"].items():
        for m in (
            re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE) if _may_say(pattern, text) else ()
        ):
            before = re.search(r"([\w.-]+)[\s*`_]*$", text[: m.start()])
            mine = rf"{_data()['sdks']['mine']}|{'|'.join(map(re.escape, names.called)) or '(?!)'}"
            joined = not before or text[: m.start()].rstrip(" *`_")[-1:] in ",/|:;("
            if joined or (before and re.fullmatch(mine, before[1], re.IGNORECASE)):
                yield interface


# -- isolation -------------------------------------------------------------------------------------------------------


# What a line says of isolation fits a pattern of one of these.
_OF_ISOLATION = ("technology", "level", "unknown", "kernel")


def isolation(lines: list[Line], is_off: Callable[[Line], bool]) -> Iterator[Fact]:
    """What sandboxes run in, where all sentences that say so agree."""
    data = _data()["isolation"]
    sold = "|".join(re.escape(p.replace("-", " ")) for p in sorted({p for own in PRODUCTS.values() for p in own}))
    about = data["about"].replace("{products}", sold)
    named: dict[str, Passage] = {}
    levels: dict[str, Passage] = {}
    kernel: Passage | None = None
    unknown = False
    for line in lines:
        if line.code or line.compares:
            continue
        text = line.text
        here, of_level, is_unknown, of_kernel = (_fitting("isolation", key, text) for key in _OF_ISOLATION)
        if (
            not (here or of_level or is_unknown or of_kernel)
            or not re.search(about, f"{line.above} {text}", re.IGNORECASE)
            or re.search(data["doubt"], re.sub(data["harmless"], "", text, flags=re.IGNORECASE), re.IGNORECASE)
            or is_off(line)
            or _is_doubtful(line)
        ):
            continue
        for t in here:
            named.setdefault(t, line.passage)
        for level in of_level:
            levels.setdefault(level, line.passage)
        unknown |= bool(is_unknown)
        if kernel is None and of_kernel:
            kernel = line.passage
    if len(named) > 1:
        named.pop("microvm", None)  # the kind of what is named beside it
    if len(named) > 1 or len(levels) > 1 or not (named or kernel or levels) or (unknown and not named):
        return
    technology, passage = next(iter(named.items())) if named else (None, kernel)
    said_level, said_so = next(iter(levels.items())) if levels else (None, None)
    boundary = data["boundary"].get(technology, said_level)
    if said_level and technology and said_level != boundary and boundary != "microvm":
        return  # what it is, and of what kind it is, do not fit
    passage = passage or said_so
    assert passage is not None
    yield passage.fact(
        "isolation", runtime="default", technology=technology, boundary=boundary,
        dedicated_kernel=True if kernel else None,
    )  # fmt: skip


@by_text(32768)
def _fitting(section: str, key: str, text: str) -> tuple[str, ...]:
    """The names of the patterns under a key of the data that a text holds; of one pattern, the key."""
    given, low = _data()[section][key], folded(text)
    patterns: Mapping[str, str] = {key: given} if isinstance(given, str) else given
    digit = has_digit(low)
    return tuple(
        name for name, pattern in patterns.items()
        if may_hold(needs(pattern), low, digit=digit) and re.search(pattern, text, re.IGNORECASE)
    )  # fmt: skip


# -- what is kept ----------------------------------------------------------------------------------------------------


# What a line says of keeping has a word of one of these.
_OF_KEEPING = ("kept", "endless", "automatic")


def kept(lines: list[Line], owned: frozenset[str], is_off: Callable[[Line], bool]) -> Iterator[Fact]:
    """What each mechanism keeps and for how long; a value that two sentences state differently is left out with it, and so
    is a mechanism of which a sentence says with a doubt, a "not" or an "only" what of memory and files it keeps."""
    said_of: dict[str, dict[str, set[Value]]] = {}
    cited: dict[str, dict[str, Passage]] = {}
    doubtful: set[str] = set()
    for line in lines:
        over = f"{line.above} {line.text}"
        if line.code or line.title or not any(_may_say(_data()["persistence"][k], over) for k in _OF_KEEPING):
            continue
        mechanism = _mechanism(line, owned)
        if mechanism is None or is_off(line):
            continue
        text = re.sub(_data()["persistence"]["choice"], "", line.text, flags=re.IGNORECASE)
        text = re.sub(_data()["persistence"]["rule"], "", text, flags=re.IGNORECASE)
        line = replace(line, text=text)
        if doubt(re.sub(_data()["persistence"]["endless"], "", text, flags=re.IGNORECASE)) or re.search(
            _data()["persistence"]["doubt"], text, re.IGNORECASE
        ):
            if all(re.search(_data()["persistence"][k], line.text, re.IGNORECASE) for k in ("kept", "memory", "files")):
                doubtful.add(mechanism)
            continue
        if _is_about(line):
            doubtful.add(mechanism)
        for name, value in _kept(line, mechanism):
            said_of.setdefault(mechanism, {}).setdefault(name, set()).add(value)
            cited.setdefault(mechanism, {}).setdefault(name, line.passage)
    for mechanism, values_of in said_of.items():
        if mechanism in doubtful:
            continue
        if (stated := values_of.get("preserves", set())) == {"memory", "filesystem_and_memory"}:
            stated.remove("memory")  # part of what the page says elsewhere
        clear = {name: next(iter(v)) for name, v in values_of.items() if len(v) == 1}
        if mechanism not in ("standby", "auto_snapshot", "auto_pause"):
            clear.pop("by_default", None)
            values_of.pop("by_default", None)
        if len(clear) == len(values_of) and clear.keys() & {"preserves", "retention_days", "indefinite"}:
            named = _data()["persistence"]["by_name"].get(mechanism) or None
            row: dict[str, Value] = {"mechanism": mechanism, **({"preserves": named} if named else {}), **clear}
            said = {p.quote: p for name, p in cited[mechanism].items() if name in clear}
            passage = replace(next(iter(said.values())), quote=" | ".join(said))
            yield passage.fact("persistence", bound="exact", **row)


def _mechanism(line: Line, owned: frozenset[str]) -> str | None:
    """The one mechanism of the page's own that a sentence, or the heading over one that names none, is about."""
    data = _data()["persistence"]
    goes_on = re.match(data["back"], line.text, re.IGNORECASE) or re.search(data["snapshot"], line.text, re.IGNORECASE)
    before = line.before if goes_on else ""
    for text in (line.text, before, line.above):
        named = [*_fitting("persistence", "mechanisms", text)]
        if "volume" in named and any(m.endswith("snapshot") for m in named):
            named.remove("volume")  # whose snapshot it is
        if not named and re.search(data["snapshot"], text, re.IGNORECASE):
            named = [m for m in owned if m.endswith("_snapshot") and m != "auto_snapshot"]
        if len(named) == 1 and named[0] in owned:
            return str(named[0])
        if named and not (text is line.text and before):
            return None
    return None


def _is_about(line: Line) -> bool:
    """Whether a sentence says for about, at least or at most how long something is kept."""
    found = [f.amount for f in figures(line.text) if f.kind == "duration" and f.amount]
    kept = re.search(_data()["persistence"]["kept"], f"{line.above} {line.text}", re.IGNORECASE)
    return bool(kept) and len(found) == 1 and found[0].unit in ("day", "week") and found[0].bound != "exact"


def _kept(line: Line, mechanism: str) -> Iterator[tuple[str, Value]]:
    data = _data()["persistence"]
    named = data["mechanisms"][mechanism] if mechanism in data["by_name"] else "(?!)"
    text = re.sub(named, " ", line.text, flags=re.IGNORECASE)
    about = f"{line.above} {text}"
    if re.search(data["automatic"], text, re.IGNORECASE):
        yield "by_default", True
    if re.search(data["endless"], text, re.IGNORECASE):
        yield "indefinite", True
    if not re.search(data["kept"], about, re.IGNORECASE):
        return
    memory, disk = (re.search(data[k], text, re.IGNORECASE) for k in ("memory", "files"))
    if disk or memory:
        yield "preserves", "filesystem_and_memory" if disk and memory else "filesystem" if disk else "memory"
    found = [f for f in figures(text) if f.kind == "duration"]
    if len(found) == 1 and (amount := found[0].amount) and amount.bound == "exact" and amount.unit in ("day", "week"):
        yield "retention_days", days(amount)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("sandsnap") / "read" / "general" / "terms.toml").read_text("utf-8"))
