"""The rules that keep the rooms apart: data moves forward only, and each library has one door."""

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from sandsnap.vendors import PRODUCTS, VENDORS, settings
from schemas.vocabulary import PLAN_KINDS, PLAN_TERMS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sandsnap"
STAGES = ("capture", "read", "check", "cost", "record", "tell", "publish")
DOORS = {
    "httpx": ("src/sandsnap/capture/",),
    "protego": ("src/sandsnap/capture/",),
    "warcio": ("src/sandsnap/capture/",),
    "selectolax": ("src/sandsnap/read/",),
    "pyromark": ("src/sandsnap/read/",),
    "duckdb": ("src/sandsnap/record/",),
    "prefect": ("flows/",),
}
# Tables are read in vendor modules through these only: a vendor fetches nothing and records nothing.
VENDOR_MAY = ("sandsnap.model", "sandsnap.read", "schemas")


def modules() -> list[Path]:
    return sorted([*SOURCE.rglob("*.py"), *(ROOT / "schemas").glob("*.py"), *(ROOT / "flows").glob("*.py")])


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports() -> None:
    wrong = [why for path in modules() for why in misplaced(path)]
    assert not wrong, "\n".join(wrong)


def misplaced(path: Path) -> Iterator[str]:
    """What a module imports and may not, each with why."""
    name = str(path.relative_to(ROOT))
    parts = path.relative_to(SOURCE).parts if path.is_relative_to(SOURCE) else ()
    stage = parts[0] if parts and parts[0] in STAGES else None
    for module in imports(path):
        top = module.split(".")[0]
        if top in DOORS and not name.startswith(DOORS[top]):
            yield f"{name} imports {top}, whose door is {DOORS[top]}"
        target = module.split(".")[1] if module.startswith("sandsnap.") and module.count(".") else None
        if stage and target in STAGES and STAGES.index(target) > STAGES.index(stage):
            yield f"{name} imports {module}: data only moves forward"
        if stage and target in ("cli", "pipeline"):
            yield f"{name} imports {module}, which stands above the stages"
        within = parts and parts[0] in ("vendors", "publishers") and top in ("sandsnap", "schemas")
        if within and not module.startswith(VENDOR_MAY):
            yield f"{name} may not import {module}"
        if name.startswith("schemas/") and top == "sandsnap":
            yield f"{name} imports {module}: the contract depends on nothing"


def test_no_room_is_called_after_nothing() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc", "base"}
    assert not [p for p in modules() if p.stem.strip("_") in vague - {"base"}]


# What is about the vendors of a published page, and what the demo replays, names them by right.
ABOUT_VENDORS = (
    "src/sandsnap/vendors/",
    "src/sandsnap/demo/",
    "src/sandsnap/publish/claims/pages/",
    "src/sandsnap/publishers/",
)
# The answers to the published questions, and who confirmed which sentence of them and of the vendors' own texts.
ABOUT_VENDORS += ("src/sandsnap/publish/site/editorial/",)
# Companies that other vendors' pages name, whether this dataset has them or not.
ABOUT_VENDORS += ("src/sandsnap/read/scope_words.toml",)
# Plain words that a name may be ("modal", "together", "fly", "box").
PLAIN_WORDS_IN_QUOTES = {"medium", "small", "build", "paid plans"}
PLAIN_WORDS = {"sandbox", "machines", "vm", "together", "modal", "fly"}


def told(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file without its comments and docstrings."""
    text = path.read_text("utf-8")
    silent: set[int] = set()
    if path.suffix == ".py":
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                silent |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for n, line in enumerate(text.splitlines(), 1):
        if n not in silent and not re.match(r"\s*(#|--|//|/?\*|\{#)", line):
            yield n, re.sub(r"\s(#|--) .*", "", line)


def test_no_other_room_names_a_vendor() -> None:
    """A vendor is a folder: its name, its products and its plans stand there and nowhere else."""
    plain = {*VENDORS, *(p for products in PRODUCTS.values() for p in products)}
    exact = plain - PLAIN_WORDS
    quoted = plain & {"modal", "fly"}  # plain words: only as a term of data, in quotes
    known = {n for v in VENDORS for n in (settings(v)["names"]["vendor"],)} - {"Fly", "Modal", "Together"}
    # Plans and sizes, too, only as a term of data: their names are plain words ("pro", "scale").
    general = [settings(v).get("general", {}) for v in VENDORS]
    named = [g.get(section, {}) for g in general for section in ("plans", "sizes")]
    quoted |= {n for spelt in named for term, names in spelt.items() for n in (term, *names)} - {
        *PLAN_KINDS,
        *PLAN_TERMS,
    }
    quoted -= {name.replace("_", " ") for name in (*PLAN_KINDS, *PLAN_TERMS)} | PLAIN_WORDS_IN_QUOTES
    pattern = re.compile(
        rf"(?<![\w.-])(?:{'|'.join(map(re.escape, sorted(exact | known)))})(?![\w-])"
        rf"|[\"'](?:{'|'.join(map(re.escape, sorted(quoted)))})[\"']"
    )
    files = [f for room in ("src/sandsnap", "schemas", "flows", "warehouse") for f in (ROOT / room).rglob("*")]
    found = [
        f"{f.relative_to(ROOT)}:{n}: {line.strip()}"
        for f in files
        if f.suffix in (".py", ".toml", ".sql", ".js", ".j2", ".css", ".html", ".json")
        and not str(f.relative_to(ROOT)).startswith(ABOUT_VENDORS)
        for n, line in told(f)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_circle_of_imports() -> None:
    """In all of the code, an import inside a function being one like any other: hidden there a circle is still one. What only
    a type checker sees does not count, nor a vendor's readers, which are found by their folder."""
    named = {_name(p): p for p in modules()}
    needs = {n: _circled(p, named.keys()) - {n} for n, p in named.items()}
    while free := [n for n, own in needs.items() if not own]:
        needs = {n: own - set(free) for n, own in needs.items() if n not in free}
    needed = set[str]().union(*needs.values())
    assert not needs, f"each of these needs another of them: {', '.join(sorted(needs.keys() & needed))}"


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent if path.is_relative_to(SOURCE) else ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _circled(path: Path, known: Collection[str]) -> set[str]:
    """The modules that a module imports at run time, wherever in it: a package only where what is taken is no module of it."""
    tree = parsed(path)
    guarded = [i for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.unparse(i.test)]
    typed = {id(n) for i in guarded for b in i.body for n in ast.walk(b)}
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and id(node) not in typed:
            assert node.module and not node.level, f"{path}: say the whole name of what is imported"
            taken = {f"{node.module}.{a.name}" for a in node.names}
            found |= taken if taken <= set(known) else {*taken, node.module}
    return found & set(known)


def rooms() -> dict[str, set[str]]:
    """Room -> the rooms that it imports, at run time or for types. A file that stands alone is a room of its own."""
    own = {
        p.name.removesuffix(".py")
        for p in SOURCE.iterdir()
        if p.suffix == ".py" or (p.is_dir() and p.name != "__pycache__")
    }
    made: dict[str, set[str]] = {}
    for p in modules():
        parts = p.relative_to(SOURCE).parts if p.is_relative_to(SOURCE) else p.relative_to(ROOT).parts
        room = parts[0].removesuffix(".py")
        for m in imports(p):
            to = m.split(".")[1] if m.startswith("sandsnap.") else m.split(".")[0]
            if to != room and (to in own or to == "schemas"):
                made.setdefault(room, set()).add(to)
    return made


def picture() -> str:
    """The stages and what stands beside them, as Mermaid draws them: an arrow to each room that is imported."""
    shown = (
        "vendors",
        "read",
        "capture",
        "check",
        "record",
        "tell",
        "publish",
        "quality",
        "mend",
        "discover",
        "health",
        "upkeep",
        "pipeline",
        "cli",
        "flows",
    )
    found = rooms()
    lines = [f"  {a} --> {b}" for a in shown for b in shown if b in found.get(a, ())]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def test_the_picture_is_made_from_the_imports() -> None:
    assert picture() in (ROOT / "CONTRIBUTING.md").read_text("utf-8"), f"put this into CONTRIBUTING.md:\n{picture()}"
